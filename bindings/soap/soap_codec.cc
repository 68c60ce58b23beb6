#include "bindings/soap/soap_codec.h"

#include <utility>

#include "bindings/soap/message_layout.h"
#include "bindings/soap/part_selection.h"
#include "bindings/soap/soap_codec_state.h"

namespace parley::soap {
namespace {

Result<void> read_own(const Credentials& credentials,
                      std::vector<Credential>& own,
                      std::vector<crypto::Certificate>& path) {
  const bool has_certificate = !credentials.own_certificates_pem.empty();
  if (has_certificate != credentials.own_key_pem.has_value()) {
    return Error(ErrorCode::key_unusable, "own certificate and key go together");
  }
  if (!has_certificate) {
    return {};
  }
  PARLEY_ASSIGN_OR_RETURN(path,
                          crypto::Certificate::all_from_pem(credentials.own_certificates_pem));
  PARLEY_ASSIGN_OR_RETURN(crypto::PrivateKey key,
                          crypto::PrivateKey::from_pem(credentials.own_key_pem->view()));
  if (!key.public_key().equals(path.front().public_key())) {
    return Error(ErrorCode::key_unusable, "the own key is not that of the certificate");
  }
  own.push_back({path.front(), std::move(key)});
  path.erase(path.begin());
  return {};
}

}  // namespace

Result<std::unique_ptr<SoapCodec>> SoapCodec::make(const Credentials& credentials,
                                                   const CodecSettings& settings) {
  auto state = std::make_unique<State>();
  state->settings = settings;
  PARLEY_TRY(read_own(credentials, state->own, state->path));
  if (!credentials.peer_certificate_pem.empty()) {
    PARLEY_ASSIGN_OR_RETURN(auto peers,
                            crypto::Certificate::all_from_pem(credentials.peer_certificate_pem));
    state->peer = peers.front();
    state->known = std::move(peers);
  }
  for (const auto& [url, pem] : credentials.peer_certificates_pem) {
    PARLEY_ASSIGN_OR_RETURN(const auto peers, crypto::Certificate::all_from_pem(pem));
    state->peers.emplace(url, peers.front());
    state->known.insert(state->known.end(), peers.begin(), peers.end());
  }
  for (const Credential& own : state->own) {
    state->known.push_back(own.certificate);
  }
  state->known.insert(state->known.end(), state->path.begin(), state->path.end());
  if (!credentials.anchors_pem.empty()) {
    PARLEY_ASSIGN_OR_RETURN(
        state->trust, crypto::TrustStore::from_pem(credentials.anchors_pem, credentials.crls_pem));
  }
  if (credentials.user) {
    state->user = UserCredential{credentials.user->name, credentials.user->password.clone()};
  }
  state->users = credentials.users;
  state->assertion = credentials.assertion;
  for (const AssertionIssuerPem& issuer : credentials.assertion_issuers) {
    PARLEY_ASSIGN_OR_RETURN(const auto certificates,
                            crypto::Certificate::all_from_pem(issuer.certificate_pem));
    state->issuers.push_back({certificates.front(), issuer.name});
  }
  return std::unique_ptr<SoapCodec>(new SoapCodec(std::move(state)));
}

SoapCodec::SoapCodec(std::unique_ptr<State> state) : state_(std::move(state)) {}

SoapCodec::~SoapCodec() = default;

Result<void> SoapCodec::check_body(ByteView body, const engine::Profile& profile) const {
  const Limits& limits = state_->settings.limits;
  PARLEY_TRY(check_application_body(body, limits));
  return check_parts(body, profile.encrypted_parts, limits);
}

}  // namespace parley::soap
