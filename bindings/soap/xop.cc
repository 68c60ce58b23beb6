#include "bindings/soap/xop.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xml/document.h"
#include "bindings/soap/xml/escape.h"

namespace parley::soap {
namespace {

using xml::append;

constexpr std::string_view kXop = "http://www.w3.org/2004/08/xop/include";
constexpr std::string_view kXmlMime = "http://www.w3.org/2005/05/xmlmime";
constexpr std::string_view kXopType = "application/xop+xml";
constexpr std::string_view kLineEnd = "\r\n";

constexpr std::size_t kBoundaryMax = 70;  // RFC 2046, 5.1.1
// A shorter text gains less than the head of its part takes.
constexpr std::size_t kWorthAPart = 1024;

Error broken(const char* place) {
  return Error(ErrorCode::malformed_value, place);
}

struct Part {
  std::string id;  ///< without its brackets; may be empty
  ContentType type;
  std::string_view content;
  bool is_included = false;
};

/// Where a boundary stands: from the line end before it to the end of its own line.
struct Delimiter {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_last = false;
};

/// RFC 2046, 5.1.1. What follows the boundary on its line is white space at most.
std::optional<Delimiter> delimiter_at(std::string_view package,
                                      std::size_t begin,
                                      std::string_view line) {
  std::string_view rest = package.substr(begin + line.size());
  Delimiter found{begin, 0, rest.starts_with("--")};
  rest.remove_prefix(found.is_last ? 2 : 0);
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  if (!rest.starts_with(kLineEnd) && !(found.is_last && rest.empty())) {
    return std::nullopt;
  }
  rest.remove_prefix(std::min(rest.size(), kLineEnd.size()));
  found.end = package.size() - rest.size();
  return found;
}

std::optional<Delimiter> find_delimiter(std::string_view package,
                                        std::size_t from,
                                        const std::string& line) {
  for (std::size_t at = package.find(line, from); at != std::string_view::npos;
       at = package.find(line, at + 1)) {
    if (const auto found = delimiter_at(package, at, line)) {
      return found;
    }
  }
  return std::nullopt;
}

std::string_view without_brackets(std::string_view id) {
  const bool has_brackets = id.size() >= 2 && id.front() == '<' && id.back() == '>';
  return has_brackets ? id.substr(1, id.size() - 2) : id;
}

Result<void> read_field(std::string_view name, std::string_view value, Part& part) {
  if (equals_ignoring_case(name, "Content-ID")) {
    part.id = without_brackets(value);
  } else if (equals_ignoring_case(name, "Content-Type")) {
    PARLEY_ASSIGN_OR_RETURN(part.type, read_content_type(value));
  } else if (equals_ignoring_case(name, "Content-Transfer-Encoding") &&
             !equals_ignoring_case(value, "binary") && !equals_ignoring_case(value, "8bit") &&
             !equals_ignoring_case(value, "7bit")) {
    return Error(ErrorCode::media_type_unsupported, "transfer encoding of a part");
  }
  return {};
}

/// `head`: the lines before the empty one.
Result<void> read_head(std::string_view head, Part& part) {
  while (!head.empty()) {
    std::size_t end = head.find(kLineEnd);
    // A line that begins with white space goes on with the one before.
    while (end != std::string_view::npos && end + 2 < head.size() &&
           (head[end + 2] == ' ' || head[end + 2] == '\t')) {
      end = head.find(kLineEnd, end + 2);
    }
    std::string line(head.substr(0, end));
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    const std::size_t colon = line.find(':');
    if (colon == std::string::npos) {
      return broken("head of a part");
    }
    const std::string_view text = line;
    PARLEY_TRY(read_field(trim(text.substr(0, colon)), trim(text.substr(colon + 1)), part));
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + kLineEnd.size());
  }
  return {};
}

Result<std::vector<Part>> split(std::string_view package,
                                const std::string& boundary,
                                const Limits& limits) {
  if (boundary.empty() || boundary.size() > kBoundaryMax) {
    return broken("boundary");
  }
  const std::string line = "\r\n--" + boundary;
  // The first may stand at the very beginning, with no line before it.
  auto delimiter = package.starts_with(line.substr(2))
                       ? delimiter_at(package, 0, std::string_view(line).substr(2))
                       : find_delimiter(package, 0, line);
  std::vector<Part> parts;
  while (delimiter && !delimiter->is_last) {
    if (parts.size() == limits.package_parts_max) {
      return Error(ErrorCode::limit_exceeded, "parts of a package");
    }
    const std::string_view rest = package.substr(delimiter->end);
    const std::size_t head = rest.starts_with(kLineEnd) ? 0 : rest.find("\r\n\r\n");
    if (head == std::string_view::npos || head > limits.package_head_bytes_max) {
      return broken("head of a part");
    }
    const std::size_t content = delimiter->end + head + (head == 0 ? 2 : 4);
    // An empty part shares its line end with the boundary.
    const auto next = find_delimiter(package, content - 2, line);
    if (!next) {
      break;
    }
    Part part;
    PARLEY_TRY(read_head(rest.substr(0, head), part));
    part.content = package.substr(content, std::max(next->begin, content) - content);
    const bool is_known =
        !part.id.empty() &&
        std::any_of(parts.begin(), parts.end(), [&](const Part& one) { return one.id == part.id; });
    if (is_known) {
      return broken("two parts of one Content-ID");
    }
    parts.push_back(std::move(part));
    delimiter = next;
  }
  if (!delimiter || !delimiter->is_last || parts.empty()) {
    return broken("end of the package");
  }
  return parts;
}

/// RFC 2392: the Content-ID, percent-encoded where it has to be.
std::optional<std::string> id_of(std::string_view href) {
  constexpr std::string_view kScheme = "cid:";
  if (href.size() <= kScheme.size() || !equals_ignoring_case(href.substr(0, 4), kScheme)) {
    return std::nullopt;
  }
  std::string id;
  for (std::size_t i = kScheme.size(); i < href.size(); ++i) {
    if (href[i] != '%') {
      id += href[i];
      continue;
    }
    const auto octet = from_hex(href.substr(i + 1, 2));
    if (!octet || octet->size() != 1) {
      return std::nullopt;
    }
    id += static_cast<char>(octet->front());
    i += 2;
  }
  return id;
}

/// A piece of a text that something else takes the place of.
struct Edit {
  std::string_view piece;
  std::string by;
};

Bytes edited(std::string_view text, const std::vector<Edit>& edits) {
  Bytes out;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    const auto begin = static_cast<std::size_t>(edit.piece.data() - text.data());
    append(out, text.substr(at, begin - at));
    append(out, edit.by);
    at = begin + edit.piece.size();
  }
  append(out, text.substr(at));
  return out;
}

