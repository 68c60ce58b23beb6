#include "bindings/soap/xml/gate.h"

#include <algorithm>
#include <optional>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/characters.h"
#include "bindings/soap/xml/document.h"
#include "bindings/soap/xml/markup.h"
#include "bindings/soap/xml/qualified_name.h"
#include "bindings/soap/xml/tag_rules.h"

namespace parley::xml {
namespace {

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";
constexpr std::uint64_t kXmlKey = prefix_key("xml");
constexpr std::uint64_t kXmlnsKey = prefix_key("xmlns");

bool is_for(const Binding& binding, std::uint64_t key, std::string_view prefix) {
  return binding.key == key && (key != kLongKey || is_same(binding.prefix, prefix));
}

/// What a step that failed returns.
struct Failed {
  // NOLINTNEXTLINE(google-explicit-constructor)
  operator const char*() const { return nullptr; }

  // NOLINTNEXTLINE(google-explicit-constructor)
  operator bool() const { return false; }
};

/// One walk over one text. Every step is given where it begins and returns where the next one does,
/// so that the place stays in a register; null after a failure, which `failure_` then tells.
class Walk {
 public:
  Walk(Index& index, const Limits& limits, std::string_view text)
      : index_(index), limits_(limits), begin_(text.data()), end_(begin_ + text.size()) {}

  Result<void> document();
  Result<void> fragment(NodeIndex root);

 private:
  // Those that are called from several places are inlined all the same: they are short, and there
  // are hundreds of them for each message.
  const char* content(const char* at);
  const char* text_run(const char* at);
  const char* other_markup(const char* at);
  const char* start_tag(const char* at);
  const char* attribute(const char* at, NodeIndex index);
  std::string_view unescaped(std::string_view raw);
  bool declare(NodeIndex index, std::string_view prefix, std::string_view uri);
  bool resolve(NodeIndex index);
  bool resolve_attributes(NodeIndex index);
  [[gnu::always_inline]] inline bool look_up(std::string_view prefix,
                                             Node& node,
                                             std::string_view& ns,
                                             std::uint32_t& binding);
  const char* end_tag(const char* at);
  [[gnu::always_inline]] inline void close(NodeIndex index);
  bool is_in_security() const;
  Failed fail(Error failure);
  Failed malformed(const char* place);
  Failed beyond(const char* place);

  std::string_view rest(const char* at) const { return view(at, end_); }

