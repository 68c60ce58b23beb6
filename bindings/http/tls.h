#pragma once

#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/secret.h"

namespace parley::http {

/// Keys and trust of TLS, as PEM text. TLS 1.2 and 1.3 only.
struct TlsSettings {
  Bytes own_certificates_pem;  ///< ours first, then what leads to an authority; a client may have
                               ///< none
  std::optional<crypto::SecretBytes> own_key_pem;
  /// Authorities whose certificates are accepted. A client without them takes the system's; a
  /// server without them asks for no certificate.
  Bytes anchors_pem;
  bool require_client_certificate = false;  ///< server: refuse those without
};

/// A prepared TLS configuration, shared by connections.
class TlsContext {
 public:
  /// Errors: key_unusable.
  static Result<std::shared_ptr<TlsContext>> for_server(const TlsSettings& settings);
  static Result<std::shared_ptr<TlsContext>> for_client(const TlsSettings& settings);

  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext();

  struct State;

  /// For the classes of this room.
  State& state() { return *state_; }

 private:
  explicit TlsContext(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace parley::http
