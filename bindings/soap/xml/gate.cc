#include "bindings/soap/xml/gate.h"

#include <algorithm>
#include <cstring>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/characters.h"

namespace parley::xml {
namespace {

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kXmlnsNamespace = "http://www.w3.org/2000/xmlns/";

Error malformed(const char* place) { return Error(ErrorCode::malformed_xml, place); }

Error beyond(const char* place) { return Error(ErrorCode::limit_exceeded, place); }

const char* skip_spaces(const char* at, const char* end) {
  while (at < end && is_space(*at)) {
    ++at;
  }
  return at;
}

std::string_view view(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

// Short names: comparing them here is cheaper than calling for it.
bool is_same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

// A prefix as one number, so that it is compared at once; one that is too long has to be looked at.
constexpr std::uint64_t kLongKey = ~std::uint64_t{0};

constexpr std::uint64_t prefix_key(std::string_view prefix) {
  if (prefix.size() > 8) {
    return kLongKey;
  }
  std::uint64_t key = 0;
  for (const char c : prefix) {
    key = key << 8U | static_cast<unsigned char>(c);
  }
  return key;
}

constexpr std::uint64_t kXmlKey = prefix_key("xml");

bool is_for(const Binding& binding, std::uint64_t key, std::string_view prefix) {
  return binding.key == key && (key != kLongKey || binding.prefix == prefix);
}

/// A qualified name: where it ends, and its two parts.
struct QName {
  const char* end;
  std::string_view prefix;      ///< empty = none
  std::string_view local_name;  ///< empty = not a qualified name
};

QName read_name(const char* at, const char* end) {
  const char* stop = nullptr;
  const char* colon = nullptr;
  if (read_short_name(at, end, stop, colon)) {
    return colon == nullptr ? QName{stop, {}, view(at, stop)}
                            : QName{stop, view(at, colon), view(colon + 1, stop)};
  }
  const char* const first = ncname_end(at, end);
  if (first == at || first == end || *first != ':') {
    return {first, {}, view(at, first)};
  }
  const char* const second = ncname_end(first + 1, end);
  if (second == first + 1 || (second < end && *second == ':')) {
    return {second, {}, {}};
  }
  return {second, view(at, first), view(first + 1, second)};
}

// All references legal, and no '<' (in an attribute) or ']]>' (in text).
bool has_legal_references(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while ((at = static_cast<const char*>(std::memchr(at, '&', static_cast<std::size_t>(end - at)))) != nullptr) {
    std::size_t length = 0;
    if (read_reference(at, end, length) == 0) {
      return false;
    }
    at += length;
  }
  return true;
}

// Which ids count (message-security.md, M8): wsu:Id anywhere, Id on ds and xenc elements, and those of
// SAML assertions.
bool is_id(const Node& node, const Attribute& attribute) {
  using namespace parley::soap;
  if (attribute.ns == uri::kWsu) {
    return attribute.local_name == "Id";
  }
  if (!attribute.ns.empty()) {
    return false;
  }
  if (attribute.local_name == "Id") {
    return node.ns == uri::kDs || node.ns == uri::kXenc || node.ns == uri::kXenc11 || node.ns == uri::kDsig11;
  }
  return (attribute.local_name == "AssertionID" && node.ns == uri::kSaml1) ||
         (attribute.local_name == "ID" && node.ns == uri::kSaml2);
}

// Whether a value is written as its canonical form would write it.
bool is_canonical_value(std::string_view raw, bool is_attribute) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '&') {
      const std::string_view rest = raw.substr(i);
      const bool ok = rest.starts_with("&amp;") || rest.starts_with("&lt;") || rest.starts_with("&#xD;") ||
                      (is_attribute ? rest.starts_with("&quot;") || rest.starts_with("&#x9;") ||
                                          rest.starts_with("&#xA;")
                                    : rest.starts_with("&gt;"));
      if (!ok) {
        return false;
      }
    } else if (c == '\r' || (is_attribute ? c == '\t' || c == '\n' || c == '"' : c == '>')) {
      return false;
    }
  }
  return true;
}

