#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/xml_value.h"
#include "engine/profile.h"

namespace parley::policy {

/// A message of a service to describe.
struct OfferedMessage {
  std::string action;
  QualifiedName element;  ///< the one in its Body
};

struct OfferedOperation {
  std::string name;
  OfferedMessage input;
  std::optional<OfferedMessage> output;  ///< none: one-way
};

/// An address, and what is spoken there: any of the profiles, which agree on the version of SOAP.
struct OfferedEndpoint {
  std::string port;
  std::string address;
  std::vector<engine::Profile> profiles;
  /// None = the usual one of the first profile.
  std::optional<Language> language;
};

/// A service to describe in WSDL. Names are NCNames.
struct OfferedService {
  std::string target_namespace;
  std::string name;
  std::string port_type;
  std::vector<OfferedOperation> operations;
  std::vector<OfferedEndpoint> endpoints;
  /// What goes into wsdl:types: xs:schema elements that stand alone. Empty = every element of a
  /// message is declared with any content.
  Bytes schemas;
};

/// Writes a WSDL 1.1 document with the policy of each endpoint attached to its binding. Errors:
/// invalid_argument for names that are none, an endpoint without profiles or with two versions of
/// SOAP, and a profile that no policy can tell.
Result<Bytes> write_wsdl(const OfferedService& service);

}  // namespace parley::policy
