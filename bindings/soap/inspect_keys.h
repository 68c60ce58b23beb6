#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/inspect.h"
#include "bindings/soap/security/key_material.h"
#include "contexts/live_key.h"
#include "crypto/entropy.h"

namespace parley::soap {

/// The operator's keys, ready for use.
class InspectKeyring final : public engine::KeyRing {
 public:
  /// Borrows `keys`. What cannot be used is said in `problems`, and left out.
  InspectKeyring(const InspectKeys& keys, std::vector<std::string>& problems);

  /// How many contexts were given without an Identifier. Of them one at a time stands for every
  /// context that has none of its own.
  std::size_t unnamed() const { return unnamed_.size(); }

  void use_unnamed(std::size_t index) { unnamed_in_use_ = index; }

  const contexts::LiveKey* find(const contexts::ContextName& name) const override;

  /// Valid as long as this is.
  KeyMaterial material();

 private:
  void add_contexts(const InspectKeys& keys, std::vector<std::string>& problems);
  void add_key_pairs(const InspectKeys& keys, std::vector<std::string>& problems);

  std::vector<contexts::LiveKey> named_;
  std::vector<contexts::LiveKey> unnamed_;
  std::size_t unnamed_in_use_ = 0;
  std::vector<Credential> own_;
  std::vector<crypto::Certificate> known_;
  std::optional<crypto::TrustStore> trust_;
  bool has_anchors_ = false;
  std::vector<RawKey> raw_;
  UserDirectory users_;
  const ExchangeSecret* exchange_ = nullptr;
  crypto::SystemEntropy entropy_;
};

}  // namespace parley::soap
