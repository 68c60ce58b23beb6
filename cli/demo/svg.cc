#include "cli/demo/svg.h"

#include <cstdio>

namespace parley::cli {
namespace {

// Tenths of a pixel are enough, and keep the file small.
std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string out = text;
  if (out.ends_with(".0")) {
    out.resize(out.size() - 2);
  }
  return out;
}

std::string escaped(std::string_view words) {
  std::string out;
  for (const char c : words) {
    switch (c) {
      case '<':
        out += "&lt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string attribute(const char* name, double value) {
  return std::string(" ") + name + "=\"" + number(value) + "\"";
}

}  // namespace

Svg::Svg(double width, double height) {
  out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " +
         number(height) + "\"" + attribute("width", width) + attribute("height", height) +
         " font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n";
  rectangle(0, 0, width, height, "fill:#ffffff");
}

void Svg::line(double x1, double y1, double x2, double y2, std::string_view style) {
  out_ += "<line" + attribute("x1", x1) + attribute("y1", y1) + attribute("x2", x2) +
          attribute("y2", y2) + " style=\"" + std::string(style) + "\"/>\n";
}

void Svg::rectangle(
    double x, double y, double width, double height, std::string_view style, std::string_view tip) {
  out_ += "<rect" + attribute("x", x) + attribute("y", y) + attribute("width", width) +
          attribute("height", height) + " style=\"" + std::string(style) + "\"";
  out_ += tip.empty() ? "/>\n" : "><title>" + escaped(tip) + "</title></rect>\n";
}

void Svg::add_points(const Points& points) {
  for (const auto& [x, y] : points) {
    out_ += number(x) + "," + number(y) + " ";
  }
}

void Svg::polyline(const Points& points, std::string_view style) {
  out_ += "<polyline points=\"";
  add_points(points);
  out_ += "\" style=\"fill:none;stroke-linejoin:round;" + std::string(style) + "\"/>\n";
}

void Svg::area(const Points& points, double base, std::string_view style) {
  if (points.empty()) {
    return;
  }
  out_ += "<polygon points=\"" + number(points.front().first) + "," + number(base) + " ";
  add_points(points);
  out_ += number(points.back().first) + "," + number(base) + "\" style=\"" + std::string(style) +
          "\"/>\n";
}

void Svg::text(
    double x, double y, std::string_view words, std::string_view style, std::string_view anchor) {
  out_ += "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" +
          std::string(anchor) + "\" style=\"" + std::string(style) + "\">" + escaped(words) +
          "</text>\n";
}

std::string Svg::finish() && {
  return std::move(out_) + "</svg>\n";
}

}  // namespace parley::cli
