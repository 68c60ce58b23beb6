#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cli/demo/svg.h"
#include "cli/demo/timeline.h"

namespace parley::cli {

/// Where the time axis lies, in every panel of a picture alike.
struct TimeAxis {
  double left = 0;
  double width = 0;
  double seconds = 1;  ///< the whole width

  double x(double second) const { return left + width * second / seconds; }

  /// The pleasant distance of marks: 1, 2 or 5 times a power of ten, at most `count` of them.
  static double step(double range, int count);
};

/// One diagram: a frame with a scale of its own, and curves over time in it.
class Panel {
 public:
  using Value = std::function<double(const Sample&)>;

  /// `highest`: the value at the upper edge, at least. Draws title, grid and both scales.
  Panel(Svg& svg,
        const TimeAxis& axis,
        double top,
        double height,
        double highest,
        std::string_view title);

  void curve(const std::vector<Sample>& samples, const Value& value, std::string_view style);
  void filled(const std::vector<Sample>& samples, const Value& value, std::string_view style);

  /// A name with its colour, one below the other at the right.
  void legend(std::string_view name, std::string_view colour);

 private:
  Svg::Points points(const std::vector<Sample>& samples, const Value& value) const;

  double y(double value) const { return bottom_ - height_ * value / highest_; }

  Svg& svg_;
  const TimeAxis& axis_;
  double bottom_;
  double height_;
  double highest_;
  double next_legend_;
};

}  // namespace parley::cli
