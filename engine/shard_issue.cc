#include <algorithm>
#include <utility>

#include "engine/route.h"
#include "engine/shard.h"

// A token service: gives a context for a service elsewhere (secure-conversation.md 2, way 1). First
// it tells the service, as a creator would (way 2), and only when that has taken it, the requestor.
// It remembers nothing: what a crash takes, the requestor asks for again, and the service drops
// unused.

namespace parley::engine {

void Engine::Shard::take_issue_for_another(const contexts::TokenRequest& request,
                                           const std::string& principal,
                                           AnswerIntent intent,
                                           const Endpoint& endpoint,
                                           Now now) {
  const auto target =
      std::find_if(endpoint.issues_for.begin(), endpoint.issues_for.end(),
                   [&](const std::string& url) { return is_same_url(url, request.applies_to); });
  if (target == endpoint.issues_for.end()) {
    refuse(std::move(intent), {.code = ErrorCode::trust_request_failed});  // T27
    return;
  }
  if (handovers_.size() >= parts_.settings.token_requests_max) {
    refuse(std::move(intent), {.code = ErrorCode::endpoint_unavailable, .sender = false});
    return;
  }
  Means m = means(now);
  auto granted =
      contexts::decide_issue(request, principal, m.fresh_name(), handovers_of_, m.trust());
  if (!granted) {
    refuse(std::move(intent), {.code = granted.error().code()});
    return;
  }
  const contexts::SecurityContext context(*granted->fact);
  const contexts::InstanceState& instance = context.state().instances.front();
  auto key = context.open_key(instance, parts_.sealing);
  if (!key) {
    refuse(std::move(intent), {.code = key.error().code(), .sender = false});
    return;
  }
  Handover handover;
  handover.profile = *intent.profile;
  handover.profile.bootstrap = issuer_bootstrap(*intent.profile);
  handover.address = *target;
  handover.principal = principal;
  handover.told.family = request.family;
  handover.told.token_type = granted->response.token_type;
  handover.told.token = instance.name;
  handover.told.proof_secret = key->secret().clone();
  handover.told.key_bits = instance.key_bits;
  handover.told.lifetime = instance.lifetime;
  handover.told.applies_to = *target;
  handover.told.primary = principal;
  handover.answer = std::move(granted->response);
  handover.answer.applies_to = *target;
  handover.exchange = std::move(intent);
  handover.expires = now.mono + ms(parts_.settings.token_delivery_ms);
  handovers_of_.add(principal);
  const RequestId id = new_request({});
  handovers_.emplace(id, std::move(handover));
  turn_.add(Intent(TransmitIntent{{}, id}));
}

void Engine::Shard::write_handover(RequestId id, std::vector<Effect>& effects, Means& m) {
  const auto at = handovers_.find(id);
  if (at == handovers_.end()) {
    return;
  }
  Handover& handover = at->second;
  Message message;
  message.addressing.to = handover.address;
  message.addressing.message_id = m.fresh_name();
  message.body = std::exchange(handover.told, {});
  ProtectWith with;
  with.bootstrap = true;
  auto wire = parts_.codec.protect(message, handover.profile, with, m.now.wall, parts_.entropy);
  if (!wire) {
    turn_.event(EventKind::build_failed, {}, 0, wire.error().code());
    end_handover(id, false);
    return;
  }
  effects.emplace_back(Transmit{id,
                                {},
                                handover.address,
                                std::move(wire->bytes),
                                std::move(wire->content_type),
                                std::move(wire->soap_action)});
}

void Engine::Shard::end_handover(RequestId id, bool is_taken) {
  const auto at = handovers_.find(id);
  if (at == handovers_.end()) {
    return;
  }
  Handover handover = std::move(at->second);
  handovers_.erase(at);
  end_request(id);
  handovers_of_.remove(handover.principal);
  if (!is_taken) {
    turn_.event(EventKind::request_failed, {});
    refuse(std::move(handover.exchange),
           {.code = ErrorCode::endpoint_unavailable, .sender = false});
    return;
  }
  handover.exchange.content = Body(std::move(handover.answer));
  turn_.add(Intent(std::move(handover.exchange)));
}

void Engine::Shard::expire_handovers(Now now) {
  std::vector<RequestId> expired;
  for (const auto& [id, handover] : handovers_) {
    if (handover.expires <= now.mono) {
      expired.push_back(id);
    }
  }
  for (const RequestId id : expired) {
    end_handover(id, false);
  }
}

}  // namespace parley::engine
