#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.h"
#include "bindings/http/http_server.h"
#include "host/node_settings.h"

namespace parley::host {

/// What a node tells about its services to whoever asks: WSDL with its policy, by GET of
/// "path?wsdl", and by WS-MetadataExchange at the service's own path or at "path/mex". Made of what
/// the service shows to its peers anyway: addresses, messages, and how it wants to be spoken to.
class ServiceMetadata {
 public:
  /// What no policy can tell is not told: a profile that leaves its token service to others, say.
  /// Errors: invalid_argument for a description that cannot be written.
  static Result<ServiceMetadata> make(const NodeSettings& settings);

  /// No service has a description.
  bool is_empty() const { return services_.empty(); }

  /// Nothing: there is no such document.
  std::optional<http::Response> document(const http::DocumentRequest& asked) const;

  /// Nothing: the request is none for metadata.
  std::optional<http::Response> answer(http::Request& request) const;

 private:
  struct Described {
    Description description;
    engine::Profile profile;
  };

  Result<Bytes> wsdl_of(const std::string& path, const std::string& origin) const;

  std::map<std::string, Described> services_;  ///< by path
  std::string origin_;                         ///< where no asker says a better one
  Limits limits_;
};

}  // namespace parley::host
