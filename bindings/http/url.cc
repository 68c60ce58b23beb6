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

bool is_host(std::string_view text) {
  constexpr std::size_t kHostMax = 255;
  const auto is_allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  };
  return !text.empty() && text.size() <= kHostMax &&
         std::all_of(text.begin(), text.end(), is_allowed) &&
         parse_url("http://" + std::string(text));
}

Result<std::string> resolve_url(std::string_view base, std::string_view reference) {
  PARLEY_TRY(parse_url(base));
  std::string text(reference.substr(0, reference.find('#')));
  const std::size_t colon = text.find(':');
  const bool has_scheme = colon != std::string::npos && colon < text.find_first_of("/?");
  if (!has_scheme) {
    base = base.substr(0, base.find('#'));
    const std::size_t host = base.find("//") + 2;
    const std::size_t path = std::min(base.find_first_of("/?", host), base.size());
    if (text.starts_with("//")) {
      text.insert(0, base.substr(0, host - 2));
    } else if (text.starts_with('/')) {
      text.insert(0, base.substr(0, path));
    } else if (text.starts_with('?') || text.empty()) {
      text.insert(0, base.substr(0, std::min(base.find('?', path), base.size())));
    } else {
      // Dot segments are left to the server, which resolves them as it would from anybody.
      const std::string_view whole = base.substr(0, base.find('?', path));
      const std::size_t folder = whole.find_last_of('/');
      text.insert(0, folder < path ? std::string(whole.substr(0, path)) + '/'
                                   : std::string(whole.substr(0, folder + 1)));
    }
  }
  PARLEY_TRY(parse_url(text));
  return text;
}

}  // namespace parley::http
