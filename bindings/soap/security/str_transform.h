#pragma once

#include <vector>

#include "base/result.h"
#include "bindings/soap/security/key_resolver.h"
#include "bindings/soap/security/signature.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

/// Checks a Reference with an STR-Transform: its digest is over the token that the
/// SecurityTokenReference `target` means, in the forms that senders are known to write (M43 to
/// M46). Gives the token; null when it is not in the message but was made from a certificate that
/// we know. Errors: security_failed when no form has the digest; those of reading the reference.
Result<xml::Element> verify_token_digest(const ReferenceClaim& claim,
                                         const xml::Element& target,
                                         const KeyResolver& keys,
                                         const Limits& limits,
                                         Bytes& scratch);

}  // namespace parley::soap
