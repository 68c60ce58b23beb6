#include "bindings/soap/xml/document.h"

#include <algorithm>

#include "bindings/soap/xml/characters.h"
#include "bindings/soap/xml/escape.h"
#include "bindings/soap/xml/gate.h"
#include "bindings/soap/xml/qualified_name.h"

namespace parley::xml {
namespace {

constexpr std::size_t kFewIds = 16;  // comparing each with each other is faster than sorting them
constexpr std::size_t kDeclarationsRoom = 512;  // for those that an element needs to stand alone

// Direct text of `index`, with what replaced a child in its place. Descends along replacements
// only.
void collect_text(const Document& d, NodeIndex index, std::string& out) {
  const Node& node = d.node(index);
  const char* at = node.content;
  for (NodeIndex child = node.first_child; child != kNoNode; child = d.node(child).next) {
    out += unescape(view(at, d.node(child).begin), false);
    if (d.node(child).replaced_by != kNoNode) {
      collect_text(d, d.node(child).replaced_by, out);
    }
    at = d.node(child).end;
  }
  const std::string_view last = view(at, node.content_end);
  if (node.plain_content) {
    out += last;
  } else {
    out += unescape(last, false);
  }
}

// The subtree as written, replacements included. Recursion is bounded by xml_depth_max and happens
// only on the way to a replaced element.
void append_source(const Document& d, NodeIndex index, const char* from, Bytes& out) {
  const Node& node = d.node(index);
  if (!node.has_replacement) {
    append(out, view(from, node.begin == nullptr ? node.content_end : node.end));
    return;
  }
  const char* at = from;
  for (NodeIndex child = node.first_child; child != kNoNode; child = d.node(child).next) {
    const Node& c = d.node(child);
    if (c.replaced_by == kNoNode && !c.has_replacement) {
      continue;
    }
    append(out, view(at, c.begin));
    const NodeIndex instead = c.replaced_by != kNoNode ? c.replaced_by : child;
    append_source(d, instead, c.replaced_by != kNoNode ? d.node(instead).content : c.begin, out);
    at = c.end;
  }
  append(out, view(at, node.begin == nullptr ? node.content_end : node.end));
}

}  // namespace

Result<Document> Document::parse(Bytes bytes, const Limits& limits, Index room) {
  if (bytes.size() > limits.envelope_bytes_max) {
    return Error(ErrorCode::limit_exceeded, "document");
  }
  Document document;
  document.limits_ = limits;
  document.bytes_ = bytes.size();
  document.index_ = std::move(room);
  document.index_.nodes.reserve(128);
  document.index_.attributes.reserve(128);
  document.index_.bindings.reserve(64);
  document.index_.ids.reserve(32);
  document.segments_.reserve(4);
  document.segments_.push_back(std::move(bytes));
  PARLEY_TRY(admit_document(document.index_, limits, as_text(document.segments_.back())));
  return document;
}

NodeIndex Document::after(NodeIndex child) const {
  while (true) {
    const Node& node = index_.nodes[child];
    if (node.next != kNoNode) {
      return node.next;
    }
    if (node.parent == kNoNode || index_.nodes[node.parent].replaces == kNoNode) {
      return kNoNode;
    }
    child = index_.nodes[node.parent].replaces;
  }
}

Element Document::settled(NodeIndex child) const {
  while (child != kNoNode && index_.nodes[child].replaced_by != kNoNode) {
    const Node& fragment = index_.nodes[index_.nodes[child].replaced_by];
    child = fragment.first_child != kNoNode ? fragment.first_child : after(child);
  }
  return child == kNoNode ? Element() : at(child);
}

Element Document::by_id(std::string_view id) const {
  Element found;
  for (const IdEntry& entry : index_.ids) {
    if (is_same(entry.value, id)) {
      if (found) {
        return {};
      }
      found = at(entry.node);
    }
  }
  return found;
}

bool Document::has_duplicate_ids() const {
  const std::vector<IdEntry>& ids = index_.ids;
  if (ids.size() <= kFewIds) {
    for (std::size_t i = 1; i < ids.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (is_same(ids[i].value, ids[j].value)) {
          return true;
        }
      }
    }
    return false;
  }
  std::vector<std::string_view> values;
  values.reserve(ids.size());
  for (const IdEntry& entry : ids) {
    values.push_back(entry.value);
  }
  // Any order will do; sizes tell most ids apart at once.
  std::sort(values.begin(), values.end(), [](std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  return std::adjacent_find(values.begin(), values.end()) != values.end();
}

Result<void> Document::replace(Element encrypted, Bytes plaintext, bool is_content) {
  const NodeIndex old = encrypted.index();
  if (bytes_ + plaintext.size() > limits_.envelope_bytes_max) {
    return Error(ErrorCode::limit_exceeded, "decrypted content");
  }
  const std::size_t nodes = index_.nodes.size();
  const std::size_t attributes = index_.attributes.size();
  const std::size_t bindings = index_.bindings.size();
  const std::size_t ids = index_.ids.size();
  segments_.push_back(std::move(plaintext));
  const std::string_view text = as_text(segments_.back());
  Node fragment;
  fragment.content = text.data();
  fragment.content_end = text.data() + text.size();
  fragment.end = fragment.content_end;
  fragment.parent = index_.nodes[old].parent;
  fragment.bindings = fragment.parent == kNoNode ? kNoNode : index_.nodes[fragment.parent].bindings;
  fragment.replaces = old;
  index_.nodes.push_back(fragment);
  const auto index = static_cast<NodeIndex>(nodes);
  Result<void> admitted = admit_fragment(index_, limits_, index, text);
  if (admitted && !is_content) {
    const NodeIndex only = index_.nodes[index].first_child;
    const bool is_one = only != kNoNode && index_.nodes[only].next == kNoNode &&
                        index_.nodes[index].plain_content &&
                        std::all_of(text.data(), index_.nodes[only].begin, is_space) &&
                        std::all_of(index_.nodes[only].end, text.data() + text.size(), is_space);
    if (!is_one) {
      admitted = Error(ErrorCode::malformed_xml, "decrypted element");
    }
  }
  if (!admitted) {
    index_.nodes.resize(nodes);
    index_.attributes.resize(attributes);
    index_.bindings.resize(bindings);
    index_.ids.resize(ids);
    segments_.pop_back();
    return admitted;
  }
  bytes_ += text.size();
  index_.nodes[old].replaced_by = index;
  // The ids of what is gone are free again; ids of a nested replacement went with its own element.
  const Node& gone = index_.nodes[old];
  std::erase_if(index_.ids, [&](const IdEntry& entry) {
    const Node& node = index_.nodes[entry.node];
    return node.begin >= gone.begin && node.begin < gone.end;
  });
  for (NodeIndex up = gone.parent; up != kNoNode; up = index_.nodes[up].parent) {
    index_.nodes[up].has_replacement = true;
  }
  return {};
}

std::string_view Document::prolog() const {
  const std::string_view whole = as_text(segments_.front());
  std::string_view before = view(whole.data(), index_.nodes.front().begin);
  if (before.starts_with("\xef\xbb\xbf")) {
    before.remove_prefix(3);
  }
  if (before.starts_with("<?xml") && before.size() > 5 && is_space(before[5])) {
    before.remove_prefix(before.find("?>") + 2);
  }
  return before;
}

std::string_view Document::epilog() const {
  const std::string_view whole = as_text(segments_.front());
  return view(index_.nodes.front().end, whole.data() + whole.size());
}

Element Element::parent() const {
  NodeIndex up = node().parent;
  while (up != kNoNode && document_->node(up).replaces != kNoNode) {
    up = document_->node(up).parent;
  }
  return up == kNoNode ? Element() : Element(document_, up);
}

Element Element::child(std::string_view ns, std::string_view local) const {
  for (const Element& one : children()) {
    if (one.is(ns, local)) {
      return one;
    }
  }
  return {};
}

std::optional<std::string_view> Element::attribute(std::string_view ns,
                                                   std::string_view local) const {
  for (const Attribute& one : attributes()) {
    if (is_same(one.local_name, local) && is_same(one.ns, ns)) {
      return one.value;
    }
  }
  return std::nullopt;
}

std::string Element::text() const {
  std::string out;
  collect_text(*document_, index_, out);
  return out;
}

std::string_view Element::text_view(std::string& scratch) const {
  if (node().plain_content && node().first_child == kNoNode) {
    return view(node().content, node().content_end);
  }
  scratch.clear();
  collect_text(*document_, index_, scratch);
  return scratch;
}

std::optional<std::string_view> Element::namespace_of(std::string_view prefix) const {
  if (prefix == "xml") {
    return "http://www.w3.org/XML/1998/namespace";
  }
  for (std::uint32_t b = node().bindings; b != kNoNode; b = document_->binding(b).outer) {
    if (document_->binding(b).prefix == prefix) {
      return document_->binding(b).uri;
    }
  }
  return prefix.empty() ? std::optional<std::string_view>("") : std::nullopt;
}

std::string_view Element::source() const {
  return node().has_replacement ? std::string_view() : view(node().begin, node().end);
}

std::string unescape(std::string_view raw, bool is_attribute) {
  std::string out;
  out.reserve(raw.size());
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    const char c = *at;
    if (c == '&') {
      std::size_t length = 1;
      const std::uint32_t character = read_reference(at, end, length);
      append_utf8(out, character);
      at += length;
    } else if (c == '\r') {
      // Line ends are LF before anything else happens (XML 1.0, 2.11).
      out += is_attribute ? ' ' : '\n';
      at += at + 1 < end && at[1] == '\n' ? 2 : 1;
    } else if (is_attribute) {
      out += c == '\t' || c == '\n' ? ' ' : c;
      ++at;
    } else if (c == '<') {
      const std::string_view rest = view(at, end);
      if (rest.starts_with("<![CDATA[")) {
        const std::size_t stop = rest.find("]]>");
        for (std::size_t i = 9; i < stop; ++i) {
          if (rest[i] != '\r') {
            out += rest[i];
          } else if (rest[i + 1] != '\n') {
            out += '\n';
          }
        }
        at += stop + 3;
      } else if (rest.starts_with("<!--")) {
        at += rest.find("-->", 4) + 3;
      } else {
        at += rest.find("?>") + 2;
      }
    } else {
      out += c;
      ++at;
    }
  }
  return out;
}

Bytes self_contained(const Element& element) {
  const Document& d = element.document();
  const Node& node = d.node(element.index());
  Bytes out;
  out.reserve(static_cast<std::size_t>(node.end - node.begin) + kDeclarationsRoom);
  const char* const name_stop = node.local_name.data() + node.local_name.size();
  append(out, view(node.begin, name_stop));
  std::vector<std::string_view> seen;
  seen.reserve(16);
  std::uint32_t position = 0;
  for (std::uint32_t b = node.bindings; b != kNoNode; b = d.binding(b).outer, ++position) {
    const Binding& binding = d.binding(b);
    if (std::find(seen.begin(), seen.end(), binding.prefix) != seen.end()) {
      continue;
    }
    seen.push_back(binding.prefix);
    if (position >= node.declarations && !binding.uri.empty()) {
      append(out, binding.prefix.empty() ? " xmlns" : " xmlns:");
      append(out, binding.prefix);
      append(out, "=\"");
      append_attribute(out, binding.uri);
      append(out, "\"");
    }
  }
  append_source(d, element.index(), name_stop, out);
  return out;
}

}  // namespace parley::xml
