#pragma once

#include "base/bytes.h"
#include "crypto/cipher.h"
#include "crypto/secret.h"

namespace parley::soap {

/// What signing and opening reuse from message to message: cipher contexts and buffers, so that
/// nothing is fetched or allocated again. One per thread.
struct Workspace {
  Workspace() = default;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  ~Workspace() { clear(); }

  /// Wipes what a message left behind, and gives the room of a big one back.
  void clear() {
    fragment.resize(fragment.capacity());
    crypto::wipe(fragment);
    fragment.clear();
    for (Bytes* const buffer : {&sealed, &fragment}) {
      if (buffer->capacity() > kKeptMax) {
        Bytes().swap(*buffer);
      }
    }
  }

  static constexpr std::size_t kKeptMax = 262144;

  crypto::Cipher cipher;
  Bytes sealed;    ///< octets before or after base64
  Bytes fragment;  ///< an element that is encrypted or digested before it is written
};

/// Clears a workspace at the end of a scope.
class ClearedAtEnd {
 public:
  explicit ClearedAtEnd(Workspace& workspace) : workspace_(workspace) {}

  ClearedAtEnd(const ClearedAtEnd&) = delete;
  ClearedAtEnd& operator=(const ClearedAtEnd&) = delete;

  ~ClearedAtEnd() { workspace_.clear(); }

 private:
  Workspace& workspace_;
};

}  // namespace parley::soap
