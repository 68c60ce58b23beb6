#include "bindings/soap/xml/tag_rules.h"

#include <algorithm>
#include <span>
#include <vector>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/characters.h"

namespace parley::xml {
namespace {

constexpr std::size_t kFewAttributes = 8;

std::span<const Attribute> attributes_of(const Index& index, const Node& node) {
  return {index.attributes.data() + node.attributes, node.attribute_count};
}

bool have_equal_names(const Attribute& a, const Attribute& b) {
  return is_same(a.local_name, b.local_name) && is_same(a.ns, b.ns);
}

/// Comparing each name with each other costs too much where somebody writes hundreds on every
/// element.
bool has_equal_names(std::span<const Attribute> attributes) {
  std::vector<const Attribute*> sorted;
  sorted.reserve(attributes.size());
  for (const Attribute& attribute : attributes) {
    sorted.push_back(&attribute);
  }
  std::sort(sorted.begin(), sorted.end(), [](const Attribute* a, const Attribute* b) {
    const int order = a->local_name.compare(b->local_name);
    return order != 0 ? order < 0 : a->ns < b->ns;
  });
  const auto are_equal = [](const Attribute* a, const Attribute* b) {
    return have_equal_names(*a, *b);
  };
  return std::adjacent_find(sorted.begin(), sorted.end(), are_equal) != sorted.end();
}

}  // namespace

bool is_id(const Node& node, const Attribute& attribute) {
  using namespace parley::soap;
  if (is_same(attribute.local_name, "Id")) {
    return attribute.ns == uri::kWsu ||
           (attribute.ns.empty() && (node.ns == uri::kDs || node.ns == uri::kXenc ||
                                     node.ns == uri::kXenc11 || node.ns == uri::kDsig11));
  }
  return attribute.ns.empty() &&
         ((attribute.local_name == "AssertionID" && node.ns == uri::kSaml1) ||
          (attribute.local_name == "ID" && node.ns == uri::kSaml2));
}

bool has_duplicate_attributes(const Index& index, const Node& node) {
  const std::span<const Attribute> attributes = attributes_of(index, node);
  if (attributes.size() > kFewAttributes) {
    return has_equal_names(attributes);
  }
  for (std::size_t i = 1; i < attributes.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (have_equal_names(attributes[i], attributes[j])) {
        return true;
      }
    }
  }
  return false;
}

bool has_canonical_names(const Index& index, const Node& node, std::uint32_t name_binding) {
  const std::span<const Attribute> attributes = attributes_of(index, node);
  std::uint32_t binding = node.bindings;
  for (std::uint16_t i = 0; i < node.declarations; ++i) {
    const auto uses_it = [binding](const Attribute& a) { return a.binding == binding; };
    if (binding != name_binding && std::none_of(attributes.begin(), attributes.end(), uses_it)) {
      return false;
    }
    binding = index.bindings[binding].outer;
  }
  for (std::size_t i = 1; i < attributes.size(); ++i) {
    const Attribute& left = attributes[i - 1];
    const Attribute& right = attributes[i];
    if (left.ns == right.ns ? left.local_name >= right.local_name : left.ns > right.ns) {
      return false;
    }
  }
  return true;
}

}  // namespace parley::xml
