#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

namespace parley::cli {

/// What one side of the demonstration counts. Lies in a file that the side maps, so that a SIGKILL
/// takes no count with it; whoever watches maps it too. Numbers only ever grow, over all lives.
struct Board {
  using Count = std::atomic<std::uint64_t>;
  static_assert(Count::is_always_lock_free, "shared between processes");

  // The present life.
  Count started_ms;    ///< monotonic clock of the machine, when `main` was reached
  Count recovered_ms;  ///< and when the node had recovered and ran; 0 = not yet

  // The sending half.
  Count sent;  ///< highest number that has left
  Count resent;
  Count acknowledged;  ///< all numbers up to this

  // The receiving half.
  Count accepted;  ///< numbers that were taken, each counted once
  Count duplicates;
  Count delivered;  ///< what is in the service's own records
  Count handled;    ///< calls of the handler, those undone by a kill too

  // Both.
  Count contexts;   ///< established
  Count sequences;  ///< created, in either direction
  Count losses;     ///< reports of lost contexts, sequences or messages

  // What the client learned at the end.
  Count total_is_known;
  Count total_count;
  Count total_doubled;
  Count total_disordered;
  Count digest_of_client[4];
  Count digest_of_service[4];
};

/// Sets `count` to `value` unless it is higher already. One writer at a time.
inline void raise(Board::Count& count, std::uint64_t value) {
  if (count.load(std::memory_order_relaxed) < value) {
    count.store(value, std::memory_order_relaxed);
  }
}

/// A board in its file, made when there is none.
class BoardFile {
 public:
  /// Errors: io_failed, disk_full.
  static Result<std::unique_ptr<BoardFile>> open(const std::string& path);

  BoardFile(const BoardFile&) = delete;
  BoardFile& operator=(const BoardFile&) = delete;
  ~BoardFile();

  Board& operator*() { return *board_; }

  Board* operator->() { return board_; }

 private:
  explicit BoardFile(Board* board) : board_(board) {}

  Board* board_;
};

}  // namespace parley::cli
