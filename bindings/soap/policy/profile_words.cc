#include "bindings/soap/policy/profile_words.h"

#include <utility>

namespace parley::policy {
namespace {

using engine::Bootstrap;
using engine::Profile;
using engine::Protection;

std::string envelope_words(const Profile& profile) {
  return std::string("SOAP ") + (profile.soap == engine::SoapVersion::soap_1_1 ? "1.1" : "1.2") +
         " with WS-Addressing " +
         (profile.addressing == engine::AddressingVersion::addressing_1_0 ? "1.0" : "2004/08") +
         (profile.reply == engine::ReplyMode::anonymous ? ", answers on the same connection"
                                                        : ", answers at an address of the caller");
}

std::string rm_words(const Profile& profile) {
  if (!profile.rm) {
    return "no reliable messaging";
  }
  const sequences::RmSettings& settings = profile.rm_settings;
  std::string words = "WS-ReliableMessaging ";
  words += rm_word(profile.rm);
  words += ", ";
  words += name_of(settings.assurance);
  words += settings.in_order ? " in order" : " in any order";
  words += profile.sequence_token_reference ? ", sequences name their context" : "";
  words += ", acknowledged within " + std::to_string(settings.peer_ack_interval_ms) + " ms";
  return words + ", ended after " + std::to_string(settings.inactivity_ms) + " ms of silence";
}

std::string bootstrap_words(const Profile& profile) {
  std::string words;
  switch (profile.bootstrap) {
    case Bootstrap::none:
      words = "nothing";
      break;
    case Bootstrap::x509:
      words = "certificates of both sides";
      break;
    case Bootstrap::username_cert:
      words = "a user name, and the certificate of the service";
      break;
    case Bootstrap::username_https:
      words = "a user name over TLS";
      break;
    case Bootstrap::x509_https:
      words = "a certificate in the message over TLS";
      break;
    case Bootstrap::issued:
      words = "a token service of its own";
      break;
  }
  switch (profile.binding) {
    case engine::BootstrapBinding::symmetric:
      return words + " (symmetric binding)";
    case engine::BootstrapBinding::asymmetric:
      return words + " (asymmetric binding)";
    case engine::BootstrapBinding::transport:
      return words + " (transport binding)";
  }
  return words;
}

std::string protection_words(const Profile& profile) {
  if (profile.protect == Protection::transport) {
    return "messages go over TLS, the context signs their Timestamps, suite " + profile.suite;
  }
  if (profile.protect == Protection::none) {
    return "messages are not protected";
  }
  std::string words = "messages are signed";
  if (profile.protect == Protection::sign_encrypt) {
    words = profile.order == engine::ProtectionOrder::sign_before_encrypt
                ? "messages are signed, then encrypted"
                : "messages are encrypted, then signed";
  }
  words += profile.encrypt_signature ? ", the signature encrypted too" : "";
  words += profile.derived_keys ? ", with derived keys" : ", with the key of the context itself";
  return words + ", suite " + profile.suite;
}

std::string token_words(std::string_view name, engine::SupportingUse use) {
  if (use == engine::SupportingUse::none) {
    return {};
  }
  std::string words = ", ";
  words += name;
  words += engine::is_signed(use) ? ", signed" : "";
  words += engine::is_encrypted(use) ? " and encrypted" : "";
  return words + (engine::is_endorsing(use) ? ", endorsing" : "");
}

/// Empty = there are none.
std::string tokens_words(const engine::SupportingUses& tokens) {
  const std::string all = token_words("a certificate", tokens.x509) +
                          token_words("a user's name", tokens.username) +
                          token_words("a SAML 1.1 assertion", tokens.saml_1_1) +
                          token_words("a SAML 2.0 assertion", tokens.saml_2_0);
  return all.empty() ? all : "besides go along" + all.substr(1);
}

std::string parts_words(const engine::EncryptedParts& parts) {
  std::string words;
  for (const auto& [what, which] :
       {std::pair("headers ", engine::to_text(parts.headers)),
        std::pair("elements ", engine::to_text(parts.elements)),
        std::pair("contents of elements ", engine::to_text(parts.contents))}) {
    words += which.empty() ? "" : (words.empty() ? what : ", " + std::string(what)) + which;
  }
  return "encrypted by themselves are " + words;
}

}  // namespace

std::string_view rm_word(const std::optional<sequences::RmVersion>& version) {
  if (!version) {
    return "none";
  }
  return *version == sequences::RmVersion::rm_1_1 ? "1.1" : "1.0";
}

std::string_view sc_word(const std::optional<contexts::TrustFamily>& family) {
  if (!family) {
    return "none";
  }
  return *family == contexts::TrustFamily::oasis_200512 ? "1.3" : "2005/02";
}

std::vector<std::string> describe(const Profile& profile) {
  std::vector<std::string> lines{envelope_words(profile), rm_words(profile)};
  if (!profile.sc) {
    lines.emplace_back("no security context");
    return lines;
  }
  lines.push_back(std::string("WS-SecureConversation ") + std::string(sc_word(profile.sc)) +
                  ", established by " + bootstrap_words(profile));
  lines.push_back(protection_words(profile));
  if (!profile.encrypted_parts.empty()) {
    lines.push_back(parts_words(profile.encrypted_parts));
  }
  if (std::string tokens = tokens_words(profile.supporting); !tokens.empty()) {
    lines.push_back(std::move(tokens));
  }
  return lines;
}

}  // namespace parley::policy
