#include "cli/token_flags.h"

#include "cli/small_file.h"

namespace parley::cli {

void TokenFlags::declare_for_caller(Flags& flags) {
  flags.text("--assertion", "FILE", assertion_,
             "the SAML assertion that goes along with each message (--set token.saml2.0=signed); read "
             "anew for each");
}

void TokenFlags::declare_for_service(Flags& flags) {
  flags.texts("--assertion-issuer", "[ISSUER=]FILE", issuers_,
              "believe SAML assertions that are signed by this certificate (PEM), if of this Issuer");
  flags.texts("--audience", "URI", audiences_,
              "what an assertion may call this service (each --address)");
  flags.toggle("--take-vouching", allows_vouching_,
               "take the word of a sender for whom it speaks (sender-vouches): of every caller");
}

void TokenFlags::apply_to_caller(host::NodeSettings& settings) const {
  if (assertion_.empty()) {
    return;
  }
  file_for("--assertion", assertion_);
  settings.credentials.assertion = [path = assertion_]() -> std::optional<Bytes> {
    auto content = host::read_file(path, kSmallFileMax);
    return content ? std::optional(std::move(*content)) : std::nullopt;
  };
}

void TokenFlags::apply_to_services(const std::vector<std::string>& addresses,
                                   host::NodeSettings& settings) const {
  for (const std::string& issuer : issuers_) {
    // A name may have '=' in it, and no file that anybody gives here does.
    const std::size_t equals = issuer.rfind('=');
    const bool has_name = equals != std::string::npos;
    settings.credentials.assertion_issuers.push_back(
        {file_for("--assertion-issuer", has_name ? issuer.substr(equals + 1) : issuer),
         has_name ? issuer.substr(0, equals) : std::string()});
  }
  settings.codec.audiences = audiences_.empty() ? addresses : audiences_;
  settings.codec.allow_sender_vouches = allows_vouching_;
}

}  // namespace parley::cli
