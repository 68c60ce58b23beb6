#include "tests/hostile/codec_receiver.h"

#include <optional>
#include <utility>

namespace parley::vectors {
namespace {

/// The one context that the index gives, or none.
class OneContext final : public engine::KeyRing {
 public:
  OneContext(const Entry& entry, contexts::TrustFamily family) {
    const Json& context = entry.json["context"];
    if (context.is_null()) {
      return;
    }
    auto key = contexts::LiveKey::make(
        {context.text("identifier"), context.text_or("instance", "")}, family,
        crypto::SecretBytes::take(context.hex("secret_hex")), WallTime{INT64_MAX});
    if (!key) {
      throw BadVector("an empty secret");
    }
    key_.emplace(std::move(*key));
  }

  const contexts::LiveKey* find(const contexts::ContextName& name) const override {
    return key_ && key_->name() == name ? &*key_ : nullptr;
  }

 private:
  std::optional<contexts::LiveKey> key_;
};

Observed rejected(const Error& error) {
  Observed observed;
  observed.outcome = Observed::Outcome::rejected;
  observed.fault = error.code();
  observed.why = error.place();
  return observed;
}

}  // namespace

Observed receive_by_codec(const Entry& entry,
                          Bytes message,
                          const Posture& posture,
                          const soap::Credentials& credentials) {
  const auto codec = soap::SoapCodec::make(credentials, soap::CodecSettings{});
  if (!codec) {
    throw BadVector("unusable keys: " + codec.error().message());
  }
  const OneContext contexts(entry,
                            posture.profile.sc.value_or(contexts::TrustFamily::oasis_200512));
  auto sealed = (*codec)->parse(std::move(message), posture.content_type, posture.profile);
  if (!sealed) {
    return rejected(sealed.error());
  }
  const auto opened = (*codec)->open(std::move(*sealed), posture.profile, contexts, nullptr,
                                     engine::Channel{}, posture.now);
  if (!opened) {
    return rejected(opened.error());
  }
  if (posture.is_secured && std::holds_alternative<engine::NoProof>(opened->proof)) {
    throw BadVector("opened without a proof, though protection is required");
  }
  Observed observed;
  if (opened->message.rm.sequence) {
    observed.number = opened->message.rm.sequence->number;
  }
  return observed;
}

}  // namespace parley::vectors
