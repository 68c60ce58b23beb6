#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bindings/soap/policy/protected_parts.h"
#include "engine/encrypted_parts.h"
#include "engine/profile.h"

namespace parley::policy {

/// What an expression selects of a message.
struct SelectedPlaces {
  bool body = false;                    ///< soap:Body itself
  std::vector<engine::BodyPath> paths;  ///< of elements below it
};

/// Reads an XPath 1.0 expression that is evaluated at soap:Envelope (WS-SecurityPolicy 1.2, 4.2.1
/// and 4.3.1): location paths and their union, steps to children and ("//") to descendants, names
/// and "*", and the conditions local-name() and namespace-uri() together. A text = what in it is
/// not read, to follow the name of the assertion.
std::variant<SelectedPlaces, std::string> read_xpath(const SelectedElements& selection);

/// The path as an expression over envelopes of that version: sp:XPath, with its prefixes.
XmlValue write_xpath(const engine::BodyPath& path, engine::SoapVersion soap, std::string_view sp);

}  // namespace parley::policy
