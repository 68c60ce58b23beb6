#include "contexts/live_key.h"

#include <utility>

namespace parley::contexts {

Result<LiveKey> LiveKey::make(ContextName name, TrustFamily family, crypto::SecretBytes secret,
                              WallTime expires, Bytes token_xml) {
  if (secret.empty()) {
    return Error(ErrorCode::invalid_argument, "key of a context");
  }
  return LiveKey(std::move(name), family, std::move(secret), expires, std::move(token_xml));
}

LiveKey::LiveKey(ContextName name, TrustFamily family, crypto::SecretBytes secret, WallTime expires,
                 Bytes token_xml)
    : name_(std::move(name)),
      family_(family),
      secret_(std::move(secret)),
      source_(secret_.view()),
      expires_(expires),
      token_xml_(std::move(token_xml)) {}

}  // namespace parley::contexts
