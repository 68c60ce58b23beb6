#include "bindings/soap/xml/markup.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "bindings/soap/xml/characters.h"
#include "bindings/soap/xml/qualified_name.h"

namespace parley::xml {
namespace {

Error malformed(const char* place) {
  return Error(ErrorCode::malformed_xml, place);
}

const char* skip_spaces(const char* at, const char* end) {
  while (at < end && is_space(*at)) {
    ++at;
  }
  return at;
}

/// What one of the declaration's attributes may say.
Result<void> check_declared(std::string_view name, std::string_view value) {
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
  return {};
}

/// version, encoding?, standalone? in this order, quoted, and nothing else.
Result<void> check_declaration(std::string_view inside) {
  static constexpr std::string_view kNames[] = {"version", "encoding", "standalone"};
  const char* p = inside.data();
  const char* const end = p + inside.size();
  std::size_t next = 0;
  while ((p = skip_spaces(p, end)) < end) {
    const char* const name_stop = name_end(p, end);
    const std::string_view name = view(p, name_stop);
    while (next < 3 && kNames[next] != name) {
      if (next == 0) {
        return malformed("XML declaration");
      }
      ++next;
    }
    p = skip_spaces(name_stop, end);
    if (next == 3 || p == end || *p != '=') {
      return malformed("XML declaration");
    }
    p = skip_spaces(p + 1, end);
    if (p == end || (*p != '"' && *p != '\'')) {
      return malformed("XML declaration");
    }
    const char* const value_stop = std::find(p + 1, end, *p);
    if (value_stop == end) {
      return malformed("XML declaration");
    }
    PARLEY_TRY(check_declared(name, view(p + 1, value_stop)));
    p = value_stop + 1;
    if (p < end && !is_space(*p)) {
      return malformed("XML declaration");
    }
    ++next;
  }
  return next == 0 ? malformed("XML declaration") : Result<void>();
}

}  // namespace

Result<std::size_t> declaration_length(std::string_view text) {
  if (!text.starts_with("<?xml") || text.size() == 5 || !is_space(text[5])) {
    return std::size_t{0};
  }
  const std::size_t stop = text.find("?>");
  if (stop == std::string_view::npos) {
    return malformed("XML declaration");
  }
  PARLEY_TRY(check_declaration(text.substr(5, stop - 5)));
  return stop + 2;
}

Result<std::size_t> comment_length(std::string_view text) {
  const std::string_view body = text.substr(4);
  const std::size_t dashes = body.find("--");
  if (dashes == std::string_view::npos || body.substr(dashes + 2, 1) != ">") {
    return malformed("comment");
  }
  return 4 + dashes + 3;
}

Result<std::size_t> instruction_length(std::string_view text) {
  const char* const end = text.data() + text.size();
  const char* const target_end = name_end(text.data() + 2, end);
  const std::string_view target = view(text.data() + 2, target_end);
  const std::size_t stop = view(target_end, end).find("?>");
  const bool is_reserved = target.size() == 3 && (target[0] | 32) == 'x' &&
                           (target[1] | 32) == 'm' && (target[2] | 32) == 'l';
  if (target.empty() || target.find(':') != std::string_view::npos || is_reserved ||
      stop == std::string_view::npos || (stop != 0 && !is_space(*target_end))) {
    return malformed("processing instruction");
  }
  return static_cast<std::size_t>(target_end - text.data()) + stop + 2;
}

Result<std::size_t> cdata_length(std::string_view text) {
  const std::size_t stop = text.find("]]>");
  if (stop == std::string_view::npos) {
    return malformed("CDATA");
  }
  return stop + 3;
}

bool has_legal_references(std::string_view raw) {
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while ((at = static_cast<const char*>(
              std::memchr(at, '&', static_cast<std::size_t>(end - at)))) != nullptr) {
    std::size_t length = 0;
    if (read_reference(at, end, length) == 0) {
      return false;
    }
    at += length;
  }
  return true;
}

bool is_canonical_value(std::string_view raw, bool is_attribute) {
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '&') {
      const std::string_view rest = raw.substr(i);
      const bool ok = rest.starts_with("&amp;") || rest.starts_with("&lt;") ||
                      rest.starts_with("&#xD;") ||
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

}  // namespace parley::xml
