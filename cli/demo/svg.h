#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace parley::cli {

/// A drawing in one self-contained SVG file: no script, no fonts, nothing from outside. Lengths are
/// pixels from the upper left corner.
class Svg {
 public:
  Svg(double width, double height);

  using Points = std::vector<std::pair<double, double>>;

  void line(double x1, double y1, double x2, double y2, std::string_view style);
  void rectangle(double x,
                 double y,
                 double width,
                 double height,
                 std::string_view style,
                 std::string_view tip = {});
  void polyline(const Points& points, std::string_view style);
  /// Filled down to `base`.
  void area(const Points& points, double base, std::string_view style);
  /// `anchor`: "start", "middle", "end".
  void text(double x,
            double y,
            std::string_view words,
            std::string_view style,
            std::string_view anchor = "start");

  /// The whole file.
  std::string finish() &&;

 private:
  void add_points(const Points& points);

  std::string out_;
};

}  // namespace parley::cli
