#pragma once

#include "base/bytes.h"
#include "crypto/cipher.h"
#include "crypto/secret.h"

namespace parley::soap {

/// What signing and opening reuse from message to message: cipher contexts and buffers, so that
/// nothing is fetched or allocated again. One per thread; holds nothing of a message between calls.
struct Workspace {
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  ~Workspace() { crypto::wipe(fragment); }

  crypto::Cipher cipher;
  Bytes sealed;    ///< octets before base64
  Bytes fragment;  ///< an element that is encrypted or digested before it is written
};

}  // namespace parley::soap