  Index& index_;
  const Limits& limits_;
  const char* const begin_;
  const char* const end_;
  NodeIndex open_ = kNoNode;
  NodeIndex previous_ = kNoNode;  ///< the child of `open_` that was closed last
  std::size_t depth_ = 0;
  std::optional<Error> failure_;
  // Of the start tag at hand.
  bool is_canonical_ = true;              ///< spacing, quoting and declarations
  std::uint32_t name_binding_ = kNoNode;  ///< what binds the prefix of its name
};

[[gnu::cold]] Failed Walk::fail(Error failure) {
  failure_ = failure;
  return {};
}

[[gnu::cold]] Failed Walk::malformed(const char* place) {
  return fail(Error(ErrorCode::malformed_xml, place));
}

/// What is wrong with a Security header looks the same from outside, its size too (M58, M88).
[[gnu::cold]] Failed Walk::beyond(const char* place) {
  return fail(is_in_security() ? Error(ErrorCode::security_header_invalid, "limits of the gate")
                               : Error(ErrorCode::limit_exceeded, place));
}

/// Whether what is read now stands in a Security header.
bool Walk::is_in_security() const {
  for (NodeIndex at = open_; at != kNoNode; at = index_.nodes[at].parent) {
    const Node& node = index_.nodes[at];
    if (node.local_name == "Security" && node.ns == soap::uri::kWsse) {
      return true;
    }
  }
  return false;
}

Result<void> Walk::document() {
  PARLEY_ASSIGN_OR_RETURN(const std::size_t skipped, declaration_length(rest(begin_)));
  content(begin_ + skipped);
  if (failure_) {
    return *failure_;
  }
  return index_.nodes.empty() ? Error(ErrorCode::malformed_xml, "document element")
                              : Result<void>();
}

Result<void> Walk::fragment(NodeIndex root) {
  open_ = root;
  for (NodeIndex up = index_.nodes[root].parent; up != kNoNode; up = index_.nodes[up].parent) {
    ++depth_;
  }
  content(begin_);
  if (failure_) {
    return *failure_;
  }
  close(root);
  return {};
}

const char* Walk::content(const char* at) {
  const NodeIndex top = open_;
  while (at < end_) {
    if (*at != '<') {
      at = text_run(at);
    } else if (end_ - at < 2) {
      at = malformed("markup");
    } else if (at[1] == '/') {
      at = end_tag(at);
    } else if (at[1] == '?' || at[1] == '!') {
      at = other_markup(at);
    } else {
      at = start_tag(at);
    }
    if (at == nullptr) [[unlikely]] {
      return nullptr;
    }
  }
  return open_ == top ? at : malformed("element is not closed");
}

const char* Walk::text_run(const char* at) {
  // Most text has none of the characters that matter, line breaks aside.
  bool has_reference = false;
  bool is_canonical = true;
  const char* stop = at;
  while ((stop = find_special(stop, end_, '<', '&', '>')) < end_ && *stop != '<') {
    has_reference |= *stop == '&';
    is_canonical &= *stop != '>' && *stop != '\r';
    ++stop;
  }
  const std::string_view text = view(at, stop);
  if (open_ == kNoNode) {
    return std::all_of(at, stop, is_space) ? stop : malformed("text outside the root");
  }
  if (!is_canonical && text.find("]]>") != std::string_view::npos) {
    return malformed("]]> in text");
  }
  if (has_reference) {
    if (!has_legal_references(text)) {
      return malformed("reference");
    }
    is_canonical = is_canonical && is_canonical_value(text, false);
  }
  Node& node = index_.nodes[open_];
  node.plain_content &= is_canonical && !has_reference;
  node.canonical_subtree &= is_canonical;
  return stop;
}

/// Comments, instructions and CDATA; of what else begins so, nothing is allowed.
const char* Walk::other_markup(const char* at) {
  const std::string_view text = rest(at);
  Result<std::size_t> length = Error(ErrorCode::malformed_xml, "gate");
  if (text.starts_with("<?")) {
    length = instruction_length(text);
  } else if (text.starts_with("<!--")) {
    length = comment_length(text);
  } else if (text.starts_with("<![CDATA[")) {
    length = open_ == kNoNode ? Error(ErrorCode::malformed_xml, "CDATA") : cdata_length(text);
  } else if (text.starts_with("<!DOCTYPE")) {
    length = Error(ErrorCode::forbidden_doctype, "gate");
  }
  if (!length) {
    return fail(length.error());
  }
  if (open_ != kNoNode) {
    index_.nodes[open_].plain_content = index_.nodes[open_].canonical_subtree = false;
  }
  return at + *length;
}

const char* Walk::start_tag(const char* at) {
  const auto index = static_cast<NodeIndex>(index_.nodes.size());
  if (open_ == kNoNode && index != 0) {
    return malformed("second root");
  }
  if (++depth_ > limits_.xml_depth_max || index >= limits_.xml_elements_max) {
    return beyond("elements");
  }
  const QName name = read_name(at + 1, end_);
  if (static_cast<std::size_t>(name.end - at) > limits_.xml_name_bytes_max + 1) {
    return beyond("element name");
  }
  if (name.end == at + 1) {
    return malformed("element name");
  }
  Node& node = index_.nodes.emplace_back();
  node.begin = at;
  node.prefix = name.prefix(at + 1);
  node.local_name = name.local_name(at + 1);
  node.parent = open_;
  node.attributes = static_cast<std::uint32_t>(index_.attributes.size());
  if (open_ != kNoNode) {
    Node& parent = index_.nodes[open_];
    node.bindings = parent.bindings;
    (previous_ == kNoNode ? parent.first_child : index_.nodes[previous_].next) = index;
  }
  at = name.end;
  is_canonical_ = true;
  while (true) {
    const char* after_space = at;
    while (after_space < end_ && is_space(*after_space)) {
      ++after_space;
    }
    if (after_space == end_) {
      return malformed("start tag");
    }
    if (*after_space == '>' || *after_space == '/') {
      is_canonical_ &= after_space == at;
      at = after_space;
      break;
    }
    if (after_space == at) {
      return malformed("start tag");
    }
    is_canonical_ &= after_space == at + 1 && *at == ' ';
    at = attribute(after_space, index);
    if (at == nullptr) [[unlikely]] {
      return nullptr;
    }
  }
  if (!resolve(index)) [[unlikely]] {
    return nullptr;
  }
  const bool is_empty_tag = *at == '/';
  if (is_empty_tag && (end_ - at < 2 || at[1] != '>')) {
    return malformed("start tag");
  }
  const bool has_names_to_check = node.declarations != 0 || node.attribute_count > 1;
  node.canonical_subtree =
      is_canonical_ && !is_empty_tag &&
      (!has_names_to_check || has_canonical_names(index_, node, name_binding_));
  at += is_empty_tag ? 2 : 1;
  node.content = at;
  if (!is_empty_tag) {
    open_ = index;
    previous_ = kNoNode;
    return at;
  }
  node.content_end = at;
  node.end = at;
  previous_ = index;
  close(index);
  --depth_;
  return at;
}

const char* Walk::attribute(const char* at, NodeIndex index) {
  Node& node = index_.nodes[index];
  const QName name = read_name(at, end_);
  const char* const stop = name.end;
  if (static_cast<std::size_t>(stop - at) > limits_.xml_name_bytes_max ||
      std::uint64_t{node.attribute_count} + node.declarations >= limits_.xml_attributes_max) {
    return beyond("attributes");
  }
  if (stop == at) {
    return malformed("attribute name");
  }
  const char* p = stop;
  while (p < end_ && is_space(*p)) {
    ++p;
  }
  if (p == end_ || *p != '=') {
    return malformed("attribute");
  }
  is_canonical_ &= p == stop;
  const char* const equals = p++;
  while (p < end_ && is_space(*p)) {
    ++p;
  }
  if (p == end_ || (*p != '"' && *p != '\'')) {
    return malformed("attribute");
  }
  const char quote = *p++;
  is_canonical_ &= p == equals + 2 && quote == '"';
  // Most values have nothing but plain characters up to their quote; the others go the long way.
  const char* value_end = find_special(p, end_, quote, '<', '&');
  const bool is_plain = value_end < end_ && *value_end == quote;
  if (!is_plain) {
    value_end = std::find(value_end, end_, quote);
    if (value_end == end_ || std::find(p, value_end, '<') != value_end) {
      return malformed("attribute value");
    }
  }
  const std::string_view raw = view(p, value_end);
  if (raw.size() > limits_.xml_attribute_bytes_max) {
    return beyond("attribute value");
  }
  if (!is_plain) {
    if (!has_legal_references(raw)) {
      return malformed("reference");
    }
    is_canonical_ = is_canonical_ && is_canonical_value(raw, true);
  }
  const char* const next = value_end + 1;
  const std::string_view prefix = name.prefix(at);
  const std::string_view local_name = name.local_name(at);
  const bool is_default = prefix.empty() && is_same(local_name, "xmlns");
  if (is_default || prefix_key(prefix, end_) == kXmlnsKey) {
    is_canonical_ &= is_plain;
    return declare(index, is_default ? std::string_view() : local_name,
                   is_plain ? raw : unescaped(raw))
               ? next
               : nullptr;
  }
  Attribute& own = index_.attributes.emplace_back();
  own.prefix = prefix;
  own.local_name = local_name;
  own.raw = raw;
  own.value = is_plain ? raw : unescaped(raw);
  ++node.attribute_count;
  return next;
}

/// An attribute's value without its references, kept by the index.
std::string_view Walk::unescaped(std::string_view raw) {
  return as_text(index_.unescaped.emplace_back(to_bytes(unescape(raw, true))));
}

/// False after a failure.
bool Walk::declare(NodeIndex index, std::string_view prefix, std::string_view uri) {
  Node& node = index_.nodes[index];
  const std::uint64_t key = prefix_key(prefix, end_);
  if (key == kXmlnsKey || uri == kXmlnsNamespace || (key == kXmlKey) != (uri == kXmlNamespace) ||
      (!prefix.empty() && uri.empty())) {
    return malformed("namespace declaration");
  }
  std::uint16_t passed = 0;
  for (std::uint32_t b = node.bindings; b != kNoNode; ++passed) {
    const Binding& outer = index_.bindings[b];
    b = outer.outer;
    if (!is_for(outer, key, prefix)) {
      continue;
    }
    if (passed < node.declarations) {
      return malformed("duplicate declaration");
    }
    if (is_same(outer.uri, uri)) {
      node.redundant_with = std::max(node.redundant_with, outer.declared_at + 1);
    }
    break;
  }
  // Canonical declarations stand before all attributes, sorted, and undeclare nothing (M75, M76).
  is_canonical_ = is_canonical_ && node.attribute_count == 0 && !uri.empty() &&
                  (node.declarations == 0 || index_.bindings[node.bindings].prefix < prefix);
  // Every name is looked up among all declarations in scope, so their number is bounded like that
  // of one element.
  const std::uint32_t depth =
      node.bindings == kNoNode ? 0 : index_.bindings[node.bindings].depth + 1;
  if (depth >= limits_.xml_attributes_max) {
    return beyond("namespace declarations in scope");
  }
  const auto own = static_cast<std::uint32_t>(index_.bindings.size());
  Binding& binding = index_.bindings.emplace_back();
  binding.prefix = prefix;
  binding.uri = uri;
  binding.key = key;
  binding.outer = node.bindings;
  binding.declared_at = index;
  binding.depth = depth;
  node.bindings = own;
  ++node.declarations;
  return true;
}

/// The binding of a prefix; whether there is one, or no need of one.
bool Walk::look_up(std::string_view prefix,
                   Node& node,
                   std::string_view& ns,
                   std::uint32_t& binding) {
  const std::uint64_t key = prefix_key(prefix, end_);
  binding = kNoNode;
  if (key == kXmlKey) {
    ns = kXmlNamespace;
    return true;
  }
  for (std::uint32_t b = node.bindings; b != kNoNode;) {
    const Binding& one = index_.bindings[b];
    if (is_for(one, key, prefix)) {
      binding = b;
      ns = one.uri;
      node.outermost_use = std::min(node.outermost_use, one.declared_at);
      return true;
    }
    b = one.outer;
  }
  return prefix.empty();
}

/// False after a failure.
bool Walk::resolve(NodeIndex index) {
  Node& node = index_.nodes[index];
  if (!look_up(node.prefix, node, node.ns, name_binding_)) {
    return malformed("element name");
  }
  return node.attribute_count == 0 || resolve_attributes(index);
}

bool Walk::resolve_attributes(NodeIndex index) {
  Node& node = index_.nodes[index];
  for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
    Attribute& attribute = index_.attributes[i];
    if (!attribute.prefix.empty() &&
        !look_up(attribute.prefix, node, attribute.ns, attribute.binding)) {
      return malformed("attribute name");
    }
    if (is_id(node, attribute)) {
      IdEntry& id = index_.ids.emplace_back();
      id.value = attribute.value;
      id.node = index;
    }
  }
  const bool is_unique = node.attribute_count == 1 || !has_duplicate_attributes(index_, node);
  return is_unique || malformed("duplicate attribute");
}

const char* Walk::end_tag(const char* at) {
  if (open_ == kNoNode || index_.nodes[open_].begin == nullptr) {
    return malformed("end tag");  // of an element outside
  }
  Node& node = index_.nodes[open_];
  const char* const name = node.begin + 1;
  const auto size =
      static_cast<std::size_t>(node.local_name.data() + node.local_name.size() - name);
  if (!is_repeated(name, at + 2, size, end_)) {
    return malformed("end tag");
  }
  const char* const name_stop = at + 2 + size;
  const char* stop = name_stop;
  while (stop < end_ && is_space(*stop)) {
    ++stop;
  }
  if (stop == end_ || *stop != '>') {
    return malformed("end tag");
  }
  node.canonical_subtree &= stop == name_stop;
  node.content_end = at;
  node.end = stop + 1;
  previous_ = open_;
  open_ = node.parent;
  close(previous_);
  --depth_;
  return stop + 1;
}

/// Passes what the canonicalizer asks up to the parent.
void Walk::close(NodeIndex index) {
  const Node& node = index_.nodes[index];
  if (node.parent == kNoNode) {
    return;
  }
  Node& parent = index_.nodes[node.parent];
  parent.canonical_subtree &= node.canonical_subtree;
  parent.outermost_use = std::min(parent.outermost_use, node.outermost_use);
  parent.redundant_with = std::max(parent.redundant_with, node.redundant_with);
}

}  // namespace

Result<void> admit_document(Index& index, const Limits& limits, std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  // Another encoding begins with a NUL or a byte order mark of its own; both fail here.
  if (!is_xml_text(text)) {
    return Error(ErrorCode::malformed_encoding, "gate");
  }
  return Walk(index, limits, text).document();
}

Result<void> admit_fragment(Index& index,
                            const Limits& limits,
                            NodeIndex fragment,
                            std::string_view text) {
  if (!is_xml_text(text)) {
    return Error(ErrorCode::malformed_encoding, "gate");
  }
  return Walk(index, limits, text).fragment(fragment);
}

}  // namespace parley::xml
