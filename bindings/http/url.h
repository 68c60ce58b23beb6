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

/// Whether `text` is what a Host field may hold: a name or an address, and maybe a port.
bool is_host(std::string_view text);

/// The absolute http or https URL that `reference` means in the document at `base`. Errors:
/// invalid_argument.
Result<std::string> resolve_url(std::string_view base, std::string_view reference);

/// Errors: invalid_argument.
Result<Url> parse_url(std::string_view text);

}  // namespace parley::http