/// XOP 1.0, 3.2: base64 that was moved out stands alone in its element.
bool stands_alone(const xml::Element& include) {
  const xml::Element parent = include.parent();
  return parent && parent.first_child() == include && !include.next_sibling() &&
         trim(parent.text()).empty() && !include.has_children();
}

Result<Bytes> expand(std::string_view root, std::vector<Part>& parts, const Limits& limits) {
  if (root.find(kXop) == std::string_view::npos) {
    return to_bytes(root);
  }
  PARLEY_ASSIGN_OR_RETURN(const xml::Document document,
                          xml::Document::parse(to_bytes(root), limits));
  const std::string_view text = document.root().source();
  std::vector<Edit> edits;
  std::size_t size = text.size();
  for (std::size_t i = 0; i < document.size(); ++i) {
    const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
    if (!element.is(kXop, "Include")) {
      continue;
    }
    const auto id = id_of(element.attribute("", "href").value_or(""));
    const auto part = std::find_if(parts.begin(), parts.end(), [&](const Part& one) {
      return id && one.id == *id && !one.is_included;
    });
    if (part == parts.end() || !stands_alone(element)) {
      return broken("xop:Include");
    }
    part->is_included = true;
    size += (part->content.size() + 2) / 3 * 4;
    if (size > limits.envelope_bytes_max) {
      return Error(ErrorCode::limit_exceeded, "envelope");
    }
    edits.push_back({element.source(), to_base64(as_bytes(part->content))});
  }
  return edited(text, edits);
}

/// What the root part says that it is: of a XOP package, the type before it was packed.
Result<MediaType> media_of(const ContentType& type, const Part& root) {
  const std::string_view start_info = type.parameter("start-info");
  std::string inner;
  if (equals_ignoring_case(root.type.type, kXopType)) {
    inner = root.type.parameter("type").empty() ? start_info : root.type.parameter("type");
  } else {
    inner = root.type.type;
  }
  PARLEY_ASSIGN_OR_RETURN(MediaType media, read_media_type(inner));
  for (const std::string_view action : {type.parameter("action"), root.type.parameter("action")}) {
    if (media.action.empty()) {
      media.action = action;
    }
  }
  if (const auto informed = read_media_type(start_info); informed && media.action.empty()) {
    media.action = informed->action;
  }
  return media;
}

