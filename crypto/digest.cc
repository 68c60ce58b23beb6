// OpenSSL's low-level digests are deprecated, and the only ones whose midstate is a plain value: an
// EVP context costs an allocation and a reference-counted copy for each HMAC, several times the
// hash of a short message itself. They are used in this file alone.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/digest.h"

#include <new>

#include <openssl/sha.h>

#include "crypto/secret.h"

namespace parley::crypto {
namespace {

template <class Context>
Context* as(std::array<Byte, 216>& state) {
  static_assert(sizeof(Context) <= sizeof state);
  return std::launder(reinterpret_cast<Context*>(state.data()));
}

std::size_t context_size(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1:
      return sizeof(SHA_CTX);
    case DigestAlgorithm::sha224:
    case DigestAlgorithm::sha256:
      return sizeof(SHA256_CTX);
    case DigestAlgorithm::sha384:
    case DigestAlgorithm::sha512:
      break;
  }
  return sizeof(SHA512_CTX);
}

}  // namespace

std::size_t digest_size(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::sha1:
      return 20;
    case DigestAlgorithm::sha224:
      return 28;
    case DigestAlgorithm::sha256:
      return 32;
    case DigestAlgorithm::sha384:
      return 48;
    case DigestAlgorithm::sha512:
      return 64;
  }
  return 0;
}

Digest::Digest(DigestAlgorithm algorithm) : algorithm_(algorithm) {
  reset();
}

Digest::~Digest() {
  wipe(MutableByteView(state_).first(context_size(algorithm_)));
}

void Digest::reset() {
  switch (algorithm_) {
    case DigestAlgorithm::sha1:
      SHA1_Init(new (state_.data()) SHA_CTX);
      return;
    case DigestAlgorithm::sha224:
      SHA224_Init(new (state_.data()) SHA256_CTX);
      return;
    case DigestAlgorithm::sha256:
      SHA256_Init(new (state_.data()) SHA256_CTX);
      return;
    case DigestAlgorithm::sha384:
      SHA384_Init(new (state_.data()) SHA512_CTX);
      return;
    case DigestAlgorithm::sha512:
      SHA512_Init(new (state_.data()) SHA512_CTX);
      return;
  }
}

void Digest::update(ByteView bytes) {
  switch (algorithm_) {
    case DigestAlgorithm::sha1:
      SHA1_Update(as<SHA_CTX>(state_), bytes.data(), bytes.size());
      return;
    case DigestAlgorithm::sha224:
    case DigestAlgorithm::sha256:
      SHA256_Update(as<SHA256_CTX>(state_), bytes.data(), bytes.size());
      return;
    case DigestAlgorithm::sha384:
    case DigestAlgorithm::sha512:
      SHA512_Update(as<SHA512_CTX>(state_), bytes.data(), bytes.size());
      return;
  }
}

DigestValue Digest::finish() {
  DigestValue value;
  value.size = digest_size(algorithm_);
  switch (algorithm_) {
    case DigestAlgorithm::sha1:
      SHA1_Final(value.bytes.data(), as<SHA_CTX>(state_));
      break;
    case DigestAlgorithm::sha224:
      SHA224_Final(value.bytes.data(), as<SHA256_CTX>(state_));
      break;
    case DigestAlgorithm::sha256:
      SHA256_Final(value.bytes.data(), as<SHA256_CTX>(state_));
      break;
    case DigestAlgorithm::sha384:
      SHA384_Final(value.bytes.data(), as<SHA512_CTX>(state_));
      break;
    case DigestAlgorithm::sha512:
      SHA512_Final(value.bytes.data(), as<SHA512_CTX>(state_));
      break;
  }
  return value;
}

DigestValue digest(DigestAlgorithm algorithm, ByteView bytes) {
  Digest running(algorithm);
  running.update(bytes);
  return running.finish();
}

}  // namespace parley::crypto
