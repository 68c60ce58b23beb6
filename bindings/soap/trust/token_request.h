#pragma once

#include "base/result.h"
#include "bindings/soap/trust/trust_reading.h"
#include "contexts/trust_messages.h"

// wst:RequestSecurityToken for a security context token (secure-conversation.md, 3 to 6).

namespace parley::soap {

/// Reads the element, whose children may come in any order; unknown ones are passed over (T3), those
/// we know occur once (T5). Errors: trust_invalid_request for a malformed request, a RequestType that
/// is missing (SC17) or not that of the action (T2), a missing target; trust_bad_request for what
/// cannot be served: a key type, computed key or request type that we do not know;
/// trust_request_failed for another token type; token_unsupported for entropy in another form than
/// a BinarySecret; context_unknown for a target that names no context (SC25).
Result<contexts::TokenRequest> read_token_request(const xml::Element& element,
                                                  const TrustReading& reading);

/// Appends the element in canonical form, in the order of the specification's examples (SC18). The
/// entropy makes `out` secret until it is encrypted.
void append_token_request(Bytes& out, const contexts::TokenRequest& request);

/// wsa:Action of a request, and of the answer to it.
std::string_view request_action(const contexts::TokenRequest& request);

}  // namespace parley::soap
