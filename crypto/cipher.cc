#include "crypto/cipher.h"

#include <algorithm>
#include <array>

#include <openssl/evp.h>

#include "base/check.h"
#include "crypto/digest.h"

namespace parley::crypto {
namespace {

constexpr std::size_t kGcmIvSize = 12;
constexpr std::size_t kGcmTagSize = 16;

struct Properties {
  const char* name;
  std::size_t key_size;
  std::size_t block_size;
  bool gcm;
};

Properties properties(CipherAlgorithm algorithm) {
  switch (algorithm) {
    case CipherAlgorithm::aes128_cbc:
      return {"AES-128-CBC", 16, 16, false};
    case CipherAlgorithm::aes192_cbc:
      return {"AES-192-CBC", 24, 16, false};
    case CipherAlgorithm::aes256_cbc:
      return {"AES-256-CBC", 32, 16, false};
    case CipherAlgorithm::aes128_gcm:
      return {"AES-128-GCM", 16, 16, true};
    case CipherAlgorithm::aes192_gcm:
      return {"AES-192-GCM", 24, 16, true};
    case CipherAlgorithm::aes256_gcm:
      return {"AES-256-GCM", 32, 16, true};
    case CipherAlgorithm::tripledes_cbc:
      return {"DES-EDE3-CBC", 24, 8, false};
  }
  return {};
}

constexpr std::size_t kAlgorithms = 7;

Error failed() {
  return Error(ErrorCode::security_failed, "decrypt");
}

}  // namespace

std::size_t key_size(CipherAlgorithm algorithm) {
  return properties(algorithm).key_size;
}

std::size_t sealed_size(CipherAlgorithm algorithm, std::size_t plain_size) {
  const Properties p = properties(algorithm);
  return p.gcm ? kGcmIvSize + plain_size + kGcmTagSize
               : p.block_size + (plain_size / p.block_size + 1) * p.block_size;
}

struct Cipher::State {
  /// The flag outlives every initialization of the context, which applies it.
  State() : context(EVP_CIPHER_CTX_new()) {
    PARLEY_CHECK(context != nullptr);
    EVP_CIPHER_CTX_set_flags(context, EVP_CIPH_NO_PADDING);
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ~State() {
    for (EVP_CIPHER* one : fetched) {
      EVP_CIPHER_free(one);
    }
    EVP_CIPHER_CTX_free(context);
  }

  const EVP_CIPHER* get(CipherAlgorithm algorithm) {
    EVP_CIPHER*& slot = fetched[static_cast<std::size_t>(algorithm)];
    if (slot == nullptr) {
      slot = EVP_CIPHER_fetch(nullptr, properties(algorithm).name, nullptr);
      PARLEY_CHECK(slot != nullptr);
    }
    return slot;
  }

  EVP_CIPHER_CTX* context;
  std::array<EVP_CIPHER*, kAlgorithms> fetched{};
};

Cipher::Cipher() : state_(std::make_unique<State>()) {}

Cipher::Cipher(Cipher&&) noexcept = default;
Cipher& Cipher::operator=(Cipher&&) noexcept = default;
Cipher::~Cipher() = default;

Result<void> Cipher::encrypt(
    CipherAlgorithm algorithm, ByteView key, ByteView plain, Entropy& entropy, Bytes& out) {
  const Properties p = properties(algorithm);
  if (key.size() != p.key_size || plain.size() > INT32_MAX / 2) {
    return Error(ErrorCode::invalid_argument, "encrypt");
  }
  const std::size_t start = out.size();
  out.resize(start + sealed_size(algorithm, plain.size()));
  Byte* const iv = out.data() + start;
  const std::size_t iv_size = p.gcm ? kGcmIvSize : p.block_size;
  entropy.fill_public(MutableByteView(iv, iv_size));
  Byte* next = iv + iv_size;
  EVP_CIPHER_CTX* const c = state_->context;
  int size = 0;
  bool ok = EVP_EncryptInit_ex2(c, state_->get(algorithm), key.data(), iv, nullptr) == 1;
  if (p.gcm) {
    ok = ok && EVP_EncryptUpdate(c, next, &size, plain.data(), static_cast<int>(plain.size())) == 1;
    next += size;
    ok = ok && EVP_EncryptFinal_ex(c, next, &size) == 1 &&
         EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_GET_TAG, kGcmTagSize, next) == 1;
  } else {
    // The last block is made by hand: its filler is random, and only its last octet counts (M56).
    const std::size_t whole = plain.size() / p.block_size * p.block_size;
    std::array<Byte, 16> last{};
    const MutableByteView tail(last.data(), p.block_size);
    entropy.fill_public(tail);
    std::copy(plain.begin() + static_cast<std::ptrdiff_t>(whole), plain.end(), tail.begin());
    tail[p.block_size - 1] = static_cast<Byte>(p.block_size - (plain.size() - whole));
    ok = ok && EVP_EncryptUpdate(c, next, &size, plain.data(), static_cast<int>(whole)) == 1;
    next += size;
    ok = ok && EVP_EncryptUpdate(c, next, &size, last.data(), static_cast<int>(p.block_size)) == 1;
    wipe(last);
  }
  if (!ok) {
    out.resize(start);
    return Error(ErrorCode::internal_failure, "encrypt");
  }
  return {};
}

Result<void> Cipher::decrypt(CipherAlgorithm algorithm, ByteView key, ByteView sealed, Bytes& out) {
  const Properties p = properties(algorithm);
  const std::size_t iv_size = p.gcm ? kGcmIvSize : p.block_size;
  const std::size_t least = p.gcm ? kGcmIvSize + kGcmTagSize : 2 * p.block_size;
  if (key.size() != p.key_size || sealed.size() < least || sealed.size() > INT32_MAX / 2 ||
      (!p.gcm && sealed.size() % p.block_size != 0)) {
    return failed();
  }
  const ByteView body =
      sealed.subspan(iv_size, sealed.size() - iv_size - (p.gcm ? kGcmTagSize : 0));
  const std::size_t start = out.size();
  out.resize(start + body.size());
  Byte* const plain = out.data() + start;
  EVP_CIPHER_CTX* const c = state_->context;
  int size = 0;
  bool ok = EVP_DecryptInit_ex2(c, state_->get(algorithm), key.data(), sealed.data(), nullptr) == 1;
  ok = ok && EVP_DecryptUpdate(c, plain, &size, body.data(), static_cast<int>(body.size())) == 1;
  std::size_t plain_size = body.size();
  if (p.gcm) {
    std::array<Byte, kGcmTagSize> tag{};
    std::copy_n(sealed.end() - kGcmTagSize, kGcmTagSize, tag.begin());
    std::array<Byte, 16> none{};
    ok = ok && EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_AEAD_SET_TAG, kGcmTagSize, tag.data()) == 1 &&
         EVP_DecryptFinal_ex(c, none.data(), &size) == 1;
  } else if (ok) {
    const std::size_t count = plain[body.size() - 1];
    ok = count >= 1 && count <= p.block_size;
    plain_size -= ok ? count : 0;
  }
  if (!ok) {
    wipe(MutableByteView(plain, body.size()));
    out.resize(start);
    return failed();
  }
  out.resize(start + plain_size);
  return {};
}

