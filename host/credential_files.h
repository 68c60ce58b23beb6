#pragma once

#include <string>

#include "base/result.h"
#include "bindings/http/tls.h"
#include "bindings/soap/soap_codec.h"

namespace parley::host {

/// PEM files; an empty name = none.
struct CredentialFiles {
  std::string certificate;  ///< ours, with what leads to an authority after it
  std::string key;
  std::string peer_certificate;  ///< of the service that we call
  std::string trust;             ///< authorities that we accept
  std::string revoked;           ///< revocation lists
};

/// Errors: io_failed (a file that cannot be read), too_large (above 1 MiB).
Result<soap::Credentials> read_credentials(const CredentialFiles& files);

/// For TLS: the same files, `peer_certificate` and `revoked` unused. Errors: as above.
Result<http::TlsSettings> read_tls(const CredentialFiles& files);

/// The name under which whoever holds the key of this certificate is known (PEM; the first counts).
/// Errors: key_unusable.
Result<std::string> principal_of(ByteView certificate_pem);

/// All of a small file. Errors: io_failed, too_large.
Result<Bytes> read_file(const std::string& path, std::size_t size_max);

}  // namespace parley::host
