#include "bindings/http/tls.h"

#include <boost/asio/ssl/context.hpp>

#include "bindings/http/asio_context.h"

namespace parley::http {
namespace {

namespace ssl = boost::asio::ssl;

boost::asio::const_buffer buffer_of(ByteView bytes) {
  return {bytes.data(), bytes.size()};
}

Result<void> configure(ssl::context& context, const TlsSettings& settings) {
  boost::system::error_code error;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                          ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                          ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                      error);
  if (!settings.own_certificates_pem.empty()) {
    context.use_certificate_chain(buffer_of(settings.own_certificates_pem), error);
    if (error) {
      return Error(ErrorCode::key_unusable, "TLS certificate");
    }
  }
  if (settings.own_key_pem) {
    context.use_private_key(buffer_of(settings.own_key_pem->view()), ssl::context::pem, error);
    if (error) {
      return Error(ErrorCode::key_unusable, "TLS key");
    }
  }
  if (!settings.anchors_pem.empty()) {
    context.add_certificate_authority(buffer_of(settings.anchors_pem), error);
    if (error) {
      return Error(ErrorCode::key_unusable, "TLS authorities");
    }
  }
  return {};
}

}  // namespace

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}

TlsContext::~TlsContext() = default;

Result<std::shared_ptr<TlsContext>> TlsContext::for_server(const TlsSettings& settings) {
  if (settings.own_certificates_pem.empty() || !settings.own_key_pem) {
    return Error(ErrorCode::key_unusable, "a TLS server needs a certificate and its key");
  }
  auto state = std::make_unique<State>(ssl::context::tls_server);
  PARLEY_TRY(configure(state->context, settings));
  if (!settings.anchors_pem.empty()) {
    state->context.set_verify_mode(settings.require_client_certificate
                                       ? ssl::verify_peer | ssl::verify_fail_if_no_peer_cert
                                       : ssl::verify_peer);
  }
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

Result<std::shared_ptr<TlsContext>> TlsContext::for_client(const TlsSettings& settings) {
  auto state = std::make_unique<State>(ssl::context::tls_client);
  PARLEY_TRY(configure(state->context, settings));
  if (settings.anchors_pem.empty()) {
    boost::system::error_code error;
    state->context.set_default_verify_paths(error);
    if (error) {
      return Error(ErrorCode::key_unusable, "the system's TLS authorities");
    }
  }
  state->context.set_verify_mode(ssl::verify_peer);
  return std::shared_ptr<TlsContext>(new TlsContext(std::move(state)));
}

}  // namespace parley::http
