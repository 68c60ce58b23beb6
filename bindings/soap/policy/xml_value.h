#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/xml/document.h"

namespace parley::policy {

using soap::QualifiedName;

struct XmlAttribute {
  QualifiedName name;
  std::string value;

  friend bool operator==(const XmlAttribute&, const XmlAttribute&) = default;
};

/// An element as a value of its own, free of the document that it was read from. Comments are gone,
/// and so is the place of text between children: what assertions say does not depend on either.
struct XmlValue {
  QualifiedName name;
  std::vector<XmlAttribute> attributes;
  std::string text;  ///< direct text; empty where it is white space only
  /// What the prefixes in `text` stand for, in the order of their first use: names in content
  /// (XPath).
  std::vector<std::pair<std::string, std::string>> prefixes;
  std::vector<XmlValue> children;

  bool is(std::string_view ns, std::string_view local) const {
    return name.local_name == local && name.ns == ns;
  }

  /// The first child of that name; null when there is none.
  const XmlValue* child(std::string_view ns, std::string_view local) const;

  /// `ns` empty = an attribute without namespace.
  std::optional<std::string_view> attribute(std::string_view ns, std::string_view local) const;

  friend bool operator==(const XmlValue&, const XmlValue&) = default;
};

/// As deep as the document, whose depth the gate bounds.
XmlValue read_value(const xml::Element& element);

/// How many elements it holds, itself included.
std::uint64_t element_count(const XmlValue& value);

/// A name for people: "prefix:local" where everybody knows the namespace, else "{namespace}local".
/// Printable, whatever a peer wrote.
std::string to_text(const QualifiedName& name);

/// The prefix that everybody uses for `ns`; empty = there is none.
std::string_view usual_prefix(std::string_view ns);

}  // namespace parley::policy
