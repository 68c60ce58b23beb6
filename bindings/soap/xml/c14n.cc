#include "bindings/soap/xml/c14n.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>

#include "bindings/soap/xml/characters.h"
#include "bindings/soap/xml/escape.h"
#include "bindings/soap/xml/qualified_name.h"

namespace parley::xml {
namespace {

constexpr std::string_view kXmlNamespace = "http://www.w3.org/XML/1998/namespace";
constexpr std::size_t kLongRun = 512;  // below that, gathering octets is cheaper than giving them

// An absolute URI has a scheme; namespace names must be absolute (M82), or empty.
bool is_absolute(std::string_view uri) {
  const std::size_t colon = uri.find_first_of(":/?#");
  return colon != std::string_view::npos && colon > 0 && uri[colon] == ':';
}

// Line ends as LF, and what is left of CR escaped: the text of comments and instructions.
void append_verbatim(Bytes& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      out.push_back(static_cast<Byte>(text[i]));
    } else if (i + 1 == text.size() || text[i + 1] != '\n') {
      out.push_back('\n');
    }
  }
}

// "<?target data?>" with one space, or none without data (M80).
void append_instruction(Bytes& out, std::string_view markup) {
  const std::string_view inside = markup.substr(2, markup.size() - 4);
  const char* const end = inside.data() + inside.size();
  const char* const target_end = name_end(inside.data(), end);
  const char* data = target_end;
  while (data < end && is_space(*data)) {
    ++data;
  }
  append(out, "<?");
  append(out, view(inside.data(), target_end));
  if (data < end) {
    append(out, " ");
    append_verbatim(out, view(data, end));
  }
  append(out, "?>");
}

struct Rendered {
  std::string_view prefix;
  std::string_view uri;
};

class Canonicalizer {
 public:
  /// With a sink, `out` holds what is not given to it yet.
  Canonicalizer(const Document& document,
                const C14nOptions& options,
                Bytes& out,
                const OctetSink* sink = nullptr)
      : d_(document),
        o_(options),
        out_(out),
        sink_(sink),
        is_exclusive_(options.method == C14nMethod::exclusive) {}

  Result<void> subtree(NodeIndex apex);
  void around(std::string_view markup, bool is_before);

 private:
  struct Frame {
    NodeIndex node;
    NodeIndex child;   // next one, as written
    const char* at;    // where its text goes on
    std::size_t mark;  // of rendered_
  };

  bool may_copy(NodeIndex index) const;
  void copy(std::string_view octets);
  Result<void> enter(NodeIndex index);
  Result<void> start_tag(NodeIndex index);
  void want(std::string_view prefix, const Node& node);
  void want_listed(NodeIndex index);
  void content(std::string_view raw, bool is_plain);
  void attributes_of(NodeIndex index);
  void inherit_xml_attributes(NodeIndex index);

  std::string_view uri_of(std::string_view prefix, const Node& node) const {
    for (std::uint32_t b = node.bindings; b != kNoNode; b = d_.binding(b).outer) {
      if (d_.binding(b).prefix == prefix) {
        return d_.binding(b).uri;
      }
    }
    return {};
  }

  const Document& d_;
  const C14nOptions& o_;
  Bytes& out_;
  const OctetSink* sink_;
  bool is_exclusive_;
  NodeIndex apex_ = kNoNode;
  // Most subtrees need no more room than this for what follows.
  std::array<std::byte, 1536> at_hand_;
  std::pmr::monotonic_buffer_resource memory_{at_hand_.data(), at_hand_.size()};
  std::pmr::vector<Frame> frames_{&memory_};
  std::pmr::vector<Rendered> rendered_{&memory_};
  std::pmr::vector<Rendered> wanted_{&memory_};

  struct Value {
    std::string_view ns;
    std::string_view prefix;
    std::string_view local_name;
    std::string_view value;
  };

  std::pmr::vector<Value> values_{&memory_};
};

bool Canonicalizer::may_copy(NodeIndex index) const {
  const Node& node = d_.node(index);
  if (!node.canonical_subtree || node.has_replacement || o_.excluded || node.begin == nullptr) {
    return false;
  }
  if (is_exclusive_) {
    const bool is_apex = index == apex_;
    if (is_apex && (!o_.prefix_list.empty() || o_.default_namespace_on_apex)) {
      return false;
    }
    // What is listed was rendered at the apex, wherever it was declared: nothing repeats it below.
    const NodeIndex repeated_max = o_.prefix_list.empty() ? apex_ : 0;
    return node.outermost_use >= index && node.redundant_with <= repeated_max;
  }
  return index != apex_ && node.redundant_with == 0;
}

void Canonicalizer::copy(std::string_view octets) {
  if (sink_ == nullptr || octets.size() < kLongRun) {
    append(out_, octets);
    return;
  }
  (*sink_)(out_);
  out_.clear();
  (*sink_)(as_bytes(octets));
}

