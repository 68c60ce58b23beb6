#include "tests/vectors/xmldsig.h"

#include <functional>
#include <optional>
#include <variant>

#include "base/base64.h"
#include "bindings/soap/security/encrypted_type.h"
#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/uris.h"
#include "crypto/certificate.h"
#include "tests/vectors/index.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

using namespace parley::soap;

enum class Outcome { passed, failed, skipped };

struct Verdict {
  Outcome outcome;
  std::string why;
};

Verdict skipped(std::string_view why) { return {Outcome::skipped, std::string(why)}; }

Verdict failed(std::string why) { return {Outcome::failed, std::move(why)}; }

std::optional<std::string_view> skip_of(const Json& entry) {
  for (const auto& algorithm : entry.value("algorithms", Json::array())) {
    const std::string uri = algorithm;
    for (const Skip& skip : kSkippedAlgorithms) {
      // ecdsa-sha1 ends like dsa-sha1.
      const std::size_t at = uri.find(skip.token);
      if (at != std::string::npos && (at == 0 || uri[at - 1] != 'c')) {
        return skip.reason;
      }
    }
  }
  return std::nullopt;
}

xml::Element find(const xml::Document& d, std::string_view ns, std::string_view local) {
  for (xml::NodeIndex i = 0; i < d.size(); ++i) {
    if (d.at(i).is(ns, local)) {
      return d.at(i);
    }
  }
  return {};
}

// Documents outside SOAP name their ids in many ways.
xml::Element by_any_id(const xml::Document& d, std::string_view id) {
  for (xml::NodeIndex i = 0; i < d.size(); ++i) {
    for (const xml::Attribute& attribute : d.at(i).attributes()) {
      const bool is_id = attribute.local_name == "Id" || attribute.local_name == "ID" || attribute.local_name == "id" ||
                         attribute.local_name == "AssertionID";
      if (is_id && attribute.raw == id) {
        return d.at(i);
      }
    }
  }
  return {};
}

Bytes base64_of(const xml::Element& element) { return decode_base64(element.text()).value(); }

// Every public key that a KeyInfo leads to.
void collect_keys(const xml::Element& key_info, std::vector<crypto::PublicKey>& keys, int depth = 0) {
  auto take = [&keys](Result<crypto::PublicKey> key) {
    if (key) {
      keys.push_back(std::move(key).value());
    }
  };
  const xml::Document& d = key_info.document();
  for (const xml::Element& child : key_info.children()) {
    if (child.is(uri::kDs, "KeyValue")) {
      if (const xml::Element rsa = child.child(uri::kDs, "RSAKeyValue")) {
        take(crypto::PublicKey::from_rsa(base64_of(rsa.child(uri::kDs, "Modulus")),
                                         base64_of(rsa.child(uri::kDs, "Exponent"))));
      }
      if (const xml::Element ec = child.child(uri::kDsig11, "ECKeyValue")) {
        const xml::Element curve = ec.child(uri::kDsig11, "NamedCurve");
        const xml::Element point = ec.child(uri::kDsig11, "PublicKey");
        if (curve && point) {
          const std::string oid = curve.attribute("", "URI").value_or("");
          take(crypto::PublicKey::from_ec(oid.substr(std::min(oid.size(), std::string("urn:oid:").size())),
                                          base64_of(point)));
        }
      }
    } else if (child.is(uri::kDs, "X509Data")) {
      for (const xml::Element& item : child.children()) {
        if (item.is(uri::kDs, "X509Certificate")) {
          const auto certificate = crypto::Certificate::from_der(base64_of(item));
          if (certificate) {
            keys.push_back(certificate->public_key());
          }
        }
      }
    } else if (child.is(uri::kDsig11, "DEREncodedKeyValue")) {
      take(crypto::PublicKey::from_der(base64_of(child)));
    } else if ((child.is(uri::kDs, "RetrievalMethod") || child.is(uri::kDsig11, "KeyInfoReference")) && depth == 0) {
      const std::string target = child.attribute("", "URI").value_or("");
      const xml::Element there = target.starts_with("#") ? by_any_id(d, target.substr(1)) : xml::Element();
      if (there.is(uri::kDs, "KeyInfo")) {
        collect_keys(there, keys, 1);
      } else if (there) {
        collect_keys(there.parent(), keys, 1);
      }
    }
  }
}

