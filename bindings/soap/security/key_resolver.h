#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/security/encrypted_type.h"
#include "bindings/soap/security/key_material.h"
#include "bindings/soap/security/open_settings.h"
#include "bindings/soap/security/signer.h"
#include "bindings/soap/security/token_reference.h"
#include "bindings/soap/xml/document.h"
#include "kdf/p_sha.h"

namespace parley::soap {

/// A key that something in a message referred to. Owned by the KeyResolver.
class ResolvedKey {
 public:
  /// A symmetric key; the octets are borrowed or owned.
  ResolvedKey(Signer signer, ByteView secret, const kdf::PShaSource* source)
      : own_signer_(std::move(signer)), secret_(secret), source_(source) {}

  ResolvedKey(Signer signer, crypto::SecretBytes secret)
      : own_signer_(std::move(signer)), owned_(std::move(secret)), secret_(owned_.view()) {}

  /// A key that was derived from `from`, which stays where it is as long as this one.
  ResolvedKey(const ResolvedKey& from, crypto::SecretBytes secret)
      : signer_(&from.signer()),
        owned_(std::move(secret)),
        secret_(owned_.view()),
        derivations_(from.derivations_ + 1) {}

  /// Certificates that the reference fits; each may be tried (M30).
  ResolvedKey(std::vector<crypto::Certificate> candidates, std::vector<crypto::Certificate> path)
      : candidates_(std::move(candidates)), path_(std::move(path)) {}

  /// The certificate of a subject that an accepted assertion vouches for.
  ResolvedKey(Signer signer, crypto::Certificate certificate)
      : own_signer_(std::move(signer)), is_vouched_(true), candidates_{std::move(certificate)} {}

  ResolvedKey(const ResolvedKey&) = delete;
  ResolvedKey& operator=(const ResolvedKey&) = delete;

  bool is_symmetric() const { return candidates_.empty(); }

  bool is_derived() const { return derivations_ != 0; }

  /// How often it was derived from a key that was not; 0 = it is one itself.
  std::uint64_t derivations() const { return derivations_; }

  /// The key belongs to `signer`, and its certificates need no path of their own.
  bool is_vouched() const { return is_vouched_; }

  /// Of a symmetric or vouched key.
  const Signer& signer() const { return *signer_; }

  ByteView secret() const { return secret_; }

  const kdf::PShaSource& source();

  const std::vector<crypto::Certificate>& candidates() const { return candidates_; }

  /// What may lead from a candidate to an anchor.
  const std::vector<crypto::Certificate>& path() const { return path_; }

  /// A symmetric key is bound to its first use: one cipher, or signatures if it is a derived key
  /// (M61, DK12). False = it was used otherwise before.
  bool bind_to(const CipherRow& cipher);
  bool bind_to_signature();

 private:
  Signer own_signer_;
  const Signer* signer_ = &own_signer_;
  crypto::SecretBytes owned_;
  ByteView secret_;
  const kdf::PShaSource* source_ = nullptr;
  std::optional<kdf::PShaSource> owned_source_;
  std::uint64_t derivations_ = 0;
  bool is_vouched_ = false;
  std::vector<crypto::Certificate> candidates_;
  std::vector<crypto::Certificate> path_;
  const CipherRow* cipher_ = nullptr;
  bool signs_ = false;
};

/// Finds the keys that references lead to, inside one Security header and in what we know. Each
/// token is resolved once.
class KeyResolver {
 public:
  /// All borrowed. `security` is the header inside which local references stay (M5).
  KeyResolver(const xml::Document& document,
              xml::Element security,
              const KeyMaterial& material,
              const OpenSettings& settings)
      : document_(document), security_(security), material_(material), settings_(settings) {}

  KeyResolver(const KeyResolver&) = delete;
  KeyResolver& operator=(const KeyResolver&) = delete;

  /// The keys that a ds:KeyInfo may mean: of exactly one SecurityTokenReference (M38), or those
  /// given by hand that fit a KeyName. Null `key_info`: those given by hand without a name. Never
  /// none. Errors: security_header_invalid, token_unavailable, and those of `resolve`.
  Result<std::vector<ResolvedKey*>> candidates(const xml::Element& key_info);

  /// The key of a SecurityTokenReference. Errors: context_unknown, derivation_unknown,
  /// token_unavailable, token_unsupported, token_invalid, authentication_failed for a token whose
  /// issuer we do not trust; security_failed for every failure to unwrap a key (M58).
  Result<ResolvedKey*> resolve(const xml::Element& reference) { return resolve(reference, 0); }

  /// The key of a token: a SecurityContextToken, DerivedKeyToken, EncryptedKey or
  /// BinarySecurityToken.
  Result<ResolvedKey*> key_of_token(const xml::Element& token) { return key_of_token(token, 0); }

  /// The token that a SecurityTokenReference means, as an element of this message; null when it
  /// stands nowhere in it. Errors: token_unavailable for an id that nothing in the header has.
  Result<xml::Element> token_element(const TokenReference& reference) const;

  /// Certificates that a reference by name, identifier or serial fits.
  std::vector<crypto::Certificate> certificates_for(const TokenReference& reference) const;

  /// Keys that the message carried, in the order in which they were met.
  const std::vector<std::shared_ptr<const ExchangeSecret>>& carried() const { return carried_; }

 private:
  struct Entry {
    xml::Element token;  ///< null = the key was found otherwise
    ResolvedKey* key;
  };

  Result<ResolvedKey*> resolve(const xml::Element& reference, int depth);
  Result<ResolvedKey*> resolve_plain(const TokenReference& reference, int depth);
  Result<ResolvedKey*> key_of_token(const xml::Element& token, int depth);
  Result<std::unique_ptr<ResolvedKey>> make_key(const xml::Element& token, int depth);
  Result<std::unique_ptr<ResolvedKey>> derive(const xml::Element& token, int depth);
  Result<std::unique_ptr<ResolvedKey>> unwrap(const xml::Element& token, int depth);
  Result<crypto::SecretBytes> unwrap_secret(const EncryptedKeyClaim& claim, int depth);
  Result<crypto::SecretBytes> unwrap_with(const EncryptedKeyClaim& claim, ResolvedKey& key) const;
  Result<crypto::SecretBytes> transport(const EncryptedKeyClaim& claim,
                                        const Credential& own) const;
  Result<ResolvedKey*> context(contexts::ContextName name);
  Result<std::unique_ptr<ResolvedKey>> derive_from(ResolvedKey& source,
                                                   const kdf::DerivedKeySpec& spec) const;
  Result<ResolvedKey*> derive_implied(ResolvedKey& source, const kdf::DerivedKeySpec& spec);
  Result<std::vector<ResolvedKey*>> given_keys(std::string_view name);
  Result<std::unique_ptr<ResolvedKey>> subject_key(const xml::Element& assertion, int depth);
  ResolvedKey* keep(const xml::Element& token, std::unique_ptr<ResolvedKey> key);

  const xml::Document& document_;
  xml::Element security_;
  const KeyMaterial& material_;
  const OpenSettings& settings_;
  std::vector<std::unique_ptr<ResolvedKey>> keys_;
  std::vector<Entry> entries_;       ///< of each token that was resolved, and of each key
  std::vector<ResolvedKey*> given_;  ///< for each raw key, once one was asked for
  std::vector<std::shared_ptr<const ExchangeSecret>> carried_;
};

/// In words, for an operator.
std::string describe(const ResolvedKey& key);

}  // namespace parley::soap
