#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "engine/profile.h"

namespace parley::soap {

/// A Content-Type as MIME has it (RFC 2045).
struct ContentType {
  std::string type;                                             ///< as written
  std::vector<std::pair<std::string, std::string>> parameters;  ///< unquoted

  /// The first of that name, whatever its case, that is not empty; else empty.
  std::string_view parameter(std::string_view name) const;

  bool is_multipart() const;
};

/// Errors: malformed_value.
Result<ContentType> read_content_type(std::string_view text);

bool equals_ignoring_case(std::string_view a, std::string_view b);

/// What the Content-Type of a SOAP message says.
struct MediaType {
  engine::SoapVersion soap = engine::SoapVersion::soap_1_2;
  /// The action parameter, unquoted. SOAP 1.1 has none of its own: whoever takes the message off
  /// the transport adds SOAPAction as that parameter. Empty = not said.
  std::string action;
};

/// Reads a Content-Type. The charset, if given, must be UTF-8. Errors: media_type_unsupported for
/// anything but the two media types of SOAP; malformed_value.
Result<MediaType> read_media_type(std::string_view content_type);
Result<MediaType> read_media_type(const ContentType& content_type);

/// The Content-Type to send with: charset, and the action where the version has that parameter.
std::string write_media_type(engine::SoapVersion soap, std::string_view action);

/// A Content-Type as it came, with what SOAPAction said beside it (without quotes; empty = nothing), where
/// the version of SOAP has that header (WA-015).
std::string with_soap_action(std::string content_type, std::string_view soap_action);

/// `action="..."`.
std::string action_parameter(std::string_view action);

}  // namespace parley::soap