std::size_t key_size(KeyWrapAlgorithm algorithm) {
  switch (algorithm) {
    case KeyWrapAlgorithm::aes128:
      return 16;
    case KeyWrapAlgorithm::aes192:
    case KeyWrapAlgorithm::tripledes:
      return 24;
    case KeyWrapAlgorithm::aes256:
      return 32;
  }
  return 0;
}

namespace {

constexpr std::size_t kWrappedSizeMax = 1024;
constexpr std::array<Byte, 8> kTripleDesIv{0x4a, 0xdd, 0xa2, 0x2c, 0x79, 0xe8, 0x21, 0x05};

const char* wrap_name(KeyWrapAlgorithm algorithm) {
  switch (algorithm) {
    case KeyWrapAlgorithm::aes128:
      return "AES-128-WRAP";
    case KeyWrapAlgorithm::aes192:
      return "AES-192-WRAP";
    case KeyWrapAlgorithm::aes256:
      return "AES-256-WRAP";
    case KeyWrapAlgorithm::tripledes:
      return "DES-EDE3-CBC";
  }
  return "";
}

// One unpadded pass of a cipher, for short keys that are wrapped once in a while.
bool run_once(const char* name,
              ByteView key,
              const Byte* iv,
              ByteView in,
              bool encrypt,
              MutableByteView out,
              std::size_t& written) {
  EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, name, nullptr);
  EVP_CIPHER_CTX* const c = EVP_CIPHER_CTX_new();
  EVP_CIPHER_CTX_set_flags(c, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  int size = 0;
  int rest = 0;
  const bool ok =
      algorithm != nullptr && c != nullptr &&
      EVP_CipherInit_ex2(c, algorithm, key.data(), iv, encrypt ? 1 : 0, nullptr) == 1 &&
      EVP_CIPHER_CTX_set_padding(c, 0) == 1 &&
      EVP_CipherUpdate(c, out.data(), &size, in.data(), static_cast<int>(in.size())) == 1 &&
      EVP_CipherFinal_ex(c, out.data() + size, &rest) == 1;
  EVP_CIPHER_CTX_free(c);
  EVP_CIPHER_free(algorithm);
  written = ok ? static_cast<std::size_t>(size + rest) : 0;
  return ok;
}

}  // namespace

