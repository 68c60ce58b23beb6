#pragma once

#include <optional>
#include <string>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/document.h"
#include "contexts/trust_messages.h"
#include "crypto/secret.h"

// What token requests and their answers have in common (trust.md, sections 1 to 3).

namespace parley::soap {

/// What reading needs to know besides the element.
struct TrustReading {
  contexts::TrustFamily family = contexts::TrustFamily::oasis_200512;
  contexts::TrustOperation operation = contexts::TrustOperation::issue;  ///< by the message's action
  WallTime now;  ///< stands for a Created that is left out
  const Limits& limits;
};

/// The operation of a request or answer action on a security context token, and its family.
struct TrustAction {
  contexts::TrustFamily family;
  contexts::TrustOperation operation;
  bool is_request;
};

/// Nothing for any other action.
std::optional<TrustAction> find_trust_action(std::string_view action);

const uri::TrustOperationUris& operation_uris(contexts::TrustFamily family,
                                              contexts::TrustOperation operation);

/// wst:BinarySecret of any Type. Errors: malformed_envelope, malformed_encoding, limit_exceeded.
Result<crypto::SecretBytes> read_binary_secret(const xml::Element& element,
                                               const TrustReading& reading);

/// wst:Entropy with one BinarySecret (T14). Errors: as above; token_unsupported for another form.
Result<crypto::SecretBytes> read_entropy(const xml::Element& element, const TrustReading& reading);

/// wst:Lifetime; nothing without Expires (SC23). Errors: malformed_envelope, malformed_value.
Result<std::optional<contexts::Lifetime>> read_lifetime(const xml::Element& element,
                                                        const TrustReading& reading);

/// The URL in wsp:AppliesTo; empty where it names its scope by anything but an endpoint reference.
/// Errors: malformed_envelope, limit_exceeded.
Result<std::string> read_applies_to(const xml::Element& element, const TrustReading& reading);

/// Whether this is a leg of a negotiation: a challenge, its answer, or tokens of a handshake (T38).
bool is_negotiation(const xml::Element& element, contexts::TrustFamily family);

/// wst:KeySize in bits, above 0 (SC21). Errors: malformed_value.
Result<std::uint32_t> read_key_size(const xml::Element& element);

/// The name of a wsc:SecurityContextToken of the family. Errors: token_invalid for one of the other
/// family (N1) or for another element; context_unknown (SC5).
Result<contexts::ContextName> read_token_name(const xml::Element& element,
                                              contexts::TrustFamily family);

}  // namespace parley::soap
