#include "bindings/http/status.h"

#include <algorithm>

namespace parley::http {

// Ours alone are asked about, and start with the type that they are written with. A quote within an
// action has a backslash before it, so none of them looks like the parameter.
bool is_soap_1_1(std::string_view content_type) {
  return content_type.starts_with("text/xml") ||
         content_type.find("; start-info=\"text/xml\"") != std::string_view::npos;
}

unsigned status_of(engine::AnswerKind kind, std::string_view content_type) {
  switch (kind) {
    case engine::AnswerKind::message:
      return 200;
    case engine::AnswerKind::accepted:
      return 202;
    case engine::AnswerKind::sender_fault:
      return is_soap_1_1(content_type) ? 500 : 400;
    case engine::AnswerKind::receiver_fault:
      return 500;
    case engine::AnswerKind::unavailable:
      return 503;
  }
  return 500;
}

bool is_soap_answer(unsigned status, std::string_view content_type, bool is_empty) {
  const bool is_success = status >= 200 && status < 300;
  if (is_empty) {
    return is_success;
  }
  const std::string_view type = content_type.substr(0, content_type.find_first_of("; \t"));
  const auto is = [type](std::string_view name) {
    return std::equal(type.begin(), type.end(), name.begin(), name.end(), [](char a, char b) {
      return (a >= 'A' && a <= 'Z' ? static_cast<char>(a | 0x20) : a) == b;
    });
  };
  return is("application/soap+xml") || is("text/xml") || is("multipart/related");
}

}  // namespace parley::http
