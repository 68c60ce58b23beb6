#pragma once

#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"

namespace parley::xml {

/// The gate: one linear, non-recursive walk over bytes from outside, before anything else looks at
/// them. It enforces what XML 1.0 with namespaces demands and what many parsers forget (one root,
/// matching tags, unique attributes by expanded name, bound prefixes, legal characters in UTF-8,
/// references, comments), refuses every DOCTYPE, and keeps depth, attributes, elements, names and
/// values within their limits. While it walks it makes the document's index, so that nobody has to
/// walk again.
class Gate {
 public:
  /// Admits a whole document; `text` is in a segment of `document`.
  static Result<void> admit_document(Document& document, std::string_view text);

  /// Admits a fragment below `parent`, as content of the node `fragment` that is in the index already.
  static Result<void> admit_fragment(Document& document, NodeIndex fragment, std::string_view text);

 private:
  Gate(Document& document, std::string_view text);

  Result<void> walk_document();
  Result<void> walk_content(NodeIndex top, bool is_document);
  Result<void> markup(NodeIndex& open, bool is_document);
  Result<void> start_tag(NodeIndex& open);
  Result<void> end_tag(NodeIndex& open);
  Result<void> read_attribute(Node& node);
  Result<void> declare(NodeIndex index, std::string_view prefix, std::string_view raw_uri, bool is_plain);
  Result<void> resolve(NodeIndex index);
  Result<void> text_run(NodeIndex open);
  Result<void> declaration(NodeIndex open);
  Result<void> comment(NodeIndex open);
  Result<void> instruction(NodeIndex open);
  Result<void> cdata(NodeIndex open);
  void close(NodeIndex index);
  void note_canonical_tag(NodeIndex index, bool is_empty_tag);
  bool starts_with(std::string_view word) const { return rest().starts_with(word); }
  std::string_view rest() const { return {at_, static_cast<std::size_t>(end_ - at_)}; }

  Document& d_;
  const char* at_;
  const char* end_;
  std::size_t depth_ = 0;
  // Of the start tag at hand.
  bool tag_is_canonical_ = true;          ///< spacing, quoting and declarations
  std::uint32_t name_binding_ = kNoNode;  ///< what binds the prefix of its name
};

}  // namespace parley::xml
