#include <catch2/catch.hpp>

#include "base/base64.h"
#include "kdf/computed_key.h"
#include "kdf/derived_key.h"
#include "kdf/username_key.h"

using namespace parley;

namespace {

crypto::SecretBytes secret(std::string_view base64) { return crypto::SecretBytes::take(decode_base64(base64).value()); }

kdf::DerivedKeySpec spec_of(std::uint64_t length) {
  kdf::DerivedKeySpec spec;
  spec.nonce = Bytes(16, 7);
  spec.length = length;
  return spec;
}

}  // namespace

TEST_CASE("computed keys agree with published vectors (T16)") {
  const auto key = kdf::computed_key(secret("GS5olVevYMI4vW1Df/7FUpHcJJopTszp6sodlK4/rP8="),
                                     secret("LmF9Mjf9lYMa9YkxZDjaRFe6iMAfReKjzhLHDx376jA="), 32);
  REQUIRE(key);
  CHECK(to_base64(key->view()) == "ZMOP1NFa5VKTQ8I2awGXDjzKP+686eujiangAgf5N+Q=");
  CHECK(kdf::computed_key(crypto::SecretBytes(), secret("AAAA"), 32).error().code() == ErrorCode::invalid_argument);
}

TEST_CASE("a derived key is a window on one stream, whatever its offset (DK8)") {
  const kdf::PShaSource source(Bytes(32, 3));
  Bytes whole(100);
  source.expand(as_bytes(kdf::kDefaultLabel), Bytes(16, 7), 0, whole);
  for (std::size_t offset = 0; offset <= 64; ++offset) {
    kdf::DerivedKeySpec spec = spec_of(36);
    spec.offset = offset;
    const auto key = kdf::derive_key(source, spec, Limits{});
    REQUIRE(key);
    const auto at = whole.begin() + static_cast<std::ptrdiff_t>(offset);
    CHECK(Bytes(key->view().begin(), key->view().end()) == Bytes(at, at + 36));
  }
}

TEST_CASE("Generation counts blocks of Length and excludes Offset (DK5, DK8)") {
  const kdf::PShaSource source(Bytes(32, 3));
  kdf::DerivedKeySpec by_generation = spec_of(16);
  by_generation.generation = 2;
  kdf::DerivedKeySpec by_offset = spec_of(16);
  by_offset.offset = 32;
  CHECK(kdf::derive_key(source, by_generation, Limits{})->equals(*kdf::derive_key(source, by_offset, Limits{})));
  by_offset.generation = 0;
  CHECK(kdf::derive_key(source, by_offset, Limits{}).error().code() == ErrorCode::token_invalid);
}

TEST_CASE("every bound of a derived key holds at its value and not one past it (DK10)") {
  const kdf::PShaSource source(Bytes(32, 3));
  const Limits limits;
  auto ok = [&](const kdf::DerivedKeySpec& spec) { return kdf::derive_key(source, spec, limits).has_value(); };
  CHECK(ok(spec_of(limits.derived_key_length_max)));
  CHECK_FALSE(ok(spec_of(limits.derived_key_length_max + 1)));
  CHECK_FALSE(ok(spec_of(0)));
  kdf::DerivedKeySpec spec = spec_of(32);
  spec.offset = limits.derived_key_offset_max;
  CHECK(ok(spec));
  spec.offset = limits.derived_key_offset_max + 1;
  CHECK_FALSE(ok(spec));
  spec.offset.reset();
  spec.generation = limits.derived_key_offset_max / 32;
  CHECK(ok(spec));
  spec.generation = limits.derived_key_offset_max / 32 + 1;
  CHECK_FALSE(ok(spec));
  spec.generation = UINT64_MAX / 16;  // times 32 it wraps to a small number
  CHECK_FALSE(ok(spec));
  spec.generation.reset();
  spec.label = std::string(limits.derived_key_label_bytes_max, 'l');
  CHECK(ok(spec));
  spec.label->push_back('l');
  CHECK_FALSE(ok(spec));
  spec.label.reset();
  spec.nonce = Bytes(limits.derived_key_nonce_bytes_max);
  CHECK(ok(spec));
  spec.nonce.push_back(0);
  CHECK_FALSE(ok(spec));
}

TEST_CASE("the default label has 42 octets, and an explicit one replaces it whole (DK6)") {
  CHECK(kdf::kDefaultLabel.size() == 42);
  const kdf::PShaSource source(Bytes(32, 3));
  kdf::DerivedKeySpec spec = spec_of(32);
  const auto by_default = kdf::derive_key(source, spec, Limits{});
  spec.label = std::string(kdf::kDefaultLabel);
  CHECK(by_default->equals(*kdf::derive_key(source, spec, Limits{})));
  spec.label = "";
  CHECK_FALSE(by_default->equals(*kdf::derive_key(source, spec, Limits{})));
}

TEST_CASE("the iteration count of a username key is bounded (M23)") {
  CHECK_FALSE(kdf::username_key(as_bytes("p"), as_bytes("s"), 0));
  CHECK(kdf::username_key(as_bytes("p"), as_bytes("s"), 10, 10));
  CHECK_FALSE(kdf::username_key(as_bytes("p"), as_bytes("s"), 11, 10));
}
