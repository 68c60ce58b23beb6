#include "tests/support/sim_codec.h"

#include <cstring>
#include <utility>

#include "engine/wire_names.h"

namespace parley::sim {
namespace {

using namespace engine;  // NOLINT: this file is about nothing else

// That of SOAP, or a host would take it for the page of a proxy.
constexpr std::string_view kContentType = "application/soap+xml";

enum class Protected : Byte { no, context, bootstrap };

/// Keyed, spreading, and not cryptographic.
class Checksum {
 public:
  explicit Checksum(ByteView key) { add(key); }

  void add(ByteView bytes) {
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8) {
      std::uint64_t word;
      std::memcpy(&word, bytes.data() + at, 8);
      mix(word);
    }
    std::uint64_t last = bytes.size();
    for (; at < bytes.size(); ++at) {
      last = (last << 8) | bytes[at];
    }
    mix(last);
  }

  std::uint64_t value() const { return state_; }

 private:
  void mix(std::uint64_t word) {
    state_ = (state_ ^ word) * 0x9E3779B97F4A7C15U;
    state_ ^= state_ >> 29;
  }

  std::uint64_t state_ = 0xCBF29CE484222325U;
};

class Writer {
 public:
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out.push_back(static_cast<Byte>(value | 0x80));
      value >>= 7;
    }
    out.push_back(static_cast<Byte>(value));
  }

  void fixed(std::uint64_t value) {
    Byte bytes[8];
    std::memcpy(bytes, &value, 8);
    out.insert(out.end(), bytes, bytes + 8);
  }

  void flag(bool value) { out.push_back(value ? 1 : 0); }

  void octets(ByteView bytes) {
    number(bytes.size());
    out.insert(out.end(), bytes.begin(), bytes.end());
  }

  void text(std::string_view value) { octets(as_bytes(value)); }

  void wall(WallTime value) { fixed(static_cast<std::uint64_t>(value.ms)); }

  template <class T, class F>
  void optional(const std::optional<T>& value, F write) {
    flag(value.has_value());
    if (value) {
      write(*value);
    }
  }

  template <class T, class F>
  void list(const std::vector<T>& values, F write) {
    number(values.size());
    for (const T& value : values) {
      write(value);
    }
  }

  Bytes out;
};

/// Reads past the end as zeros and says so with `is_bad`.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const Byte byte = take();
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) {
        break;
      }
    }
    return value;
  }

  std::uint64_t fixed() {
    std::uint64_t value = 0;
    if (in_.size() < 8) {
      is_bad = true;
      return 0;
    }
    std::memcpy(&value, in_.data(), 8);
    in_ = in_.subspan(8);
    return value;
  }

  bool flag() { return take() != 0; }

  Bytes octets() {
    const std::uint64_t size = number();
    if (size > in_.size()) {
      is_bad = true;
      return {};
    }
    Bytes bytes(in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(size));
    in_ = in_.subspan(size);
    return bytes;
  }

  std::string text() {
    const Bytes bytes = octets();
    return std::string(as_text(bytes));
  }

  WallTime wall() { return {static_cast<std::int64_t>(fixed())}; }

  template <class F>
  auto optional(F read) -> std::optional<decltype(read())> {
    if (!flag()) {
      return std::nullopt;
    }
    return read();
  }

  template <class F>
  auto list(F read) {
    std::vector<decltype(read())> values;
    const std::uint64_t size = number();
    for (std::uint64_t i = 0; i < size && !is_bad; ++i) {
      values.push_back(read());
    }
    return values;
  }

  ByteView rest() const { return in_; }

  bool is_bad = false;

 private:
  Byte take() {
    if (in_.empty()) {
      is_bad = true;
      return 0;
    }
    const Byte byte = in_.front();
    in_ = in_.subspan(1);
    return byte;
  }

  ByteView in_;
};

void put(Writer& w, const EndpointReference& epr) {
  w.text(epr.address);
  w.octets(epr.reference_parameters);
}

EndpointReference get_epr(Reader& r) {
  return {r.text(), r.octets()};
}

void put(Writer& w, const AcknowledgementHeader& ack) {
  w.text(ack.identifier);
  w.list(ack.ranges, [&](const NumberRange& range) {
    w.number(range.first);
    w.number(range.second);
  });
  w.list(ack.nacks, [&](std::uint64_t nack) { w.number(nack); });
  w.flag(ack.final);
  w.optional(ack.buffer_remaining,
             [&](std::int32_t value) { w.number(static_cast<std::uint64_t>(value)); });
}