// Certificates of the suite, for a KeyInfo that only names one.
void collect_certificates(const std::filesystem::path& dir, std::vector<crypto::PublicKey>& keys) {
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(dir / "keys", error)) {
    const Bytes bytes = read_file(file.path());
    if (auto certificates = crypto::Certificate::all_from_pem(bytes)) {
      for (const crypto::Certificate& one : *certificates) {
        keys.push_back(one.public_key());
      }
    } else if (auto key = crypto::PublicKey::from_pem(bytes)) {
      keys.push_back(std::move(key).value());
    }
  }
}

bool verify_with_keys(const SignatureClaim& claim, const Json& entry, const std::filesystem::path& dir) {
  Bytes scratch;
  const Json key = entry.value("key", Json::object());
  if (key.contains("hex")) {
    return verify_value(claim, from_hex(key["hex"].get<std::string>()).value(), scratch);
  }
  std::vector<crypto::PublicKey> keys;
  if (key.contains("file")) {
    if (auto named = crypto::PublicKey::from_pem(read_file(dir / key["file"].get<std::string>()))) {
      keys.push_back(std::move(named).value());
    }
  } else if (claim.key_info) {
    collect_keys(claim.key_info, keys);
    if (keys.empty()) {
      collect_certificates(dir, keys);
    }
  }
  for (const crypto::PublicKey& one : keys) {
    if (verify_value(claim, one, scratch)) {
      return true;
    }
  }
  return false;
}

Verdict run_signature(const Json& entry, const std::filesystem::path& dir) {
  const bool is_valid = entry["expected"]["result"] == "valid";
  if (const auto reason = skip_of(entry)) {
    return skipped(*reason);
  }
  auto document = xml::Document::parse(read_file(dir / entry["file"].get<std::string>()), Limits{});
  if (!document) {
    if (document.error().code() == ErrorCode::forbidden_doctype) {
      return skipped(kSkipDtd);
    }
    if (document.error().place() == "XML declaration") {
      return skipped(kSkipEncoding);
    }
    return failed(document.error().message());
  }
  const xml::Element element = find(*document, uri::kDs, "Signature");
  Limits limits;
  limits.signature_references_max = 1000;  // a whole test suite in one signature
  const AlgorithmPolicy policy = AlgorithmPolicy::all();
  const SignatureRules rules{limits, policy, true};
  if (is_valid && element && element.child(uri::kDs, "SignedInfo")) {
    const xml::Element method = element.child(uri::kDs, "SignedInfo").child(uri::kDs, "SignatureMethod");
    if (method && method.child(uri::kDs, "HMACOutputLength")) {
      return skipped(kSkipTruncated);
    }
  }
  const auto claim = element ? read_signature(element, rules) : Result<SignatureClaim>(Error(ErrorCode::not_found));
  if (!claim) {
    return is_valid ? failed("read: " + claim.error().message()) : Verdict{Outcome::passed, {}};
  }
  for (const ReferenceClaim& reference : claim->references) {
    if (reference.uri.starts_with("#xpointer")) {
      return skipped(kSkipXpointer);
    }
    if (!reference.uri.empty() && !reference.uri.starts_with("#")) {
      return skipped(kSkipExternal);
    }
  }
  // 0x30 begins an ASN.1 SEQUENCE, and such a value is longer than r and s.
  if (is_valid && claim->algorithm->scheme == crypto::SignatureScheme::ecdsa && !claim->algorithm->is_mac &&
      claim->value.size() > 132 && claim->value[0] == 0x30) {
    return skipped(kSkipAsn1);
  }
  bool verified = verify_with_keys(*claim, entry, dir);
  std::string why = verified ? "" : "SignatureValue";
  for (const ReferenceClaim& reference : claim->references) {
    const xml::Element target = reference.uri.empty() ? xml::Element() : by_any_id(*document, reference.uri.substr(1));
    Bytes scratch;
    if (!reference.uri.empty() && !target) {
      verified = false;
      why = "no element " + reference.uri;
    } else if (!verify_digest(*claim, reference, target, scratch)) {
      verified = false;
      why = "digest of '" + reference.uri + "'";
    }
  }
  return verified == is_valid ? Verdict{Outcome::passed, {}} : failed(is_valid ? why : "verified, though it is invalid");
}

