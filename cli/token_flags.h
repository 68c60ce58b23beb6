#pragma once

#include <string>
#include <vector>

#include "cli/flags.h"
#include "host/node_settings.h"

namespace parley::cli {

/// SAML assertions that go along with messages (`token.saml1.1`, `token.saml2.0`): ours, or whose we
/// believe.
class TokenFlags {
 public:
  void declare_for_caller(Flags& flags);
  void declare_for_service(Flags& flags);

  /// Throws Failure.
  void apply_to_caller(host::NodeSettings& settings) const;

  /// `addresses`: what the services are called, unless said otherwise. Throws Failure.
  void apply_to_services(const std::vector<std::string>& addresses,
                         host::NodeSettings& settings) const;

 private:
  std::string assertion_;
  std::vector<std::string> issuers_;
  std::vector<std::string> audiences_;
  bool allows_vouching_ = false;
};

}  // namespace parley::cli
