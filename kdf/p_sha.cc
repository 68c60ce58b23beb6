#include "kdf/p_sha.h"

#include <algorithm>

namespace parley::kdf {

PShaSource::PShaSource(ByteView secret, Hash hash)
    : key_(hash == Hash::sha1 ? crypto::DigestAlgorithm::sha1 : crypto::DigestAlgorithm::sha256,
           secret) {}

void PShaSource::expand(ByteView label,
                        ByteView nonce,
                        std::size_t offset,
                        MutableByteView out) const {
  const std::size_t block_size = crypto::digest_size(key_.algorithm());
  const std::size_t end = offset + out.size();
  crypto::Digest running = key_.begin();  // one for all blocks, which is wiped once
  running.update(label);
  running.update(nonce);
  crypto::DigestValue a = key_.finish(running);
  for (std::size_t start = 0; start < end; start += block_size) {
    if (start + block_size > offset) {
      running = key_.begin();
      running.update(a.view());
      running.update(label);
      running.update(nonce);
      crypto::DigestValue block = key_.finish(running);
      const std::size_t from = std::max(start, offset);
      const std::size_t to = std::min(start + block_size, end);
      std::copy_n(block.bytes.begin() + static_cast<std::ptrdiff_t>(from - start), to - from,
                  out.begin() + static_cast<std::ptrdiff_t>(from - offset));
      crypto::wipe(block.bytes);
    }
    if (start + block_size < end) {
      running = key_.begin();
      running.update(a.view());
      a = key_.finish(running);
    }
  }
  crypto::wipe(a.bytes);
}

}  // namespace parley::kdf
