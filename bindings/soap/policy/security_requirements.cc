#include "bindings/soap/policy/security_requirements.h"

#include <algorithm>

namespace parley::policy {

const TokenRequirement* SecurityRequirements::token(TokenUse use) const {
  const auto found = std::find_if(tokens.begin(), tokens.end(),
                                  [&](const BindingToken& token) { return token.use == use; });
  return found == tokens.end() ? nullptr : &found->token;
}

const TokenRequirement* SecurityRequirements::secure_conversation() const {
  for (const BindingToken& token : tokens) {
    if (token.token.kind == TokenKind::secure_conversation) {
      return &token.token;
    }
  }
  for (const SupportingTokens& group : supporting) {
    for (const TokenRequirement& token : group.tokens) {
      if (token.kind == TokenKind::secure_conversation) {
        return &token;
      }
    }
  }
  return nullptr;
}

}  // namespace parley::policy
