#include "crypto/certificate.h"

#include <openssl/asn1.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/pkcs7.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

#include "base/limits.h"
#include "crypto/openssl.h"

namespace parley::crypto {
namespace {

using Pkcs7Ptr = std::unique_ptr<PKCS7, OpensslDeleter<PKCS7_free>>;
using Pkcs12Ptr = std::unique_ptr<PKCS12, OpensslDeleter<PKCS12_free>>;
using BnPtr = std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>>;

Error invalid(const char* place) {
  ERR_clear_error();
  return Error(ErrorCode::token_invalid, place);
}

std::shared_ptr<x509_st> share_certificate(X509* certificate) { return {certificate, X509_free}; }

std::string text_of(const X509_NAME* name) {
  const BioPtr bio(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(std::max(size, 0L))};
}

WallTime time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) {
    return {};
  }
  return {static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

// One RDN as "TYPE=value", type as a short name or dotted OID without its prefix, value unescaped
// with folded white space and case: what RFC 5280 compares for the string types in use.
std::string folded(std::string_view value) {
  std::string out;
  bool space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      space = !out.empty();
      continue;
    }
    if (space) {
      out += ' ';
      space = false;
    }
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string type_name(std::string_view type) {
  std::string name = folded(type);
  if (name.starts_with("oid.")) {
    name.erase(0, 4);
  }
  if (name == "e" || name == "email") {
    name = "emailaddress";
  } else if (name == "s") {
    name = "st";
  }
  const int nid = OBJ_txt2nid(name.c_str());
  if (nid != NID_undef) {
    return std::to_string(nid);
  }
  // The long and short names that OpenSSL compares with case.
  static constexpr std::pair<std::string_view, int> kKnown[] = {
      {"cn", NID_commonName},    {"o", NID_organizationName},
      {"ou", NID_organizationalUnitName}, {"c", NID_countryName},
      {"l", NID_localityName},   {"st", NID_stateOrProvinceName},
      {"street", NID_streetAddress}, {"dc", NID_domainComponent},
      {"uid", NID_userId},       {"emailaddress", NID_pkcs9_emailAddress},
      {"sn", NID_surname},       {"t", NID_title},
      {"serialnumber", NID_serialNumber}, {"gn", NID_givenName},
      {"givenname", NID_givenName}, {"title", NID_title},
      {"dnq", NID_dnQualifier},
  };
  for (const auto& [known, id] : kKnown) {
    if (known == name) {
      return std::to_string(id);
    }
  }
  return name;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// RFC 4514 text to its RDNs in order of writing.
std::vector<std::string> parse_name(std::string_view text) {
  std::vector<std::string> rdns;
  std::string type;
  std::string value;
  bool in_value = false;
  bool quoted = false;
  std::size_t kept = 0;  // octets of `value` that were escaped or quoted: trailing space among them stays
  auto end = [&] {
    if (in_value) {
      while (value.size() > kept && value.back() == ' ') {
        value.pop_back();
      }
      rdns.push_back(type_name(type) + "=" + folded(value));
    }
    type.clear();
    value.clear();
    in_value = false;
    kept = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (!in_value) {
      if (c == '=') {
        in_value = true;
      } else {
        type += c;
      }
      continue;
    }
    if (c == '\\' && i + 1 < text.size()) {
      const int high = hex_digit(text[i + 1]);
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high >= 0 && low >= 0) {
        value += static_cast<char>(high * 16 + low);
        i += 2;
      } else {
        value += text[++i];
      }
      kept = value.size();
    } else if (c == '"') {
      quoted = !quoted;
      kept = value.size();
    } else if (!quoted && (c == ',' || c == ';' || c == '+')) {
      end();
    } else if (value.empty() && !quoted && c == ' ') {
      continue;
    } else {
      value += c;
    }
  }
  end();
  return rdns;
}

std::vector<std::string> rdns_of(const X509_NAME* name) {
  std::vector<std::string> rdns;
  for (int i = 0; i < X509_NAME_entry_count(name); ++i) {
    const X509_NAME_ENTRY* const entry = X509_NAME_get_entry(name, i);
    const ASN1_OBJECT* const object = X509_NAME_ENTRY_get_object(entry);
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(entry));
    std::string value;
    if (size > 0) {
      value.assign(reinterpret_cast<char*>(utf8), static_cast<std::size_t>(size));
    }
    OPENSSL_free(utf8);
    const int nid = OBJ_obj2nid(object);
    char oid[128];
    OBJ_obj2txt(oid, sizeof oid, object, 1);
    rdns.push_back((nid != NID_undef ? std::to_string(nid) : std::string(oid)) + "=" + folded(value));
  }
  return rdns;
}

bool is_name(const X509_NAME* name, std::string_view text) {
  const std::vector<std::string> own = rdns_of(name);
  std::vector<std::string> other = parse_name(text);
  if (own == other) {
    return true;
  }
  std::reverse(other.begin(), other.end());  // RFC 4514 writes the last RDN first
  return own == other;
}

Result<std::vector<Certificate>> take_all(const STACK_OF(X509) * stack, const char* place) {
  const int count = stack == nullptr ? 0 : sk_X509_num(stack);
  if (count <= 0) {
    return invalid(place);
  }
  if (static_cast<std::uint64_t>(count) > Limits{}.certificate_chain_max) {
    return Error(ErrorCode::limit_exceeded, place);
  }
  std::vector<Certificate> all;
  for (int i = 0; i < count; ++i) {
    unsigned char* der = nullptr;
    const int size = i2d_X509(sk_X509_value(stack, i), &der);
    auto one = Certificate::from_der(ByteView(der, static_cast<std::size_t>(std::max(size, 0))));
    OPENSSL_free(der);
    if (!one) {
      return one.error();
    }
    all.push_back(std::move(one).value());
  }
  return all;
}

}  // namespace

