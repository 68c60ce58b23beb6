#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "bindings/soap/policy/normal_form.h"

namespace parley::policy {

using AssertionPtr = std::shared_ptr<const Assertion>;

/// An element without children; `attributes` are names without namespace, and values.
inline XmlValue make_value(
    std::string_view ns,
    std::string_view local,
    std::initializer_list<std::pair<std::string_view, std::string_view>> attributes = {}) {
  XmlValue value;
  value.name = {std::string(ns), std::string(local)};
  for (const auto& [name, text] : attributes) {
    value.attributes.push_back({{"", std::string(name)}, std::string(text)});
  }
  return value;
}

/// An assertion without a nested policy.
inline AssertionPtr make_assertion(XmlValue element) {
  Assertion assertion;
  assertion.elements = element_count(element);
  assertion.element = std::make_shared<const XmlValue>(std::move(element));
  return std::make_shared<const Assertion>(std::move(assertion));
}

inline AssertionPtr make_assertion(std::string_view ns, std::string_view local) {
  return make_assertion(make_value(ns, local));
}

/// An assertion whose nested policy has one alternative.
inline AssertionPtr make_nested(XmlValue element, Alternative nested) {
  Assertion assertion;
  assertion.elements = element_count(element) + reading_cost(nested);
  assertion.element = std::make_shared<const XmlValue>(std::move(element));
  assertion.nested = std::move(nested);
  return std::make_shared<const Assertion>(std::move(assertion));
}

inline AssertionPtr make_nested(std::string_view ns, std::string_view local, Alternative nested) {
  return make_nested(make_value(ns, local), std::move(nested));
}

}  // namespace parley::policy
