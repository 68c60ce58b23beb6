#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "host/node_settings.h"

namespace parley::cli {

/// Contexts that are made elsewhere: by a token service, or by the caller itself.
class IssuerFlags {
 public:
  void declare_for_caller(Flags& flags);
  void declare_for_service(Flags& flags);

  /// Of a caller: where its token service is, which a description may have told. Throws Failure.
  void apply_to_caller(host::NodeSettings& settings) const;

  /// Of all services in the settings: whom they take contexts from, or, as token services, whom
  /// they make them for. Throws Failure.
  void apply_to_services(host::NodeSettings& settings) const;

  /// Whether the services are token services.
  bool is_issuer() const { return !issues_for_.empty(); }

 private:
  std::string url_;
  std::string certificate_;
  std::vector<std::string> token_services_;
  std::vector<std::string> creators_;
  std::vector<std::string> issues_for_;
};

}  // namespace parley::cli
