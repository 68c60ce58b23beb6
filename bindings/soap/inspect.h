#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/time.h"
#include "crypto/secret.h"
#include "engine/message.h"
#include "engine/profile.h"

// Opening a message by hand: the operator's tool for when two stacks disagree. Unlike SoapCodec it
// reads every version, follows no profile, goes on after a failure where it can, and says in detail
// what failed and why. Its words are for the local terminal only, never for a peer.

namespace parley::soap {

/// What the operator knows.
struct InspectKeys {
  struct Context {
    std::string identifier;  ///< empty = tried for any context
    std::string instance;    ///< empty = none, or any when `identifier` is empty
    crypto::SecretBytes secret;
  };

  struct KeyPair {
    Bytes certificates_pem;  ///< empty = its certificate is among the further ones below
    crypto::SecretBytes key_pem;
  };

  struct User {
    std::string name;
    crypto::SecretBytes password;
  };

  std::vector<Context> contexts;
  std::vector<KeyPair> key_pairs;             ///< receivers' keys, to open EncryptedKeys with
  std::vector<crypto::SecretBytes> raw_keys;  ///< tried where a KeyInfo names a key, or nothing
  Bytes certificates_pem;                     ///< further certificates that references may name
  Bytes anchors_pem;                          ///< empty = signers are not checked against anchors
  std::vector<User> users;                    ///< empty = passwords are not checked
  /// Of the request that this message answers, from its own report.
  std::shared_ptr<const engine::ExchangeKeys> answers;
};

struct InspectSettings {
  Limits limits;
  WallTime now;             ///< also when certificates have to be valid
  bool check_times = true;  ///< false: a recorded message is not "expired"
  Duration clock_skew = std::chrono::minutes(5);
  bool allow_rsa_1_5 = true;
  std::string default_label;  ///< of derived keys, agreed on otherwise; empty = the usual one
};

/// A header block, the Body, a child of the Security header, or an element that was encrypted by
/// itself.
struct InspectedPart {
  std::string name;  ///< local name
  std::string name_space;
  std::string id;  ///< empty = none
  bool is_security_child = false;
  bool must_understand = false;
  bool is_signed = false;
  bool was_encrypted = false;
};

/// A Timestamp, or a token that says who somebody is.
struct InspectedToken {
  std::string name;     ///< local name of its element
  std::string content;  ///< what it says, in words
  std::string failure;  ///< empty = it can be read, and believed as far as the keys tell
};

struct InspectedSignature {
  std::string algorithm;  ///< URI of the SignatureMethod
  std::string key;  ///< which key, in words: "derived key … from context …", "certificate …"
  std::string failure;              ///< empty = verified
  std::vector<std::string> covers;  ///< local names of the parts
};

struct InspectedEncryption {
  std::string algorithm;  ///< URI of the EncryptionMethod
  std::string key;        ///< which key, in words
  std::string part;       ///< what was encrypted
  std::string failure;    ///< empty = decrypted
};

struct InspectReport {
  std::optional<engine::SoapVersion> soap;
  std::optional<engine::AddressingVersion> addressing_version;
  std::optional<sequences::RmVersion> rm_version;
  engine::Addressing addressing;
  engine::RmHeaders rm;
  std::vector<InspectedPart> parts;
  std::vector<InspectedToken> tokens;
  std::vector<InspectedSignature> signatures;
  std::vector<InspectedEncryption> encryptions;
  std::string security_role;      ///< not empty: the Security header is for another role
  std::string timestamp_created;  ///< as written; empty = none
  std::string timestamp_expires;
  std::string context_identifier;  ///< empty = no context is named
  std::string context_instance;
  std::string body_element;  ///< local name of the Body's child; empty = empty Body
  std::string body_namespace;
  Bytes body;      ///< the Body's child after decryption, with its namespaces
  Bytes envelope;  ///< the whole message after decryption
  std::optional<engine::Fault> fault;
  std::vector<std::string> problems;  ///< what failed, in the order found; empty = all is well
  std::shared_ptr<const engine::ExchangeKeys> exchange_keys;  ///< to open the answer

  /// Whether everything could be read, decrypted and verified.
  bool is_clean() const { return problems.empty(); }
};

/// Reads, decrypts and verifies as far as `keys` reach. Never fails: what cannot be done is said in
/// `problems`. `content_type` may be empty; where it says so, `envelope` is a package that holds
/// one (MTOM).
InspectReport inspect(ByteView envelope,
                      std::string_view content_type,
                      const InspectKeys& keys,
                      const InspectSettings& settings);

/// The report as lines of text for a terminal. Shows the body; never a secret.
std::string to_text(const InspectReport& report);

}  // namespace parley::soap
