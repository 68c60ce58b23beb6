#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/xml/document.h"
#include "bindings/soap/xml/escape.h"

// What reading and writing the elements of all protocols have in common.

namespace parley::soap {

/// The whole text of an element that has only text, comments aside. Errors: malformed_envelope for
/// child elements.
Result<std::string> read_text(const xml::Element& element);

/// The same, borrowed from the document where it stands there as it is, else from `scratch`.
Result<std::string_view> read_text(const xml::Element& element, std::string& scratch);

/// The text as an anyURI: white space around it removed. Errors: malformed_envelope;
/// malformed_value when it is empty or has more than `Limits::identifier_bytes_max` bytes.
Result<std::string> read_iri(const xml::Element& element);

/// Whether an addressed endpoint's parameter became this block: it is then no header of ours,
/// whatever its name (WA-002, WA-003).
bool is_reference_parameter(const xml::Element& block);

/// A QName in content, resolved with the namespaces in scope there (N10).
struct QualifiedName {
  std::string ns;
  std::string local_name;

  friend bool operator==(const QualifiedName&, const QualifiedName&) = default;
};

/// Errors: malformed_value for what is no QName or has an unbound prefix.
Result<QualifiedName> read_qualified_name(const xml::Element& element);

/// The exclusive canonical form of `element`, appended.
Result<void> append_canonical(Bytes& out, const xml::Element& element);

/// Appends `<prefix:name>text</prefix:name>`, the text escaped.
void append_child(Bytes& out,
                  std::string_view prefix,
                  std::string_view local_name,
                  std::string_view text);

}  // namespace parley::soap