AcknowledgementHeader get_ack(Reader& r) {
  AcknowledgementHeader ack;
  ack.identifier = r.text();
  ack.ranges = r.list([&] {
    const std::uint64_t lower = r.number();
    return NumberRange{lower, r.number()};
  });
  ack.nacks = r.list([&] { return r.number(); });
  ack.final = r.flag();
  ack.buffer_remaining = r.optional([&] { return static_cast<std::int32_t>(r.number()); });
  return ack;
}

void put_secret(Writer& w, const std::optional<crypto::SecretBytes>& secret) {
  w.flag(secret.has_value());
  if (secret) {
    w.octets(secret->view());
  }
}

std::optional<crypto::SecretBytes> get_secret(Reader& r) {
  if (!r.flag()) {
    return std::nullopt;
  }
  return crypto::SecretBytes::take(r.octets());
}

void put_duration(Writer& w, const std::optional<Duration>& value) {
  w.optional(value, [&](Duration d) { w.number(static_cast<std::uint64_t>(d.count())); });
}

std::optional<Duration> get_duration(Reader& r) {
  return r.optional([&] { return Duration(static_cast<std::int64_t>(r.number())); });
}

void put_name(Writer& w, const std::optional<contexts::ContextName>& name) {
  w.optional(name, [&](const contexts::ContextName& n) {
    w.text(n.identifier);
    w.text(n.instance);
  });
}

std::optional<contexts::ContextName> get_name(Reader& r) {
  return r.optional([&] {
    contexts::ContextName name;
    name.identifier = r.text();
    name.instance = r.text();
    return name;
  });
}

void put_lifetime(Writer& w, const std::optional<contexts::Lifetime>& lifetime) {
  w.optional(lifetime, [&](const contexts::Lifetime& l) {
    w.wall(l.created);
    w.wall(l.expires);
  });
}

std::optional<contexts::Lifetime> get_lifetime(Reader& r) {
  return r.optional([&] {
    contexts::Lifetime lifetime;
    lifetime.created = r.wall();
    lifetime.expires = r.wall();
    return lifetime;
  });
}

struct PutBody {
  Writer& w;

  void operator()(const ApplicationBody& b) const { w.octets(b.xml); }

  void operator()(const CreateSequence& b) const {
    put(w, b.acks_to);
    put_duration(w, b.expires);
    w.optional(b.offer, [&](const CreateSequence::Offer& offer) {
      w.text(offer.identifier);
      w.optional(offer.endpoint, [&](const EndpointReference& epr) { put(w, epr); });
      put_duration(w, offer.expires);
      w.text(offer.incomplete_behavior);
    });
    w.optional(b.context_identifier, [&](const std::string& s) { w.text(s); });
  }

  void operator()(const CreateSequenceResponse& b) const {
    w.text(b.identifier);
    put_duration(w, b.expires);
    w.text(b.incomplete_behavior);
    w.optional(b.accept_acks_to, [&](const EndpointReference& epr) { put(w, epr); });
  }

  void operator()(const SequenceLifecycle& b) const {
    w.number(static_cast<std::uint64_t>(b.kind));
    w.text(b.identifier);
    w.optional(b.last_number, [&](std::uint64_t n) { w.number(n); });
  }

  void operator()(const contexts::TokenRequest& b) const {
    w.number(static_cast<std::uint64_t>(b.family));
    w.number(static_cast<std::uint64_t>(b.operation));
    w.text(b.context);
    put_secret(w, b.entropy);
    w.number(b.key_bits);
    put_lifetime(w, b.lifetime);
    put_name(w, b.target);
    w.text(b.applies_to);
  }

  void operator()(const contexts::TokenResponse& b) const {
    w.number(static_cast<std::uint64_t>(b.family));
    w.number(static_cast<std::uint64_t>(b.operation));
    w.text(b.context);
    w.optional(b.token_type, [&](const std::string& s) { w.text(s); });
    put_name(w, b.token);
    w.octets(b.token_xml);
    w.flag(b.computed_key);
    put_secret(w, b.proof_secret);
    put_secret(w, b.entropy);
    w.number(b.key_bits);
    put_lifetime(w, b.lifetime);
    w.flag(b.cancelled);
    w.text(b.applies_to);
    w.text(b.primary);
  }

  void operator()(const Fault& b) const {
    w.number(static_cast<std::uint64_t>(b.code));
    w.flag(b.sender);
    w.text(b.subcode_namespace);
    w.text(b.subcode);
    w.text(b.reason);
    w.octets(b.detail);
    w.text(b.sequence_identifier);
    w.optional(b.acknowledgement, [&](const AcknowledgementHeader& ack) { put(w, ack); });
    w.number(b.max_number);
  }

