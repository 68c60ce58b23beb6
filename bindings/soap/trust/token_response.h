#pragma once

#include "base/result.h"
#include "bindings/soap/trust/trust_reading.h"
#include "contexts/trust_messages.h"

// The answer to a request for a security context token: RequestSecurityTokenResponse, which the
// 200512 family wraps in a collection of one (secure-conversation.md, 3 to 6).

namespace parley::soap {

/// Reads the child of the Body. Unknown children are passed over; those we know occur once (SC16).
/// Errors: malformed_envelope for what is not exactly one response in the family's frame (SC14), for
/// repeated or malformed elements; token_invalid; token_unsupported for a proof token in another
/// form than ComputedKey with P_SHA1 or a BinarySecret (T17); trust_invalid_request for a leg of a
/// negotiation (T38).
Result<contexts::TokenResponse> read_token_response(const xml::Element& element,
                                                    const TrustReading& reading);

/// Appends the element in canonical form, with both references to the token (T8, T10). The entropy
/// makes `out` secret until it is encrypted.
void append_token_response(Bytes& out, const contexts::TokenResponse& response);

/// wsa:Action of an answer (N4).
std::string_view response_action(const contexts::TokenResponse& response);

}  // namespace parley::soap
