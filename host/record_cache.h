#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "store/fact.h"

namespace parley::host {

/// The application's records as the handlers see them: what has been written and is not yet durable
/// lies over what the store holds. Keeps some of what was read or made durable, so that a counter
/// that every message moves is not read from disk every time. May be used from any thread.
class RecordCache {
 public:
  using Read = std::function<Result<std::optional<Bytes>>(std::string_view)>;

  /// How many octets of durable records are kept.
  static constexpr std::size_t kKeptBytesMax = std::size_t{4} << 20;

  /// `read` asks the store, and may block.
  explicit RecordCache(Read read) : read_(std::move(read)) {}

  /// Errors: those of `read`.
  Result<std::optional<Bytes>> read(std::string_view name);

  /// Counts the calls of `forget`.
  std::uint64_t generation() const;

  /// These are on their way to the store: they count from now on, if nothing was forgotten since
  /// `generation`.
  void written(const std::vector<store::Record>& records, std::uint64_t generation);

  /// They have become durable.
  void durable(const std::vector<store::Record>& records);

  /// The store has got these without `written` before.
  void changed_elsewhere(const std::vector<store::Record>& records);

  /// Empties the cache: what was written and is not durable never will be.
  void forget();

 private:
  struct Entry {
    std::optional<Bytes> value;
    std::uint64_t pending = 0;             ///< writes of it that are not durable yet
    std::list<std::string>::iterator age;  ///< while none is pending
  };

  void keep(const std::string& name, Entry& entry);
  void drop_oldest();

  const Read read_;
  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::list<std::string> kept_;  ///< durable entries, the oldest first
  std::size_t kept_bytes_ = 0;
  std::uint64_t generation_ = 1;
  std::uint64_t changes_ =
      0;  ///< of what the store holds, so that a read that they overtook is not kept
};

}  // namespace parley::host
