#include "crypto/issuer.h"

#include <catch2/catch.hpp>

#include "base/limits.h"
#include "crypto/trust_store.h"

using namespace parley;
using namespace parley::crypto;

TEST_CASE("what an issuer issues is trusted by its certificate alone, and for its time alone") {
  const WallTime now{1'800'000'000'000};
  const Issuer issuer = Issuer::make("authority", now, std::chrono::hours(24)).value();
  const Issuer other = Issuer::make("authority", now, std::chrono::hours(24)).value();
  const Issuer::Issued issued = issuer.issue("localhost").value();
  const Certificate certificate = Certificate::all_from_pem(issued.certificate_pem).value().at(0);
  const auto judge = [&](const Issuer& anchor, WallTime when) {
    return TrustStore::from_pem(anchor.certificate_pem(), {}).value().judge(certificate, {}, when);
  };
  CHECK(judge(issuer, now) == TrustStore::Verdict::trusted);
  CHECK(judge(other, now) == TrustStore::Verdict::untrusted);
  CHECK(judge(issuer, now + std::chrono::hours(25)) == TrustStore::Verdict::expired);
  CHECK(judge(issuer, now - std::chrono::hours(2)) == TrustStore::Verdict::not_yet_valid);
}

TEST_CASE("an issued key belongs to its certificate, which names its holder and its key") {
  const WallTime now{1'800'000'000'000};
  const Issuer issuer = Issuer::make("authority", now, std::chrono::hours(24)).value();
  const Issuer::Issued issued = issuer.issue("localhost").value();
  const Certificate certificate = Certificate::all_from_pem(issued.certificate_pem).value().at(0);
  const PrivateKey key = PrivateKey::from_pem(issued.key_pem.view()).value();
  CHECK(key.public_key().equals(certificate.public_key()));
  CHECK(certificate.subject() == "CN=localhost");
  CHECK(certificate.issuer() == "CN=authority");
  CHECK(certificate.subject_key_identifier().size() == 20);
  CHECK(issuer.issue("localhost").value().certificate_pem != issued.certificate_pem);
}

TEST_CASE(
    "certificate_chain_max: a path of so many certificates is read, and none that is longer") {
  const Issuer issuer =
      Issuer::make("authority", WallTime{1'800'000'000'000}, std::chrono::hours(24)).value();
  const Bytes pem = issuer.certificate_pem();
  const Certificate one = Certificate::all_from_pem(pem).value().at(0);
  const Bytes der = one.der();
  for (const std::size_t count :
       {Limits{}.certificate_chain_max, Limits{}.certificate_chain_max + 1}) {
    Bytes content;
    for (std::size_t i = 0; i < count; ++i) {
      content.insert(content.end(), der.begin(), der.end());
    }
    // SEQUENCE with a length of three octets.
    Bytes path{0x30, 0x83, static_cast<Byte>(content.size() >> 16U),
               static_cast<Byte>(content.size() >> 8U), static_cast<Byte>(content.size())};
    path.insert(path.end(), content.begin(), content.end());
    const auto read = Certificate::path_from_pki_path(path);
    if (count == Limits{}.certificate_chain_max) {
      CHECK(read.value().size() == count);
    } else {
      CHECK(read.error().code() == ErrorCode::limit_exceeded);
    }
  }
}
