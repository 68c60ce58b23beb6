#pragma once

#include <functional>
#include <initializer_list>
#include <limits>
#include <utility>

namespace parley::bench {

/// A call whose cost is measured in rounds of about the same time, whatever one call takes. The
/// best round counts: what the call costs when nothing disturbs it.
class Measured {
 public:
  /// Calls it for some time, so that everything is warm.
  explicit Measured(std::function<void()> call);

  void round();

  /// Microseconds of one call, in processor time.
  double best_us() const { return best_us_; }

 private:
  std::function<void()> call_;
  int calls_ = 1;
  double best_us_ = std::numeric_limits<double>::max();
};

/// Measures all in turn, round by round, so that they share the good and bad moments of the
/// machine.
void measure(std::initializer_list<Measured*> all);

}  // namespace parley::bench
