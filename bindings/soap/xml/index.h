#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace parley::xml {

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xffffffff;

// There are hundreds of these for each message. They are made empty and filled where they stay: a
// value that is given to a container by reference goes through memory first. Their constructors are
// written out, because else all is filled with zeros before.

/// A namespace declaration in force: a list that leads outward. An empty `uri` undeclares.
struct Binding {
  Binding() {}  // NOLINT(modernize-use-equals-default)

  std::string_view prefix;  ///< empty = the default namespace
  std::string_view uri;
  std::uint64_t key = 0;          ///< `prefix` as the gate compares it
  std::uint32_t outer = kNoNode;  ///< next binding outward; kNoNode at the end
  NodeIndex declared_at = kNoNode;
  std::uint32_t depth = 0;  ///< how many bindings lie outward of it
};

struct Attribute {
  Attribute() {}  // NOLINT(modernize-use-equals-default)

  std::string_view prefix;
  std::string_view local_name;
  std::string_view ns;              ///< empty = no namespace
  std::string_view raw;             ///< value as written, between its quotes
  std::string_view value;           ///< after normalization: `raw`, or what the index keeps of it
  std::uint32_t binding = kNoNode;  ///< of its prefix; kNoNode without one
};

/// One element of the index, or the root of a decrypted fragment (which has no tags of its own).
struct Node {
  Node() {}  // NOLINT(modernize-use-equals-default)

  std::string_view prefix;
  std::string_view local_name;
  std::string_view ns;
  const char* begin = nullptr;    ///< at '<' of the start tag
  const char* content = nullptr;  ///< behind '>' of the start tag
  /// At '<' of the end tag; equals `content` in an empty-element tag.
  const char* content_end = nullptr;
  const char* end = nullptr;  ///< behind the element
  NodeIndex parent = kNoNode;
  NodeIndex first_child = kNoNode;
  NodeIndex next = kNoNode;
  NodeIndex replaced_by = kNoNode;  ///< the fragment that stands in its place
  NodeIndex replaces = kNoNode;     ///< of a fragment: the element in whose place it stands
  std::uint32_t attributes = 0;     ///< index of the first
  std::uint16_t attribute_count = 0;
  std::uint16_t declarations = 0;    ///< own namespace declarations
  std::uint32_t bindings = kNoNode;  ///< innermost in scope, own ones included
  // What the canonicalizer asks (c14n.h). The first two speak of the element's direct content and
  // start tag, the others of its whole subtree.
  bool has_replacement = false;   ///< something in its subtree was replaced: its bytes are not it
  bool plain_content = true;      ///< only text that is canonical as it stands, and elements
  bool canonical_subtree = true;  ///< every tag and text is canonical, namespaces apart
  NodeIndex outermost_use = kNoNode;  ///< the outermost element whose declaration the subtree uses
  NodeIndex redundant_with = 0;  ///< 1 + the innermost element that declares the same as one below
};

/// Which attributes carry ids (message-security.md, M8).
struct IdEntry {
  std::string_view value;
  NodeIndex node = kNoNode;
};

/// What the gate notes of the texts that it admits. Everything points into them.
struct Index {
  std::vector<Node> nodes;
  std::vector<Attribute> attributes;
  std::vector<Binding> bindings;
  std::vector<Bytes> unescaped;  ///< values that are not what was written
  std::vector<IdEntry> ids;

  /// Keeps the room.
  void clear() {
    nodes.clear();
    attributes.clear();
    bindings.clear();
    unescaped.clear();
    ids.clear();
  }
};

}  // namespace parley::xml
