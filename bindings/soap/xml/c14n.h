#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"

// Canonical XML (message-security.md, section 12). Streaming and non-recursive; where the gate saw
// that bytes are canonical already, they are taken as they stand.

namespace parley::xml {

enum class C14nMethod : std::uint8_t { exclusive, inclusive_1_0, inclusive_1_1 };

struct C14nOptions {
  C14nMethod method = C14nMethod::exclusive;
  bool with_comments = false;
  /// InclusiveNamespaces PrefixList; "#default" is the default namespace (M41, M78).
  std::vector<std::string> prefix_list;
  /// A subtree to leave out: the Signature in an enveloped signature. Null = none.
  Element excluded;
  /// The STR-Transform form in which the apex carries the default namespace, "" included (M44).
  bool default_namespace_on_apex = false;
};

/// Appends the canonical form of the subtree at `apex`.
/// Errors: malformed_xml for a relative namespace URI (M82).
Result<void> canonicalize(const Element& apex, const C14nOptions& options, Bytes& out);

/// Takes canonical octets piece by piece, in order.
using OctetSink = std::function<void(ByteView)>;

/// Gives the canonical form to `sink` instead: long runs as they stand in the document, so that a
/// body is not copied to be hashed. `scratch` is overwritten.
Result<void> canonicalize(const Element& apex,
                          const C14nOptions& options,
                          Bytes& scratch,
                          const OctetSink& sink);

/// Appends the canonical form of the whole document, instructions (and comments) around the
/// document element included.
Result<void> canonicalize_document(const Document& document,
                                   const C14nOptions& options,
                                   Bytes& out);

/// Whether the subtree's own bytes are its exclusive canonical form (with an empty PrefixList).
bool is_canonical(const Element& apex);

}  // namespace parley::xml
