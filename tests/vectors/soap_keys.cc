#include "tests/vectors/soap_keys.h"

#include <set>

#include "base/base64.h"
#include "crypto/certificate.h"

namespace parley::vectors {
namespace {

void append(Bytes& to, const Bytes& from) {
  to.insert(to.end(), from.begin(), from.end());
}

Bytes to_pem(const crypto::Certificate& certificate) {
  const std::string body = to_base64(certificate.der());
  std::string pem = "-----BEGIN CERTIFICATE-----\n";
  for (std::size_t at = 0; at < body.size(); at += 64) {
    pem += body.substr(at, 64) + "\n";
  }
  return to_bytes(pem + "-----END CERTIFICATE-----\n");
}

/// All certificates, each once.
class Certificates {
 public:
  void add(const std::filesystem::path& file) {
    std::error_code error;
    const auto path = std::filesystem::weakly_canonical(file, error);
    if (seen_.insert(error ? file : path).second) {
      append(pem_, certificates_in(file));
    }
  }

  void add_folder(const std::filesystem::path& folder) {
    std::error_code error;
    for (const auto& file : std::filesystem::directory_iterator(folder, error)) {
      if (file.is_regular_file(error)) {
        add(file.path());
      }
    }
  }

  Bytes take() { return std::move(pem_); }

 private:
  std::set<std::filesystem::path> seen_;
  Bytes pem_;
};

/// The certificate of a key lies beside it, under the same name.
soap::InspectKeys::KeyPair key_pair(const std::filesystem::path& key) {
  soap::InspectKeys::KeyPair pair;
  pair.key_pem = crypto::SecretBytes::take(read_file(key));
  std::string certificate = key.string();
  if (const std::size_t at = certificate.rfind(".key."); at != std::string::npos) {
    certificate.replace(at, 5, ".cert.");
    if (std::filesystem::exists(certificate)) {
      pair.certificates_pem = certificates_in(certificate);
    }
  }
  return pair;
}

void take_key(const std::string& name,
              const Json& value,
              const Entry& entry,
              soap::InspectKeys& keys,
              Certificates& certificates) {
  if (value.kind() == Json::Kind::object) {
    keys.raw_keys.push_back(crypto::SecretBytes::take(
        value.has("hex") ? value.hex("hex") : entry.read_in(value, "file")));
    return;
  }
  if (value.kind() != Json::Kind::text) {
    return;
  }
  const std::filesystem::path file = entry.dir / value.as_text();
  if (name == "hex") {
    keys.raw_keys.push_back(crypto::SecretBytes::take(entry.json["key"].hex("hex")));
  } else if (name.ends_with("private_key")) {
    keys.key_pairs.push_back(key_pair(file));
  } else if (name == "trust_anchor") {
    append(keys.anchors_pem, read_file(file));
  } else if (name.ends_with("certificate") || name == "file") {
    certificates.add(file);
  }
}

}  // namespace

Bytes certificates_in(const std::filesystem::path& file) {
  const Bytes octets = read_file(file);
  if (crypto::Certificate::all_from_pem(octets)) {
    return octets;
  }
  const auto certificate = crypto::Certificate::from_der(octets);
  return certificate ? to_pem(*certificate) : Bytes();
}

soap::InspectKeys inspect_keys(const Entry& entry) {
  soap::InspectKeys keys;
  if (entry.json.has("context")) {
    const Json& context = entry.json["context"];
    keys.contexts.push_back({context.text("identifier"), context.text_or("instance", ""),
                             crypto::SecretBytes::take(context.hex("secret_hex"))});
  }
  if (entry.json.has("username")) {
    keys.users.push_back({entry.json.text("username"), crypto::SecretBytes::copy_of(as_bytes(
                                                           entry.json.text_or("password", "")))});
  }
  Certificates certificates;
  for (const auto& [name, value] : entry.json["key"].members()) {
    take_key(name, value, entry, keys, certificates);
  }
  certificates.add_folder(entry.dir / "keys");
  keys.certificates_pem = certificates.take();
  return keys;
}

}  // namespace parley::vectors
