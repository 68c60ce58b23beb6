#include "bindings/soap/policy/wsdl_index.h"

#include <algorithm>

#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_names.h"

namespace parley::policy {
namespace {

std::string key_of(const QualifiedName& name) {
  return name.ns + ' ' + name.local_name;
}

}  // namespace

QualifiedName qualified_attribute(const xml::Element& element, std::string_view local) {
  const std::string_view value = soap::trim(element.attribute("", local).value_or(""));
  const std::size_t colon = value.find(':');
  const bool is_prefixed = colon != std::string_view::npos;
  const auto ns = element.namespace_of(is_prefixed ? value.substr(0, colon) : std::string_view());
  return {std::string(ns.value_or("")), std::string(is_prefixed ? value.substr(colon + 1) : value)};
}

WsdlIndex::WsdlIndex(const PolicyDocuments& documents) {
  target_namespaces_.reserve(documents.count());  // definitions keep views of these
  for (std::size_t i = 0; i < documents.count(); ++i) {
    const xml::Element root = documents.document(i).root();
    if (!root.is(uri::kWsdl, "definitions")) {
      continue;
    }
    add(root, i);
    for (const xml::Element& child : root.children()) {
      const auto location = child.attribute("", "location");
      if (child.is(uri::kWsdl, "import") && location && !documents.find_document(*location) &&
          std::find(missing_.begin(), missing_.end(), *location) == missing_.end()) {
        missing_.emplace_back(*location);
      }
    }
  }
}

void WsdlIndex::add(const xml::Element& definitions, std::size_t document) {
  const std::string& ns =
      target_namespaces_.emplace_back(definitions.attribute("", "targetNamespace").value_or(""));
  for (const xml::Element& child : definitions.children()) {
    if (child.namespace_uri() != uri::kWsdl) {
      continue;
    }
    const Definition definition{child, document, ns};
    if (child.local_name() == "service") {
      services_.push_back(definition);
    } else if (const auto name = child.attribute("", "name")) {
      definitions_.try_emplace({std::string(child.local_name()), key_of({ns, std::string(*name)})},
                               definition);
    }
  }
}

Definition WsdlIndex::find(std::string_view kind, const QualifiedName& name) const {
  const auto found = definitions_.find({std::string(kind), key_of(name)});
  return found == definitions_.end() ? Definition{} : found->second;
}

}  // namespace parley::policy