  void operator()(const MakeConnection& b) const {
    w.text(b.address);
    w.octets(b.unsupported);
  }
};

Body get_body(Reader& r) {
  switch (r.number()) {
    case 0:
      return ApplicationBody{r.octets()};
    case 1: {
      CreateSequence b;
      b.acks_to = get_epr(r);
      b.expires = get_duration(r);
      b.offer = r.optional([&] {
        CreateSequence::Offer offer;
        offer.identifier = r.text();
        offer.endpoint = r.optional([&] { return get_epr(r); });
        offer.expires = get_duration(r);
        offer.incomplete_behavior = r.text();
        return offer;
      });
      b.context_identifier = r.optional([&] { return r.text(); });
      return b;
    }
    case 2: {
      CreateSequenceResponse b;
      b.identifier = r.text();
      b.expires = get_duration(r);
      b.incomplete_behavior = r.text();
      b.accept_acks_to = r.optional([&] { return get_epr(r); });
      return b;
    }
    case 3: {
      SequenceLifecycle b;
      b.kind = static_cast<SequenceLifecycle::Kind>(r.number());
      b.identifier = r.text();
      b.last_number = r.optional([&] { return r.number(); });
      return b;
    }
    case 4: {
      contexts::TokenRequest b;
      b.family = static_cast<contexts::TrustFamily>(r.number());
      b.operation = static_cast<contexts::TrustOperation>(r.number());
      b.context = r.text();
      b.entropy = get_secret(r);
      b.key_bits = static_cast<std::uint32_t>(r.number());
      b.lifetime = get_lifetime(r);
      b.target = get_name(r);
      b.applies_to = r.text();
      return b;
    }
    case 5: {
      contexts::TokenResponse b;
      b.family = static_cast<contexts::TrustFamily>(r.number());
      b.operation = static_cast<contexts::TrustOperation>(r.number());
      b.context = r.text();
      b.token_type = r.optional([&] { return r.text(); });
      b.token = get_name(r);
      b.token_xml = r.octets();
      b.computed_key = r.flag();
      b.proof_secret = get_secret(r);
      b.entropy = get_secret(r);
      b.key_bits = static_cast<std::uint32_t>(r.number());
      b.lifetime = get_lifetime(r);
      b.cancelled = r.flag();
      b.applies_to = r.text();
      b.primary = r.text();
      return b;
    }
    case 7: {
      MakeConnection b;
      b.address = r.text();
      b.unsupported = r.octets();
      return b;
    }
    default: {
      Fault b;
      b.code = static_cast<ErrorCode>(r.number());
      b.sender = r.flag();
      b.subcode_namespace = r.text();
      b.subcode = r.text();
      b.reason = r.text();
      b.detail = r.octets();
      b.sequence_identifier = r.text();
      b.acknowledgement = r.optional([&] { return get_ack(r); });
      b.max_number = r.number();
      return b;
    }
  }
}

void put(Writer& w, const Message& m, bool with_reply_to) {
  const auto epr = [&](const EndpointReference& e) { put(w, e); };
  w.text(m.addressing.action);
  w.text(m.addressing.to);
  w.text(m.addressing.message_id);
  w.text(m.addressing.relates_to);
  w.optional(with_reply_to ? m.addressing.reply_to : std::nullopt, epr);
  w.optional(m.addressing.fault_to, epr);
  w.optional(m.addressing.from, epr);
  w.optional(m.addressing.pending, [&](bool pending) { w.flag(pending); });
  w.optional(m.rm.sequence, [&](const SequenceHeader& s) {
    w.text(s.identifier);
    w.number(s.number);
    w.flag(s.last_message);
  });
  w.list(m.rm.acknowledgements, [&](const AcknowledgementHeader& ack) { put(w, ack); });
  w.list(m.rm.ack_requests, [&](const std::string& s) { w.text(s); });
  w.flag(m.rm.uses_sequence_str);
  w.number(m.body.index());
  std::visit(PutBody{w}, m.body);
}

