#include "tests/support/cell_pair.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "bindings/soap/inspect.h"
#include "bindings/soap/security/key_material.h"
#include "examples/exchange/cell.h"
#include "tests/vectors/json.h"

namespace parley::test {
namespace {

using vectors::BadVector;
using vectors::read_file;

constexpr std::string_view kQuestion =
    "<Echo xmlns=\"urn:parley:exchange\"><text>question</text></Echo>";
constexpr std::string_view kAnswer =
    "<EchoResponse xmlns=\"urn:parley:exchange\"><text>answer</text></EchoResponse>";
constexpr int kRoundsMax = 100;

crypto::SecretBytes password() {
  return crypto::SecretBytes::copy_of(as_bytes("wonderland"));
}

}  // namespace

soap::Credentials cell_credentials(const std::string& side, const std::filesystem::path& keys) {
  soap::Credentials credentials;
  credentials.own_certificates_pem = read_file(keys / (side + ".pem"));
  credentials.own_key_pem = crypto::SecretBytes::take(read_file(keys / (side + ".key")));
  credentials.anchors_pem = read_file(keys / "ca.pem");
  if (side == "client") {
    credentials.peer_certificate_pem = read_file(keys / "server.pem");
    credentials.user = soap::UserCredential{"alice", password()};
  } else {
    credentials.users.password = [](std::string_view name) {
      return name == "alice" ? std::optional(password()) : std::nullopt;
    };
  }
  return credentials;
}

engine::Profile profile_of_cell(const std::string& id) {
  for (const exchange::Cell& cell : exchange::own_cells()) {
    if (cell.id == id) {
      return exchange::profile_of(cell);
    }
  }
  throw BadVector("no cell " + id);
}

// --- the codec
// ------------------------------------------------------------------------------------

TappedCodec::TappedCodec(const soap::Credentials& credentials)
    : ForwardingCodec(soap::SoapCodec::make(credentials, {.allow_rsa_1_5 = true}).value()) {}

const TappedCodec::Written& TappedCodec::find(const Bytes& wire) const {
  const auto found = std::find_if(written_.begin(), written_.end(),
                                  [&](const Written& one) { return one.wire == wire; });
  if (found == written_.end()) {
    throw BadVector("a message that was not written here");
  }
  return *found;
}

crypto::SecretBytes TappedCodec::secret_of(const Bytes& wire) const {
  return find(wire).secret.clone();
}

std::shared_ptr<const engine::ExchangeKeys> TappedCodec::exchange_keys_of(const Bytes& wire) const {
  return find(wire).exchange_keys;
}

Result<engine::WireMessage> TappedCodec::protect(const engine::Message& message,
                                                 const engine::Profile& profile,
                                                 const engine::ProtectWith& with,
                                                 WallTime now,
                                                 crypto::Entropy& entropy) {
  PARLEY_ASSIGN_OR_RETURN(engine::WireMessage wire,
                          ForwardingCodec::protect(message, profile, with, now, entropy));
  Written written{wire.bytes, {}, wire.exchange_keys};
  if (with.context != nullptr) {
    written.secret = with.context->secret().clone();
    context_ = contexts::LiveKey::make(with.context->name(), with.context->family(),
                                       with.context->secret().clone(), with.context->expires())
                   .value();
  } else if (const auto answering =
                 std::dynamic_pointer_cast<const soap::ExchangeSecret>(with.answering)) {
    written.secret = answering->secret.clone();
  }
  written_.push_back(std::move(written));
  return wire;
}

// --- the pair
// -------------------------------------------------------------------------------------

CellPair::CellPair(const engine::Profile& spoken,
                   const soap::Credentials& of_client,
                   const soap::Credentials& of_service,
                   std::vector<std::string> urls)
    : client_codec(of_client),
      service_codec(of_service),
      client(client_codec, spoken, "/none"),
      service(service_codec, spoken, kPath, {}, std::move(urls)),
      profile(spoken),
      // The certificates are good then.
      now{WallTime{1'800'000'000'000}, MonoTime{1000}} {
  begin_another();
}

void CellPair::begin_another() {
  const auto opened = client.engine().open(kUrl, profile.name, now);
  if (!opened) {
    throw BadVector("a client does not open: " + opened.error().message());
  }
  conversation_ = *opened;
  last_ticket_ = 0;
}

engine::Message CellPair::read(const Sent& sent) {
  engine::Codec& codec = service_codec.inner();
  auto sealed = codec.parse(Bytes(sent.bytes), sent.content_type, profile);
  if (!sealed) {
    throw BadVector("a message of ours cannot be read");
  }
  auto opened = codec.open(std::move(*sealed), profile, OneKey(client_codec.context()), nullptr,
                           channel(), now.wall);
  if (!opened) {
    throw BadVector("a message of ours cannot be opened: " + opened.error().message());
  }
  return std::move(opened->message);
}

CellPair::Sent CellPair::write(const engine::Message& message,
                               const engine::Profile& as,
                               const engine::ProtectWith& with) {
  crypto::SystemEntropy entropy;
  engine::WireMessage wire =
      client_codec.inner().protect(message, as, with, now.wall, entropy).value();
  std::string content_type = wire.content_type;
  if (!wire.soap_action.empty()) {
    content_type += "; action=\"" + wire.soap_action + "\"";
  }
  return {std::move(wire.bytes), std::move(content_type), message.addressing.action, {}};
}

CellPair::Sent CellPair::write(const engine::Message& message) {
  engine::ProtectWith with;
  with.context = client_codec.context();
  return write(message, profile, with);
}

engine::Channel CellPair::channel() const {
  return {engine::needs_confidential_channel(profile), {}};
}

void CellPair::send(bool expects_reply) {
  const auto sent = client.engine().send(
      conversation_, {engine::Ticket{++last_ticket_}, kAction, to_bytes(kQuestion), expects_reply},
      now);
  if (!sent) {
    throw BadVector("a client does not send: " + sent.error().message());
  }
}

void CellPair::close() {
  (void)client.engine().close(conversation_, now);
}

void CellPair::pass(Duration time) {
  now = {now.wall + time, now.mono + time};
  client.engine().advance(now);
  service.engine().advance(now);
}

void CellPair::on_client_effect(engine::Effect& effect) {
  if (auto* const transmit = std::get_if<engine::Transmit>(&effect)) {
    std::string content_type = transmit->content_type;
    if (!transmit->soap_action.empty()) {
      content_type += "; action=\"" + transmit->soap_action + "\"";
    }
    const std::string action =
        soap::inspect(transmit->bytes, content_type, {}, {}).addressing.action;
    requests_.push_back(
        {std::move(transmit->bytes), std::move(content_type), action, transmit->request});
  } else if (auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
    (void)client.engine().consumed(deliver->delivery.name, {}, now);
    reaction_.deliveries.push_back(std::move(deliver->delivery));
  } else if (const auto* const report = std::get_if<engine::Report>(&effect)) {
    reports.push_back(report->value);
    (void)client.engine().report_consumed(report->report, now);
  } else if (const auto* const event = std::get_if<engine::Event>(&effect)) {
    events.push_back(*event);
    if (event->kind == engine::EventKind::message_refused) {
      reaction_.refused = event->reason;
    }
  }
}

void CellPair::note_change(const engine::Engine& engine, const std::vector<store::Fact>& before) {
  const auto split = [](const std::vector<store::Fact>& facts) {
    std::pair<std::vector<store::Fact>, std::size_t> out;
    for (const store::Fact& fact : facts) {
      if (std::holds_alternative<store::ReplaySeen>(fact)) {
        ++out.second;
      } else {
        out.first.push_back(fact);
      }
    }
    return out;
  };
  const auto [old_facts, old_marks] = split(before);
  const auto [facts, marks] = split(engine.snapshot());
  reaction_.changed = facts != old_facts;
  reaction_.remembered = marks != old_marks;
}

void CellPair::collect_requests() {
  client.settle(now, [this](engine::Effect& effect) { on_client_effect(effect); });
}

std::optional<CellPair::Sent> CellPair::next() {
  collect_requests();
  if (requests_.empty()) {
    return std::nullopt;
  }
  Sent sent = std::move(requests_.front());
  requests_.pop_front();
  return sent;
}

CellPair::Sent CellPair::hold(std::string_view action_end) {
  for (int round = 0; round < kRoundsMax; ++round) {
    std::optional<Sent> sent = next();
    if (!sent) {
      break;
    }
    if (sent->action.ends_with(action_end)) {
      return *std::move(sent);
    }
    Reaction reaction = give_service(*sent);
    if (!reaction.answer) {
      throw BadVector("a service does not answer " + sent->action);
    }
    (void)give_client(sent->request, std::move(reaction.answer->bytes),
                      reaction.answer->content_type, channel());
  }
  throw BadVector("nothing is sent like " + std::string(action_end));
}

CellPair::Reaction CellPair::give_service(Bytes bytes,
                                          const std::string& content_type,
                                          engine::Channel channel) {
  const engine::ExchangeId exchange{++last_exchange_};
  const std::vector<store::Fact> before = service.engine().snapshot();
  reaction_ = {};
  service.engine().receive(
      engine::IncomingRequest{exchange, kPath, std::move(channel), content_type, std::move(bytes)},
      now);
  service.settle(now, [&](engine::Effect& effect) {
    if (auto* const answer = std::get_if<engine::Answer>(&effect)) {
      reaction_.answer = std::move(*answer);
    } else if (auto* const deliver = std::get_if<engine::Deliver>(&effect)) {
      const engine::DeliveryName& name = deliver->delivery.name;
      if (deliver->delivery.expects_reply) {
        (void)service.engine().reply(name, {kReplyAction, to_bytes(kAnswer), {}}, {}, now);
      } else {
        (void)service.engine().consumed(name, {}, now);
      }
      reaction_.deliveries.push_back(std::move(deliver->delivery));
    } else if (const auto* const event = std::get_if<engine::Event>(&effect);
               event && event->kind == engine::EventKind::message_refused) {
      reaction_.refused = event->reason;
    }
  });
  note_change(service.engine(), before);
  return std::exchange(reaction_, {});
}

CellPair::Reaction CellPair::give_client(engine::RequestId request,
                                         Bytes bytes,
                                         const std::string& content_type,
                                         engine::Channel channel) {
  const std::vector<store::Fact> before = client.engine().snapshot();
  reaction_ = {};
  client.engine().receive(
      engine::IncomingResponse{request, std::move(channel), content_type, std::move(bytes)}, now);
  collect_requests();
  note_change(client.engine(), before);
  return std::exchange(reaction_, {});
}

}  // namespace parley::test
