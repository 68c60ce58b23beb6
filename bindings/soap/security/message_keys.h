#pragma once

#include <array>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "bindings/soap/security/protection_plan.h"
#include "bindings/soap/security/text_writer.h"
#include "bindings/soap/security/token_writer.h"
#include "crypto/entropy.h"
#include "crypto/secret.h"
#include "kdf/p_sha.h"

namespace parley::soap {

/// The symmetric keys that protect one message on its way out: where they come from, and how its
/// elements refer to them. Wiped when it goes.
class MessageKeys {
 public:
  /// All borrowed.
  MessageKeys(const ProtectionPlan& plan, const ProtectionKeys& keys, crypto::Entropy& entropy);

  MessageKeys(const MessageKeys&) = delete;
  MessageKeys& operator=(const MessageKeys&) = delete;
  ~MessageKeys();

  /// Writes the tokens that carry the keys: a SecurityContextToken or an EncryptedKey, then
  /// DerivedKeyTokens; nothing where they are known or not needed. Everything below is valid after
  /// it. Errors: key_unusable when the receiver's certificate cannot take a key.
  Result<void> write(TextWriter& writer);

  const KeyReference& signature_reference() const { return signature_reference_; }

  ByteView signature_secret() const { return signature_.empty() ? source_secret() : signature_; }

  const KeyReference& encryption_reference() const { return encryption_reference_; }

  ByteView encryption_secret() const { return encryption_.empty() ? source_secret() : encryption_; }

  /// What opens the answer to this request; null for messages whose answers need nothing of it.
  const std::shared_ptr<ExchangeSecret>& exchange() const { return exchange_; }

 private:
  static constexpr std::size_t kOctetsMax = 32;
  static constexpr std::size_t kNonceOctets = 16;  // DK7
  using Octets = std::array<Byte, kOctetsMax>;
  using Nonce = std::array<Byte, kNonceOctets>;

  void begin_exchange();
  Result<void> write_source(TextWriter& writer);
  Result<void> write_carried(TextWriter& writer);
  void write_derived(TextWriter& writer);
  void derive_both(const kdf::PShaSource& source, TextWriter& writer);
  KeyReference derive(const kdf::PShaSource& source,
                      std::string_view id,
                      MutableByteView key,
                      MutableByteView nonce,
                      TextWriter& writer);
  bool implies_keys() const;
  bool implies_default_length() const;
  bool needs_keys() const;
  ByteView source_secret() const;

  const ProtectionPlan& plan_;
  const ProtectionKeys& keys_;
  crypto::Entropy& entropy_;
  const uri::SecureConversation& family_;
  std::shared_ptr<ExchangeSecret> exchange_;
  crypto::SecretBytes carried_;  ///< a fresh key of this message
  KeyReference source_;          ///< the secret that the others come from
  KeyReference signature_reference_;
  KeyReference encryption_reference_;
  Octets signature_octets_{};
  Octets encryption_octets_{};
  Nonce signature_nonce_{};  ///< implied keys are named by it
  Nonce encryption_nonce_{};
  ByteView signature_;  ///< derived; else empty
  ByteView encryption_;
};

}  // namespace parley::soap
