#include "bench/message_bench.h"

#include "base/check.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_codec.h"
#include "bindings/soap/xml/document.h"

namespace parley::bench {
namespace {

constexpr std::string_view kIdentifier = "urn:uuid:00000000-0000-4000-8000-000000000001";
constexpr WallTime kNow{1'800'000'000'000};

class OneKey final : public engine::KeyRing {
 public:
  explicit OneKey(const contexts::LiveKey& key) : key_(key) {}

  const contexts::LiveKey* find(const contexts::ContextName& name) const override {
    return name == key_.name() ? &key_ : nullptr;
  }

 private:
  const contexts::LiveKey& key_;
};

contexts::LiveKey make_key() {
  return contexts::LiveKey::make(
             {std::string(kIdentifier), ""}, contexts::TrustFamily::oasis_200512,
             crypto::SecretBytes::copy_of(Bytes(32, 7)), kNow + std::chrono::hours(1))
      .value();
}

engine::Message make_message(std::size_t body_bytes) {
  engine::Message message;
  message.addressing.action = "urn:parley:exchange/Note";
  message.addressing.to = "http://localhost:9700/exchange";
  message.addressing.message_id = "urn:uuid:00000000-0000-4000-8000-000000000002";
  message.addressing.reply_to =
      engine::EndpointReference{"http://www.w3.org/2005/08/addressing/anonymous", {}};
  message.rm.sequence =
      engine::SequenceHeader{"urn:uuid:00000000-0000-4000-8000-000000000003", 41, false};
  const std::string open = "<x:Note xmlns:x=\"urn:parley:exchange\"><x:text>";
  const std::string close = "</x:text></x:Note>";
  const std::size_t tags = open.size() + close.size();
  message.body = engine::ApplicationBody{
      to_bytes(open + std::string(body_bytes > tags ? body_bytes - tags : 0, 'n') + close)};
  return message;
}

}  // namespace

struct MessageBench::State {
  std::unique_ptr<soap::SoapCodec> codec = soap::SoapCodec::make({}, {}).value();
  contexts::LiveKey key = make_key();
  crypto::SystemEntropy entropy;
  engine::Profile profile;
  engine::Message message;
  engine::WireMessage wire;
};

MessageBench::MessageBench(const std::string& suite, bool encrypt, std::size_t body_bytes)
    : state_(std::make_unique<State>()) {
  state_->profile.suite = suite;
  state_->profile.protect = encrypt ? engine::Protection::sign_encrypt : engine::Protection::sign;
  state_->message = make_message(body_bytes);
}

MessageBench::~MessageBench() = default;

void MessageBench::protect() {
  State& s = *state_;
  engine::ProtectWith with;
  with.context = &s.key;
  auto wire = s.codec->protect(s.message, s.profile, with, kNow, s.entropy);
  PARLEY_CHECK(wire.has_value());
  s.wire = std::move(wire).value();
}

void MessageBench::open() {
  State& s = *state_;
  auto sealed = s.codec->parse(s.wire.bytes, s.wire.content_type, s.profile);
  PARLEY_CHECK(sealed.has_value());
  const OneKey keys(s.key);
  auto opened = s.codec->open(std::move(sealed).value(), s.profile, keys, nullptr, {}, kNow);
  PARLEY_CHECK(opened.has_value());
  const auto* const body = std::get_if<engine::ApplicationBody>(&opened->message.body);
  PARLEY_CHECK(body != nullptr && body->xml.size() >= 16);
}

void MessageBench::parse() {
  PARLEY_CHECK(xml::Document::parse(state_->wire.bytes, Limits{}).has_value());
}

MessageOctets MessageBench::octets() const {
  const State& s = *state_;
  MessageOctets octets;
  octets.body = std::get<engine::ApplicationBody>(s.message.body).xml.size();
  octets.wire = s.wire.bytes.size();
  // The signed parts are seen where nothing is encrypted.
  MessageBench in_clear(s.profile.suite, false, octets.body);
  in_clear.protect();
  const auto document = xml::Document::parse(in_clear.state_->wire.bytes, Limits{});
  PARLEY_CHECK(document.has_value());
  const xml::Element header = document->root().first_child();
  const xml::Element security = header.child(soap::uri::kWsse, "Security");
  const xml::Element signature = security.child(soap::uri::kDs, "Signature");
  const xml::Element signed_info = signature.child(soap::uri::kDs, "SignedInfo");
  octets.signed_info = signed_info.source().size();
  for (const xml::Element& child : signed_info.children()) {
    if (child.is(soap::uri::kDs, "Reference")) {
      const std::string_view id = child.attribute("", "URI").value().substr(1);
      octets.signed_parts.push_back(document->by_id(id).source().size());
    }
  }
  return octets;
}

}  // namespace parley::bench
