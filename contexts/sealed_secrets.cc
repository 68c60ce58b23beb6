#include "contexts/sealed_secrets.h"

#include <initializer_list>

#include "base/bytes.h"

namespace parley::contexts {
namespace {

// Each part with its length before it, so that no two lists of parts look the same.
Bytes associated(std::initializer_list<std::string_view> parts) {
  Bytes out;
  for (const std::string_view part : parts) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.push_back(static_cast<Byte>(part.size() >> shift & 0xff));
    }
    const ByteView octets = as_bytes(part);
    out.insert(out.end(), octets.begin(), octets.end());
  }
  return out;
}

Bytes of_key(std::string_view identifier, const ContextName& name) {
  return associated({"context key", identifier, name.identifier, name.instance});
}

Bytes of_entropy(std::string_view identifier, std::string_view exchange, ContextRole role) {
  return associated({role == ContextRole::initiator ? "requestor entropy" : "issuer entropy",
                     identifier, exchange});
}

}  // namespace

crypto::SealedSecret seal_instance_secret(std::string_view identifier, const ContextName& name,
                                          const crypto::SecretBytes& secret,
                                          const crypto::SealingKey& sealing,
                                          crypto::Entropy& entropy) {
  return sealing.seal_secret(secret, of_key(identifier, name), entropy);
}

Result<crypto::SecretBytes> open_instance_secret(std::string_view identifier,
                                                 const InstanceState& instance,
                                                 const crypto::SealingKey& sealing) {
  return sealing.open_secret(instance.secret, of_key(identifier, instance.name));
}

crypto::SealedSecret seal_entropy(std::string_view identifier, std::string_view exchange,
                                  ContextRole role, const crypto::SecretBytes& secret,
                                  const crypto::SealingKey& sealing, crypto::Entropy& entropy) {
  return sealing.seal_secret(secret, of_entropy(identifier, exchange, role), entropy);
}

Result<crypto::SecretBytes> open_entropy(std::string_view identifier, std::string_view exchange,
                                         ContextRole role, const crypto::SealedSecret& sealed,
                                         const crypto::SealingKey& sealing) {
  return sealing.open_secret(sealed, of_entropy(identifier, exchange, role));
}

}  // namespace parley::contexts
