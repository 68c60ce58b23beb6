#include "tests/vectors/key_derivation.h"

#include "base/base64.h"
#include "crypto/digest.h"
#include "kdf/computed_key.h"
#include "kdf/derived_key.h"
#include "kdf/username_key.h"

namespace parley::vectors {
namespace {

bool gives(const Result<crypto::SecretBytes>& key, const Bytes& wanted) {
  return key && as_text(key->view()) == as_text(wanted);
}

bool run_derived(const Json& v) {
  // The window is what is checked here, not our limits on it.
  Limits limits;
  limits.derived_key_offset_max = limits.derived_key_length_max =
      limits.derived_key_label_bytes_max = limits.derived_key_nonce_bytes_max = 1U << 20U;
  kdf::DerivedKeySpec spec;
  if (v.has("label")) {
    spec.label = v.text("label");
  }
  spec.nonce = v.hex("nonce_hex");
  if (v.has("generation")) {
    spec.generation = v.number("generation");
  } else if (v.has("offset")) {
    spec.offset = v.number("offset");
  }
  if (v.has("length")) {
    spec.length = v.number("length");
  }
  const bool is_sha256 = v.text_or("algorithm", "").find("sha256") != std::string::npos;
  const kdf::PShaSource source(
      v.hex("secret_hex"), is_sha256 ? kdf::PShaSource::Hash::sha256 : kdf::PShaSource::Hash::sha1);
  return gives(kdf::derive_key(source, spec, limits), v.hex("key_hex"));
}

bool run_computed(const Json& v) {
  return gives(kdf::computed_key(crypto::SecretBytes::copy_of(v.hex("requester_entropy_hex")),
                                 crypto::SecretBytes::copy_of(v.hex("responder_entropy_hex")),
                                 v.number("key_size_bits") / 8),
               v.hex("key_hex"));
}

bool run_username_key(const Json& v) {
  auto key =
      kdf::username_key(as_bytes(v.text("password")), v.hex("salt_hex"), v.number("iteration"));
  const Bytes wanted = v.hex("key_hex");
  if (!key || wanted.empty() || wanted.size() > key->size()) {
    return false;
  }
  key->shrink(wanted.size());  // M23: a shorter key is its beginning
  return gives(key, wanted);
}

bool run_password_digest(const Json& v) {
  crypto::Digest digest(crypto::DigestAlgorithm::sha1);
  digest.update(v.has("nonce_b64") ? v.base64("nonce_b64") : Bytes());
  digest.update(as_bytes(v.text_or("created", "")));
  digest.update(as_bytes(v.text("password")));
  return to_base64(digest.finish().view()) == v.text("password_digest");
}

}  // namespace

Verdict run_key_derivation(const Json& vector) {
  if (vector.has("secret_hex")) {
    return expect(run_derived(vector), "another derived key");
  }
  if (vector.has("requester_entropy_hex")) {
    return expect(run_computed(vector), "another computed key");
  }
  if (vector.has("salt_hex")) {
    return expect(run_username_key(vector), "another key of the UsernameToken");
  }
  if (vector.has("password_digest")) {
    return expect(run_password_digest(vector), "another PasswordDigest");
  }
  return failed("no key computation that is known here");
}

}  // namespace parley::vectors
