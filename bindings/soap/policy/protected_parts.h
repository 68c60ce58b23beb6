#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/xml_value.h"

namespace parley::policy {

/// A header, by its name, or all headers of a namespace where the name is empty.
struct HeaderPart {
  std::string ns;
  std::string name;

  friend bool operator==(const HeaderPart&, const HeaderPart&) = default;
};

/// Parts of a message. A header that is not there needs no protection (WP-101).
struct PartList {
  bool body = false;
  bool every_header = false;  ///< an empty list: the body and all headers
  bool attachments = false;
  std::vector<HeaderPart> headers;
};

/// Elements that an XPath selects.
struct SelectedElements {
  enum class Use : std::uint8_t { signed_, encrypted, content_encrypted, required };
  Use use = Use::signed_;
  XmlValue path;        ///< with what its prefixes stand for
  std::string version;  ///< of XPath; empty = 1.0
};

/// What has to be protected in a message (WP-032). Of a part list, none = nothing was said.
struct ProtectedParts {
  std::optional<PartList> signed_parts;
  std::optional<PartList> encrypted_parts;
  std::optional<PartList> required_parts;
  std::vector<SelectedElements> elements;
};

}  // namespace parley::policy
