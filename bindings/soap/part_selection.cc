#include "bindings/soap/part_selection.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace parley::soap {
namespace {

using engine::BodyPath;

/// How far a path has come: bit n says that its first n steps led here. There are fewer steps than
/// bits.
using Progress = std::uint32_t;

bool leads_to(const BodyPath::Step& step, const xml::Element& element) {
  return step.is_any || element.is(step.element.ns, step.element.name);
}

/// One path, followed down the tree.
class Pursuit {
 public:
  explicit Pursuit(const BodyPath& path) : path_(path) {}

  struct At {
    Progress here = 0;
    Progress above = 0;  ///< what may go on at any depth below
  };

  /// The Body itself.
  At begin() const { return {1, deep(1)}; }

  At enter(const At& parent, const xml::Element& child) const {
    const Progress open = parent.here | parent.above;
    At at{0, parent.above};
    for (std::size_t i = 0; i < path_.steps.size(); ++i) {
      const BodyPath::Step& step = path_.steps[i];
      const bool is_reached = step.is_deep ? (open >> i & 1) != 0 : (parent.here >> i & 1) != 0;
      if (is_reached && leads_to(step, child)) {
        at.here |= Progress{1} << (i + 1);
      }
    }
    at.above |= deep(at.here);
    return at;
  }

  bool has_arrived(const At& at) const { return (at.here >> path_.steps.size() & 1) != 0; }

 private:
  Progress deep(Progress here) const {
    Progress deep = 0;
    for (std::size_t i = 0; i < path_.steps.size(); ++i) {
      deep |= path_.steps[i].is_deep ? here & Progress{1} << i : 0;
    }
    return deep;
  }

  const BodyPath& path_;
};

bool has_content(const xml::Element& element) {
  std::string scratch;
  return element.has_children() || !element.text_view(scratch).empty();
}

/// An element on the way down, with how far each path has come there.
struct Level {
  xml::Element next;  ///< child that comes next; null = none is left
  std::vector<Pursuit::At> at;
};

/// Where the content of an element begins and ends in its source.
std::pair<std::size_t, std::size_t> content_of(std::string_view source) {
  std::size_t begin = 0;
  for (char quote = 0; begin < source.size(); ++begin) {
    const char c = source[begin];
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      break;
    }
  }
  return {begin + 1, source.rfind("</")};
}

/// Nothing if nothing of it can be selected.
Result<std::optional<xml::Document>> document_of(ByteView body,
                                                 const engine::EncryptedParts& parts,
                                                 const Limits& limits) {
  if (body.empty() || (parts.elements.empty() && parts.contents.empty())) {
    return std::optional<xml::Document>();
  }
  auto document = xml::Document::parse(Bytes(body.begin(), body.end()), limits);
  return document ? Result<std::optional<xml::Document>>(std::move(*document))
                  : Error(ErrorCode::body_invalid, "body");
}

/// Headers, tokens and signatures may be encrypted besides.
Result<void> check_count(const std::vector<SelectedPart>& selected, const Limits& limits) {
  return selected.size() > limits.encrypted_items_max / 2
             ? Result<void>(Error(ErrorCode::limit_exceeded,
                                  "parts of a body are above half of encrypted_items_max"))
             : Result<void>();
}

}  // namespace

std::vector<SelectedPart> select_parts(const xml::Element& root,
                                       const engine::EncryptedParts& parts) {
  std::vector<SelectedPart> selected;
  std::vector<Pursuit> pursuits;
  for (const BodyPath& path : parts.elements) {
    pursuits.emplace_back(path);
  }
  for (const BodyPath& path : parts.contents) {
    pursuits.emplace_back(path);
  }
  if (!root || pursuits.empty()) {
    return selected;
  }
  Level body{root, {}};
  for (const Pursuit& pursuit : pursuits) {
    body.at.push_back(pursuit.begin());
  }
  std::vector<Level> levels{std::move(body)};
  while (!levels.empty()) {
    const xml::Element element = levels.back().next;
    if (!element) {
      levels.pop_back();
      continue;
    }
    levels.back().next = levels.size() == 1 ? xml::Element() : element.next_sibling();
    Level below{element.first_child(), {}};
    bool goes_whole = false;
    bool goes_inside = false;
    for (std::size_t i = 0; i < pursuits.size(); ++i) {
      below.at.push_back(pursuits[i].enter(levels.back().at[i], element));
      if (pursuits[i].has_arrived(below.at.back())) {
        (i < parts.elements.size() ? goes_whole : goes_inside) = true;
      }
    }
    if (goes_whole || (goes_inside && has_content(element))) {
      selected.push_back({element, !goes_whole});
    } else {
      levels.push_back(std::move(below));
    }
  }
  return selected;
}

bool names_header(const std::vector<engine::PartName>& names,
                  std::string_view ns,
                  std::string_view local_name) {
  return std::any_of(names.begin(), names.end(), [&](const engine::PartName& part) {
    return part.ns == ns && (part.name.empty() || part.name == local_name);
  });
}

Result<void> check_parts(ByteView body, const engine::EncryptedParts& parts, const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(const auto document, document_of(body, parts, limits));
  return document ? check_count(select_parts(document->root(), parts), limits) : Result<void>();
}

Result<std::vector<HiddenPiece>> find_hidden(ByteView body,
                                             const engine::EncryptedParts& parts,
                                             const Limits& limits) {
  std::vector<HiddenPiece> pieces;
  PARLEY_ASSIGN_OR_RETURN(const auto document, document_of(body, parts, limits));
  if (!document) {
    return pieces;
  }
  const std::vector<SelectedPart> selected = select_parts(document->root(), parts);
  PARLEY_TRY(check_count(selected, limits));
  const std::size_t lead = document->prolog().size();
  const std::string_view whole = document->root().source();
  for (const SelectedPart& part : selected) {
    const std::string_view source = part.element.source();
    const std::size_t begin = lead + static_cast<std::size_t>(source.data() - whole.data());
    const auto [from, to] =
        part.is_content ? content_of(source) : std::pair(std::size_t{0}, source.size());
    pieces.push_back({begin + from, begin + to, part.is_content,
                      part.is_content
                          ? crypto::SecretBytes::copy_of(body.subspan(begin + from, to - from))
                          : crypto::SecretBytes::take(xml::self_contained(part.element))});
  }
  return pieces;
}

}  // namespace parley::soap