void Canonicalizer::want(std::string_view prefix, const Node& node) {
  if (prefix == "xml") {
    return;
  }
  for (const Rendered& one : wanted_) {
    if (one.prefix == prefix) {
      return;
    }
  }
  const std::string_view uri = uri_of(prefix, node);
  const auto last = std::find_if(rendered_.rbegin(), rendered_.rend(),
                                 [&](const Rendered& one) { return one.prefix == prefix; });
  const bool is_rendered = last != rendered_.rend();
  if (uri.empty()) {
    // M77: only to undo what an output ancestor rendered; never for a prefix.
    if (prefix.empty() && is_rendered && !last->uri.empty()) {
      wanted_.push_back({prefix, uri});
    }
    return;
  }
  if (!is_rendered || last->uri != uri) {
    wanted_.push_back({prefix, uri});
  }
}

// Below the apex only what an element itself declares can differ from what was rendered above it.
// To ask for the whole list on every element would multiply one number of the sender's by another.
void Canonicalizer::want_listed(NodeIndex index) {
  const Node& node = d_.node(index);
  const auto bare = [](std::string_view listed) {
    return listed == "#default" ? std::string_view() : listed;
  };
  if (index == apex_) {
    for (const std::string& listed : o_.prefix_list) {
      want(bare(listed), node);
    }
    return;
  }
  std::uint32_t left = o_.prefix_list.empty() ? 0 : node.declarations;
  for (std::uint32_t b = node.bindings; b != kNoNode && left != 0;
       b = d_.binding(b).outer, --left) {
    const std::string_view declared = d_.binding(b).prefix;
    const bool is_listed =
        std::any_of(o_.prefix_list.begin(), o_.prefix_list.end(),
                    [&](const std::string& listed) { return bare(listed) == declared; });
    if (is_listed) {
      want(declared, node);
    }
  }
}

Result<void> Canonicalizer::start_tag(NodeIndex index) {
  const Node& node = d_.node(index);
  wanted_.clear();
  if (is_exclusive_) {
    want(node.prefix, node);
    for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
      if (!d_.attribute(i).prefix.empty()) {
        want(d_.attribute(i).prefix, node);
      }
    }
    want_listed(index);
    if (index == apex_ && o_.default_namespace_on_apex) {
      want({}, node);
      const bool has_default = std::any_of(wanted_.begin(), wanted_.end(),
                                           [](const Rendered& one) { return one.prefix.empty(); });
      if (!has_default) {
        wanted_.push_back({{}, {}});
      }
    }
  } else {
    // All in scope at the apex; below it only what the element itself declares can differ.
    std::uint32_t left = index == apex_ ? kNoNode : node.declarations;
    for (std::uint32_t b = node.bindings; b != kNoNode && left != 0;
         b = d_.binding(b).outer, --left) {
      want(d_.binding(b).prefix, node);
    }
  }
  std::sort(wanted_.begin(), wanted_.end(),
            [](const Rendered& a, const Rendered& b) { return a.prefix < b.prefix; });
  append(out_, "<");
  append(out_, view(node.begin + 1, node.local_name.data() + node.local_name.size()));
  for (const Rendered& one : wanted_) {
    if (!one.uri.empty() && !is_absolute(one.uri)) {
      return Error(ErrorCode::malformed_xml, "relative namespace");
    }
    append(out_, one.prefix.empty() ? " xmlns" : " xmlns:");
    append(out_, one.prefix);
    append(out_, "=\"");
    append_attribute(out_, one.uri);
    append(out_, "\"");
    rendered_.push_back(one);
  }
  attributes_of(index);
  append(out_, ">");
  return {};
}

// C14N 1.0 and 1.1 let the apex of a subset inherit the xml: attributes of what was left out above
// it; 1.1 does so for lang and space, never for id.
void Canonicalizer::inherit_xml_attributes(NodeIndex index) {
  for (NodeIndex up = d_.node(index).parent; up != kNoNode; up = d_.node(up).parent) {
    const Node& node = d_.node(up);
    for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
      const Attribute& a = d_.attribute(i);
      const bool is_inherited = a.ns == kXmlNamespace &&
                                (o_.method == C14nMethod::inclusive_1_0 || a.local_name == "lang" ||
                                 a.local_name == "space" || a.local_name == "base");
      const bool is_known = std::any_of(values_.begin(), values_.end(), [&](const Value& v) {
        return v.ns == kXmlNamespace && v.local_name == a.local_name;
      });
      if (is_inherited && !is_known) {
        values_.push_back({a.ns, a.prefix, a.local_name, a.value});
      }
    }
  }
}

