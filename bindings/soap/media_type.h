#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "engine/profile.h"

namespace parley::soap {

/// What the Content-Type of a SOAP message says.
struct MediaType {
  engine::SoapVersion soap = engine::SoapVersion::soap_1_2;
  /// The action parameter, unquoted. SOAP 1.1 has none of its own: whoever takes the message off the
  /// transport adds SOAPAction as that parameter. Empty = not said.
  std::string action;
};

/// Reads a Content-Type. The charset, if given, must be UTF-8. Errors: media_type_unsupported for
/// anything but the two media types of SOAP (multipart messages with attachments among them);
/// malformed_value.
Result<MediaType> read_media_type(std::string_view content_type);

/// The Content-Type to send with: charset, and the action where the version has that parameter.
std::string write_media_type(engine::SoapVersion soap, std::string_view action);

}  // namespace parley::soap
