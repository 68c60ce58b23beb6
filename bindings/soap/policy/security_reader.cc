#include "bindings/soap/policy/security_reader.h"

#include <array>

#include "bindings/soap/policy/known_assertions.h"
#include "bindings/soap/policy/parts_reader.h"
#include "bindings/soap/policy/token_reader.h"
#include "bindings/soap/security/algorithms.h"

namespace parley::policy {
namespace {

using Security = SecurityRequirements;

struct BindingRow {
  std::string_view name;
  BindingKind kind;
};

constexpr std::array kBindings{
    BindingRow{"TransportBinding", BindingKind::transport},
    BindingRow{"SymmetricBinding", BindingKind::symmetric},
    BindingRow{"AsymmetricBinding", BindingKind::asymmetric},
};

struct UseRow {
  std::string_view name;
  TokenUse use;
};

constexpr std::array kUses{
    UseRow{"TransportToken", TokenUse::transport},
    UseRow{"ProtectionToken", TokenUse::protection},
    UseRow{"SignatureToken", TokenUse::signature},
    UseRow{"EncryptionToken", TokenUse::encryption},
    UseRow{"InitiatorToken", TokenUse::initiator},
    UseRow{"InitiatorSignatureToken", TokenUse::initiator_signature},
    UseRow{"InitiatorEncryptionToken", TokenUse::initiator_encryption},
    UseRow{"RecipientToken", TokenUse::recipient},
    UseRow{"RecipientSignatureToken", TokenUse::recipient_signature},
    UseRow{"RecipientEncryptionToken", TokenUse::recipient_encryption},
};

constexpr std::array kBindingFlags{
    FlagRow<Security>{"IncludeTimestamp", &Security::include_timestamp},
    FlagRow<Security>{"EncryptBeforeSigning", &Security::encrypt_before_signing},
    FlagRow<Security>{"EncryptSignature", &Security::encrypt_signature},
    FlagRow<Security>{"ProtectTokens", &Security::protect_tokens},
    FlagRow<Security>{"OnlySignEntireHeadersAndBody", &Security::only_sign_entire_headers_and_body},
};

constexpr std::array kSuiteFlags{
    FlagRow<Security>{"InclusiveC14N", &Security::inclusive_c14n},
    FlagRow<Security>{"SOAPNormalization10", &Security::soap_normalization},
    FlagRow<Security>{"STRTransform10", &Security::str_transform},
    FlagRow<Security>{"XPath10", &Security::xpath_1_0},
    FlagRow<Security>{"XPathFilter20", &Security::xpath_filter_2_0},
    FlagRow<Security>{"AbsXPath", &Security::absolute_xpath},
};

struct LayoutRow {
  std::string_view name;
  Layout layout;
};

constexpr std::array kLayouts{
    LayoutRow{"Lax", Layout::lax},
    LayoutRow{"LaxTsFirst", Layout::lax_timestamp_first},
    LayoutRow{"LaxTsLast", Layout::lax_timestamp_last},
    LayoutRow{"Strict", Layout::strict},
};

struct SupportingRow {
  std::string_view name;
  bool is_signed;
  bool is_endorsing;
  bool is_encrypted;
};

constexpr std::array kSupporting{
    SupportingRow{"SupportingTokens", false, false, false},
    SupportingRow{"SignedSupportingTokens", true, false, false},
    SupportingRow{"EndorsingSupportingTokens", false, true, false},
    SupportingRow{"SignedEndorsingSupportingTokens", true, true, false},
    SupportingRow{"EncryptedSupportingTokens", false, false, true},
    SupportingRow{"SignedEncryptedSupportingTokens", true, false, true},
    SupportingRow{"EndorsingEncryptedSupportingTokens", false, true, true},
    SupportingRow{"SignedEndorsingEncryptedSupportingTokens", true, true, true},
};

constexpr std::array kWssFlags{
    FlagRow<WssOptions>{"MustSupportRefKeyIdentifier", &WssOptions::key_identifier},
    FlagRow<WssOptions>{"MustSupportRefIssuerSerial", &WssOptions::issuer_serial},
    FlagRow<WssOptions>{"MustSupportRefExternalURI", &WssOptions::external_uri},
    FlagRow<WssOptions>{"MustSupportRefEmbeddedToken", &WssOptions::embedded_token},
    FlagRow<WssOptions>{"MustSupportRefThumbprint", &WssOptions::thumbprint},
    FlagRow<WssOptions>{"MustSupportRefEncryptedKey", &WssOptions::encrypted_key},
    FlagRow<WssOptions>{"RequireSignatureConfirmation", &WssOptions::signature_confirmation},
};

constexpr std::array kTrustFlags{
    FlagRow<TrustOptions>{"MustSupportClientChallenge", &TrustOptions::client_challenge},
    FlagRow<TrustOptions>{"MustSupportServerChallenge", &TrustOptions::server_challenge},
    FlagRow<TrustOptions>{"RequireClientEntropy", &TrustOptions::client_entropy},
    FlagRow<TrustOptions>{"RequireServerEntropy", &TrustOptions::server_entropy},
    FlagRow<TrustOptions>{"MustSupportIssuedTokens", &TrustOptions::issued_tokens},
    FlagRow<TrustOptions>{"RequireRequestSecurityTokenCollection",
                          &TrustOptions::response_collection},
    FlagRow<TrustOptions>{"RequireAppliesTo", &TrustOptions::applies_to},
    // As the first schema of 1.2 misspells it.
    FlagRow<TrustOptions>{"RequireAppiesTo", &TrustOptions::applies_to},
    FlagRow<TrustOptions>{"ScopePolicy15", &TrustOptions::scope_policy_1_5},
    FlagRow<TrustOptions>{"MustSupportInteractiveChallenge", &TrustOptions::interactive_challenge},
};

/// Calls `read` with every nested assertion of security policy; others are not known.
template <class Read>
void for_each_nested(const Assertion& assertion, ReadingNotes& notes, Read read) {
  if (!assertion.nested) {
    notes.problem(assertion.name(), "has no policy in it");
    return;
  }
  for (const auto& nested : *assertion.nested) {
    const bool is_ours =
        is_security_policy(nested->name().ns) || nested->name().ns == uri::kCxfSuites;
    if (!is_ours || !read(*nested, nested->name().local_name)) {
      notes.unknown(*nested);
    }
  }
}

void read_suite(const Assertion& assertion, SecurityRequirements& out, ReadingNotes& notes) {
  for_each_nested(assertion, notes, [&](const Assertion& nested, const std::string& name) {
    if (set_flag<Security>(kSuiteFlags, name, out)) {
      return true;
    }
    if (soap::find_suite(name) == nullptr) {
      return false;
    }
    if (!out.suite.empty() && out.suite != name) {
      notes.problem(nested.name(), "is a second suite");
    }
    out.suite = name;
    return true;
  });
}

void read_layout(const Assertion& assertion, SecurityRequirements& out, ReadingNotes& notes) {
  for_each_nested(assertion, notes, [&](const Assertion&, const std::string& name) {
    const LayoutRow* row = find_row(kLayouts, name);
    out.layout = row == nullptr ? out.layout : row->layout;
    return row != nullptr;
  });
}

void read_binding_token(const Assertion& assertion,
                        TokenUse use,
                        SecurityRequirements& out,
                        ReadingNotes& notes) {
  for_each_nested(assertion, notes, [&](const Assertion& nested, const std::string&) {
    if (!is_token(nested)) {
      return false;
    }
    if (out.token(use) != nullptr) {
      notes.problem(nested.name(), "is a second token for one use");
    }
    out.tokens.push_back({use, read_token(nested, notes)});
    return true;
  });
}

void read_binding(const Assertion& assertion,
                  BindingKind kind,
                  SecurityRequirements& out,
                  ReadingNotes& notes) {
  if (out.binding != BindingKind::none) {
    notes.problem(assertion.name(), "is a second binding");
    return;
  }
  out.binding = kind;
  out.binding_assertion = assertion.name();
  for_each_nested(assertion, notes, [&](const Assertion& nested, const std::string& name) {
    if (const UseRow* row = find_row(kUses, name)) {
      read_binding_token(nested, row->use, out, notes);
    } else if (name == "AlgorithmSuite") {
      read_suite(nested, out, notes);
    } else if (name == "Layout") {
      read_layout(nested, out, notes);
    } else if (!set_flag<Security>(kBindingFlags, name, out)) {
      return name == "SignBeforeEncrypting";  // what holds anyway; one stack writes it
    }
    return true;
  });
}

void read_supporting(const Assertion& assertion,
                     const SupportingRow& row,
                     SecurityRequirements& out,
                     ReadingNotes& notes) {
  SupportingTokens supporting;
  supporting.assertion = assertion.name();
  supporting.is_signed = row.is_signed;
  supporting.is_endorsing = row.is_endorsing;
  supporting.is_encrypted = row.is_encrypted;
  for_each_nested(assertion, notes, [&](const Assertion& nested, const std::string& name) {
    if (is_token(nested)) {
      supporting.tokens.push_back(read_token(nested, notes));
      return true;
    }
    if (name == "AlgorithmSuite") {
      SecurityRequirements own;
      read_suite(nested, own, notes);
      supporting.suite = own.suite;
      return true;
    }
    return read_parts(nested, supporting.parts, notes);
  });
  out.supporting.push_back(std::move(supporting));
}

void read_wss(const Assertion& assertion,
              bool is_1_1,
              SecurityRequirements& out,
              ReadingNotes& notes) {
  WssOptions& options = out.wss ? *out.wss : out.wss.emplace();
  options.is_1_1 = options.is_1_1 || is_1_1;
  for_each_nested(assertion, notes, [&](const Assertion&, const std::string& name) {
    return set_flag<WssOptions>(kWssFlags, name, options);
  });
}

void read_trust(const Assertion& assertion,
                contexts::TrustFamily family,
                SecurityRequirements& out,
                ReadingNotes& notes) {
  TrustOptions& options = out.trust ? *out.trust : out.trust.emplace();
  options.family = family;
  for_each_nested(assertion, notes, [&](const Assertion&, const std::string& name) {
    return set_flag<TrustOptions>(kTrustFlags, name, options);
  });
}

}  // namespace

bool read_security(const Assertion& assertion, SecurityRequirements& out, ReadingNotes& notes) {
  if (!is_security_policy(assertion.name().ns)) {
    return false;
  }
  const std::string& name = assertion.name().local_name;
  if (const BindingRow* binding = find_row(kBindings, name)) {
    read_binding(assertion, binding->kind, out, notes);
  } else if (const SupportingRow* supporting = find_row(kSupporting, name)) {
    read_supporting(assertion, *supporting, out, notes);
  } else if (name == "Wss10" || name == "Wss11") {
    read_wss(assertion, name == "Wss11", out, notes);
  } else if (name == "Trust10" || name == "Trust13") {
    read_trust(
        assertion,
        name == "Trust10" ? contexts::TrustFamily::feb_2005 : contexts::TrustFamily::oasis_200512,
        out, notes);
  } else {
    return read_parts(assertion, out.parts, notes);
  }
  return true;
}

void read_bootstrap_policy(const Alternative& alternative,
                           SecurityRequirements& out,
                           ReadingNotes& notes) {
  for (const auto& assertion : alternative) {
    if (!read_security(*assertion, out, notes) && !is_harmless(assertion->name()) &&
        !is_addressing(assertion->name())) {
      notes.unknown(*assertion);
    }
  }
}

}  // namespace parley::policy
