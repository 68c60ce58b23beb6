#include "contexts/key_agreement.h"

#include <utility>

#include "kdf/computed_key.h"

namespace parley::contexts {
namespace {

Error refused(const char* place) { return Error(ErrorCode::token_invalid, place); }

Error outside(const char* place) { return Error(ErrorCode::limit_exceeded, place); }

// A key that came as it is. Where the answer names a size, it must be this one (T18).
Result<crypto::SecretBytes> whole(const crypto::SecretBytes& key, std::uint32_t named_bits) {
  if (named_bits != 0 && named_bits != key.size() * 8) {
    return refused("token response: KeySize");
  }
  return key.clone();
}

Result<crypto::SecretBytes> from_table(const crypto::SecretBytes* own_entropy,
                                       std::uint32_t requested_bits, const TokenResponse& response,
                                       const ContextSettings& settings, const Limits& limits) {
  if (response.computed_key) {
    if (!response.entropy || response.proof_secret || own_entropy == nullptr) {
      return refused("token response: ComputedKey");
    }
    if (!is_entropy_size_allowed(response.entropy->size(), limits)) {
      return outside("token response: Entropy");
    }
    if (response.entropy->equals(*own_entropy)) {
      return refused("token response: reflected Entropy");  // T17
    }
    std::uint64_t bits = settings.context_key_bits;  // SC21, the last resort
    if (response.key_bits != 0) {
      bits = response.key_bits;
    } else if (requested_bits != 0) {
      bits = requested_bits;
    }
    if (!is_key_size_allowed(bits, limits)) {
      return outside("token response: KeySize");
    }
    return kdf::computed_key(*own_entropy, *response.entropy, static_cast<std::size_t>(bits / 8));
  }
  if (response.entropy) {
    return refused("token response: Entropy without ComputedKey");
  }
  if (response.proof_secret) {
    return whole(*response.proof_secret, response.key_bits);
  }
  if (own_entropy != nullptr) {
    return whole(*own_entropy, response.key_bits);
  }
  return refused("token response: no key");
}

}  // namespace

bool is_key_size_allowed(std::uint64_t bits, const Limits& limits) {
  return bits % 8 == 0 && bits >= limits.context_key_bits_min &&
         bits <= limits.context_key_bits_max;
}

bool is_entropy_size_allowed(std::size_t bytes, const Limits& limits) {
  return bytes >= limits.entropy_bytes_min && bytes <= limits.entropy_bytes_max;
}

Result<crypto::SecretBytes> agree_key(const crypto::SecretBytes* own_entropy,
                                      std::uint32_t requested_bits, const TokenResponse& response,
                                      const ContextSettings& settings, const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(
      crypto::SecretBytes key,
      from_table(own_entropy, requested_bits, response, settings, limits));
  const std::uint64_t bits = std::uint64_t{key.size()} * 8;
  if (!is_key_size_allowed(bits, limits)) {
    return outside("token response: KeySize");
  }
  if (bits < requested_bits && settings.context_smaller_key_accepted == 0) {
    return refused("token response: smaller key than requested");  // T18
  }
  return key;
}

}  // namespace parley::contexts
