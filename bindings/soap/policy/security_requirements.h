#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/protected_parts.h"
#include "bindings/soap/policy/token_requirement.h"

namespace parley::policy {

enum class BindingKind : std::uint8_t { none, transport, symmetric, asymmetric };

/// What a token of a binding is for.
enum class TokenUse : std::uint8_t {
  transport,
  protection,  ///< signs and encrypts in both directions
  signature,
  encryption,
  initiator,
  initiator_signature,
  initiator_encryption,
  recipient,
  recipient_signature,
  recipient_encryption,
};

struct BindingToken {
  TokenUse use = TokenUse::protection;
  TokenRequirement token;
};

/// The order of what is in the Security header.
enum class Layout : std::uint8_t { lax, lax_timestamp_first, lax_timestamp_last, strict };

/// Tokens besides those of the binding.
struct SupportingTokens {
  QualifiedName assertion;
  bool is_signed = false;
  bool is_endorsing = false;
  bool is_encrypted = false;
  std::vector<TokenRequirement> tokens;
  std::string suite;     ///< their own; empty = that of the message
  ProtectedParts parts;  ///< what they sign or encrypt, besides what the message does
};

/// Options of WS-Security: what the other side is able to read, and what it wants besides.
struct WssOptions {
  bool is_1_1 = false;
  bool key_identifier = false;
  bool issuer_serial = false;
  bool external_uri = false;
  bool embedded_token = false;
  bool thumbprint = false;
  bool encrypted_key = false;
  bool signature_confirmation = false;  ///< required
};

/// Options of WS-Trust.
struct TrustOptions {
  contexts::TrustFamily family = contexts::TrustFamily::oasis_200512;
  bool client_challenge = false;
  bool server_challenge = false;
  bool client_entropy = false;  ///< required
  bool server_entropy = false;  ///< required
  bool issued_tokens = false;
  bool response_collection = false;  ///< required
  bool applies_to = false;           ///< required
  bool scope_policy_1_5 = false;
  bool interactive_challenge = false;
};

/// What one policy asks of messages in matters of security: of those under a context, or of those
/// that establish it.
struct SecurityRequirements {
  BindingKind binding = BindingKind::none;
  QualifiedName binding_assertion;
  std::vector<BindingToken> tokens;

  std::string suite;  ///< empty = not said
  bool inclusive_c14n = false;
  bool soap_normalization = false;
  bool str_transform = false;
  bool xpath_1_0 = false;
  bool xpath_filter_2_0 = false;
  bool absolute_xpath = false;

  Layout layout = Layout::lax;
  bool include_timestamp = false;
  bool encrypt_before_signing = false;
  bool encrypt_signature = false;
  bool protect_tokens = false;
  bool only_sign_entire_headers_and_body = false;

  std::vector<SupportingTokens> supporting;
  std::optional<WssOptions> wss;
  std::optional<TrustOptions> trust;
  ProtectedParts parts;

  /// The first token of that use; null when there is none.
  const TokenRequirement* token(TokenUse use) const;

  /// The token that asks for a context to be established, wherever it stands; null when there is
  /// none.
  const TokenRequirement* secure_conversation() const;
};

}  // namespace parley::policy
