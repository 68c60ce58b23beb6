#include "tests/hostile/posture.h"

#include <array>
#include <chrono>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/inspect.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/tokens/date_time.h"

namespace parley::vectors {
namespace {

using contexts::TrustFamily;

bool mentions(const Bytes& message, std::string_view text) {
  return as_text(message).find(text) != std::string_view::npos;
}

WallTime system_now() {
  return {std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

/// A recorded message is received when it was sent.
WallTime time_of(const Bytes& message) {
  soap::InspectSettings settings;
  settings.check_times = false;
  const WallTime now = system_now();
  const auto created = soap::parse_date_time(
      soap::inspect(message, "", soap::InspectKeys{}, settings).timestamp_created);
  return created && *created <= now ? *created + std::chrono::seconds(1) : now;
}

/// The suite of that digest and of the message's cipher; Basic256 for a cipher that is in none.
std::string suite_with(crypto::DigestAlgorithm digest, const Bytes& message) {
  for (const soap::AlgorithmSuite& suite : soap::suites()) {
    const bool is_plain = suite.key_transport == soap::KeyTransport::rsa_oaep_mgf1p;
    if (is_plain && suite.digest == digest && mentions(message, soap::row_of(suite.cipher).uri)) {
      return std::string(suite.name);
    }
  }
  return digest == crypto::DigestAlgorithm::sha256 ? "Basic256Sha256" : "Basic256";
}

template <class Names, class Version>
Version version_of(const Bytes& message, const std::array<Names, 2>& names, Version otherwise) {
  for (std::size_t i = names.size(); i-- > 0;) {
    if (mentions(message, names[i].ns)) {
      return static_cast<Version>(i);
    }
  }
  return otherwise;
}

Bytes read_if_there(const std::filesystem::path& file) {
  return std::filesystem::exists(file) ? read_file(file) : Bytes();
}

}  // namespace

Posture Posture::of(const Entry& entry, const Bytes& message) {
  Posture posture;
  engine::Profile& profile = posture.profile;
  profile.soap = version_of(message, soap::kSoapNames, profile.soap);
  // A receiver speaks the newer addressing unless the message's whole family is the older one.
  profile.addressing = version_of(message, soap::kAddressingNames, profile.addressing);
  posture.content_type = std::string(soap::names_of(profile.soap).media_type);
  const bool has_rm = mentions(message, soap::names_of(sequences::RmVersion::rm_1_1).ns) ||
                      mentions(message, soap::names_of(sequences::RmVersion::rm_1_0).ns);
  profile.rm =
      has_rm ? std::optional(version_of(message, soap::kRmNames, sequences::RmVersion::rm_1_1))
             : std::nullopt;
  if (mentions(message, soap::kMc)) {
    profile.reply = engine::ReplyMode::polled;
  }
  posture.is_secured = entry.json.has("context") || mentions(message, soap::uri::kWsse);
  if (!posture.is_secured) {
    profile.sc = std::nullopt;
    profile.bootstrap = engine::Bootstrap::none;
    profile.protect = engine::Protection::none;
    posture.now = system_now();
    return posture;
  }
  const bool is_older = mentions(message, soap::uri::secure_conversation(TrustFamily::feb_2005).ns);
  profile.sc = is_older ? TrustFamily::feb_2005 : TrustFamily::oasis_200512;
  profile.protect = mentions(message, "EncryptedData") ? engine::Protection::sign_encrypt
                                                       : engine::Protection::sign;
  using crypto::DigestAlgorithm;
  const bool shows_sha1 = mentions(message, soap::row_of(DigestAlgorithm::sha1).uri);
  const bool shows_sha256 = mentions(message, soap::row_of(DigestAlgorithm::sha256).uri);
  profile.suite = suite_with(
      shows_sha256 && !shows_sha1 ? DigestAlgorithm::sha256 : DigestAlgorithm::sha1, message);
  if (!shows_sha1 && !shows_sha256) {
    posture.other_suite = suite_with(DigestAlgorithm::sha256, message);
  }
  posture.now = time_of(message);
  return posture;
}

soap::Credentials read_credentials(const std::filesystem::path& keys) {
  soap::Credentials credentials;
  credentials.anchors_pem = read_if_there(keys / "ca.cert.pem");
  credentials.own_certificates_pem = read_if_there(keys / "server.cert.pem");
  if (!credentials.own_certificates_pem.empty()) {
    credentials.own_key_pem = crypto::SecretBytes::take(read_file(keys / "server.key.pem"));
  }
  return credentials;
}

}  // namespace parley::vectors