Result<Certificate> Certificate::from_der(ByteView der) {
  const unsigned char* next = der.data();
  X509* const certificate = d2i_X509(nullptr, &next, static_cast<long>(der.size()));
  if (certificate == nullptr) {
    return invalid("certificate");
  }
  auto shared = share_certificate(certificate);
  if (next != der.data() + der.size() || X509_get0_pubkey(certificate) == nullptr) {
    return invalid("certificate");
  }
  return Certificate(std::move(shared));
}

Result<std::vector<Certificate>> Certificate::all_from_pem(ByteView pem) {
  const BioPtr bio = read_from(pem);
  std::vector<Certificate> all;
  while (X509* const one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    auto shared = share_certificate(one);
    if (X509_get0_pubkey(one) == nullptr) {
      return Error(ErrorCode::key_unusable, "certificate");
    }
    all.push_back(Certificate(std::move(shared)));
  }
  ERR_clear_error();
  if (all.empty()) {
    return Error(ErrorCode::key_unusable, "certificate");
  }
  return all;
}

Result<std::vector<Certificate>> Certificate::path_from_pki_path(ByteView der) {
  const unsigned char* next = der.data();
  // SEQUENCE OF ANY, whose elements are then read as certificates.
  STACK_OF(ASN1_TYPE)* const sequence = d2i_ASN1_SEQUENCE_ANY(nullptr, &next, static_cast<long>(der.size()));
  if (sequence == nullptr) {
    return invalid("certificate path");
  }
  const std::unique_ptr<STACK_OF(ASN1_TYPE), void (*)(STACK_OF(ASN1_TYPE)*)> owner(
      sequence, [](STACK_OF(ASN1_TYPE) * s) { sk_ASN1_TYPE_pop_free(s, ASN1_TYPE_free); });
  const int count = sk_ASN1_TYPE_num(sequence);
  if (next != der.data() + der.size() || count <= 0) {
    return invalid("certificate path");
  }
  if (static_cast<std::uint64_t>(count) > Limits{}.certificate_chain_max) {
    return Error(ErrorCode::limit_exceeded, "certificate path");
  }
  std::vector<Certificate> path;
  for (int i = 0; i < count; ++i) {
    const ASN1_TYPE* const item = sk_ASN1_TYPE_value(sequence, i);
    if (item->type != V_ASN1_SEQUENCE) {
      return invalid("certificate path");
    }
    const ASN1_STRING* const bytes = item->value.sequence;
    PARLEY_ASSIGN_OR_RETURN(Certificate one, from_der(ByteView(ASN1_STRING_get0_data(bytes),
                                                              static_cast<std::size_t>(ASN1_STRING_length(bytes)))));
    path.push_back(std::move(one));
  }
  return path;
}

