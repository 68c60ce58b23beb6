// The low-level digest functions are deprecated, and the fastest that OpenSSL has: the floor is
// measured with them on purpose.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "bench/bare.h"

#include <array>
#include <cstring>
#include <vector>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace parley::bench {
namespace {

using Bytes = std::vector<unsigned char>;

constexpr std::size_t kLabelBytes = 42;
constexpr std::size_t kNonceBytes = 16;

struct Sha1 {
  using Context = SHA_CTX;
  static constexpr std::size_t kSize = SHA_DIGEST_LENGTH;

  static void init(Context* c) { SHA1_Init(c); }

  static void update(Context* c, const void* p, std::size_t n) { SHA1_Update(c, p, n); }

  static void final(unsigned char* out, Context* c) { SHA1_Final(out, c); }
};

struct Sha256 {
  using Context = SHA256_CTX;
  static constexpr std::size_t kSize = SHA256_DIGEST_LENGTH;

  static void init(Context* c) { SHA256_Init(c); }

  static void update(Context* c, const void* p, std::size_t n) { SHA256_Update(c, p, n); }

  static void final(unsigned char* out, Context* c) { SHA256_Final(out, c); }
};

// HMAC with both pads already absorbed.
template <class Hash>
struct Hmac {
  typename Hash::Context inner;
  typename Hash::Context outer;

  void key(const unsigned char* bytes, std::size_t size) {
    std::array<unsigned char, 64> pad{};
    std::memcpy(pad.data(), bytes, size);
    for (auto& b : pad) {
      b ^= 0x36U;
    }
    Hash::init(&inner);
    Hash::update(&inner, pad.data(), pad.size());
    for (auto& b : pad) {
      b ^= 0x36U ^ 0x5cU;
    }
    Hash::init(&outer);
    Hash::update(&outer, pad.data(), pad.size());
  }

  void mac(unsigned char* out,
           const void* a,
           std::size_t an,
           const void* b = nullptr,
           std::size_t bn = 0) const {
    auto context = inner;
    Hash::update(&context, a, an);
    if (bn != 0) {
      Hash::update(&context, b, bn);
    }
    Hash::final(out, &context);
    context = outer;
    Hash::update(&context, out, Hash::kSize);
    Hash::final(out, &context);
  }
};

}  // namespace

struct BareCryptography::State {
  Cipher cipher;
  bool sha256;
  Bytes body;
  std::vector<Bytes> signed_parts;
  Bytes signed_info;
  Bytes cipher_text;
  Bytes plain;
  Bytes wire;
  Bytes passed;
  Bytes random;
  std::size_t random_used = 0;
  std::size_t cipher_size = 0;
  Hmac<Sha1> context_key;
  std::array<unsigned char, 64> seed{};
  std::array<unsigned char, 40> signature_key{};
  std::array<unsigned char, 40> encryption_key{};
  std::array<unsigned char, 64> digest{};
  EVP_CIPHER* algorithm = nullptr;
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  std::array<unsigned char, 16> iv{};

  // 32 octets of P_SHA1: two blocks.
  void derive(std::array<unsigned char, 40>& out, const unsigned char* nonce) {
    std::memcpy(seed.data() + kLabelBytes, nonce, kNonceBytes);
    std::array<unsigned char, 20> a{};
    context_key.mac(a.data(), seed.data(), kLabelBytes + kNonceBytes);
    context_key.mac(out.data(), a.data(), a.size(), seed.data(), kLabelBytes + kNonceBytes);
    context_key.mac(a.data(), a.data(), a.size());
    context_key.mac(out.data() + 20, a.data(), a.size(), seed.data(), kLabelBytes + kNonceBytes);
  }

  template <class Hash>
  void digests_and_mac() {
    typename Hash::Context running;
    for (const Bytes& part : signed_parts) {
      Hash::init(&running);
      Hash::update(&running, part.data(), part.size());
      Hash::final(digest.data(), &running);
    }
    Hmac<Hash> mac;
    mac.key(signature_key.data(), 24);
    mac.mac(digest.data(), signed_info.data(), signed_info.size());
  }

