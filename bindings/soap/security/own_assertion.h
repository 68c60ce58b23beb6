#pragma once

#include <string>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "engine/message.h"

namespace parley::soap {

/// A SAML assertion that goes along with messages, as its issuer wrote it.
struct OwnAssertion {
  Bytes octets;
  Bytes canonical;  ///< as the STR-Transform digests it (M44)
  engine::TokenKind kind = engine::TokenKind::saml_2_0;
  std::string id;
};

/// Reads a document whose root is an assertion. Errors: token_invalid for anything else; those of the
/// gate.
Result<OwnAssertion> read_own_assertion(Bytes xml, const Limits& limits);

}  // namespace parley::soap
