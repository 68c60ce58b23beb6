#include "host/commit_thread.h"

#include <algorithm>
#include <utility>

namespace parley::host {
namespace {

constexpr Duration kPauseMax{60000};

}  // namespace

CommitThread::CommitThread(StoreOpener opener, Decided decided)
    : opener_(std::move(opener)), decided_(std::move(decided)), thread_([this] { collect(); }) {}

void CommitThread::open(Opening opening) {
  thread_.post([this, opening = std::move(opening)] { try_open(opening); });
}

void CommitThread::submit(store::Batch batch) {
  // A task is copied, a batch need not be.
  auto shared = std::make_shared<store::Batch>(std::move(batch));
  thread_.post([this, shared] {
    if (open_.store) {
      open_.store->submit(std::move(*shared));
      has_submitted_ = true;
    }
  });
}

void CommitThread::read(Bytes key, std::function<void(Result<store::Fact>)> done) {
  thread_.post([this, key = std::move(key), done = std::move(done)] {
    done(open_.store ? open_.store->read(key)
                     : Error(ErrorCode::store_poisoned, "the store is not open"));
  });
}

void CommitThread::try_open(const Opening& opening) {
  open_ = {};
  has_submitted_ = false;
  Duration pause = opening.pause;
  for (std::uint64_t tries = 1;; ++tries) {
    if (pause > Duration::zero() && !thread_.pause(pause)) {
      return;
    }
    pause = std::min(pause * 2, kPauseMax);
    auto engine = open_once(opening);
    if (engine) {
      opening.opened(std::move(*engine));
      return;
    }
    open_ = {};
    const bool is_last = tries >= opening.tries_max;
    opening.failed(engine.error(), is_last);
    if (is_last) {
      return;
    }
  }
}

Result<std::unique_ptr<engine::Engine>> CommitThread::open_once(const Opening& opening) {
  PARLEY_ASSIGN_OR_RETURN(open_, opener_());
  return opening.recover(*open_.store);
}

void CommitThread::collect() {
  if (!has_submitted_) {
    return;
  }
  has_submitted_ = false;
  // Anything may be left for the next call: as long as something comes, more may.
  while (true) {
    auto outcomes = open_.store->collect();
    if (outcomes.empty()) {
      return;
    }
    decided_(std::move(outcomes));
  }
}

}  // namespace parley::host
