#include "bindings/soap/inspect_keys.h"

#include <utility>

namespace parley::soap {
namespace {

constexpr AssertionRules kAnyAssertion{.allow_sender_vouches = true, .accept_any = true};

}  // namespace

InspectKeyring::InspectKeyring(const InspectKeys& keys, std::vector<std::string>& problems)
    : has_anchors_(!keys.anchors_pem.empty()),
      exchange_(dynamic_cast<const ExchangeSecret*>(keys.answers.get())) {
  add_contexts(keys, problems);
  if (!keys.certificates_pem.empty()) {
    auto known = crypto::Certificate::all_from_pem(keys.certificates_pem);
    if (known) {
      known_ = std::move(*known);
    } else {
      problems.push_back("certificates: " + known.error().message());
    }
  }
  add_key_pairs(keys, problems);
  for (const crypto::SecretBytes& raw : keys.raw_keys) {
    raw_.push_back(RawKey{{}, raw.clone()});
  }
  if (has_anchors_) {
    auto trust = crypto::TrustStore::from_pem(keys.anchors_pem, {});
    if (trust) {
      trust_.emplace(std::move(*trust));
    } else {
      problems.push_back("anchors: " + trust.error().message());
    }
  }
  if (!keys.users.empty()) {
    users_.password = [&keys](std::string_view name) -> std::optional<crypto::SecretBytes> {
      for (const InspectKeys::User& user : keys.users) {
        if (user.name == name) {
          return user.password.clone();
        }
      }
      return std::nullopt;
    };
  }
}

void InspectKeyring::add_contexts(const InspectKeys& keys, std::vector<std::string>& problems) {
  for (const InspectKeys::Context& given : keys.contexts) {
    // The family is that of the message's own tokens; a key has none for opening.
    auto key = contexts::LiveKey::make({given.identifier, given.instance},
                                       contexts::TrustFamily::oasis_200512, given.secret.clone(),
                                       WallTime{});
    if (!key) {
      problems.push_back("secret of a context: " + key.error().message());
    } else if (given.identifier.empty()) {
      unnamed_.push_back(std::move(*key));
    } else {
      named_.push_back(std::move(*key));
    }
  }
}

void InspectKeyring::add_key_pairs(const InspectKeys& keys, std::vector<std::string>& problems) {
  for (const InspectKeys::KeyPair& given : keys.key_pairs) {
    const auto key = crypto::PrivateKey::from_pem(given.key_pem.view());
    auto certificates = given.certificates_pem.empty()
                            ? Result<std::vector<crypto::Certificate>>(known_)
                            : crypto::Certificate::all_from_pem(given.certificates_pem);
    if (!key || !certificates) {
      problems.push_back("key pair: " + (key ? certificates.error() : key.error()).message());
      continue;
    }
    bool has_one = false;
    for (crypto::Certificate& certificate : *certificates) {
      if (certificate.public_key().equals(key->public_key())) {
        own_.push_back(Credential{certificate, *key});
        has_one = true;
      } else if (!given.certificates_pem.empty()) {
        known_.push_back(certificate);
      }
    }
    if (!has_one) {
      problems.push_back("key pair: no certificate belongs to the key");
    }
  }
}

const contexts::LiveKey* InspectKeyring::find(const contexts::ContextName& name) const {
  for (const contexts::LiveKey& key : named_) {
    if (key.name() == name) {
      return &key;
    }
  }
  return unnamed_.empty() ? nullptr : &unnamed_[unnamed_in_use_];
}

KeyMaterial InspectKeyring::material() {
  KeyMaterial material;
  material.contexts = this;
  material.exchange = exchange_;
  material.own = own_;
  material.known = known_;
  material.trust = trust_ ? &*trust_ : nullptr;
  material.accept_any_signer = !has_anchors_;
  material.assertions = &kAnyAssertion;
  material.raw_keys = raw_;
  material.users = users_ ? &users_ : nullptr;
  material.entropy = &entropy_;
  return material;
}

}  // namespace parley::soap