bool is_in_body(xml::Element element, const xml::Element& body) {
  while (element && element != body) {
    element = element.parent();
  }
  return bool(element);
}

}  // namespace

Result<UnpackedMessage> unpack(Bytes package, const ContentType& type, const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(std::vector<Part> parts,
                          split(as_text(package), std::string(type.parameter("boundary")), limits));
  const std::string_view start = without_brackets(type.parameter("start"));
  const auto root = start.empty() ? parts.begin()
                                  : std::find_if(parts.begin(), parts.end(),
                                                 [&](const Part& one) { return one.id == start; });
  if (root == parts.end()) {
    return broken("start of the package");
  }
  UnpackedMessage message;
  PARLEY_ASSIGN_OR_RETURN(message.media, media_of(type, *root));
  root->is_included = true;
  if (equals_ignoring_case(root->type.type, kXopType)) {
    PARLEY_ASSIGN_OR_RETURN(message.envelope, expand(root->content, parts, limits));
  } else {
    message.envelope = to_bytes(root->content);
  }
  const bool has_attachments =
      std::any_of(parts.begin(), parts.end(), [](const Part& one) { return !one.is_included; });
  if (has_attachments) {
    return Error(ErrorCode::media_type_unsupported, "attachments");
  }
  return message;
}

Result<PackedMessage> pack(Bytes envelope,
                           engine::SoapVersion soap,
                           std::string_view action,
                           bool moves_ciphertext,
                           crypto::Entropy& entropy,
                           const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(const xml::Document document,
                          xml::Document::parse(std::move(envelope), limits));
  const xml::Element body = document.root().child(names_of(soap).ns, "Body");
  std::vector<Edit> edits;
  std::vector<Bytes> contents;
  for (std::size_t i = 0; i < document.size() && contents.size() + 1 < limits.package_parts_max;
       ++i) {
    const xml::Element element = document.at(static_cast<xml::NodeIndex>(i));
    const bool may_move = (moves_ciphertext && element.is(uri::kXenc, "CipherValue")) ||
                          element.attribute(kXmlMime, "contentType").has_value();
    if (!may_move || element.has_children() || !is_in_body(element, body)) {
      continue;
    }
    std::string scratch;
    const std::string_view text = element.text_view(scratch);
    if (text.size() < kWorthAPart || !scratch.empty()) {
      continue;
    }
    auto content = decode_base64(text);
    if (!content || to_base64(*content) != text) {
      continue;  // it could not be put back as it was
    }
    contents.push_back(std::move(*content));
    edits.push_back({text, "<xop:Include xmlns:xop=\"" + std::string(kXop) + "\" href=\"cid:" +
                               std::to_string(contents.size()) + "@parley\"></xop:Include>"});
  }

  const std::string boundary = crypto::fresh_uuid_urn(entropy).substr(4);  // without "urn:"
  const std::string_view inner = names_of(soap).media_type;
  const auto begin_part = [&](Bytes& out, std::string_view id, std::string_view type) {
    append(out, "\r\n--" + boundary + "\r\nContent-ID: <");
    append(out, id);
    append(out, ">\r\nContent-Type: ");
    append(out, type);
    append(out, "\r\nContent-Transfer-Encoding: binary\r\n\r\n");
  };
  PackedMessage packed;
  begin_part(packed.package, "root@parley",
             std::string(kXopType) + "; charset=UTF-8; type=\"" + std::string(inner) + '"');
  append(packed.package, as_text(edited(document.root().source(), edits)));
  for (std::size_t i = 0; i < contents.size(); ++i) {
    begin_part(packed.package, std::to_string(i + 1) + "@parley", "application/octet-stream");
    append(packed.package, as_text(contents[i]));
  }
  append(packed.package, "\r\n--" + boundary + "--\r\n");
  packed.content_type = "multipart/related; type=\"" + std::string(kXopType) + "\"; boundary=\"" +
                        boundary + "\"; start=\"<root@parley>\"; start-info=\"" +
                        std::string(inner) + '"';
  if (soap == engine::SoapVersion::soap_1_2 && !action.empty()) {
    packed.content_type += "; " + action_parameter(action);
  }
  return packed;
}

}  // namespace parley::soap
