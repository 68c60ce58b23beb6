#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/workspace.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/xml/index.h"
#include "crypto/certificate.h"
#include "crypto/trust_store.h"

namespace parley::soap {

/// The credentials, parsed once, and the settings, which never change; and what one message after
/// the other is worked on with, so that a codec belongs to one thread at a time.
struct SoapCodec::State {
  CodecSettings settings;
  std::vector<Credential> own;              ///< one key pair, or none
  std::vector<crypto::Certificate> path;    ///< what leads from our certificate to an anchor
  std::optional<crypto::Certificate> peer;  ///< whom we encrypt requests for
  std::map<std::string, crypto::Certificate> peers;  ///< by URL
  /// Certificates that references may name: the peer's, ours, and the paths to the anchors.
  std::vector<crypto::Certificate> known;
  std::optional<crypto::TrustStore> trust;  ///< nothing = no signer is trusted
  std::optional<UserCredential> user;
  UserDirectory users;
  std::vector<AssertionIssuer> issuers;
  AssertionSource assertion;
  Workspace workspace;  ///< holds nothing of a message between calls
  xml::Index room;      ///< for the index of the next message: empty
};

}  // namespace parley::soap
