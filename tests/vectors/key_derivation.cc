#include "tests/vectors/key_derivation.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "kdf/computed_key.h"
#include "kdf/derived_key.h"
#include "kdf/username_key.h"
#include "tests/vectors/index.h"

namespace parley::vectors {
namespace {

Bytes hex(const Json& value) { return from_hex(value.get<std::string>()).value(); }

std::string text(const crypto::SecretBytes& secret) { return to_hex(secret.view()); }

bool run_vector(const Json& v) {
  if (v.contains("secret_hex")) {
    // The window is what is checked here, not our limits on it.
    Limits limits;
    limits.derived_key_offset_max = limits.derived_key_length_max = limits.derived_key_label_bytes_max =
        limits.derived_key_nonce_bytes_max = 1U << 20U;
    kdf::DerivedKeySpec spec;
    if (v.contains("label") && !v["label"].is_null()) {
      spec.label = v["label"].get<std::string>();
    }
    spec.nonce = hex(v["nonce_hex"]);
    if (v.contains("generation") && !v["generation"].is_null()) {
      spec.generation = v["generation"].get<std::uint64_t>();
    } else {
      spec.offset = v["offset"].get<std::uint64_t>();
    }
    spec.length = v["length"].get<std::uint64_t>();
    const auto key = kdf::derive_key(kdf::PShaSource(hex(v["secret_hex"])), spec, limits);
    return key && text(*key) == v["key_hex"].get<std::string>();
  }
  if (v.contains("requester_entropy_hex")) {
    const auto key = kdf::computed_key(crypto::SecretBytes::copy_of(hex(v["requester_entropy_hex"])),
                                       crypto::SecretBytes::copy_of(hex(v["responder_entropy_hex"])),
                                       v["key_size_bits"].get<std::size_t>() / 8);
    return key && text(*key) == v["key_hex"].get<std::string>();
  }
  const std::string password = v["password"];
  if (v.contains("salt_hex")) {
    const auto key = kdf::username_key(as_bytes(password), hex(v["salt_hex"]), v["iteration"].get<std::uint64_t>());
    return key && text(*key).starts_with(v["key_hex"].get<std::string>());
  }
  crypto::Digest digest(crypto::DigestAlgorithm::sha1);
  const std::string created = v["created"];
  digest.update(decode_base64(v["nonce_b64"].get<std::string>()).value());
  digest.update(as_bytes(created));
  digest.update(as_bytes(password));
  return to_base64(digest.finish().view()) == v["password_digest"].get<std::string>();
}

}  // namespace

SuiteResult run_key_derivation(const std::filesystem::path& suite_dir) {
  SuiteResult result;
  result.suite = suite_dir.filename().string();
  const Json index = read_json(suite_dir / "index.json");
  for (const Json& entry : index["entries"]) {
    const Json file = read_json(suite_dir / entry["file"].get<std::string>());
    for (const Json& vector : file["vectors"]) {
      if (run_vector(vector)) {
        ++result.passed;
      } else {
        ++result.failed;
        result.failures.push_back(vector["id"].get<std::string>());
      }
    }
  }
  return result;
}

}  // namespace parley::vectors
