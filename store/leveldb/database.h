#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace leveldb {
class Cache;
class DB;
class Env;
class FilterPolicy;
class WriteBatch;
}  // namespace leveldb

namespace parley::store {

/// Puts and erases that become true together or not at all.
class WriteBatch {
 public:
  WriteBatch();
  ~WriteBatch();
  WriteBatch(WriteBatch&&) noexcept;
  WriteBatch& operator=(WriteBatch&&) noexcept;
  WriteBatch(const WriteBatch&) = delete;
  WriteBatch& operator=(const WriteBatch&) = delete;

  void put(std::string_view key, std::string_view value);
  void erase(std::string_view key);

  /// Adds all of `other` after what is here.
  void append(const WriteBatch& other);

  bool is_empty() const { return count_ == 0; }

  /// Puts and erases.
  std::size_t count() const { return count_; }

 private:
  friend class Database;

  std::unique_ptr<leveldb::WriteBatch> batch_;
  std::size_t count_ = 0;
};

/// One LevelDB directory with opaque keys and values: opens it with everything checked, and turns
/// LevelDB's answers into our errors. May be called from several threads at once.
class Database {
 public:
  struct Options {
    bool create_if_missing = true;
    std::size_t write_buffer_bytes = std::size_t{16} << 20;
    std::size_t cache_bytes = std::size_t{8} << 20;
    leveldb::Env* env = nullptr;  ///< borrowed; null = the real file system
  };

  /// Errors: not_found (no store there, and none may be made), store_locked, store_corrupt,
  /// disk_full, io_failed.
  static Result<std::unique_ptr<Database>> open(const std::string& directory,
                                                const Options& options);

  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Nothing if there is no such key. Errors: store_corrupt, io_failed.
  Result<std::optional<std::string>> get(std::string_view key) const;

  /// Calls `visit` for every record from `begin` to before `end` (empty = to the last), in order,
  /// until it returns an error, which is returned. Errors besides: store_corrupt, io_failed.
  /// `fill_cache`: keep what was read for later `get`s.
  using Visit = std::function<Result<void>(std::string_view key, std::string_view value)>;
  Result<void> scan(std::string_view begin, std::string_view end, const Visit& visit,
                    bool fill_cache = false) const;

  /// Writes the batch; when it returns and `sync` was asked for, the batch is on the disk. After the
  /// first failure the database is poisoned: what of that batch is on the disk is not known, and
  /// nothing can be written any more. Errors: disk_full, io_failed, store_corrupt, store_poisoned.
  Result<void> write(WriteBatch& batch, bool sync);

  /// Octets of the records from `begin` to before `end` on the disk, about.
  std::uint64_t disk_bytes(std::string_view begin, std::string_view end) const;

  /// Rewrites the records from `begin` to before `end` so that erased ones take no room.
  void compact(std::string_view begin, std::string_view end);

 private:
  Database() = default;

  std::unique_ptr<const leveldb::FilterPolicy> filter_;
  std::unique_ptr<leveldb::Cache> cache_;
  std::unique_ptr<leveldb::DB> db_;
  std::atomic<bool> is_poisoned_{false};
};

}  // namespace parley::store
