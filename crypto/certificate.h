#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/time.h"
#include "crypto/asymmetric.h"

struct x509_st;

namespace parley::crypto {

/// An X.509 certificate. A value: copies share the immutable certificate.
class Certificate {
 public:
  /// Exactly one DER certificate and nothing after it. Errors: token_invalid.
  static Result<Certificate> from_der(ByteView der);
  /// All certificates of a PEM text, in order. Errors: key_unusable when there is none.
  static Result<std::vector<Certificate>> all_from_pem(ByteView pem);
  /// X509PKIPathv1: a DER SEQUENCE OF Certificate, the end entity last (M26). Errors: token_invalid, limit_exceeded.
  static Result<std::vector<Certificate>> path_from_pki_path(ByteView der);
  /// PKCS#7 SignedData: certificates in no order. Errors: token_invalid, limit_exceeded.
  static Result<std::vector<Certificate>> all_from_pkcs7(ByteView der);

  Bytes der() const;
  PublicKey public_key() const;

  /// RFC 4514 string, for the operator.
  std::string subject() const;
  std::string issuer() const;
  /// Decimal, of any length.
  std::string serial() const;
  /// Octets of the SubjectKeyIdentifier extension (the inner OCTET STRING); empty when there is none.
  Bytes subject_key_identifier() const;
  /// What many take for that identifier where there is no such extension: SHA-1 over the octets of
  /// the public key (RFC 5280, 4.2.1.2, method 1).
  Bytes computed_key_identifier() const;
  /// SHA-1 over the DER form.
  DigestValue thumbprint() const;
  /// "x509:" and the SHA-256 of the DER form in hexadecimal: a stable name of this credential.
  std::string principal() const;
  WallTime not_before() const;
  WallTime not_after() const;

  /// ds:X509IssuerSerial: the name compares as a parsed name (RFC 4514, in either order), the serial
  /// as a number.
  bool has_issuer_serial(std::string_view issuer_name, std::string_view serial_decimal) const;
  /// ds:X509SubjectName.
  bool has_subject(std::string_view name) const;

  bool equals(const Certificate& other) const;

  const std::shared_ptr<x509_st>& native() const { return certificate_; }

 private:
  explicit Certificate(std::shared_ptr<x509_st> certificate) : certificate_(std::move(certificate)) {}

  std::shared_ptr<x509_st> certificate_;
};

/// What a PKCS#12 file holds.
struct Pkcs12 {
  PrivateKey key;
  Certificate certificate;
  std::vector<Certificate> others;
};

/// Errors: key_unusable.
Result<Pkcs12> read_pkcs12(ByteView bytes, std::string_view password);

}  // namespace parley::crypto
