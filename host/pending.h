#pragma once

#include <functional>
#include <future>
#include <memory>
#include <utility>

#include "base/result.h"

namespace parley::host {

/// The outcome of a call that another thread carries out.
template <class T>
class Pending {
 public:
  /// To be called once, by the other thread.
  std::function<void(Result<T>)> setter() const {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }

  /// Errors: that of the call; invalid_state when the node stopped before it was carried out.
  Result<T> wait() {
    promise_.reset();  // what is dropped without being called must be noticed
    try {
      return future_.get();
    } catch (const std::future_error&) {
      return Error(ErrorCode::invalid_state, "the node has stopped");
    }
  }

  /// As above; after `limit` calls `late`, which must make the call end.
  template <class Late>
  Result<T> wait(Duration limit, Late late) {
    if (future_.wait_for(limit) == std::future_status::timeout) {
      late();
    }
    return wait();
  }

 private:
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
  std::future<Result<T>> future_ = promise_->get_future();
};

}  // namespace parley::host