Result<Bytes> wrap_key(KeyWrapAlgorithm algorithm,
                       ByteView wrapping_key,
                       const SecretBytes& key,
                       Entropy& entropy) {
  if (wrapping_key.size() != key_size(algorithm) || key.size() % 8 != 0 || key.size() < 16 ||
      key.size() > 64) {
    return Error(ErrorCode::invalid_argument, "wrap_key");
  }
  std::size_t written = 0;
  if (algorithm != KeyWrapAlgorithm::tripledes) {
    Bytes wrapped(key.size() + 16);
    if (!run_once(wrap_name(algorithm), wrapping_key, nullptr, key.view(), true, wrapped,
                  written)) {
      return Error(ErrorCode::internal_failure, "wrap_key");
    }
    wrapped.resize(written);
    return wrapped;
  }
  // RFC 3217: key and checksum encrypted under a random IV, then IV and result, reversed, under a
  // fixed one.
  SecretBytes first(key.size() + 8);
  std::copy(key.view().begin(), key.view().end(), first.writable().begin());
  const DigestValue sum = digest(DigestAlgorithm::sha1, key.view());
  std::copy_n(sum.bytes.begin(), 8,
              first.writable().begin() + static_cast<std::ptrdiff_t>(key.size()));
  Bytes second(8 + first.size());
  entropy.fill_public(MutableByteView(second.data(), 8));
  const MutableByteView inner(second.data() + 8, first.size());
  if (!run_once(wrap_name(algorithm), wrapping_key, second.data(), first.view(), true, inner,
                written)) {
    return Error(ErrorCode::internal_failure, "wrap_key");
  }
  std::reverse(second.begin(), second.end());
  Bytes wrapped(second.size());
  if (!run_once(wrap_name(algorithm), wrapping_key, kTripleDesIv.data(), second, true, wrapped,
                written)) {
    return Error(ErrorCode::internal_failure, "wrap_key");
  }
  return wrapped;
}

Result<SecretBytes> unwrap_key(KeyWrapAlgorithm algorithm,
                               ByteView wrapping_key,
                               ByteView wrapped) {
  const Error wrong(ErrorCode::security_failed, "unwrap_key");
  if (wrapping_key.size() != key_size(algorithm) || wrapped.size() % 8 != 0 ||
      wrapped.size() < 24 || wrapped.size() > kWrappedSizeMax) {
    return wrong;
  }
  std::size_t written = 0;
  SecretBytes out(wrapped.size() + 16);
  if (algorithm != KeyWrapAlgorithm::tripledes) {
    if (!run_once(wrap_name(algorithm), wrapping_key, nullptr, wrapped, false, out.writable(),
                  written)) {
      return wrong;
    }
    out.shrink(written);
    return out;
  }
  if (!run_once(wrap_name(algorithm), wrapping_key, kTripleDesIv.data(), wrapped, false,
                out.writable(), written) ||
      written < 24) {
    return wrong;
  }
  out.shrink(written);
  std::reverse(out.writable().begin(), out.writable().end());
  SecretBytes key(written);
  if (!run_once(wrap_name(algorithm), wrapping_key, out.view().data(), out.view().subspan(8), false,
                key.writable(), written)) {
    return wrong;
  }
  const ByteView sum = key.view().subspan(written - 8, 8);
  const DigestValue expected = digest(DigestAlgorithm::sha1, key.view().first(written - 8));
  if (!equal_in_constant_time(sum, expected.view().first(8))) {
    return wrong;
  }
  key.shrink(written - 8);
  return key;
}

}  // namespace parley::crypto
