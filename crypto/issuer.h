#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/asymmetric.h"
#include "crypto/certificate.h"
#include "crypto/secret.h"

namespace parley::crypto {

/// A certificate authority for demonstrations and tests: its key lives as long as it does.
class Issuer {
 public:
  /// A fresh authority whose certificates, its own too, are valid for `validity` from an hour
  /// before `now`. Errors: internal_failure.
  static Result<Issuer> make(std::string_view common_name, WallTime now, Duration validity);

  /// Its own certificate: the anchor.
  const Bytes& certificate_pem() const { return certificate_pem_; }

  struct Issued {
    Bytes certificate_pem;
    SecretBytes key_pem;  ///< PKCS#8, not encrypted
  };

  /// A fresh RSA key of 2048 bits with its certificate. Errors: internal_failure.
  Result<Issued> issue(std::string_view common_name) const;

 private:
  Issuer(PrivateKey key, std::string name, WallTime begin, WallTime end)
      : key_(std::move(key)), name_(std::move(name)), begin_(begin), end_(end) {}

  PrivateKey key_;
  std::string name_;
  WallTime begin_;
  WallTime end_;
  Bytes certificate_pem_;
};

}  // namespace parley::crypto