  void sign() { sha256 ? digests_and_mac<Sha256>() : digests_and_mac<Sha1>(); }

  void pass() { std::memcpy(passed.data(), wire.data(), wire.size()); }

  const unsigned char* take_random(std::size_t size) {
    if (random_used + size > random.size()) {
      RAND_bytes(random.data(), static_cast<int>(random.size()));
      random_used = 0;
    }
    random_used += size;
    return random.data() + random_used - size;
  }
};

BareCryptography::BareCryptography(const MessageOctets& octets, Cipher cipher, bool sha256)
    : state_(std::make_unique<State>()) {
  State& s = *state_;
  s.cipher = cipher;
  s.sha256 = sha256;
  s.body.assign(octets.body, 'b');
  s.cipher_text.resize(octets.body + 64);
  s.plain.resize(octets.body + 64);
  for (const std::size_t part : octets.signed_parts) {
    s.signed_parts.emplace_back(part, 'h');
  }
  s.signed_info.assign(octets.signed_info, 's');
  s.wire.assign(octets.wire, 'w');
  s.passed.resize(octets.wire);
  s.random.resize(4096);
  s.random_used = s.random.size();
  const std::array<unsigned char, 32> secret{1, 2, 3};
  s.context_key.key(secret.data(), secret.size());
  if (cipher != Cipher::none) {
    s.algorithm = EVP_CIPHER_fetch(
        nullptr, cipher == Cipher::aes_256_cbc ? "AES-256-CBC" : "AES-256-GCM", nullptr);
  }
}

BareCryptography::~BareCryptography() {
  EVP_CIPHER_free(state_->algorithm);
  EVP_CIPHER_CTX_free(state_->context);
}

void BareCryptography::protect() {
  State& s = *state_;
  s.derive(s.signature_key, s.take_random(kNonceBytes));
  s.sign();
  s.pass();
  if (s.cipher == Cipher::none) {
    return;
  }
  s.derive(s.encryption_key, s.take_random(kNonceBytes));
  std::memcpy(s.iv.data(), s.take_random(16), 16);
  int size = 0;
  int rest = 0;
  EVP_EncryptInit_ex2(s.context, s.algorithm, s.encryption_key.data(), s.iv.data(), nullptr);
  EVP_EncryptUpdate(s.context, s.cipher_text.data(), &size, s.body.data(),
                    static_cast<int>(s.body.size()));
  EVP_EncryptFinal_ex(s.context, s.cipher_text.data() + size, &rest);
  s.cipher_size = static_cast<std::size_t>(size + rest);
  if (s.cipher == Cipher::aes_256_gcm) {
    EVP_CIPHER_CTX_ctrl(s.context, EVP_CTRL_AEAD_GET_TAG, 16, s.digest.data());
  }
}

void BareCryptography::open() {
  State& s = *state_;
  const std::array<unsigned char, 16> nonce{7};
  s.pass();
  std::array<unsigned char, 40> scratch{};
  s.derive(s.cipher == Cipher::none ? s.signature_key : scratch, nonce.data());
  s.sign();
  if (s.cipher == Cipher::none) {
    return;
  }
  s.derive(scratch, nonce.data());
  int size = 0;
  int rest = 0;
  std::array<unsigned char, 16> tag{};
  EVP_DecryptInit_ex2(s.context, s.algorithm, s.encryption_key.data(), s.iv.data(), nullptr);
  EVP_DecryptUpdate(s.context, s.plain.data(), &size, s.cipher_text.data(),
                    static_cast<int>(s.cipher_size));
  if (s.cipher == Cipher::aes_256_gcm) {
    EVP_CIPHER_CTX_ctrl(s.context, EVP_CTRL_AEAD_SET_TAG, 16, tag.data());
  }
  EVP_DecryptFinal_ex(s.context, s.plain.data() + size, &rest);
}

}  // namespace parley::bench
