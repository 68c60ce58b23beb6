#pragma once

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "kdf/derived_key.h"

namespace parley::soap {

/// wsc:DerivedKeyToken of either family (secure-conversation.md, section 7).
struct DerivedKeyToken {
  kdf::DerivedKeySpec spec;
  xml::Element reference;  ///< the SecurityTokenReference of its source; null = none
};

bool is_derived_key_token(const xml::Element& element);

/// Errors: token_invalid for Generation and Offset together (DK5), for repeated children, for numbers,
/// Labels and Nonces that are malformed or beyond their limits (DK10); algorithm_unsupported for any
/// derivation but P_SHA1 (DK2).
Result<DerivedKeyToken> read_derived_key_token(const xml::Element& element, const Limits& limits);

/// The spec of an implied derived key: wsc:Nonce and wsc:Length on a SecurityTokenReference (DK13).
/// Nothing = the reference means the token's own key. Errors: token_invalid for a Length without a
/// Nonce (DK14) or malformed values.
Result<std::optional<kdf::DerivedKeySpec>> read_implied_derived_key(const xml::Element& reference,
                                                                    const Limits& limits);

}  // namespace parley::soap
