#include "tests/vectors/outside_keys.h"

#include <algorithm>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"
#include "crypto/certificate.h"
#include "crypto/trust_store.h"
#include "tests/vectors/outside_document.h"

namespace parley::vectors {
namespace {

namespace uri = soap::uri;
using Keys = std::vector<crypto::PublicKey>;

void take(Result<crypto::PublicKey> key, Keys& keys) {
  if (key) {
    keys.push_back(std::move(key).value());
  }
}

void take_key_value(const xml::Element& value, Keys& keys) {
  if (const xml::Element rsa = value.child(uri::kDs, "RSAKeyValue")) {
    take(crypto::PublicKey::from_rsa(base64_of(rsa.child(uri::kDs, "Modulus")),
                                     base64_of(rsa.child(uri::kDs, "Exponent"))),
         keys);
  }
  if (const xml::Element ec = value.child(uri::kDsig11, "ECKeyValue")) {
    const xml::Element curve = ec.child(uri::kDsig11, "NamedCurve");
    std::string_view oid = curve ? curve.attribute("", "URI").value_or("") : "";
    if (oid.starts_with("urn:oid:")) {
      oid.remove_prefix(8);
    }
    take(crypto::PublicKey::from_ec(oid, base64_of(ec.child(uri::kDsig11, "PublicKey"))), keys);
  }
}

std::vector<crypto::Certificate> certificates_of(const xml::Element& x509_data) {
  std::vector<crypto::Certificate> certificates;
  for (const xml::Element& item : x509_data.children()) {
    if (item.is(uri::kDs, "X509Certificate")) {
      if (auto certificate = crypto::Certificate::from_der(base64_of(item))) {
        certificates.push_back(std::move(certificate).value());
      }
    }
  }
  return certificates;
}

void collect_keys(const xml::Element& key_info, Keys& keys, bool may_refer);

/// One child of a KeyInfo.
void collect_from(const xml::Element& child, Keys& keys, bool may_refer) {
  if (child.is(uri::kDs, "KeyValue")) {
    take_key_value(child, keys);
  } else if (child.is(uri::kDs, "X509Data")) {
    for (const crypto::Certificate& certificate : certificates_of(child)) {
      keys.push_back(certificate.public_key());
    }
  } else if (child.is(uri::kDsig11, "DEREncodedKeyValue")) {
    take(crypto::PublicKey::from_der(base64_of(child)), keys);
  } else if (may_refer && (child.is(uri::kDs, "RetrievalMethod") ||
                           child.is(uri::kDsig11, "KeyInfoReference"))) {
    const std::string_view target = child.attribute("", "URI").value_or("");
    const xml::Element there =
        target.starts_with("#") ? find_by_id(child.document(), target.substr(1)) : xml::Element();
    if (there.is(uri::kDs, "KeyInfo")) {
      collect_keys(there, keys, false);
    } else if (there) {
      collect_from(there, keys, false);
    }
  }
}

/// A reference inside is followed once (M37).
void collect_keys(const xml::Element& key_info, Keys& keys, bool may_refer) {
  for (const xml::Element& child : key_info.children()) {
    collect_from(child, keys, may_refer);
  }
}

/// A file of a public key or of certificates.
void take_file(const std::filesystem::path& path, Keys& keys) {
  const Bytes octets = read_file(path);
  if (auto certificates = crypto::Certificate::all_from_pem(octets)) {
    for (const crypto::Certificate& one : *certificates) {
      keys.push_back(one.public_key());
    }
  } else if (auto one = crypto::Certificate::from_der(octets)) {
    keys.push_back(one->public_key());
  } else {
    take(crypto::PublicKey::from_pem(octets), keys);
  }
}

/// For a KeyInfo that only names a certificate, and for none at all.
void take_suite(const Entry& entry, Keys& keys) {
  for (const std::string_view list : {"untrusted_certificates", "trusted_certificates"}) {
    for (const Json& file : entry.json[list].items()) {
      take_file(entry.dir / file.as_text(), keys);
    }
  }
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(entry.dir / "keys", error)) {
    if (file.is_regular_file(error)) {
      take_file(file.path(), keys);
    }
  }
}

/// "2009-01-01+10:00:00": a day, and a time behind a plus sign or another one.
WallTime time_of(const std::string& text) {
  if (text.size() == 19) {
    const auto time = soap::parse_date_time(text.substr(0, 10) + "T" + text.substr(11) + "Z");
    if (time) {
      return *time;
    }
  }
  const auto time = soap::parse_date_time(text);
  if (!time) {
    throw BadVector("unreadable 'verification_time'");
  }
  return *time;
}

}  // namespace

Keys signature_keys(const Entry& entry, const xml::Element& key_info) {
  Keys keys;
  const Json& key = entry.json["key"];
  if (key.has("file")) {
    take_file(entry.dir / key.text("file"), keys);
    return keys;
  }
  if (key_info) {
    collect_keys(key_info, keys, true);
  }
  if (keys.empty()) {
    take_suite(entry, keys);
  }
  return keys;
}

std::string check_path(const Entry& entry, const xml::Element& key_info) {
  const xml::Element x509_data = key_info ? key_info.child(uri::kDs, "X509Data") : xml::Element();
  if (!x509_data || !entry.json.has("trusted_certificates") ||
      !entry.json.has("verification_time")) {
    return {};
  }
  Bytes anchors;
  for (const Json& file : entry.json["trusted_certificates"].items()) {
    const Bytes one = read_file(entry.dir / file.as_text());
    anchors.insert(anchors.end(), one.begin(), one.end());
  }
  const auto trust = crypto::TrustStore::from_pem(anchors, {});
  if (!trust) {
    throw BadVector("unreadable 'trusted_certificates'");
  }
  const std::vector<crypto::Certificate> path = certificates_of(x509_data);
  const WallTime time = time_of(entry.json.text("verification_time"));
  const bool is_trusted = std::any_of(path.begin(), path.end(), [&](const auto& certificate) {
    return trust->judge(certificate, path, time) == crypto::TrustStore::Verdict::trusted;
  });
  return path.empty() || is_trusted ? "" : "no certificate leads to a trusted one";
}

}  // namespace parley::vectors
