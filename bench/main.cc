// What message security costs, per message, against the bare cryptography measured in the same run.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "bench/bare.h"
#include "bench/message_bench.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "kdf/derived_key.h"

namespace {

using namespace parley;
using bench::BareCryptography;
using bench::MessageBench;

constexpr int kRounds = 11;
constexpr std::size_t kSizes[] = {256, 1024, 4096, 16384, 65536};

struct Suite {
  const char* name;
  bool encrypt;
  BareCryptography::Cipher cipher;
  const char* label;
};

constexpr Suite kSuites[] = {
    {"Basic256", false, BareCryptography::Cipher::none, "sign"},
    {"Basic256", true, BareCryptography::Cipher::aes_256_cbc, "sign+encrypt, CBC"},
    {"Basic256GCM", true, BareCryptography::Cipher::aes_256_gcm, "sign+encrypt, GCM"},
};

// Microseconds of one call: the median of some rounds, each long enough to be measured.
template <class F>
double microseconds(F call) {
  int calls = 1;
  std::vector<double> rounds;
  while (rounds.size() < kRounds) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
      call();
    }
    const double spent =
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
    if (rounds.empty() && spent < 4000) {
      calls *= 2;
    } else {
      rounds.push_back(spent / calls);
    }
  }
  std::nth_element(rounds.begin(), rounds.begin() + kRounds / 2, rounds.end());
  return rounds[kRounds / 2];
}

void cost_table() {
  std::printf("cost of one message, µs (median of %d rounds); x = ratio to the bare cryptography\n\n", kRounds);
  std::printf("%-20s %7s %7s | %8s %8s %6s | %8s %8s %6s\n", "protection", "body", "wire", "bare", "protect", "x",
              "bare", "open", "x");
  for (const Suite& suite : kSuites) {
    for (const std::size_t size : kSizes) {
      BareCryptography bare(size, suite.cipher, false);
      MessageBench message(suite.name, suite.encrypt, size);
      const double bare_protect = microseconds([&] { bare.protect(); });
      const double protect = microseconds([&] { message.protect(); });
      const double bare_open = microseconds([&] { bare.open(); });
      const double open = microseconds([&] { message.open(); });
      std::printf("%-20s %7zu %7zu | %8.2f %8.2f %6.2f | %8.2f %8.2f %6.2f\n", suite.label, size,
                  message.wire_bytes(), bare_protect, protect, protect / bare_protect, bare_open, open,
                  open / bare_open);
    }
  }
}

// The stages by themselves, on the sizes of the reference message; "write" and "the rest" are what is
// left of the whole.
void stage_table() {
  std::printf("\nstages, sign+encrypt with CBC, µs\n\n");
  std::printf("%7s | %7s %7s %7s %7s | %8s %8s | %8s %8s %8s\n", "body", "derive", "digest", "MAC", "cipher", "protect",
              "write", "parse", "open", "the rest");
  for (const std::size_t size : kSizes) {
    MessageBench message("Basic256", true, size);
    const kdf::PShaSource source(Bytes(32, 1));
    const Bytes nonce(16, 2);
    Bytes keys(56);
    const double derive = microseconds([&] {
      source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, MutableByteView(keys.data(), 24));
      source.expand(as_bytes(kdf::kDefaultLabel), nonce, 0, MutableByteView(keys.data() + 24, 32));
    });
    const Bytes body(size, 'b');
    const Bytes header(250, 'h');
    const double digest = microseconds([&] {
      crypto::digest(crypto::DigestAlgorithm::sha1, body);
      for (int i = 0; i < 6; ++i) {
        crypto::digest(crypto::DigestAlgorithm::sha1, header);
      }
    });
    const Bytes signed_info(2200, 's');
    const double mac = microseconds([&] {
      crypto::HmacKey(crypto::DigestAlgorithm::sha1, ByteView(keys.data(), 24)).mac(signed_info);
    });
    crypto::SystemEntropy entropy;
    crypto::Cipher cipher;
    Bytes sealed;
    const double encrypt = microseconds([&] {
      sealed.clear();
      static_cast<void>(cipher.encrypt(crypto::CipherAlgorithm::aes256_cbc, ByteView(keys.data() + 24, 32), body,
                                       entropy, sealed));
    });
    Bytes plain;
    const double decrypt = microseconds([&] {
      plain.clear();
      static_cast<void>(cipher.decrypt(crypto::CipherAlgorithm::aes256_cbc, ByteView(keys.data() + 24, 32), sealed,
                                       plain));
    });
    const double protect = microseconds([&] { message.protect(); });
    const double parse = microseconds([&] { message.parse(); });
    const double open = microseconds([&] { message.open(); });
    const double crypto_out = derive + digest + mac + encrypt;
    const double crypto_in = derive + digest + mac + decrypt;
    std::printf("%7zu | %7.2f %7.2f %7.2f %7.2f | %8.2f %8.2f | %8.2f %8.2f %8.2f\n", size, derive, digest, mac,
                encrypt, protect, protect - crypto_out, parse, open, open - crypto_in - parse);
  }
}

// For an instruction counter: so many messages of 1 KiB and nothing else.
int count_run(const std::string& what, int count) {
  MessageBench message("Basic256", true, 1024);
  message.protect();
  for (int i = 0; i < count; ++i) {
    what == "open" ? message.open() : message.protect();
  }
  return 0;
}

}  // namespace

int main(int argc, char* argv[]) {
  if (argc == 4 && std::strcmp(argv[1], "--count") == 0) {
    return count_run(argv[2], std::atoi(argv[3]));
  }
  if (argc != 1) {
    std::fprintf(stderr, "usage: bench [--count protect|open N]\n");
    return 2;
  }
  cost_table();
  stage_table();
  return 0;
}
