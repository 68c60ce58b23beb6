#include "bindings/http/url.h"

#include <algorithm>

namespace parley::http {

Result<Url> parse_url(std::string_view text) {
  const Error bad(ErrorCode::invalid_argument, "URL");
  Url url;
  if (text.starts_with("http://")) {
    text.remove_prefix(7);
  } else if (text.starts_with("https://")) {
    url.is_tls = true;
    text.remove_prefix(8);
  } else {
    return bad;
  }
  text = text.substr(0, text.find('#'));
  const std::size_t path = std::min(text.find_first_of("/?"), text.size());
  std::string_view authority = text.substr(0, path);
  url.target = text.substr(path);
  if (!url.target.starts_with('/')) {
    url.target.insert(0, "/");
  }
  // A line break or a space would end the request line: this is where a crafted address is stopped.
  const auto is_plain = [](char c) { return c > ' ' && c < 0x7f; };
  if (!std::all_of(text.begin(), text.end(), is_plain) ||
      authority.find('@') != std::string_view::npos) {
    return bad;
  }
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) {
      return bad;
    }
    url.host = authority.substr(1, end - 1);
    port = authority.substr(end + 1);
  } else {
    const std::size_t colon = std::min(authority.find(':'), authority.size());
    url.host = authority.substr(0, colon);
    port = authority.substr(colon);
  }
  if (url.host.empty()) {
    return bad;
  }
  if (port.empty()) {
    url.port = url.is_tls ? "443" : "80";
    return url;
  }
  port.remove_prefix(1);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (port.empty() || port.size() > 5 || !std::all_of(port.begin(), port.end(), is_digit) ||
      std::stoul(std::string(port)) > 65535) {
    return bad;
  }
  url.port = port;
  return url;
}

}  // namespace parley::http