constexpr std::uint32_t kFewAttributes = 8;

/// Comparing each name with each other costs too much where somebody writes hundreds on every element.
bool has_equal_names(const std::vector<Attribute>& attributes, const Node& node) {
  std::vector<const Attribute*> sorted;
  sorted.reserve(node.attribute_count);
  for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
    sorted.push_back(&attributes[i]);
  }
  std::sort(sorted.begin(), sorted.end(), [](const Attribute* a, const Attribute* b) {
    const int order = a->local_name.compare(b->local_name);
    return order != 0 ? order < 0 : a->ns < b->ns;
  });
  return std::adjacent_find(sorted.begin(), sorted.end(), [](const Attribute* a, const Attribute* b) {
           return a->local_name == b->local_name && a->ns == b->ns;
         }) != sorted.end();
}

/// Whether `open` stands in a Security header.
bool is_in_security(const std::vector<Node>& nodes, NodeIndex open) {
  for (NodeIndex at = open; at != kNoNode; at = nodes[at].parent) {
    if (nodes[at].local_name == "Security" && nodes[at].ns == soap::uri::kWsse) {
      return true;
    }
  }
  return false;
}

}  // namespace

Gate::Gate(Document& document, std::string_view text)
    : d_(document), at_(text.data()), end_(text.data() + text.size()) {}

Result<void> Gate::admit_document(Document& document, std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) {
    text.remove_prefix(3);
  }
  // Another encoding begins with a NUL or a byte order mark of its own; both fail here.
  if (!is_xml_text(text)) {
    return Error(ErrorCode::malformed_encoding, "gate");
  }
  Gate gate(document, text);
  return gate.walk_document();
}

Result<void> Gate::admit_fragment(Document& document, NodeIndex fragment, std::string_view text) {
  if (!is_xml_text(text)) {
    return Error(ErrorCode::malformed_encoding, "gate");
  }
  Gate gate(document, text);
  for (NodeIndex up = document.nodes_[fragment].parent; up != kNoNode; up = document.nodes_[up].parent) {
    ++gate.depth_;
  }
  PARLEY_TRY(gate.walk_content(fragment, false));
  gate.close(fragment);
  return {};
}

Result<void> Gate::walk_document() {
  if (starts_with("<?xml") && rest().size() > 5 && is_space(rest()[5])) {
    const std::size_t stop = rest().find("?>");
    if (stop == std::string_view::npos) {
      return malformed("XML declaration");
    }
    const std::string_view declaration = rest().substr(5, stop - 5);
    // version, encoding?, standalone? in this order, quoted, and nothing else.
    static constexpr std::string_view kNames[] = {"version", "encoding", "standalone"};
    const char* p = declaration.data();
    const char* const stop_at = p + declaration.size();
    std::size_t next = 0;
    while ((p = skip_spaces(p, stop_at)) < stop_at) {
      const char* const name_stop = name_end(p, stop_at);
      const std::string_view name = view(p, name_stop);
      while (next < 3 && kNames[next] != name) {
        if (next == 0) {
          return malformed("XML declaration");
        }
        ++next;
      }
      p = skip_spaces(name_stop, stop_at);
      if (next == 3 || p == stop_at || *p != '=') {
        return malformed("XML declaration");
      }
      p = skip_spaces(p + 1, stop_at);
      if (p == stop_at || (*p != '"' && *p != '\'')) {
        return malformed("XML declaration");
      }
      const char* const value_stop = std::find(p + 1, stop_at, *p);
      if (value_stop == stop_at) {
        return malformed("XML declaration");
      }
      const std::string_view value = view(p + 1, value_stop);
      if (name == "version" && value != "1.0") {
        return malformed("XML version");
      }
      if (name == "standalone" && value != "yes" && value != "no") {
        return malformed("XML declaration");
      }
      if (name == "encoding") {
        std::string lower(value);
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
        if (lower != "utf-8" && lower != "us-ascii") {
          return Error(ErrorCode::malformed_encoding, "XML declaration");
        }
      }
      p = value_stop + 1;
      if (p < stop_at && !is_space(*p)) {
        return malformed("XML declaration");
      }
      ++next;
    }
    if (next == 0) {
      return malformed("XML declaration");
    }
    at_ += stop + 2;
  }
  PARLEY_TRY(walk_content(kNoNode, true));
  if (d_.nodes_.empty()) {
    return malformed("document element");
  }
  return {};
}

