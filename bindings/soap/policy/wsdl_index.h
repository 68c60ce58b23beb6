#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/xml_value.h"
#include "bindings/soap/xml/document.h"

namespace parley::policy {

/// A definition in its document.
struct Definition {
  xml::Element element;  ///< null = there is none
  std::size_t document = 0;
  std::string_view target_namespace;

  explicit operator bool() const { return bool(element); }
};

/// The definitions of WSDL documents by name, across documents that import each other.
class WsdlIndex {
 public:
  /// `documents` outlives this, and gets no more documents meanwhile.
  explicit WsdlIndex(const PolicyDocuments& documents);

  /// `kind` is the local name of a WSDL element: binding, portType or message. Where two have one
  /// name, the first counts.
  Definition find(std::string_view kind, const QualifiedName& name) const;

  /// Every service in order of the documents.
  const std::vector<Definition>& services() const { return services_; }

  /// What is imported and not there, as the imports write it.
  const std::vector<std::string>& missing_imports() const { return missing_; }

 private:
  void add(const xml::Element& definitions, std::size_t document);

  std::map<std::pair<std::string, std::string>, Definition> definitions_;  ///< by kind and name
  std::vector<Definition> services_;
  std::vector<std::string> missing_;
  std::vector<std::string> target_namespaces_;
};

/// An attribute that holds a QName, resolved where it stands; empty without one. An unbound prefix
/// resolves to no namespace, and so to nothing that is defined.
QualifiedName qualified_attribute(const xml::Element& element, std::string_view local);

}  // namespace parley::policy
