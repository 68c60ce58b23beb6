#include "host/spoken.h"

#include <algorithm>
#include <iterator>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/security/algorithms.h"

namespace parley::host {
namespace {

using engine::Profile;

/// A value that no version so far speaks, or values that do not go together.
struct Row {
  bool (*applies)(const Profile&);
  const char* line;
};

bool is_over_tls(engine::Bootstrap bootstrap) {
  return bootstrap == engine::Bootstrap::username_https ||
         bootstrap == engine::Bootstrap::x509_https;
}

constexpr Row kRows[] = {
    {[](const Profile& profile) {
       return profile.addressing != engine::AddressingVersion::addressing_1_0 &&
              (profile.reply == engine::ReplyMode::polled ||
               profile.acks == engine::ReplyMode::polled);
     },
     "polls (MakeConnection) go with addressing=1.0 alone"},
    {[](const Profile& profile) {
       return profile.sc && profile.bootstrap == engine::Bootstrap::issued &&
              profile.creates_context;
     },
     "a context cannot be both issued and created; give bootstrap=issued, or creates_context"},
    {[](const Profile& profile) {
       return profile.sc && profile.bootstrap == engine::Bootstrap::issued &&
              (profile.issuer_bootstrap == engine::Bootstrap::issued ||
               profile.issuer_bootstrap == engine::Bootstrap::none);
     },
     "the token service itself is asked by certificate or by name; issuer_bootstrap=x509 would do"},
    {[](const Profile& profile) {
       return profile.sc && profile.bootstrap == engine::Bootstrap::none;
     },
     "a context that nothing establishes makes no sense; bootstrap=x509 does, and sc=none"},
    {[](const Profile& profile) {
       return profile.sc && is_over_tls(engine::caller_bootstrap(profile)) !=
                                (profile.binding == engine::BootstrapBinding::transport);
     },
     "a bootstrap over TLS has binding=transport, and no other has"},
    {[](const Profile& profile) {
       return profile.sc && engine::caller_bootstrap(profile) == engine::Bootstrap::username_cert &&
              profile.binding == engine::BootstrapBinding::asymmetric;
     },
     "bootstrap username-cert goes with binding=symmetric alone"},
    {[](const Profile& profile) {
       return profile.sc && profile.protect == engine::Protection::none;
     },
     "a context that protects nothing makes no sense; protect=sign+encrypt does, and sc=none"},
    {[](const Profile& profile) {
       return profile.sc && profile.protect == engine::Protection::transport &&
              profile.binding != engine::BootstrapBinding::transport;
     },
     "protect transport needs binding=transport"},
    {[](const Profile& profile) {
       return !profile.sc && profile.supporting != engine::SupportingUses();
     },
     "tokens besides go with messages under a context; sc=1.3 gives one"},
    {[](const Profile& profile) {
       return !profile.encrypted_parts.empty() &&
              (!profile.sc || profile.protect == engine::Protection::transport);
     },
     "parts of messages are encrypted under a context's key alone; protect=sign does with them"},
    {[](const Profile& profile) {
       const std::vector<engine::PartName>& headers = profile.encrypted_parts.headers;
       return std::any_of(headers.begin(), headers.end(), [](const engine::PartName& header) {
         return soap::find_addressing(header.ns).has_value();
       });
     },
     "addressing headers are read before anything is decrypted; encrypt.headers goes with others"},
    {[](const Profile& profile) {
       return profile.protect == engine::Protection::sign_encrypt &&
              !(profile.encrypted_parts.elements.empty() &&
                profile.encrypted_parts.contents.empty());
     },
     "protect=sign+encrypt hides all of the Body, and nothing is encrypted twice; protect=sign "
     "goes "
     "with encrypt.elements and encrypt.contents"},
    {[](const Profile& profile) {
       return profile.supporting.saml_1_1 != engine::SupportingUse::none &&
              profile.supporting.saml_2_0 != engine::SupportingUse::none;
     },
     "one assertion goes along, not two; give token.saml1.1 or token.saml2.0"},
    {[](const Profile& profile) {
       const bool hides_key =
           profile.supporting.saml_1_1 == engine::SupportingUse::signed_endorsing_encrypted ||
           profile.supporting.saml_2_0 == engine::SupportingUse::signed_endorsing_encrypted;
       return hides_key && profile.order == engine::ProtectionOrder::encrypt_before_sign;
     },
     "an assertion that endorses cannot be encrypted first; order=sign-before-encrypt can"},
    {[](const Profile& profile) { return soap::find_suite(profile.suite) == nullptr; },
     "the suite is not known; 'parley settings' lists those that are"},
    {[](const Profile& profile) {
       const soap::AlgorithmSuite* const suite = soap::find_suite(profile.suite);
       return suite != nullptr && suite->is_read_only();
     },
     "the TripleDes suites are only read; suite=Basic256 is written too"},
};

constexpr const char* kRsaIsOff =
    "the Rsa15 suites are off, for attackers have read what such keys protect; suite=Basic256 is "
    "on, "
    "and --rsa-1.5 takes the old ones all the same";

bool needs_rsa_1_5(const Profile& profile) {
  const soap::AlgorithmSuite* const suite = soap::find_suite(profile.suite);
  return suite != nullptr && suite->key_transport == soap::KeyTransport::rsa_1_5;
}

}  // namespace

std::vector<std::string> unspoken(const Profile& profile, const soap::CodecSettings& codec) {
  std::vector<std::string> lines;
  for (const Row& row : kRows) {
    if (row.applies(profile)) {
      lines.emplace_back(row.line);
    }
  }
  if (needs_rsa_1_5(profile) && !codec.allow_rsa_1_5) {
    lines.emplace_back(kRsaIsOff);  // M59
  }
  return lines;
}

}  // namespace parley::host
