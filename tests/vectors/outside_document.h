#pragma once

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string_view>

#include "bindings/soap/xml/document.h"
#include "tests/vectors/suite.h"

// Documents that are no SOAP messages: other encodings than UTF-8, ids under other names.

namespace parley::vectors {

/// A document asks for what cannot be done, or holds what nobody can read. Where a vector must be
/// refused, this refuses it.
class BadDocument : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A document, or why there is none: a DTD (skipped) or a failure.
struct OutsideDocument {
  std::optional<xml::Document> document;
  Verdict why;
};

/// Reads ISO-8859-1, US-ASCII and UTF-16 too, which the product refuses.
OutsideDocument parse_outside(Bytes octets);

/// The first element of that name in document order; null when there is none.
xml::Element find_element(const xml::Document& document,
                          std::string_view ns,
                          std::string_view local);

/// The element with that id under any of the names that ids have outside SOAP; null when there is
/// none.
xml::Element find_by_id(const xml::Document& document, std::string_view id);

/// Whether both hold the same elements, attributes and texts, by their names and not their
/// prefixes: tools that move elements from document to document choose prefixes of their own.
bool is_same_content(const xml::Element& a, const xml::Element& b);

/// The octets of base64 text in an element; throws BadDocument for anything else, and for no
/// element.
Bytes base64_of(const xml::Element& element);

}  // namespace parley::vectors