void Canonicalizer::attributes_of(NodeIndex index) {
  const Node& node = d_.node(index);
  values_.clear();
  for (std::uint32_t i = node.attributes; i < node.attributes + node.attribute_count; ++i) {
    const Attribute& a = d_.attribute(i);
    values_.push_back({a.ns, a.prefix, a.local_name, a.value});
  }
  if (!is_exclusive_ && index == apex_) {
    inherit_xml_attributes(index);
  }
  std::sort(values_.begin(), values_.end(), [](const Value& a, const Value& b) {
    return a.ns != b.ns ? a.ns < b.ns : a.local_name < b.local_name;
  });
  for (const Value& v : values_) {
    append(out_, " ");
    if (!v.prefix.empty()) {
      append(out_, v.prefix);
      append(out_, ":");
    }
    append(out_, v.local_name);
    append(out_, "=\"");
    append_attribute(out_, v.value);
    append(out_, "\"");
  }
}

void Canonicalizer::content(std::string_view raw, bool is_plain) {
  if (is_plain) {
    copy(raw);
    return;
  }
  while (!raw.empty()) {
    const std::size_t markup = raw.find('<');
    append_text(out_, unescape(raw.substr(0, markup), false));
    if (markup == std::string_view::npos) {
      return;
    }
    raw.remove_prefix(markup);
    std::size_t size = 0;
    if (raw.starts_with("<![CDATA[")) {
      size = raw.find("]]>") + 3;
      append_text(out_, unescape(raw.substr(0, size), false));
    } else if (raw.starts_with("<!--")) {
      size = raw.find("-->", 4) + 3;
      if (o_.with_comments) {
        append_verbatim(out_, raw.substr(0, size));
      }
    } else {
      size = raw.find("?>") + 2;
      append_instruction(out_, raw.substr(0, size));
    }
    raw.remove_prefix(size);
  }
}

Result<void> Canonicalizer::enter(NodeIndex index) {
  const Node& node = d_.node(index);
  const std::size_t mark = rendered_.size();
  if (node.begin != nullptr) {
    PARLEY_TRY(start_tag(index));
  }
  frames_.push_back({index, node.first_child, node.content, mark});
  return {};
}

Result<void> Canonicalizer::subtree(NodeIndex apex) {
  apex_ = apex;
  if (may_copy(apex)) {
    copy(view(d_.node(apex).begin, d_.node(apex).end));
    return {};
  }
  frames_.reserve(8);
  rendered_.reserve(8);
  wanted_.reserve(8);
  values_.reserve(8);
  PARLEY_TRY(enter(apex));
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    const Node& node = d_.node(frame.node);
    if (frame.child == kNoNode) {
      content(view(frame.at, node.content_end), node.plain_content);
      if (node.begin != nullptr) {
        append(out_, "</");
        append(out_, view(node.begin + 1, node.local_name.data() + node.local_name.size()));
        append(out_, ">");
      }
      rendered_.resize(frame.mark);
      frames_.pop_back();
      continue;
    }
    const NodeIndex child = frame.child;
    const Node& c = d_.node(child);
    content(view(frame.at, c.begin), node.plain_content);
    frame.at = c.end;
    frame.child = c.next;
    if (o_.excluded && o_.excluded.index() == child) {
      continue;
    }
    if (c.replaced_by != kNoNode) {
      PARLEY_TRY(enter(c.replaced_by));
    } else if (may_copy(child)) {
      copy(view(c.begin, c.end));
    } else {
      PARLEY_TRY(enter(child));
    }
  }
  return {};
}

void Canonicalizer::around(std::string_view markup, bool is_before) {
  while (true) {
    const std::size_t start = markup.find('<');
    if (start == std::string_view::npos) {
      return;
    }
    markup.remove_prefix(start);
    const bool is_comment = markup.starts_with("<!--");
    const std::size_t size = is_comment ? markup.find("-->", 4) + 3 : markup.find("?>") + 2;
    if (!is_comment || o_.with_comments) {
      if (!is_before) {
        append(out_, "\n");
      }
      if (is_comment) {
        append_verbatim(out_, markup.substr(0, size));
      } else {
        append_instruction(out_, markup.substr(0, size));
      }
      if (is_before) {
        append(out_, "\n");
      }
    }
    markup.remove_prefix(size);
  }
}

}  // namespace

Result<void> canonicalize(const Element& apex, const C14nOptions& options, Bytes& out) {
  return Canonicalizer(apex.document(), options, out).subtree(apex.index());
}

Result<void> canonicalize(const Element& apex,
                          const C14nOptions& options,
                          Bytes& scratch,
                          const OctetSink& sink) {
  scratch.clear();
  PARLEY_TRY(Canonicalizer(apex.document(), options, scratch, &sink).subtree(apex.index()));
  sink(scratch);
  return {};
}

Result<void> canonicalize_document(const Document& document,
                                   const C14nOptions& options,
                                   Bytes& out) {
  Canonicalizer canonicalizer(document, options, out);
  canonicalizer.around(document.prolog(), true);
  PARLEY_TRY(canonicalizer.subtree(document.root().index()));
  canonicalizer.around(document.epilog(), false);
  return {};
}

bool is_canonical(const Element& apex) {
  const Node& node = apex.document().node(apex.index());
  return node.canonical_subtree && !node.has_replacement && node.outermost_use >= apex.index() &&
         node.redundant_with <= apex.index();
}

}  // namespace parley::xml