Message get_message(Reader& r) {
  Message m;
  const auto epr = [&] { return get_epr(r); };
  m.addressing.action = r.text();
  m.addressing.to = r.text();
  m.addressing.message_id = r.text();
  m.addressing.relates_to = r.text();
  m.addressing.reply_to = r.optional(epr);
  m.addressing.fault_to = r.optional(epr);
  m.addressing.from = r.optional(epr);
  m.addressing.pending = r.optional([&] { return r.flag(); });
  m.rm.sequence = r.optional([&] {
    SequenceHeader s;
    s.identifier = r.text();
    s.number = r.number();
    s.last_message = r.flag();
    return s;
  });
  m.rm.acknowledgements = r.list([&] { return get_ack(r); });
  m.rm.ack_requests = r.list([&] { return r.text(); });
  m.rm.uses_sequence_str = r.flag();
  m.body = get_body(r);
  return m;
}

/// The answer to a bootstrap request is bound to it by its nonce.
class SimExchangeKeys final : public ExchangeKeys {
 public:
  explicit SimExchangeKeys(std::uint64_t fresh) : nonce(fresh) {}

  std::uint64_t nonce;
};

class SimSealed final : public SealedMessage {
 public:
  const Hints& hints() const override { return hints_; }

  Hints hints_;
  Protected protection = Protected::no;
  contexts::ContextName name;
  std::string principal;
  std::uint64_t nonce = 0;
  std::uint64_t answers = 0;
  std::uint64_t checksum = 0;
  Bytes payload;
  bool is_in_clear = false;
  Message message;
};

Bytes bootstrap_key(std::string_view principal, std::uint64_t nonce, std::uint64_t answers) {
  Writer w;
  w.text(principal);
  w.fixed(nonce);
  w.fixed(answers);
  return w.out;
}

std::uint64_t checksum_of(ByteView key, const contexts::ContextName& name, ByteView payload) {
  Checksum sum(key);
  sum.add(as_bytes(name.identifier));
  sum.add(as_bytes(name.instance));
  sum.add(payload);
  return sum.value();
}

Result<std::unique_ptr<SimSealed>> read(ByteView wire) {
  Reader r(wire);
  auto sealed = std::make_unique<SimSealed>();
  const std::uint64_t protection = r.number();
  if (protection > 2) {
    return Error(ErrorCode::malformed_envelope, "sim parse");
  }
  sealed->protection = static_cast<Protected>(protection);
  sealed->name.identifier = r.text();
  sealed->name.instance = r.text();
  sealed->principal = r.text();
  sealed->nonce = r.fixed();
  sealed->answers = r.fixed();
  sealed->checksum = r.fixed();
  sealed->payload = r.octets();
  Reader inner(sealed->payload);
  const std::uint64_t soap = inner.number();
  inner.wall();
  sealed->is_in_clear = inner.flag();
  sealed->message = get_message(inner);
  if (r.is_bad || inner.is_bad) {
    return Error(ErrorCode::malformed_envelope, "sim parse");
  }
  Hints& hints = sealed->hints_;
  hints.protection = static_cast<Hints::Protected>(protection);
  hints.context = sealed->name;
  hints.soap = static_cast<SoapVersion>(soap);
  hints.action = sealed->message.addressing.action;
  const auto* request = std::get_if<contexts::TokenRequest>(&sealed->message.body);
  if (request != nullptr && request->operation == contexts::TrustOperation::renew) {
    hints.action = "sim/RST/SCT/Renew";
  }
  hints.message_id = sealed->message.addressing.message_id;
  hints.relates_to = sealed->message.addressing.relates_to;
  hints.is_fault = std::holds_alternative<Fault>(sealed->message.body);
  if (sealed->message.rm.sequence) {
    hints.sequence_identifier = sealed->message.rm.sequence->identifier;
  }
  return sealed;
}

}  // namespace

Result<void> SimCodec::check_body(ByteView body, const Profile&) const {
  if (body.size() > (1U << 20)) {
    return Error(ErrorCode::too_large, "sim body");
  }
  if (!body.empty() && body.front() == '!') {
    return Error(ErrorCode::body_invalid, "sim body");
  }
  return {};
}

