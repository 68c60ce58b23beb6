#pragma once

#include <initializer_list>

#include "base/bytes.h"
#include "crypto/digest.h"

namespace parley::soap {

/// One name of 32 octets for several values, none of which holds a NUL but for the last: SHA-256.
inline Bytes name_digest(std::initializer_list<ByteView> values) {
  crypto::Digest running(crypto::DigestAlgorithm::sha256);
  for (const ByteView& value : values) {
    running.update(&value == values.begin() ? Bytes{} : Bytes{0});
    running.update(value);
  }
  const crypto::DigestValue digest = running.finish();
  return {digest.view().begin(), digest.view().end()};
}

}  // namespace parley::soap
