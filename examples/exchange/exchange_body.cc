#include "exchange_body.h"

#include <charconv>

#include <rapidxml/rapidxml.hpp>

namespace exchange {
namespace {

using Node = rapidxml::xml_node<>;

void append_escaped(std::string& xml, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '\r':
        xml += "&#xD;";
        break;
      default:
        xml += c;
    }
  }
}

std::string_view name_of(const Node& node) {
  return {node.name(), node.name_size()};
}

/// The namespace that a prefix stands for here, or nothing. What is delivered has all declarations
/// that are in scope on its own elements.
std::string_view namespace_of(const Node& node) {
  const std::string_view name = name_of(node);
  const std::size_t colon = name.find(':');
  const std::string declaration =
      colon == std::string_view::npos ? "xmlns" : "xmlns:" + std::string(name.substr(0, colon));
  for (const Node* at = &node; at != nullptr; at = at->parent()) {
    if (const auto* found = at->first_attribute(declaration.c_str())) {
      return {found->value(), found->value_size()};
    }
  }
  return {};
}

std::string_view local_name_of(const Node& node) {
  const std::string_view name = name_of(node);
  return name.substr(name.find(':') + 1);
}

}  // namespace

std::string action_of(std::string_view operation) {
  return std::string(kNamespace) + '/' + std::string(operation);
}

parley::Bytes body_of(std::string_view operation,
                      const std::vector<std::pair<std::string_view, std::string>>& fields) {
  std::string xml = '<' + std::string(operation) + " xmlns=\"" + std::string(kNamespace) + "\">";
  for (const auto& [name, value] : fields) {
    xml += '<' + std::string(name) + '>';
    append_escaped(xml, value);
    xml += "</" + std::string(name) + '>';
  }
  return parley::to_bytes(xml + "</" + std::string(operation) + '>');
}

std::optional<Fields> Fields::in(const parley::Bytes& body, std::string_view operation) {
  // RapidXML wants a text that it may write into. It is safe here: what is delivered has passed
  // Parley's own, stricter reader.
  std::string text(parley::as_text(body));
  rapidxml::xml_document<> document;
  try {
    document.parse<0>(text.data());
  } catch (const rapidxml::parse_error&) {
    return std::nullopt;
  }
  const Node* root = document.first_node();
  if (root == nullptr || local_name_of(*root) != operation || namespace_of(*root) != kNamespace) {
    return std::nullopt;
  }
  Fields fields;
  for (const Node* field = root->first_node(); field != nullptr; field = field->next_sibling()) {
    if (field->type() != rapidxml::node_element || namespace_of(*field) != kNamespace) {
      continue;
    }
    std::string value;
    for (const Node* part = field->first_node(); part != nullptr; part = part->next_sibling()) {
      if (part->type() == rapidxml::node_data || part->type() == rapidxml::node_cdata) {
        value.append(part->value(), part->value_size());
      }
    }
    fields.values_.emplace(local_name_of(*field), std::move(value));
  }
  return fields;
}

std::optional<std::string> Fields::text(const std::string& name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::uint64_t> Fields::number(const std::string& name) const {
  const auto digits = text(name);
  std::uint64_t value = 0;
  if (!digits || digits->empty()) {
    return std::nullopt;
  }
  const char* end = digits->data() + digits->size();
  const auto read = std::from_chars(digits->data(), end, value);
  return read.ec == std::errc() && read.ptr == end ? std::optional(value) : std::nullopt;
}

}  // namespace exchange