Result<WireMessage> SimCodec::protect(const Message& message,
                                      const Profile& profile,
                                      const ProtectWith& with,
                                      WallTime now,
                                      crypto::Entropy& entropy) {
  if (fail_protect_ > 0) {
    --fail_protect_;
    return Error(ErrorCode::internal_failure, "sim protect");
  }
  ++protected_;
  Writer payload;
  payload.number(static_cast<std::uint64_t>(profile.soap));
  payload.wall(now);
  payload.flag(with.context != nullptr &&
               (with.in_clear || (!profile.encrypt_rm && !is_of_trust(message.body))));
  // 2004/08 has no address for nowhere.
  const std::optional<EndpointReference>& reply_to = message.addressing.reply_to;
  const bool says_nowhere = profile.addressing == AddressingVersion::addressing_2004_08 &&
                            reply_to && reply_to->address == kNoneAddress;
  put(payload, message, !says_nowhere && !leaves_out_reply_to_);
  Writer w;
  WireMessage wire;
  contexts::ContextName name;
  std::uint64_t nonce = 0;
  std::uint64_t answers = 0;
  Protected protection = Protected::no;
  std::uint64_t checksum = 0;
  if (with.context != nullptr || with.bootstrap || with.answering) {
    // Fresh for every transmission, like the nonces of derived keys.
    Byte fresh[8];
    entropy.fill_public(fresh);
    std::memcpy(&nonce, fresh, 8);
    payload.fixed(nonce);
  }
  if (with.context != nullptr) {
    protection = Protected::context;
    name = with.context->name();
    checksum = checksum_of(with.context->secret().view(), name, payload.out);
  } else if (with.bootstrap || with.answering) {
    protection = Protected::bootstrap;
    if (with.answering) {
      answers = static_cast<const SimExchangeKeys&>(*with.answering).nonce;
    } else {
      wire.exchange_keys = std::make_shared<SimExchangeKeys>(nonce);
    }
    checksum = checksum_of(bootstrap_key(principal_, nonce, answers), name, payload.out);
  }
  w.out.push_back(static_cast<Byte>(protection));
  w.text(name.identifier);
  w.text(name.instance);
  w.text(principal_);
  w.fixed(nonce);
  w.fixed(answers);
  w.fixed(checksum);
  w.octets(payload.out);
  wire.bytes = std::move(w.out);
  wire.content_type = kContentType;
  return wire;
}

Result<std::unique_ptr<SealedMessage>> SimCodec::parse(Bytes wire,
                                                       std::string_view content_type,
                                                       const Profile&) {
  if (content_type != kContentType) {
    return Error(ErrorCode::media_type_unsupported, "sim parse");
  }
  PARLEY_ASSIGN_OR_RETURN(auto sealed, read(wire));
  return std::unique_ptr<SealedMessage>(std::move(sealed));
}

std::optional<Message> peek(ByteView wire) {
  auto sealed = read(wire);
  return sealed ? std::optional<Message>(std::move((*sealed)->message)) : std::nullopt;
}

bool is_bootstrap(ByteView wire) {
  const auto sealed = read(wire);
  return sealed && (*sealed)->protection == Protected::bootstrap;
}

bool is_in_clear(ByteView wire) {
  const auto sealed = read(wire);
  return sealed && (*sealed)->is_in_clear;
}

Result<OpenedMessage> SimCodec::open(std::unique_ptr<SealedMessage> sealed,
                                     const Profile&,
                                     const KeyRing& keys,
                                     const std::shared_ptr<const ExchangeKeys>& answers,
                                     const Channel&,
                                     WallTime now) {
  auto& message = static_cast<SimSealed&>(*sealed);
  OpenedMessage opened;
  switch (message.protection) {
    case Protected::no:
      break;
    case Protected::context: {
      const contexts::LiveKey* key = keys.find(message.name);
      if (key == nullptr) {
        return Error(ErrorCode::context_unknown, "sim open");
      }
      if (checksum_of(key->secret().view(), message.name, message.payload) != message.checksum) {
        return Error(ErrorCode::security_failed, "sim open");
      }
      opened.proof = ContextProof{message.name};
      break;
    }
    case Protected::bootstrap: {
      const auto* expected = static_cast<const SimExchangeKeys*>(answers.get());
      if ((expected != nullptr ? expected->nonce : 0) != message.answers) {
        return Error(ErrorCode::security_failed, "sim open");
      }
      const Bytes key = bootstrap_key(message.principal, message.nonce, message.answers);
      if (checksum_of(key, message.name, message.payload) != message.checksum) {
        return Error(ErrorCode::security_failed, "sim open");
      }
      opened.proof = TokenProof{message.principal, message.principal};
      if (expected == nullptr) {
        opened.exchange_keys = std::make_shared<SimExchangeKeys>(message.nonce);
      }
      break;
    }
  }
  if (message.protection != Protected::no) {
    Writer digest;
    digest.fixed(message.checksum);
    opened.replay_marks.push_back({std::move(digest.out), now + std::chrono::minutes(5)});
  }
  opened.is_in_clear = message.is_in_clear;
  opened.message = std::move(message.message);
  return opened;
}

}  // namespace parley::sim
