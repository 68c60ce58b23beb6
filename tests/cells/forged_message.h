#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "bindings/soap/security/algorithms.h"
#include "crypto/asymmetric.h"
#include "crypto/secret.h"

namespace parley::test {

/// Who wrote a message, as far as its keys go.
struct Forger {
  const soap::AlgorithmSuite* suite = nullptr;
  bool sha256_mac = false;
  crypto::SecretBytes secret;                  ///< shared with the receiver; empty = in the message
  std::optional<crypto::PrivateKey> own;       ///< signs, or endorses
  std::optional<crypto::PrivateKey> receiver;  ///< opens what the message carries
};

/// A message of ours in the hands of somebody who holds the keys of its sender: taken apart,
/// changed at will, and signed anew, so that nothing is wrong with it but what was changed. Works
/// on the text, by the Ids that we write, without the code that writes, verifies or decrypts
/// messages.
class ForgedMessage {
 public:
  ForgedMessage(const Bytes& wire, const Forger& forger);

  /// With its Signatures in clear.
  std::string& text() { return text_; }

  /// The whole element whose start tag has this Id (wsu:Id or Id); empty = there is none.
  std::string element(std::string_view id) const;

  bool has(std::string_view id) const { return !element(id).empty(); }

  /// What the Signature refers to, in its order.
  std::vector<std::string> signed_ids() const;

  /// Of soap:Body.
  std::string body_id() const;

  void remove(std::string_view id) { replace(id, ""); }

  void replace(std::string_view id, std::string_view with);

  /// Takes the Reference to the element out of the Signature.
  void unsign(std::string_view id);
  /// Digests the element as it is now.
  void digest_anew(std::string_view id);
  /// Puts an EncryptedData's plaintext in its place, and leaves it on the list.
  void show(std::string_view id);
  /// The same, and takes it off the list.
  void decrypt(std::string_view id);
  /// Takes an element off the ReferenceList.
  void unlist(std::string_view id);

  /// Both Signatures over what is there now, encrypted again where they were.
  Bytes signed_anew();
  /// That of the DerivedKeyToken with this Id; else the one that others are derived from.
  crypto::SecretBytes key(std::string_view id) const;

  /// As it is, without new Signatures.
  Bytes as_it_is();

 private:
  std::string plaintext_of(const std::string& encrypted) const;
  void open_signature(std::string_view data_id);
  void close_signature(std::string_view data_id, std::string_view id);
  void set_value(std::string_view id, ByteView value);
  Bytes finished();

  const Forger& forger_;
  std::string text_;
  crypto::SecretBytes secret_;
  std::vector<std::pair<std::string, std::string>>
      sealed_;  ///< Ids and EncryptedData of Signatures
};

}  // namespace parley::test
