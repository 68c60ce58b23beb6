#include "cli/relay/http_frame.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace parley::cli {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";
constexpr std::string_view kResponseStart = "HTTP/";

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

/// The value of a header field; empty if there is none.
std::string_view field(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find(kLineEnd), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + kLineEnd.size(), head.size()));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), name)) {
      continue;
    }
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    return value.substr(0, value.find_last_not_of(" \t") + 1);
  }
  return {};
}

std::optional<std::size_t> number(std::string_view text, int base) {
  std::size_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (read.ec != std::errc() || read.ptr == text.data()) {
    return std::nullopt;
  }
  return value;
}

/// Octets of a chunked body; nothing = not whole yet.
Result<std::optional<std::size_t>> chunked_size(std::string_view body) {
  std::size_t at = 0;
  while (true) {
    const std::size_t line_end = body.find(kLineEnd, at);
    if (line_end == std::string_view::npos) {
      return std::optional<std::size_t>();
    }
    const auto size = number(body.substr(at, line_end - at), 16);
    if (!size || *size > body.max_size() / 2) {
      return Error(ErrorCode::malformed_encoding, "chunk size");
    }
    at = line_end + kLineEnd.size();
    if (*size == 0) {
      break;
    }
    at += *size + kLineEnd.size();
    if (at > body.size()) {
      return std::optional<std::size_t>();
    }
  }
  // The trailer ends with an empty line.
  while (true) {
    const std::size_t line_end = body.find(kLineEnd, at);
    if (line_end == std::string_view::npos) {
      return std::optional<std::size_t>();
    }
    const bool is_last = line_end == at;
    at = line_end + kLineEnd.size();
    if (is_last) {
      return std::optional(at);
    }
  }
}

/// "100", of a response's first line.
std::string_view status_of(std::string_view head) {
  const std::size_t space = head.find(' ');
  return space == std::string_view::npos ? std::string_view() : head.substr(space + 1, 3);
}

std::size_t interim_size(std::string_view bytes) {
  std::size_t at = 0;
  while (bytes.substr(at).starts_with(kResponseStart)) {
    const std::size_t end = bytes.find(kHeadEnd, at);
    if (end == std::string_view::npos || !status_of(bytes.substr(at)).starts_with('1')) {
      break;
    }
    at = end + kHeadEnd.size();
  }
  return at;
}

}  // namespace

Result<std::optional<HttpFrame>> first_frame(std::string_view bytes, bool has_ended) {
  const std::size_t start = interim_size(bytes);
  const std::size_t head_end = bytes.find(kHeadEnd, start);
  if (head_end == std::string_view::npos) {
    return std::optional<HttpFrame>();
  }
  const std::string_view head = bytes.substr(start, head_end + kLineEnd.size() - start);
  const std::size_t body_start = head_end + kHeadEnd.size();
  const bool is_response = head.starts_with(kResponseStart);
  HttpFrame frame;
  frame.keeps_alive = !equal_ignoring_case(field(head, "Connection"), "close");

  if (const auto coding = field(head, "Transfer-Encoding"); !coding.empty()) {
    PARLEY_ASSIGN_OR_RETURN(const auto size, chunked_size(bytes.substr(body_start)));
    if (!size) {
      return std::optional<HttpFrame>();
    }
    frame.size = body_start + *size;
    return std::optional(frame);
  }
  if (const auto length = field(head, "Content-Length"); !length.empty()) {
    const auto size = number(length, 10);
    if (!size || *size > bytes.max_size() / 2) {
      return Error(ErrorCode::malformed_encoding, "Content-Length");
    }
    if (bytes.size() - body_start < *size) {
      return std::optional<HttpFrame>();
    }
    frame.size = body_start + *size;
    return std::optional(frame);
  }
  const bool lasts_until_end = is_response && status_of(head) != "204" && status_of(head) != "304";
  if (!lasts_until_end) {
    frame.size = body_start;
    return std::optional(frame);
  }
  if (!has_ended) {
    return std::optional<HttpFrame>();
  }
  frame.size = bytes.size();
  frame.keeps_alive = false;
  return std::optional(frame);
}

bool expects_continue(std::string_view bytes) {
  const std::size_t head_end = bytes.find(kHeadEnd);
  return head_end != std::string_view::npos &&
         equal_ignoring_case(field(bytes.substr(0, head_end + kLineEnd.size()), "Expect"),
                             "100-continue");
}

}  // namespace parley::cli
