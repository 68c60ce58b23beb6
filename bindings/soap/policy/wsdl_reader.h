#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/service_description.h"

namespace parley::policy {

/// What WSDL 1.1 documents describe together.
struct ServiceDescription {
  /// Ports with a SOAP binding, in the order of the documents.
  std::vector<EndpointDescription> endpoints;
  /// Imports that no document of the set answers: add them, and read again. What they define is not
  /// in the result.
  std::vector<std::string> missing_imports;
  /// What was left out, in words.
  std::vector<std::string> warnings;
};

/// Reads the services of `documents`, and the effective policy of each subject (WP-030). One budget
/// for all of it. Errors: those of policies; not_found for a policy that nobody defines;
/// limit_exceeded.
Result<ServiceDescription> read_services(PolicyDocuments& documents);

}  // namespace parley::policy
