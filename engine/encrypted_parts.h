#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parley::engine {

/// A name in a namespace; an empty name stands for every name there (WS-SecurityPolicy 1.2, 4.2.1).
struct PartName {
  std::string ns;
  std::string name;

  friend bool operator==(const PartName&, const PartName&) = default;
};

/// Selects elements below soap:Body: XPath 1.0 in its abbreviated form, with steps to children and
/// to descendants, and without conditions.
struct BodyPath {
  static constexpr std::size_t kStepsMax = 31;

  struct Step {
    bool is_deep = false;  ///< "//": at any depth
    bool is_any = false;   ///< "*"
    PartName element{};    ///< empty namespace = an element without one

    friend bool operator==(const Step&, const Step&) = default;
  };

  std::vector<Step> steps;  ///< the first leads from the Body

  friend bool operator==(const BodyPath&, const BodyPath&) = default;
};

/// What is encrypted of each message under a context, besides what Protection says of its Body:
/// what is there of it. Elements go whole, or (contents) but for their tags.
struct EncryptedParts {
  static constexpr std::size_t kPartsMax = 64;  ///< of each kind

  std::vector<PartName> headers;
  std::vector<BodyPath> elements;
  std::vector<BodyPath> contents;

  bool empty() const { return headers.empty() && elements.empty() && contents.empty(); }

  friend bool operator==(const EncryptedParts&, const EncryptedParts&) = default;
};

/// "{urn:n}Name", or "{urn:n}*" for every name; several between spaces.
/// Errors: invalid_argument, also for more than kPartsMax.
Result<std::vector<PartName>> parse_part_names(std::string_view text);
std::string to_text(const std::vector<PartName>& names);

/// "/{urn:n}Order//{urn:n}Card", with names as above, "Name" for one without namespace and "*" for
/// any; several between spaces. Errors: invalid_argument, also beyond kStepsMax and kPartsMax.
Result<std::vector<BodyPath>> parse_body_paths(std::string_view text);
std::string to_text(const std::vector<BodyPath>& paths);

}  // namespace parley::engine
