#include "bindings/soap/policy/xml_value.h"

#include <algorithm>
#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/characters.h"

namespace parley::policy {
namespace {

struct PrefixRow {
  std::string_view ns;
  std::string_view prefix;
};

constexpr std::array kPrefixes{
    PrefixRow{namespace_of(Language::policy_2002_12), "wsp"},
    PrefixRow{namespace_of(Language::policy_2004_09), "wsp"},
    PrefixRow{namespace_of(Language::policy_2006_07), "wsp"},
    PrefixRow{namespace_of(Language::policy_1_5), "wsp"},
    PrefixRow{uri::kSp11, "sp"},
    PrefixRow{uri::kSp12, "sp"},
    PrefixRow{uri::kSp13, "sp13"},
    PrefixRow{uri::kMssp, "mssp"},
    PrefixRow{uri::kRmp10, "rmp"},
    PrefixRow{uri::kRmp11, "wsrmp"},
    PrefixRow{uri::kNetRmp, "netrmp"},
    PrefixRow{uri::kMakeConnection, "wsmc"},
    PrefixRow{uri::kWsam, "wsam"},
    PrefixRow{uri::kWsaw, "wsaw"},
    PrefixRow{uri::kWsap, "wsap"},
    PrefixRow{uri::kMtomPolicy, "wsoma"},
    PrefixRow{uri::kWsdl, "wsdl"},
    PrefixRow{soap::uri::kWsu, "wsu"},
    PrefixRow{soap::names_of(engine::AddressingVersion::addressing_1_0).ns, "wsa"},
};

/// More prefixes than this are in no path that means something.
constexpr int kPrefixesMax = 64;

/// Notes what the prefixes that `text` may use stand for: names before a colon that are bound.
void note_prefixes(const xml::Element& element, XmlValue& value) {
  const char* at = value.text.data();
  const char* const end = at + value.text.size();
  for (int looked_up = 0; at < end && looked_up < kPrefixesMax;) {
    const char* const name_end = xml::ncname_end(at, end);
    if (name_end == at) {
      ++at;
      continue;
    }
    const std::string_view prefix(at, static_cast<std::size_t>(name_end - at));
    at = name_end;
    if (at == end || *at != ':') {
      continue;
    }
    ++looked_up;
    const bool is_noted = std::any_of(value.prefixes.begin(), value.prefixes.end(),
                                      [&](const auto& row) { return row.first == prefix; });
    if (const auto ns = element.namespace_of(prefix); ns && !is_noted) {
      value.prefixes.emplace_back(prefix, *ns);
    }
  }
}

}  // namespace

const XmlValue* XmlValue::child(std::string_view ns, std::string_view local) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlValue& child) { return child.is(ns, local); });
  return found == children.end() ? nullptr : &*found;
}

std::optional<std::string_view> XmlValue::attribute(std::string_view ns,
                                                    std::string_view local) const {
  for (const XmlAttribute& attribute : attributes) {
    if (attribute.name.local_name == local && attribute.name.ns == ns) {
      return attribute.value;
    }
  }
  return std::nullopt;
}

XmlValue read_value(const xml::Element& element) {
  XmlValue value;
  value.name = {std::string(element.namespace_uri()), std::string(element.local_name())};
  for (const xml::Attribute& attribute : element.attributes()) {
    value.attributes.push_back({{std::string(attribute.ns), std::string(attribute.local_name)},
                                xml::unescape(attribute.raw, true)});
  }
  value.text = element.text();
  if (soap::is_xml_space(value.text)) {
    value.text.clear();
  }
  note_prefixes(element, value);
  for (const xml::Element& child : element.children()) {
    value.children.push_back(read_value(child));
  }
  return value;
}

std::uint64_t element_count(const XmlValue& value) {
  std::uint64_t count = 1;
  for (const XmlValue& child : value.children) {
    count += element_count(child);
  }
  return count;
}

std::string_view usual_prefix(std::string_view ns) {
  const auto row = std::find_if(kPrefixes.begin(), kPrefixes.end(),
                                [&](const PrefixRow& candidate) { return candidate.ns == ns; });
  return row == kPrefixes.end() ? std::string_view() : row->prefix;
}

std::string to_text(const QualifiedName& name) {
  const std::string_view prefix = usual_prefix(name.ns);
  std::string text =
      prefix.empty() ? name.ns.empty() ? "" : '{' + name.ns + '}' : std::string(prefix) + ':';
  text += name.local_name;
  // A peer's text must not move the cursor of the operator's terminal.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, '?');
  return text;
}

}  // namespace parley::policy