// The symmetric key that opens an EncryptedData.
Result<crypto::SecretBytes> data_key(const EncryptedDataClaim& data, const Json& key, const std::filesystem::path& dir,
                                     const AlgorithmPolicy& policy) {
  const xml::Document& d = data.element.document();
  xml::Element encrypted_key = data.key_info ? data.key_info.child(uri::kXenc, "EncryptedKey") : xml::Element();
  const xml::Element method = data.key_info ? data.key_info.child(uri::kDs, "RetrievalMethod") : xml::Element();
  if (!encrypted_key && method) {
    encrypted_key = by_any_id(d, method.attribute("", "URI").value_or("#").substr(1));
  }
  const bool is_symmetric = key.contains("hex");
  crypto::SecretBytes given =
      is_symmetric ? crypto::SecretBytes::take(from_hex(key["hex"].get<std::string>()).value()) : crypto::SecretBytes();
  if (!encrypted_key) {
    // Phaos: the EncryptedKey stands elsewhere and lists this EncryptedData.
    if (is_symmetric && given.size() == data.cipher->key_octets) {
      return given;
    }
    encrypted_key = find(d, uri::kXenc, "EncryptedKey");
  }
  // aleksey: a data key encrypted as data under a named key.
  if (!encrypted_key && data.key_info) {
    const xml::Element inner = data.key_info.child(uri::kXenc, "EncryptedData");
    if (inner) {
      PARLEY_ASSIGN_OR_RETURN(const EncryptedDataClaim claim, read_encrypted_data(inner, policy));
      PARLEY_ASSIGN_OR_RETURN(crypto::SecretBytes outer, data_key(claim, key, dir, policy));
      Bytes out;
      PARLEY_TRY(crypto::Cipher().decrypt(claim.cipher->cipher, outer.view(), base64_of(claim.cipher_value), out));
      return crypto::SecretBytes::take(std::move(out));
    }
  }
  if (!encrypted_key) {
    return Error(ErrorCode::token_unavailable, "no EncryptedKey");
  }
  const xml::Element cipher_data = encrypted_key.child(uri::kXenc, "CipherData");
  const xml::Element encryption = encrypted_key.child(uri::kXenc, "EncryptionMethod");
  const std::string algorithm = encryption ? encryption.attribute("", "Algorithm").value_or("") : "";
  if (const CipherRow* const cipher = find_cipher(algorithm); cipher != nullptr && cipher_data) {
    Bytes out;
    PARLEY_TRY(crypto::Cipher().decrypt(cipher->cipher, given.view(),
                                        base64_of(cipher_data.child(uri::kXenc, "CipherValue")), out));
    return crypto::SecretBytes::take(std::move(out));
  }
  PARLEY_ASSIGN_OR_RETURN(const EncryptedKeyClaim claim, read_encrypted_key(encrypted_key, policy, Limits{}));
  if (claim.wrap != nullptr) {
    return crypto::unwrap_key(claim.wrap->wrap, given.view(), claim.cipher_value);
  }
  PARLEY_ASSIGN_OR_RETURN(const crypto::PrivateKey own,
                          crypto::PrivateKey::from_pem(read_file(dir / key["file"].get<std::string>())));
  if (claim.transport->transport == KeyTransport::rsa_1_5) {
    crypto::SystemEntropy entropy;
    return own.decrypt_pkcs1(claim.cipher_value, data.cipher->key_octets, entropy);
  }
  return own.decrypt_oaep(claim.oaep, claim.cipher_value);
}

