#include "store/leveldb/database.h"

#include <leveldb/cache.h>
#include <leveldb/db.h>
#include <leveldb/env.h>
#include <leveldb/filter_policy.h>
#include <leveldb/iterator.h>
#include <leveldb/write_batch.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/bytes.h"
#include "store/leveldb/log_check.h"

namespace parley::store {
namespace {

leveldb::Slice slice(std::string_view text) { return {text.data(), text.size()}; }

std::string_view view(const leveldb::Slice& octets) { return {octets.data(), octets.size()}; }

// LevelDB says what failed in words only.
Error error_of(const leveldb::Status& status, const char* place) {
  if (status.IsCorruption()) {
    return Error(ErrorCode::store_corrupt, place);
  }
  const std::string text = status.ToString();
  if (text.find(std::strerror(ENOSPC)) != std::string::npos ||
      text.find(std::strerror(EDQUOT)) != std::string::npos) {
    return Error(ErrorCode::disk_full, place);
  }
  if (text.find("IO error: lock ") == 0 || text.find("/LOCK: ") != std::string::npos) {
    return Error(ErrorCode::store_locked, place);
  }
  return Error(ErrorCode::io_failed, place);
}

bool is_log(const std::string& name) {
  const std::string_view suffix = ".log";
  return name.compare(0, 9, "MANIFEST-") == 0 ||
         (name.size() > suffix.size() &&
          name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0);
}

// LevelDB's own checks find all damage but one kind (log_check.h).
Result<void> check_logs(leveldb::Env& env, const std::string& directory) {
  std::vector<std::string> names;
  if (!env.GetChildren(directory, &names).ok()) {
    return {};  // A directory that cannot be listed cannot be opened either, and that says why.
  }
  for (const std::string& name : names) {
    std::string content;
    if (!is_log(name) || !leveldb::ReadFileToString(&env, directory + "/" + name, &content).ok()) {
      continue;
    }
    if (check_log(as_bytes(content)) == LogTail::damaged) {
      return Error(ErrorCode::store_corrupt, "write-ahead log");
    }
  }
  return {};
}

leveldb::ReadOptions checked_reads(bool fill_cache) {
  leveldb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = fill_cache;
  return options;
}

}  // namespace

WriteBatch::WriteBatch() : batch_(std::make_unique<leveldb::WriteBatch>()) {}

WriteBatch::~WriteBatch() = default;
WriteBatch::WriteBatch(WriteBatch&&) noexcept = default;
WriteBatch& WriteBatch::operator=(WriteBatch&&) noexcept = default;

void WriteBatch::put(std::string_view key, std::string_view value) {
  batch_->Put(slice(key), slice(value));
  ++count_;
}

void WriteBatch::erase(std::string_view key) {
  batch_->Delete(slice(key));
  ++count_;
}

void WriteBatch::append(const WriteBatch& other) {
  batch_->Append(*other.batch_);
  count_ += other.count_;
}

Result<std::unique_ptr<Database>> Database::open(const std::string& directory,
                                                 const Options& options) {
  leveldb::Env* env = options.env != nullptr ? options.env : leveldb::Env::Default();
  if (!options.create_if_missing && !env->FileExists(directory + "/CURRENT")) {
    return Error(ErrorCode::not_found, "store directory");
  }
  std::unique_ptr<Database> database(new Database());
  database->filter_.reset(leveldb::NewBloomFilterPolicy(10));
  database->cache_.reset(leveldb::NewLRUCache(options.cache_bytes));

  leveldb::Options wanted;
  wanted.create_if_missing = options.create_if_missing;
  wanted.paranoid_checks = true;  // Damage is an error, never a shorter store.
  wanted.env = env;
  wanted.write_buffer_size = options.write_buffer_bytes;
  wanted.block_cache = database->cache_.get();
  wanted.filter_policy = database->filter_.get();  // Most bodies asked for are in one table only.
  wanted.compression = leveldb::kNoCompression;    // Sealed octets do not shrink.
  wanted.max_open_files = 256;

  PARLEY_TRY(check_logs(*env, directory));
  leveldb::DB* db = nullptr;
  const leveldb::Status status = leveldb::DB::Open(wanted, directory, &db);
  database->db_.reset(db);
  if (!status.ok()) {
    return error_of(status, "opening the store");
  }
  return database;
}

Database::~Database() {
  db_.reset();  // before the cache and the filter that it borrows
}

Result<std::optional<std::string>> Database::get(std::string_view key) const {
  std::string value;
  const leveldb::Status status = db_->Get(checked_reads(true), slice(key), &value);
  if (status.IsNotFound()) {
    return std::optional<std::string>();
  }
  if (!status.ok()) {
    return error_of(status, "reading the store");
  }
  return std::optional<std::string>(std::move(value));
}

Result<void> Database::scan(std::string_view begin, std::string_view end, const Visit& visit,
                            bool fill_cache) const {
  const std::unique_ptr<leveldb::Iterator> at(db_->NewIterator(checked_reads(fill_cache)));
  for (at->Seek(slice(begin)); at->Valid(); at->Next()) {
    if (!end.empty() && view(at->key()) >= end) {
      return {};
    }
    PARLEY_TRY(visit(view(at->key()), view(at->value())));
  }
  if (!at->status().ok()) {
    return error_of(at->status(), "reading the store");
  }
  return {};
}

Result<void> Database::write(WriteBatch& batch, bool sync) {
  if (is_poisoned_) {
    return Error(ErrorCode::store_poisoned, "commit");
  }
  leveldb::WriteOptions options;
  options.sync = sync;
  const leveldb::Status status = db_->Write(options, batch.batch_.get());
  if (!status.ok()) {
    is_poisoned_ = true;
    return error_of(status, "commit");
  }
  return {};
}

std::uint64_t Database::disk_bytes(std::string_view begin, std::string_view end) const {
  const leveldb::Range range(slice(begin), slice(end));
  std::uint64_t bytes = 0;
  db_->GetApproximateSizes(&range, 1, &bytes);
  return bytes;
}

void Database::compact(std::string_view begin, std::string_view end) {
  const leveldb::Slice first = slice(begin);
  const leveldb::Slice last = slice(end);
  db_->CompactRange(&first, end.empty() ? nullptr : &last);
}

}  // namespace parley::store
