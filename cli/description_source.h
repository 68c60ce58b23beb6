#pragma once

#include <memory>
#include <string>

#include "base/limits.h"
#include "bindings/http/tls.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/wsdl_reader.h"

namespace parley::cli {

/// The description of a service, with the documents that it is made of.
struct FetchedDescription {
  /// Has an address of its own: the other points into it.
  std::unique_ptr<policy::PolicyDocuments> documents;
  policy::ServiceDescription services;
};

/// Fetches the WSDL at `address` (or, where there is none, asks the service there by
/// WS-MetadataExchange) and what it imports, over HTTP and HTTPS alone; never from http
/// what an https document names. Bounded in number, octets and time: documents_max of policies,
/// envelope_bytes_max together, a minute. Throws Failure.
FetchedDescription fetch_description(const std::string& address,
                                     const Limits& limits,
                                     const std::shared_ptr<http::TlsContext>& tls);

}  // namespace parley::cli