std::optional<std::string> canonical_text(const xml::Document& document) {
  xml::C14nOptions options;
  options.method = xml::C14nMethod::inclusive_1_0;
  options.with_comments = true;
  Bytes out;
  if (!xml::canonicalize_document(document, options, out)) {
    return std::nullopt;
  }
  return std::string(as_text(out));
}

Verdict run_encryption(const Json& entry, const std::filesystem::path& dir) {
  const bool is_valid = entry["expected"]["result"] == "decrypts";
  if (const auto reason = skip_of(entry)) {
    return skipped(*reason);
  }
  auto document = xml::Document::parse(read_file(dir / entry["file"].get<std::string>()), Limits{});
  if (!document) {
    return document.error().code() == ErrorCode::forbidden_doctype  ? skipped(kSkipDtd)
           : document.error().place() == "XML declaration"          ? skipped(kSkipEncoding)
                                                                    : failed(document.error().message());
  }
  const AlgorithmPolicy policy = AlgorithmPolicy::all();
  const xml::Element element = find(*document, uri::kXenc, "EncryptedData");
  const xml::Element cipher_data = element ? element.child(uri::kXenc, "CipherData") : xml::Element();
  if (cipher_data && cipher_data.child(uri::kXenc, "CipherReference")) {
    return skipped(kSkipExternal);
  }
  const auto data = element ? read_encrypted_data(element, policy)
                            : Result<EncryptedDataClaim>(Error(ErrorCode::not_found, "EncryptedData"));
  if (!data) {
    return is_valid ? failed(data.error().message()) : Verdict{Outcome::passed, {}};
  }
  const auto key = data_key(*data, entry["key"], dir, policy);
  Bytes plain;
  const bool ok = key && crypto::Cipher().decrypt(data->cipher->cipher, key->view(), base64_of(data->cipher_value), plain);
  if (!is_valid) {
    return ok ? failed("decrypted, though its tag is wrong") : Verdict{Outcome::passed, {}};
  }
  if (!ok) {
    return failed(key ? "decrypt" : "key: " + key.error().message());
  }
  const Json& expected = entry["expected"];
  const Bytes wanted = read_file(dir / expected["plaintext_file"].get<std::string>());
  if (expected["compare"] == "octets") {
    return plain == wanted ? Verdict{Outcome::passed, {}} : failed("other octets");
  }
  const auto wanted_document = xml::Document::parse(wanted, Limits{});
  if (!wanted_document) {
    return wanted_document.error().code() == ErrorCode::forbidden_doctype ? skipped(kSkipDtd)
                                                                          : failed("expected file");
  }
  // Where the EncryptedData is the whole document, its plaintext is the document.
  std::optional<std::string> got;
  if (element == document->root()) {
    const auto opened = xml::Document::parse(plain, Limits{});
    got = opened ? canonical_text(*opened) : std::nullopt;
  } else {
    const bool is_content = data->type != uri::kTypeElement;
    got = document->replace(element, plain, is_content) ? canonical_text(*document) : std::nullopt;
  }
  return got && got == canonical_text(*wanted_document) ? Verdict{Outcome::passed, {}} : failed("other plaintext");
}

SuiteResult run_all(const std::filesystem::path& dir, Verdict (*run)(const Json&, const std::filesystem::path&)) {
  SuiteResult result;
  result.suite = dir.filename().string();
  const Json index = read_json(dir / "index.json");
  for (const Json& entry : index["entries"]) {
    const Verdict verdict = run(entry, dir);
    switch (verdict.outcome) {
      case Outcome::passed:
        ++result.passed;
        break;
      case Outcome::skipped:
        ++result.skipped[verdict.why];
        break;
      case Outcome::failed:
        ++result.failed;
        result.failures.push_back(entry["id"].get<std::string>() + ": " + verdict.why);
        break;
    }
  }
  return result;
}

}  // namespace

SuiteResult run_xmldsig(const std::filesystem::path& suite_dir) { return run_all(suite_dir, run_signature); }

SuiteResult run_xmlenc(const std::filesystem::path& suite_dir) { return run_all(suite_dir, run_encryption); }

}  // namespace parley::vectors