Result<void> Gate::walk_content(NodeIndex top, bool is_document) {
  NodeIndex open = top;
  while (at_ < end_) {
    PARLEY_TRY(text_run(open));
    if (at_ == end_) {
      break;
    }
    PARLEY_TRY(markup(open, is_document));
    // The end tag of an element outside the fragment.
    if (open == kNoNode && !is_document) {
      return malformed("end tag");
    }
  }
  return open == top ? Result<void>() : Result<void>(malformed("element is not closed"));
}

Result<void> Gate::text_run(NodeIndex open) {
  if (*at_ == '<') {
    return {};  // one tag after the other
  }
  // Most text has none of the characters that matter, line breaks aside.
  bool has_reference = false;
  bool is_canonical = true;
  const char* stop = at_;
  while ((stop = find_special(stop, end_, '<', '&', '>')) < end_ && *stop != '<') {
    has_reference |= *stop == '&';
    is_canonical &= *stop != '>' && *stop != '\r';
    ++stop;
  }
  const std::string_view text = view(at_, stop);
  at_ = stop;
  if (text.empty()) {
    return {};
  }
  if (open == kNoNode) {
    return std::all_of(text.begin(), text.end(), is_space) ? Result<void>()
                                                           : Result<void>(malformed("text outside the root"));
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
  d_.nodes_[open].plain_content &= is_canonical && !has_reference;
  d_.nodes_[open].canonical_subtree &= is_canonical;
  return {};
}

Result<void> Gate::markup(NodeIndex& open, bool is_document) {
  if (end_ - at_ < 2) {
    return malformed("markup");
  }
  const char kind = at_[1];
  if (kind == '/') {
    return end_tag(open);
  }
  if (kind == '?') {
    return instruction(open);
  }
  if (kind == '!') {
    return declaration(open);
  }
  if (open == kNoNode && is_document && !d_.nodes_.empty()) {
    return malformed("second root");
  }
  const NodeIndex around = open;
  const Result<void> done = start_tag(open);
  if (!done && done.error().code() == ErrorCode::limit_exceeded && is_in_security(d_.nodes_, around)) {
    // What is wrong with a Security header looks the same from outside, its size too (M58, M88).
    return Error(ErrorCode::security_header_invalid, "limits of the gate");
  }
  return done;
}

/// Comments and CDATA; of what else begins so, nothing is allowed.
Result<void> Gate::declaration(NodeIndex open) {
  if (starts_with("<!--")) {
    return comment(open);
  }
  if (starts_with("<![CDATA[")) {
    return open == kNoNode ? Result<void>(malformed("CDATA")) : cdata(open);
  }
  return Error(starts_with("<!DOCTYPE") ? ErrorCode::forbidden_doctype : ErrorCode::malformed_xml, "gate");
}

Result<void> Gate::comment(NodeIndex open) {
  const std::string_view body = rest().substr(4);
  const std::size_t dashes = body.find("--");
  if (dashes == std::string_view::npos || body.substr(dashes + 2, 1) != ">") {
    return malformed("comment");
  }
  at_ += 4 + dashes + 3;
  if (open != kNoNode) {
    d_.nodes_[open].plain_content = d_.nodes_[open].canonical_subtree = false;
  }
  return {};
}

Result<void> Gate::instruction(NodeIndex open) {
  const char* const target_end = name_end(at_ + 2, end_);
  const std::string_view target = view(at_ + 2, target_end);
  const std::size_t stop = view(target_end, end_).find("?>");
  if (target.empty() || target.find(':') != std::string_view::npos || stop == std::string_view::npos ||
      (stop != 0 && !is_space(*target_end)) || (target.size() == 3 && (target[0] | 32) == 'x' &&
                                                (target[1] | 32) == 'm' && (target[2] | 32) == 'l')) {
    return malformed("processing instruction");
  }
  at_ = target_end + stop + 2;
  if (open != kNoNode) {
    d_.nodes_[open].plain_content = d_.nodes_[open].canonical_subtree = false;
  }
  return {};
}

Result<void> Gate::cdata(NodeIndex open) {
  const std::size_t stop = rest().find("]]>");
  if (stop == std::string_view::npos) {
    return malformed("CDATA");
  }
  at_ += stop + 3;
  d_.nodes_[open].plain_content = d_.nodes_[open].canonical_subtree = false;
  return {};
}

Result<void> Gate::start_tag(NodeIndex& open) {
  const Limits& limits = d_.limits_;
  if (++depth_ > limits.xml_depth_max || d_.nodes_.size() >= limits.xml_elements_max) {
    return beyond("elements");
  }
  const QName name = read_name(at_ + 1, end_);
  const char* const stop = name.end;
  if (static_cast<std::size_t>(stop - at_) > limits.xml_name_bytes_max + 1) {
    return beyond("element name");
  }
  if (name.local_name.empty()) {
    return malformed("element name");
  }
  const auto index = static_cast<NodeIndex>(d_.nodes_.size());
  Node& node = d_.nodes_.emplace_back(at_, name.prefix, name.local_name);
  node.parent = open;
  node.attributes = static_cast<std::uint32_t>(d_.attributes_.size());
  node.bindings = open == kNoNode ? kNoNode : d_.nodes_[open].bindings;
  if (open != kNoNode) {
    Node& parent = d_.nodes_[open];
    (parent.first_child == kNoNode ? parent.first_child : d_.nodes_[parent.last_child].next) = index;
    parent.last_child = index;
  }
  at_ = stop;
  tag_is_canonical_ = true;
  while (true) {
    const char* const after_space = skip_spaces(at_, end_);
    if (after_space == end_) {
      return malformed("start tag");
    }
    if (*after_space == '>' || *after_space == '/') {
      tag_is_canonical_ &= after_space == at_;
      at_ = after_space;
      break;
    }
    if (after_space == at_) {
      return malformed("start tag");
    }
    tag_is_canonical_ &= after_space == at_ + 1 && *at_ == ' ';
    at_ = after_space;
    PARLEY_TRY(read_attribute(node));
  }
  PARLEY_TRY(resolve(index));
  const bool is_empty_tag = *at_ == '/';
  if (is_empty_tag && (end_ - at_ < 2 || at_[1] != '>')) {
    return malformed("start tag");
  }
  note_canonical_tag(index, is_empty_tag);
  at_ += is_empty_tag ? 2 : 1;
  node.content = at_;
  if (!is_empty_tag) {
    open = index;
    return {};
  }
  node.content_end = at_;
  node.end = at_;
  close(index);
  --depth_;
  return {};
}

Result<void> Gate::read_attribute(Node& node) {
  const QName name = read_name(at_, end_);
  const char* const stop = name.end;
  if (static_cast<std::size_t>(stop - at_) > d_.limits_.xml_name_bytes_max ||
      std::uint64_t{node.attribute_count} + node.declarations >= d_.limits_.xml_attributes_max) {
    return beyond("attributes");
  }
  if (name.local_name.empty()) {
    return malformed("attribute name");
  }
  const char* p = skip_spaces(stop, end_);
  if (p == end_ || *p != '=') {
    return malformed("attribute");
  }
  const char* const equals = p;
  p = skip_spaces(p + 1, end_);
  if (p == end_ || (*p != '"' && *p != '\'')) {
    return malformed("attribute");
  }
  tag_is_canonical_ &= equals == stop && p == equals + 1 && *p == '"';
  // Most values have nothing but plain characters up to their quote; the others go the long way.
  const char* value_end = *p == '"' ? find_special(p + 1, end_, '"', '<', '&')
                                    : find_special(p + 1, end_, '\'', '<', '&');
  const bool is_plain = value_end < end_ && *value_end == *p;
  if (!is_plain) {
    value_end = std::find(value_end, end_, *p);
    if (value_end == end_ || std::find(p + 1, value_end, '<') != value_end) {
      return malformed("attribute value");
    }
  }
  const std::string_view raw = view(p + 1, value_end);
  at_ = value_end + 1;
  if (raw.size() > d_.limits_.xml_attribute_bytes_max) {
    return beyond("attribute value");
  }
  if (!is_plain && !has_legal_references(raw)) {
    return malformed("reference");
  }
  tag_is_canonical_ &= *p == '"' && (is_plain || is_canonical_value(raw, true));
  const auto index = static_cast<NodeIndex>(&node - d_.nodes_.data());
  if (name.prefix.empty() && is_same(name.local_name, "xmlns")) {
    return declare(index, {}, raw, is_plain);
  }
  if (is_same(name.prefix, "xmlns")) {
    return declare(index, name.local_name, raw, is_plain);
  }
  d_.attributes_.emplace_back(name.prefix, name.local_name, raw, is_plain);
  ++node.attribute_count;
  return {};
}

Result<void> Gate::declare(NodeIndex index, std::string_view prefix, std::string_view raw_uri, bool is_plain) {
  Node& node = d_.nodes_[index];
  std::string_view uri = raw_uri;
  if (!is_plain) {
    uri = as_text(d_.unescaped_.emplace_back(to_bytes(unescape(raw_uri, true))));
  }
  tag_is_canonical_ &= is_plain;
  if (prefix == "xmlns" || uri == kXmlnsNamespace || (prefix == "xml") != (uri == kXmlNamespace) ||
      (!prefix.empty() && uri.empty())) {
    return malformed("namespace declaration");
  }
  const std::uint64_t key = prefix_key(prefix);
  std::uint16_t passed = 0;
  for (std::uint32_t b = node.bindings; b != kNoNode; b = d_.bindings_[b].outer, ++passed) {
    const Binding& outer = d_.bindings_[b];
    if (!is_for(outer, key, prefix)) {
      continue;
    }
    if (passed < node.declarations) {
      return malformed("duplicate declaration");
    }
    if (outer.uri == uri) {
      node.redundant_with = std::max(node.redundant_with, outer.declared_at + 1);
    }
    break;
  }
  // Canonical declarations stand before all attributes, sorted, and undeclare nothing (M75, M76).
  tag_is_canonical_ &= node.attribute_count == 0 && !uri.empty() &&
                       (node.declarations == 0 || d_.bindings_[node.bindings].prefix < prefix);
  // Every name is looked up among all declarations in scope, so their number is bounded like that of
  // one element.
  const std::uint32_t depth = node.bindings == kNoNode ? 0 : d_.bindings_[node.bindings].depth + 1;
  if (depth >= d_.limits_.xml_attributes_max) {
    return beyond("namespace declarations in scope");
  }
  Binding& own = d_.bindings_.emplace_back();
  own.prefix = prefix;
  own.uri = uri;
  own.outer = node.bindings;
  own.declared_at = index;
  own.depth = depth;
  own.key = key;
  node.bindings = static_cast<std::uint32_t>(d_.bindings_.size() - 1);
  ++node.declarations;
  return {};
}

Result<void> Gate::resolve(NodeIndex index) {
  Node& node = d_.nodes_[index];
  // The binding of a prefix; whether there is one, or no need of one.
  auto lookup = [&](std::string_view prefix, std::string_view& ns, std::uint32_t& binding) {
    binding = kNoNode;
    const std::uint64_t key = prefix_key(prefix);
    if (key == kXmlKey) {
      ns = kXmlNamespace;
      return true;
    }
    for (std::uint32_t b = node.bindings; b != kNoNode; b = d_.bindings_[b].outer) {
      const Binding& one = d_.bindings_[b];
      if (is_for(one, key, prefix)) {
        binding = b;
        ns = one.uri;
        node.outermost_use = std::min(node.outermost_use, one.declared_at);
        return true;
      }
    }
    return prefix.empty();
  };
  if (is_same(node.prefix, "xmlns") || !lookup(node.prefix, node.ns, name_binding_)) {
    return malformed("element name");
  }
  for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
    Attribute& attribute = d_.attributes_[i];
    if (!attribute.prefix.empty() && !lookup(attribute.prefix, attribute.ns, attribute.binding)) {
      return malformed("attribute name");
    }
    const std::uint32_t compared = node.attribute_count <= kFewAttributes ? i : node.attributes;
    for (std::uint32_t j = node.attributes; j < compared; ++j) {
      if (d_.attributes_[j].local_name == attribute.local_name && d_.attributes_[j].ns == attribute.ns) {
        return malformed("duplicate attribute");
      }
    }
    if (is_id(node, attribute)) {
      std::string_view value = attribute.raw;
      if (!attribute.is_plain) {
        value = as_text(d_.unescaped_.emplace_back(to_bytes(unescape(attribute.raw, true))));
      }
      d_.ids_.push_back({value, index});
    }
  }
  if (node.attribute_count > kFewAttributes && has_equal_names(d_.attributes_, node)) {
    return malformed("duplicate attribute");
  }
  return {};
}

