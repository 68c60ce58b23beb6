#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::http {

/// The parts of an http or https URL that a client needs.
struct Url {
  bool is_tls = false;
  std::string host;    ///< without brackets
  std::string port;    ///< decimal; the scheme's own when the URL names none
  std::string target;  ///< path and query, at least "/"

  /// What connections are shared by.
  std::string key() const { return (is_tls ? "s" : "p") + host + ' ' + port; }
};

/// Errors: invalid_argument.
Result<Url> parse_url(std::string_view text);

}  // namespace parley::http
