#pragma once

#include <string_view>

#include "base/result.h"
#include "contexts/facts.h"
#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "crypto/secret.h"

// How the secrets of a context are sealed: each with its purpose and its names as associated data,
// so that no sealed value can stand in for another.

namespace parley::contexts {

/// The key of `name` in the context `identifier`.
crypto::SealedSecret seal_instance_secret(std::string_view identifier, const ContextName& name,
                                          const crypto::SecretBytes& secret,
                                          const crypto::SealingKey& sealing,
                                          crypto::Entropy& entropy);

/// Errors: store_corrupt when the seal does not match.
Result<crypto::SecretBytes> open_instance_secret(std::string_view identifier,
                                                 const InstanceState& instance,
                                                 const crypto::SealingKey& sealing);

/// Entropy of one side in an exchange that renews a key of `identifier`. `exchange` names the
/// exchange: the requestor's @Context, the issuer's new Instance.
crypto::SealedSecret seal_entropy(std::string_view identifier, std::string_view exchange,
                                  ContextRole role, const crypto::SecretBytes& secret,
                                  const crypto::SealingKey& sealing, crypto::Entropy& entropy);

/// Errors: store_corrupt when the seal does not match.
Result<crypto::SecretBytes> open_entropy(std::string_view identifier, std::string_view exchange,
                                         ContextRole role, const crypto::SealedSecret& sealed,
                                         const crypto::SealingKey& sealing);

}  // namespace parley::contexts
