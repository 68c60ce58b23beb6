#pragma once

#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "crypto/certificate.h"

namespace parley::soap {

/// The certificates of a wsse:BinarySecurityToken, that of the key first, then what may lead from it to
/// an anchor (message-security.md, section 5). Nothing is trusted yet.
/// Errors: token_unsupported for another ValueType; token_invalid for what is not base64 of exactly
/// what the type says (M26, M27), or is more than certificate_chain_max.
Result<std::vector<crypto::Certificate>> read_binary_token(const xml::Element& element,
                                                           const Limits& limits);

}  // namespace parley::soap
