#include "host/credential_files.h"

#include "crypto/certificate.h"
#include "host/file_access.h"

namespace parley::host {
namespace {

constexpr std::size_t kFileSizeMax = std::size_t{1} << 20;

/// An empty name is an absent file.
Result<Bytes> read_if_named(const std::string& path) {
  return path.empty() ? Result<Bytes>(Bytes()) : read_file(path, kFileSizeMax);
}

Result<std::optional<crypto::SecretBytes>> read_key(const std::string& path) {
  if (path.empty()) {
    return std::optional<crypto::SecretBytes>();
  }
  auto key = read_secret_file(path, kFileSizeMax, Readers::anybody);
  if (!key) {
    const bool is_missing = key.error().code() == ErrorCode::not_found;
    return is_missing ? Error(ErrorCode::io_failed, "there is no such key file") : key.error();
  }
  return std::optional<crypto::SecretBytes>(std::move(*key));
}

}  // namespace

Result<soap::Credentials> read_credentials(const CredentialFiles& files) {
  soap::Credentials credentials;
  PARLEY_ASSIGN_OR_RETURN(credentials.own_certificates_pem, read_if_named(files.certificate));
  PARLEY_ASSIGN_OR_RETURN(credentials.own_key_pem, read_key(files.key));
  PARLEY_ASSIGN_OR_RETURN(credentials.peer_certificate_pem, read_if_named(files.peer_certificate));
  PARLEY_ASSIGN_OR_RETURN(credentials.anchors_pem, read_if_named(files.trust));
  PARLEY_ASSIGN_OR_RETURN(credentials.crls_pem, read_if_named(files.revoked));
  return credentials;
}

Result<http::TlsSettings> read_tls(const CredentialFiles& files) {
  http::TlsSettings settings;
  PARLEY_ASSIGN_OR_RETURN(settings.own_certificates_pem, read_if_named(files.certificate));
  PARLEY_ASSIGN_OR_RETURN(settings.own_key_pem, read_key(files.key));
  PARLEY_ASSIGN_OR_RETURN(settings.anchors_pem, read_if_named(files.trust));
  return settings;
}

Result<std::string> principal_of(ByteView certificate_pem) {
  PARLEY_ASSIGN_OR_RETURN(const auto certificates,
                          crypto::Certificate::all_from_pem(certificate_pem));
  return certificates.front().principal();
}

Result<Bytes> read_file(const std::string& path, std::size_t size_max) {
  auto content = read_secret_file(path, size_max, Readers::anybody);
  if (!content) {
    const bool is_missing = content.error().code() == ErrorCode::not_found;
    return is_missing ? Error(ErrorCode::io_failed, "there is no such file") : content.error();
  }
  return Bytes(content->view().begin(), content->view().end());
}

}  // namespace parley::host
