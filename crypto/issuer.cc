#include "crypto/issuer.h"

#include <ctime>
#include <optional>

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "crypto/openssl.h"

namespace parley::crypto {
namespace {

constexpr int kKeyBits = 2048;

Error failed() {
  return Error(ErrorCode::internal_failure, "issuing a certificate");
}

struct Wanted {
  std::string_view subject;
  std::string_view issuer;
  const PrivateKey& subject_key;
  const PrivateKey& issuer_key;
  WallTime begin;
  WallTime end;
  bool is_authority;
};

bool set_name(X509_NAME* name, std::string_view common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool set_serial(X509* certificate) {
  unsigned char octets[8];
  if (RAND_bytes(octets, sizeof octets) != 1) {
    return false;
  }
  octets[0] &= 0x7f;  // a positive number
  std::uint64_t serial = 1;
  for (const unsigned char octet : octets) {
    serial = serial << 8 | octet;
  }
  return ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1;
}

bool set_time(ASN1_TIME* target, WallTime time) {
  return ASN1_TIME_set(target, static_cast<std::time_t>(time.ms / 1000)) != nullptr;
}

bool add_extension(X509* certificate, X509V3_CTX& context, int kind, const char* value) {
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
  const bool added = extension != nullptr && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

Result<Bytes> make_certificate(const Wanted& wanted) {
  const X509Ptr certificate(X509_new());
  X509* const x = certificate.get();
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, x, x, nullptr, nullptr, 0);
  const bool is_made =
      x != nullptr && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) &&
      set_name(X509_get_subject_name(x), wanted.subject) &&
      set_name(X509_get_issuer_name(x), wanted.issuer) &&
      set_time(X509_getm_notBefore(x), wanted.begin) &&
      set_time(X509_getm_notAfter(x), wanted.end) &&
      X509_set_pubkey(x, wanted.subject_key.native().get()) == 1 &&
      add_extension(x, context, NID_basic_constraints,
                    wanted.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
      add_extension(x, context, NID_key_usage,
                    wanted.is_authority ? "critical,keyCertSign,cRLSign"
                                        : "critical,digitalSignature,keyEncipherment") &&
      add_extension(x, context, NID_subject_key_identifier, "hash") &&
      X509_sign(x, wanted.issuer_key.native().get(), EVP_sha256()) > 0;
  if (!is_made) {
    return failed();
  }
  const BioPtr out(BIO_new(BIO_s_mem()));
  char* data = nullptr;
  if (PEM_write_bio_X509(out.get(), x) != 1) {
    return failed();
  }
  const long size = BIO_get_mem_data(out.get(), &data);
  return to_bytes({data, static_cast<std::size_t>(size)});
}

Result<SecretBytes> key_pem(const PrivateKey& key) {
  const BioPtr out(BIO_new(BIO_s_secmem()));
  char* data = nullptr;
  if (PEM_write_bio_PKCS8PrivateKey(out.get(), key.native().get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1) {
    return failed();
  }
  const long size = BIO_get_mem_data(out.get(), &data);
  return SecretBytes::copy_of(as_bytes({data, static_cast<std::size_t>(size)}));
}

}  // namespace

Result<Issuer> Issuer::make(std::string_view common_name, WallTime now, Duration validity) {
  PARLEY_ASSIGN_OR_RETURN(PrivateKey key, PrivateKey::generate_rsa(kKeyBits));
  Issuer issuer(std::move(key), std::string(common_name), now - std::chrono::hours(1),
                now + validity);
  PARLEY_ASSIGN_OR_RETURN(issuer.certificate_pem_,
                          make_certificate({issuer.name_, issuer.name_, issuer.key_, issuer.key_,
                                            issuer.begin_, issuer.end_, true}));
  return issuer;
}

Result<Issuer::Issued> Issuer::issue(std::string_view common_name) const {
  PARLEY_ASSIGN_OR_RETURN(const PrivateKey key, PrivateKey::generate_rsa(kKeyBits));
  Issued issued;
  PARLEY_ASSIGN_OR_RETURN(issued.certificate_pem,
                          make_certificate({common_name, name_, key, key_, begin_, end_, false}));
  PARLEY_ASSIGN_OR_RETURN(issued.key_pem, key_pem(key));
  return issued;
}

}  // namespace parley::crypto
