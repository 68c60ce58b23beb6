#include "cli/demo/panel.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/demo/outcome.h"

namespace parley::cli {
namespace {

constexpr int kMarks = 4;
constexpr std::size_t kPointsMax = 1200;
constexpr std::string_view kSmall = "font-size:12px;fill:#64748b";

}  // namespace

double TimeAxis::step(double range, int count) {
  const double least = range / count;
  double step = std::pow(10, std::floor(std::log10(std::max(least, 1e-9))));
  for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
    if (step * factor >= least) {
      return step * factor;
    }
  }
  return step * 10;
}

Panel::Panel(Svg& svg,
             const TimeAxis& axis,
             double top,
             double height,
             double highest,
             std::string_view title)
    : svg_(svg),
      axis_(axis),
      bottom_(top + height),
      height_(height),
      highest_(highest),
      next_legend_(top + 14) {
  const double step = std::max(1.0, TimeAxis::step(highest, kMarks));
  highest_ = step * std::ceil(std::max(highest, 1.0) / step);
  svg_.rectangle(axis.left, top, axis.width, height, "fill:#f8fafc;stroke:#e2e8f0");
  for (double mark = 0; mark <= highest_; mark += step) {
    svg_.line(axis.left, y(mark), axis.left + axis.width, y(mark), "stroke:#e2e8f0");
    svg_.text(axis.left - 8, y(mark) + 4, grouped(static_cast<std::uint64_t>(mark)), kSmall, "end");
  }
  const double seconds = TimeAxis::step(axis.seconds, 12);
  for (double mark = 0; mark <= axis.seconds; mark += seconds) {
    char label[32];
    std::snprintf(label, sizeof label, "%g s", mark);
    svg_.line(axis.x(mark), bottom_, axis.x(mark), bottom_ + 4, "stroke:#94a3b8");
    svg_.text(axis.x(mark), bottom_ + 17, label, kSmall, "middle");
  }
  svg_.text(axis.left, top - 8, title, "font-size:14px;font-weight:bold;fill:#0f172a");
}

Svg::Points Panel::points(const std::vector<Sample>& samples, const Value& value) const {
  Svg::Points points;
  const std::size_t stride = samples.size() / kPointsMax + 1;
  for (std::size_t i = 0; i < samples.size(); i += stride) {
    points.emplace_back(axis_.x(samples[i].second),
                        y(std::clamp(value(samples[i]), 0.0, highest_)));
  }
  return points;
}

void Panel::curve(const std::vector<Sample>& samples, const Value& value, std::string_view style) {
  svg_.polyline(points(samples, value), style);
}

void Panel::filled(const std::vector<Sample>& samples, const Value& value, std::string_view style) {
  svg_.area(points(samples, value), bottom_, style);
}

void Panel::legend(std::string_view name, std::string_view colour) {
  const double x = axis_.left + axis_.width + 16;
  svg_.rectangle(x, next_legend_ - 9, 14, 8, "fill:" + std::string(colour));
  svg_.text(x + 22, next_legend_, name, "font-size:13px;fill:#334155");
  next_legend_ += 20;
}

}  // namespace parley::cli
