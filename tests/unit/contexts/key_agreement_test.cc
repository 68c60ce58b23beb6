#include <catch2/catch.hpp>

#include "base/bytes.h"
#include "contexts/key_agreement.h"
#include "unit/contexts/trust_pair.h"

namespace parley::contexts {
namespace {

constexpr char kClientEntropy[] =
    "9e4d029784f1937b590308a1ebf69115";
constexpr char kServerEntropy[] =
    "881d690492879ef75baf1c30553136b50949d461dd8891ceb434ce4362a5398d";
constexpr char kComputed[] = "bddb3db8ede1224470b5ad81811b00ca73cc3348cf66d56b7077e2ce052754eb";

TokenResponse computed_response() {
  TokenResponse response;
  response.computed_key = true;
  response.entropy = secret_from(kServerEntropy);
  response.key_bits = 256;
  return response;
}

Result<crypto::SecretBytes> agree(const TokenResponse& response, std::uint32_t requested = 256,
                                  ContextSettings settings = {}) {
  const crypto::SecretBytes own = secret_from(kClientEntropy);
  return agree_key(&own, requested, response, settings, Limits{});
}

Result<crypto::SecretBytes> agree_without_entropy(const TokenResponse& response) {
  return agree_key(nullptr, 256, response, ContextSettings{}, Limits{});
}

std::string hex_of(const crypto::SecretBytes& secret) { return to_hex(secret.view()); }

}  // namespace

TEST_CASE("Two entropies and ComputedKey give P_SHA1 (section 3, row 1; T16)") {
  // The vector ck-01 of Apache WSS4J.
  REQUIRE(hex_of(agree(computed_response()).value()) == kComputed);
}

TEST_CASE("The response's KeySize wins, then the request's, then the settings' (SC21)") {
  TokenResponse response = computed_response();
  response.key_bits = 192;
  CHECK(agree(response, 128).value().size() == 24);
  response.key_bits = 0;
  CHECK(agree(response, 128).value().size() == 16);
  CHECK(agree(response, 0).value().size() == 32);
}

TEST_CASE("A KeySize outside the limits or no multiple of eight is refused (SC21)") {
  TokenResponse response = computed_response();
  const auto code = [&](std::uint32_t bits) {
    response.key_bits = bits;
    const auto key = agree(response, 128);
    return key ? ErrorCode::internal_failure : key.error().code();
  };
  CHECK(code(128) == ErrorCode::internal_failure);
  CHECK(code(120) == ErrorCode::limit_exceeded);
  CHECK(code(512) == ErrorCode::internal_failure);
  CHECK(code(520) == ErrorCode::limit_exceeded);
  CHECK(code(257) == ErrorCode::limit_exceeded);
  CHECK(code(4294967288U) == ErrorCode::limit_exceeded);
}

TEST_CASE("A smaller key than requested is refused unless the settings allow it (T18)") {
  TokenResponse response = computed_response();
  response.key_bits = 128;
  CHECK(agree(response, 256).error().code() == ErrorCode::token_invalid);
  ContextSettings lenient;
  lenient.context_smaller_key_accepted = 1;
  CHECK(agree(response, 256, lenient).value().size() == 16);
}

TEST_CASE("Reflected entropy is refused (T17)") {
  TokenResponse response = computed_response();
  response.entropy = secret_from(kClientEntropy);
  CHECK(agree(response).error().code() == ErrorCode::token_invalid);
}

TEST_CASE("Neither proof token nor entropy: the key is the client's entropy (row 2)") {
  CHECK(hex_of(agree(TokenResponse{}, 128).value()) == kClientEntropy);
  TokenResponse response;
  response.key_bits = 192;
  CHECK(agree(response, 128).error().code() == ErrorCode::token_invalid);
}

TEST_CASE("A proof secret without entropy is the key, whoever sent entropy before (row 3)") {
  TokenResponse response;
  response.proof_secret = secret_from(kServerEntropy);
  CHECK(hex_of(agree(response).value()) == kServerEntropy);
  CHECK(hex_of(agree_without_entropy(response).value()) == kServerEntropy);
}

TEST_CASE("Without any key material the answer is refused (row 4)") {
  CHECK(agree_without_entropy(TokenResponse{}).error().code() == ErrorCode::token_invalid);
}

TEST_CASE("Half a computed key, or two proofs at once, are refused (row 5, SC16)") {
  TokenResponse no_entropy;
  no_entropy.computed_key = true;
  CHECK(agree(no_entropy).error().code() == ErrorCode::token_invalid);

  TokenResponse no_computed = computed_response();
  no_computed.computed_key = false;
  CHECK(agree(no_computed).error().code() == ErrorCode::token_invalid);

  TokenResponse both = computed_response();
  both.proof_secret = secret_from(kServerEntropy);
  CHECK(agree(both).error().code() == ErrorCode::token_invalid);

  TokenResponse secret_and_entropy = computed_response();
  secret_and_entropy.computed_key = false;
  secret_and_entropy.proof_secret = secret_from(kServerEntropy);
  CHECK(agree(secret_and_entropy).error().code() == ErrorCode::token_invalid);

  CHECK(agree_without_entropy(computed_response()).error().code() == ErrorCode::token_invalid);
}

TEST_CASE("Entropy of the issuer is bounded on both sides") {
  TokenResponse response = computed_response();
  const auto fits = [&](std::size_t bytes) {
    response.entropy = crypto::SecretBytes::copy_of(Bytes(bytes, 7));
    return agree(response).has_value();
  };
  CHECK_FALSE(fits(15));
  CHECK(fits(16));
  CHECK(fits(512));
  CHECK_FALSE(fits(513));
}

}  // namespace parley::contexts
