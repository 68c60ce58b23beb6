#pragma once

#include <leveldb/env.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

namespace parley::store {

/// The real file system, with a disk that becomes full and a sync that fails when a test says so.
class FaultEnv final : public leveldb::EnvWrapper {
 public:
  FaultEnv() : leveldb::EnvWrapper(leveldb::Env::Default()) {}

  std::atomic<bool> is_full{false};
  std::atomic<bool> sync_fails{false};
  std::atomic<std::uint64_t> syncs{0};

  leveldb::Status NewWritableFile(const std::string& name, leveldb::WritableFile** file) override {
    return wrap(target()->NewWritableFile(name, file), name, file);
  }

  leveldb::Status NewAppendableFile(const std::string& name,
                                    leveldb::WritableFile** file) override {
    return wrap(target()->NewAppendableFile(name, file), name, file);
  }

 private:
  class File final : public leveldb::WritableFile {
   public:
    File(leveldb::WritableFile* file, std::string name, FaultEnv& env)
        : file_(file), name_(std::move(name)), env_(env) {}

    leveldb::Status Append(const leveldb::Slice& octets) override {
      return env_.is_full ? full() : file_->Append(octets);
    }

    leveldb::Status Close() override { return file_->Close(); }

    leveldb::Status Flush() override { return env_.is_full ? full() : file_->Flush(); }

    leveldb::Status Sync() override {
      ++env_.syncs;
      if (env_.sync_fails) {
        return leveldb::Status::IOError(name_, std::strerror(EIO));
      }
      return env_.is_full ? full() : file_->Sync();
    }

   private:
    leveldb::Status full() const {
      return leveldb::Status::IOError(name_, std::strerror(ENOSPC));
    }

    std::unique_ptr<leveldb::WritableFile> file_;
    std::string name_;
    FaultEnv& env_;
  };

  leveldb::Status wrap(leveldb::Status status, const std::string& name,
                       leveldb::WritableFile** file) {
    if (status.ok()) {
      *file = new File(*file, name, *this);  // LevelDB owns and deletes it.
    }
    return status;
  }
};

}  // namespace parley::store