void Gate::note_canonical_tag(NodeIndex index, bool is_empty_tag) {
  Node& node = d_.nodes_[index];
  bool canonical = tag_is_canonical_ && !is_empty_tag;
  // Each declaration in use on this very element; attributes sorted (M75, M76).
  std::uint32_t binding = node.bindings;
  for (std::uint16_t i = 0; canonical && i < node.declarations; ++i) {
    canonical = binding == name_binding_;
    for (std::uint32_t a = node.attributes; !canonical && a < node.attributes + node.attribute_count; ++a) {
      canonical = d_.attributes_[a].binding == binding;
    }
    binding = d_.bindings_[binding].outer;
  }
  for (std::uint32_t a = node.attributes + 1; canonical && a < node.attributes + node.attribute_count; ++a) {
    const Attribute& left = d_.attributes_[a - 1];
    const Attribute& right = d_.attributes_[a];
    canonical = left.ns < right.ns || (left.ns == right.ns && left.local_name < right.local_name);
  }
  node.canonical_subtree &= canonical;
}

Result<void> Gate::end_tag(NodeIndex& open) {
  if (open == kNoNode || d_.nodes_[open].begin == nullptr) {
    return malformed("end tag");
  }
  Node& node = d_.nodes_[open];
  const std::string_view opened =
      view(node.begin + 1, node.local_name.data() + node.local_name.size());
  if (!view(at_ + 2, end_).starts_with(opened)) {
    return malformed("end tag");
  }
  const char* const name_stop = at_ + 2 + opened.size();
  const char* const stop = skip_spaces(name_stop, end_);
  if (stop == end_ || *stop != '>') {
    return malformed("end tag");
  }
  node.canonical_subtree &= stop == name_stop;
  node.content_end = at_;
  at_ = stop + 1;
  node.end = at_;
  const NodeIndex closed = open;
  open = node.parent;
  close(closed);
  --depth_;
  return {};
}

// Passes what the canonicalizer asks up to the parent.
void Gate::close(NodeIndex index) {
  const Node& node = d_.nodes_[index];
  if (node.parent == kNoNode) {
    return;
  }
  Node& parent = d_.nodes_[node.parent];
  parent.canonical_subtree &= node.canonical_subtree;
  parent.outermost_use = std::min(parent.outermost_use, node.outermost_use);
  parent.redundant_with = std::max(parent.redundant_with, node.redundant_with);
}

}  // namespace parley::xml
