// What message security costs, per message, against the bare cryptography measured in the same run.

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <malloc.h>

#include "bench/bare.h"
#include "bench/measured.h"
#include "bench/message_bench.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "kdf/derived_key.h"
#include "kdf/p_sha.h"

namespace {

using namespace parley;
using bench::BareCryptography;
using bench::Measured;
using bench::MessageBench;
using bench::MessageOctets;

constexpr std::size_t kSizes[] = {256, 1024, 4096, 16384, 65536};

struct Row {
  const char* suite;
  bool encrypt;
  BareCryptography::Cipher cipher;
  const char* label;
};

constexpr Row kRows[] = {
    {"Basic256", false, BareCryptography::Cipher::none, "sign"},
    {"Basic256", true, BareCryptography::Cipher::aes_256_cbc, "sign+encrypt, CBC"},
    {"Basic256GCM", true, BareCryptography::Cipher::aes_256_gcm, "sign+encrypt, GCM"},
};

void cost_table() {
  std::printf("cost of one message, µs of processor time; x = ratio to the bare cryptography\n\n");
  std::printf("%-18s %6s %6s | %8s %8s %6s | %8s %8s %6s\n", "protection", "body", "wire", "bare",
              "protect", "x", "bare", "open", "x");
  for (const Row& row : kRows) {
    for (const std::size_t size : kSizes) {
      MessageBench message(row.suite, row.encrypt, size);
      message.protect();
      const MessageOctets octets = message.octets();
      BareCryptography bare(octets, row.cipher, false);
      Measured bare_protect([&] { bare.protect(); });
      Measured protect([&] { message.protect(); });
      Measured bare_open([&] { bare.open(); });
      Measured open([&] { message.open(); });
      bench::measure({&bare_protect, &protect, &bare_open, &open});
      std::printf("%-18s %6zu %6zu | %8.2f %8.2f %6.2f | %8.2f %8.2f %6.2f\n", row.label, size,
                  octets.wire, bare_protect.best_us(), protect.best_us(),
                  protect.best_us() / bare_protect.best_us(), bare_open.best_us(), open.best_us(),
                  open.best_us() / bare_open.best_us());
    }
  }
}

// The stages by themselves, on the sizes of the reference message; "write" and "the rest" are what
// is left of the whole.
void stage_row(std::size_t size) {
  const kdf::PShaSource source(Bytes(32, 1));
  const Bytes nonce(16, 2);
  Bytes keys(24 + 32);
  const MutableByteView signature_key = MutableByteView(keys).first(24);
  const MutableByteView encryption_key = MutableByteView(keys).subspan(24);
  Measured derive([&] {
    source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, signature_key);
    source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, encryption_key);
  });
  MessageBench message("Basic256", true, size);
  message.protect();
  const MessageOctets octets = message.octets();
  const Bytes body(octets.body, 'b');
  std::vector<Bytes> parts;
  for (const std::size_t part : octets.signed_parts) {
    parts.emplace_back(part, 'h');
  }
  Measured digest([&] {
    for (const Bytes& part : parts) {
      crypto::digest(crypto::DigestAlgorithm::sha1, part);
    }
  });
  const Bytes signed_info(octets.signed_info, 's');
  Measured mac(
      [&] { crypto::HmacKey(crypto::DigestAlgorithm::sha1, signature_key).mac(signed_info); });
  crypto::SystemEntropy entropy;
  crypto::Cipher cipher;
  Bytes sealed;
  Measured encrypt([&] {
    sealed.clear();
    static_cast<void>(
        cipher.encrypt(crypto::CipherAlgorithm::aes256_cbc, encryption_key, body, entropy, sealed));
  });
  Bytes plain;
  Measured decrypt([&] {
    plain.clear();
    static_cast<void>(
        cipher.decrypt(crypto::CipherAlgorithm::aes256_cbc, encryption_key, sealed, plain));
  });
  Measured protect([&] { message.protect(); });
  Measured parse([&] { message.parse(); });
  Measured open([&] { message.open(); });
  bench::measure({&derive, &digest, &mac, &encrypt, &decrypt, &protect, &parse, &open});
  const double common = derive.best_us() + digest.best_us() + mac.best_us();
  std::printf("%6zu | %7.2f %7.2f %7.2f | %8.2f %8.2f %8.2f | %8.2f %8.2f %8.2f %8.2f\n", size,
              derive.best_us(), digest.best_us(), mac.best_us(), encrypt.best_us(),
              protect.best_us() - common - encrypt.best_us(), protect.best_us(), parse.best_us(),
              decrypt.best_us(), open.best_us() - common - decrypt.best_us() - parse.best_us(),
              open.best_us());
}

void stage_table() {
  std::printf("\nby stage, sign+encrypt with CBC, µs of processor time\n\n");
  std::printf("%6s | %7s %7s %7s | %8s %8s %8s | %8s %8s %8s %8s\n", "body", "derive", "digest",
              "MAC", "encrypt", "write", "protect", "parse", "decrypt", "the rest", "open");
  for (const std::size_t size : kSizes) {
    stage_row(size);
  }
}

// For an instruction counter: so many messages of one size and nothing else.
int count_run(const std::string& what, int count, std::size_t size) {
  MessageBench message("Basic256", true, size);
  message.protect();
  for (int i = 0; i < count; ++i) {
    what == "open" ? message.open() : message.protect();
  }
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc == 5 && std::strcmp(argv[1], "--count") == 0) {
    return count_run(argv[2], std::atoi(argv[3]), static_cast<std::size_t>(std::atol(argv[4])));
  }
  if (argc != 1) {
    std::fprintf(stderr, "usage: bench [--count protect|open N BYTES]\n");
    return 2;
  }
  // As in a process that has run for a while: glibc stops giving back, after every message, what
  // the next one needs again, once it has met something bigger. Here nothing bigger ever comes.
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  cost_table();
  stage_table();
  return 0;
}