Result<std::vector<Certificate>> Certificate::all_from_pkcs7(ByteView der) {
  const unsigned char* next = der.data();
  const Pkcs7Ptr p7(d2i_PKCS7(nullptr, &next, static_cast<long>(der.size())));
  if (!p7 || !PKCS7_type_is_signed(p7.get()) || p7->d.sign == nullptr) {
    return invalid("PKCS#7");
  }
  return take_all(p7->d.sign->cert, "PKCS#7");
}

Bytes Certificate::der() const {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate_.get(), &der);
  Bytes bytes(der, der + std::max(size, 0));
  OPENSSL_free(der);
  return bytes;
}

PublicKey Certificate::public_key() const { return PublicKey::from_native(share(X509_get_pubkey(certificate_.get()))); }

std::string Certificate::subject() const { return text_of(X509_get_subject_name(certificate_.get())); }

std::string Certificate::issuer() const { return text_of(X509_get_issuer_name(certificate_.get())); }

std::string Certificate::serial() const {
  const BnPtr number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate_.get()), nullptr));
  char* const text = BN_bn2dec(number.get());
  std::string decimal(text == nullptr ? "" : text);
  OPENSSL_free(text);
  return decimal;
}

Bytes Certificate::subject_key_identifier() const {
  const ASN1_OCTET_STRING* const ski = X509_get0_subject_key_id(certificate_.get());
  if (ski == nullptr) {
    return {};
  }
  const unsigned char* const data = ASN1_STRING_get0_data(ski);
  return {data, data + ASN1_STRING_length(ski)};
}

Bytes Certificate::computed_key_identifier() const {
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned int size = 0;
  if (X509_pubkey_digest(certificate_.get(), EVP_sha1(), out.data(), &size) != 1) {
    ERR_clear_error();
    return {};
  }
  out.resize(size);
  return out;
}

DigestValue Certificate::thumbprint() const { return digest(DigestAlgorithm::sha1, der()); }

std::string Certificate::principal() const {
  return "x509:" + to_hex(digest(DigestAlgorithm::sha256, der()).view());
}

WallTime Certificate::not_before() const { return time_of(X509_get0_notBefore(certificate_.get())); }

WallTime Certificate::not_after() const { return time_of(X509_get0_notAfter(certificate_.get())); }

bool Certificate::has_issuer_serial(std::string_view issuer_name, std::string_view serial_decimal) const {
  const std::size_t first = serial_decimal.find_first_not_of('0');
  const std::string_view digits =
      first == std::string_view::npos ? std::string_view("0") : serial_decimal.substr(first);
  return digits == serial() && is_name(X509_get_issuer_name(certificate_.get()), issuer_name);
}

bool Certificate::has_subject(std::string_view name) const {
  return is_name(X509_get_subject_name(certificate_.get()), name);
}

bool Certificate::equals(const Certificate& other) const {
  return X509_cmp(certificate_.get(), other.certificate_.get()) == 0;
}

Result<Pkcs12> read_pkcs12(ByteView bytes, std::string_view password) {
  const unsigned char* next = bytes.data();
  const Pkcs12Ptr file(d2i_PKCS12(nullptr, &next, static_cast<long>(bytes.size())));
  std::string phrase(password);
  EVP_PKEY* key = nullptr;
  X509* certificate = nullptr;
  STACK_OF(X509)* others = nullptr;
  const bool ok = file && PKCS12_parse(file.get(), phrase.c_str(), &key, &certificate, &others) == 1;
  wipe(MutableByteView(reinterpret_cast<Byte*>(phrase.data()), phrase.size()));
  const auto shared_key = share(key);
  const auto shared_certificate = share_certificate(certificate);
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> owner(
      others, [](STACK_OF(X509) * s) { sk_X509_pop_free(s, X509_free); });
  if (!ok || key == nullptr || certificate == nullptr) {
    ERR_clear_error();
    return Error(ErrorCode::key_unusable, "PKCS#12");
  }
  const X509Ptr up_ref(X509_dup(certificate));
  unsigned char* der = nullptr;
  const int size = i2d_X509(up_ref.get(), &der);
  auto own = Certificate::from_der(ByteView(der, static_cast<std::size_t>(std::max(size, 0))));
  OPENSSL_free(der);
  PARLEY_TRY(own);
  Pkcs12 result{PrivateKey::from_native(shared_key), std::move(own).value(), {}};
  if (others != nullptr && sk_X509_num(others) > 0) {
    PARLEY_ASSIGN_OR_RETURN(result.others, take_all(others, "PKCS#12"));
  }
  return result;
}

}  // namespace parley::crypto
