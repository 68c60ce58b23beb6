#include "tests/vectors/outside_document.h"

#include <algorithm>
#include <array>

#include "base/base64.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

void append_utf8(Bytes& out, std::uint32_t code) {
  if (code < 0x80) {
    out.push_back(static_cast<Byte>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<Byte>(0xc0U | (code >> 6U)));
    out.push_back(static_cast<Byte>(0x80U | (code & 0x3fU)));
  } else if (code < 0x10000) {
    out.push_back(static_cast<Byte>(0xe0U | (code >> 12U)));
    out.push_back(static_cast<Byte>(0x80U | ((code >> 6U) & 0x3fU)));
    out.push_back(static_cast<Byte>(0x80U | (code & 0x3fU)));
  } else {
    out.push_back(static_cast<Byte>(0xf0U | (code >> 18U)));
    out.push_back(static_cast<Byte>(0x80U | ((code >> 12U) & 0x3fU)));
    out.push_back(static_cast<Byte>(0x80U | ((code >> 6U) & 0x3fU)));
    out.push_back(static_cast<Byte>(0x80U | (code & 0x3fU)));
  }
}

Bytes from_latin1(const Bytes& octets) {
  Bytes out;
  for (const Byte octet : octets) {
    append_utf8(out, octet);
  }
  return out;
}

/// Behind the byte order mark; unpaired surrogates come out as they are and fail at the gate.
Bytes from_utf16(const Bytes& octets, bool is_little_endian) {
  Bytes out;
  std::uint32_t high = 0;
  for (std::size_t i = 2; i + 1 < octets.size(); i += 2) {
    const std::uint32_t a = octets[i];
    const std::uint32_t b = octets[i + 1];
    const std::uint32_t unit = is_little_endian ? a | (b << 8U) : (a << 8U) | b;
    if (unit >= 0xd800 && unit < 0xdc00) {
      high = unit;
      continue;
    }
    const bool is_low = unit >= 0xdc00 && unit < 0xe000 && high != 0;
    append_utf8(out, is_low ? 0x10000 + ((high - 0xd800) << 10U) + (unit - 0xdc00) : unit);
    high = 0;
  }
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string declared_encoding(std::string_view declaration) {
  const std::size_t at = declaration.find("encoding");
  const std::size_t quote =
      at == std::string_view::npos ? at : declaration.find_first_of("\"'", at);
  if (quote == std::string_view::npos) {
    return {};
  }
  const std::size_t stop = declaration.find(declaration[quote], quote + 1);
  return stop == std::string_view::npos ? std::string()
                                        : lower(declaration.substr(quote + 1, stop - quote - 1));
}

/// UTF-8 without a declaration of another encoding.
Bytes to_utf8(Bytes octets) {
  bool is_utf16 = false;
  if (octets.size() >= 2 &&
      ((octets[0] == 0xff && octets[1] == 0xfe) || (octets[0] == 0xfe && octets[1] == 0xff))) {
    octets = from_utf16(octets, octets[0] == 0xff);
    is_utf16 = true;
  }
  const std::string_view text = as_text(octets);
  const std::size_t stop = text.starts_with("<?xml ") ? text.find("?>") : std::string_view::npos;
  if (stop == std::string_view::npos) {
    return octets;
  }
  const std::string encoding = declared_encoding(text.substr(0, stop));
  const bool is_latin1 = encoding == "iso-8859-1" || encoding == "latin1" || encoding == "us-ascii";
  if (!is_latin1 && !is_utf16) {
    return octets;
  }
  const Bytes rest = to_bytes(text.substr(stop + 2));
  return is_latin1 ? from_latin1(rest) : rest;
}

}  // namespace

OutsideDocument parse_outside(Bytes octets) {
  OutsideDocument outside;
  auto document = xml::Document::parse(to_utf8(std::move(octets)), Limits{});
  if (document) {
    outside.document = std::move(document).value();
  } else if (document.error().code() == ErrorCode::forbidden_doctype) {
    outside.why = skipped(kSkipDtd);
  } else {
    outside.why = failed(document.error().message());
  }
  return outside;
}

xml::Element find_element(const xml::Document& document,
                          std::string_view ns,
                          std::string_view local) {
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    if (document.at(i).is(ns, local)) {
      return document.at(i);
    }
  }
  return {};
}

xml::Element find_by_id(const xml::Document& document, std::string_view id) {
  constexpr std::array<std::string_view, 4> kNames{"Id", "ID", "id", "AssertionID"};
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    for (const xml::Attribute& attribute : document.at(i).attributes()) {
      if (attribute.raw == id &&
          std::find(kNames.begin(), kNames.end(), attribute.local_name) != kNames.end()) {
        return document.at(i);
      }
    }
  }
  return {};
}

bool is_same_content(const xml::Element& a, const xml::Element& b) {
  if (!a || !b || !a.is(b.namespace_uri(), b.local_name()) || a.text() != b.text() ||
      a.attributes().size() != b.attributes().size()) {
    return false;
  }
  for (const xml::Attribute& attribute : a.attributes()) {
    if (a.attribute(attribute.ns, attribute.local_name) !=
        b.attribute(attribute.ns, attribute.local_name)) {
      return false;
    }
  }
  xml::Element x = a.first_child();
  xml::Element y = b.first_child();
  while (x && y && is_same_content(x, y)) {
    x = x.next_sibling();
    y = y.next_sibling();
  }
  return !x && !y;
}

Bytes base64_of(const xml::Element& element) {
  auto octets = element ? decode_base64(element.text()) : Result<Bytes>(Bytes());
  if (!element || !octets) {
    throw BadDocument("no base64 text where there must be some");
  }
  return std::move(*octets);
}

}  // namespace parley::vectors
