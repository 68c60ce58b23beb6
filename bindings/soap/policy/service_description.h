#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/xml_value.h"
#include "engine/profile.h"

namespace parley::policy {

/// One message of an operation, as a WSDL describes it.
struct MessageDescription {
  std::string name;                    ///< of a fault
  std::string action;                  ///< as told, or as it follows from what was told (WA-053)
  QualifiedName element;               ///< in the Body; empty = not said
  std::optional<NormalPolicy> policy;  ///< effective, of this message alone (WP-030)
};

struct OperationDescription {
  std::string name;
  MessageDescription input;
  std::optional<MessageDescription> output;  ///< none: one-way
  std::vector<MessageDescription> faults;
  std::optional<NormalPolicy> policy;
};

/// One port of a service, with the effective policy of each subject on its own level. No policy is
/// not the same as one that asks for nothing (WP-010).
struct EndpointDescription {
  QualifiedName service;
  std::string port;
  QualifiedName binding;
  engine::SoapVersion soap = engine::SoapVersion::soap_1_2;
  std::string transport;  ///< of the binding, a URI
  std::string address;    ///< empty = not said
  /// wsaw:UsingAddressing outside any policy (WA-052).
  bool uses_addressing = false;
  std::vector<OperationDescription> operations;
  std::optional<NormalPolicy> service_policy;
  std::optional<NormalPolicy> policy;
};

}  // namespace parley::policy
