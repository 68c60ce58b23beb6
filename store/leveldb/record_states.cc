#include "store/leveldb/record_states.h"

#include <utility>

#include "store/leveldb/record_parts.h"
#include "store/leveldb/records_pb.h"

namespace parley::store {
namespace {

using contexts::ContextName;
using contexts::ContextState;
using contexts::InstanceState;
using contexts::RenewalState;
using contexts::RenewAnswer;

void write(const ContextName& name, pb::ContextName& r) {
  r.set_identifier(name.identifier);
  r.set_instance(name.instance);
}

ContextName read(const pb::ContextName& r) { return ContextName{r.identifier(), r.instance()}; }

crypto::SealedSecret sealed(const std::string& octets) { return {to_bytes(octets)}; }

void write(const InstanceState& instance, pb::Instance& r) {
  write(instance.name, *r.mutable_name());
  r.set_sealed_secret(octets_of(instance.secret.sealed));
  r.set_key_bits(instance.key_bits);
  r.set_created_ms(instance.lifetime.created.ms);
  r.set_expires_ms(instance.lifetime.expires.ms);
  r.set_is_proven(instance.is_proven);
  if (instance.retires) {
    r.set_retires_ms(instance.retires->ms);
  }
  r.set_token_xml(octets_of(instance.token_xml));
  if (instance.answer) {
    pb::RenewAnswer& answer = *r.mutable_answer();
    answer.set_context(instance.answer->context);
    write(instance.answer->target, *answer.mutable_target());
    if (instance.answer->issuer_entropy) {
      answer.set_sealed_issuer_entropy(octets_of(instance.answer->issuer_entropy->sealed));
    }
  }
}

InstanceState read(const pb::Instance& r) {
  InstanceState instance;
  instance.name = read(r.name());
  instance.secret = sealed(r.sealed_secret());
  instance.key_bits = r.key_bits();
  instance.lifetime = {WallTime{r.created_ms()}, WallTime{r.expires_ms()}};
  instance.is_proven = r.is_proven();
  if (r.has_retires_ms()) {
    instance.retires = WallTime{r.retires_ms()};
  }
  instance.token_xml = to_bytes(r.token_xml());
  if (r.has_answer()) {
    RenewAnswer answer;
    answer.context = r.answer().context();
    answer.target = read(r.answer().target());
    if (r.answer().has_sealed_issuer_entropy()) {
      answer.issuer_entropy = sealed(r.answer().sealed_issuer_entropy());
    }
    instance.answer = std::move(answer);
  }
  return instance;
}

void write(const RenewalState& renewal, pb::Renewal& r) {
  r.set_message_id(renewal.message_id);
  r.set_context(renewal.context);
  write(renewal.target, *r.mutable_target());
  r.set_sealed_entropy(octets_of(renewal.entropy.sealed));
  r.set_key_bits(renewal.key_bits);
  r.set_began_ms(renewal.began.ms);
}

RenewalState read(const pb::Renewal& r) {
  RenewalState renewal;
  renewal.message_id = r.message_id();
  renewal.context = r.context();
  renewal.target = read(r.target());
  renewal.entropy = sealed(r.sealed_entropy());
  renewal.key_bits = r.key_bits();
  renewal.began = WallTime{r.began_ms()};
  return renewal;
}

using Flat = google::protobuf::RepeatedField<std::uint64_t>;

void write(const sequences::NumberRanges& ranges, Flat& flat) {
  for (const auto& [first, last] : ranges) {
    flat.Add(first);
    flat.Add(last);
  }
}

// Ascending, and apart: what no state ever breaks.
Result<sequences::NumberRanges> read(const Flat& flat) {
  sequences::NumberRanges ranges;
  if (flat.size() % 2 != 0) {
    return Error(ErrorCode::store_corrupt, "ranges in a record");
  }
  for (int i = 0; i < flat.size(); i += 2) {
    const std::uint64_t first = flat.Get(i);
    const std::uint64_t last = flat.Get(i + 1);
    if (first > last || (!ranges.empty() && first <= ranges.back().second)) {
      return Error(ErrorCode::store_corrupt, "ranges in a record");
    }
    ranges.emplace_back(first, last);
  }
  return ranges;
}

}  // namespace

void write(const ContextFact& fact, pb::Context& r) {
  const ContextState& state = *fact.value;
  r.set_conversation(fact.conversation.value);
  r.set_identifier(state.identifier);
  r.set_role(static_cast<std::uint32_t>(state.role));
  r.set_family(static_cast<std::uint32_t>(state.family));
  r.set_principal(state.principal);
  for (const std::string& credential : state.amended) {
    r.add_amended(credential);
  }
  r.set_created_ms(state.created.ms);
  r.set_is_cancelling(state.is_cancelling);
  for (const InstanceState& instance : state.instances) {
    write(instance, *r.add_instances());
  }
  if (state.renewal) {
    write(*state.renewal, *r.mutable_renewal());
  }
}

Result<ContextFact> read(const pb::Context& r) {
  ContextState state;
  state.identifier = r.identifier();
  PARLEY_ASSIGN_OR_RETURN(state.role, enum_of(r.role(), contexts::ContextRole::recipient));
  PARLEY_ASSIGN_OR_RETURN(state.family,
                          enum_of(r.family(), contexts::TrustFamily::oasis_200512));
  state.principal = r.principal();
  state.amended.assign(r.amended().begin(), r.amended().end());
  state.created = WallTime{r.created_ms()};
  state.is_cancelling = r.is_cancelling();
  for (const pb::Instance& instance : r.instances()) {
    state.instances.push_back(read(instance));
  }
  if (state.instances.empty()) {
    return Error(ErrorCode::store_corrupt, "context without a key");
  }
  if (r.has_renewal()) {
    state.renewal = read(r.renewal());
  }
  return ContextFact{ConversationId{r.conversation()}, std::move(state)};
}

void write(const SourceFact& fact, pb::Source& r) {
  const sequences::SourceState& state = *fact.value;
  r.set_conversation(fact.conversation.value);
  r.set_slot(fact.slot);
  r.set_version(static_cast<std::uint32_t>(state.version));
  r.set_phase(static_cast<std::uint32_t>(state.phase));
  r.set_end(static_cast<std::uint32_t>(state.end));
  r.set_identifier(state.identifier);
  r.set_create_message_id(state.create_message_id);
  r.set_offered_identifier(state.offered_identifier);
  r.set_close_message_id(state.close_message_id);
  r.set_terminate_message_id(state.terminate_message_id);
  r.set_context_identifier(state.context_identifier);
  r.set_is_offered(state.is_offered);
  r.set_endpoint(state.endpoint);
  r.set_endpoint_parameters(state.endpoint_parameters);
  r.set_expires_asked_ms(state.expires_asked_ms);
  if (state.expires) {
    r.set_expires_ms(state.expires->ms);
  }
  r.set_last_assigned(state.last_assigned);
  write(state.acked, *r.mutable_acked());
  r.set_has_rollover(state.has_rollover);
  r.set_has_last_message(state.has_last_message);
  r.set_has_final(state.has_final);
  r.set_invalid_acks(state.invalid_acks);
}

Result<SourceFact> read(const pb::Source& r) {
  sequences::SourceState state;
  PARLEY_ASSIGN_OR_RETURN(state.version, enum_of(r.version(), sequences::RmVersion::rm_1_1));
  PARLEY_ASSIGN_OR_RETURN(state.phase, enum_of(r.phase(), sequences::SourcePhase::terminating));
  PARLEY_ASSIGN_OR_RETURN(state.end, enum_of(r.end(), sequences::SequenceEnd::inactive));
  state.identifier = r.identifier();
  state.create_message_id = r.create_message_id();
  state.offered_identifier = r.offered_identifier();
  state.close_message_id = r.close_message_id();
  state.terminate_message_id = r.terminate_message_id();
  state.context_identifier = r.context_identifier();
  state.is_offered = r.is_offered();
  state.endpoint = r.endpoint();
  state.endpoint_parameters = r.endpoint_parameters();
  state.expires_asked_ms = r.expires_asked_ms();
  if (r.has_expires_ms()) {
    state.expires = WallTime{r.expires_ms()};
  }
  state.last_assigned = r.last_assigned();
  PARLEY_ASSIGN_OR_RETURN(state.acked, read(r.acked()));
  state.has_rollover = r.has_rollover();
  state.has_last_message = r.has_last_message();
  state.has_final = r.has_final();
  state.invalid_acks = r.invalid_acks();
  return SourceFact{ConversationId{r.conversation()}, r.slot(), std::move(state)};
}

void write(const DestinationFact& fact, pb::Destination& r) {
  const sequences::DestinationState& state = *fact.value;
  r.set_conversation(fact.conversation.value);
  r.set_sequence(fact.sequence);
  r.set_version(static_cast<std::uint32_t>(state.version));
  r.set_phase(static_cast<std::uint32_t>(state.phase));
  r.set_end(static_cast<std::uint32_t>(state.end));
  r.set_identifier(state.identifier);
  r.set_create_message_id(state.create_message_id);
  r.set_offered_identifier(state.offered_identifier);
  r.set_close_message_id(state.close_message_id);
  r.set_terminate_message_id(state.terminate_message_id);
  r.set_context_identifier(state.context_identifier);
  r.set_is_offered(state.is_offered);
  r.set_is_confirmed(state.is_confirmed);
  r.set_acks_to(state.acks_to);
  r.set_acks_to_parameters(state.acks_to_parameters);
  r.set_replies_to(state.replies_to);
  r.set_assurance(static_cast<std::uint32_t>(state.assurance));
  r.set_in_order(state.in_order);
  r.set_incomplete(static_cast<std::uint32_t>(state.incomplete));
  if (state.expires) {
    r.set_expires_ms(state.expires->ms);
  }
  write(state.received, *r.mutable_received());
  write(state.consumed, *r.mutable_consumed());
  if (state.last_number) {
    r.set_last_number(*state.last_number);
  }
  if (state.tombstone_until) {
    r.set_tombstone_until_ms(state.tombstone_until->ms);
  }
}

Result<DestinationFact> read(const pb::Destination& r) {
  sequences::DestinationState state;
  PARLEY_ASSIGN_OR_RETURN(state.version, enum_of(r.version(), sequences::RmVersion::rm_1_1));
  PARLEY_ASSIGN_OR_RETURN(state.phase, enum_of(r.phase(), sequences::DestinationPhase::terminated));
  PARLEY_ASSIGN_OR_RETURN(state.end, enum_of(r.end(), sequences::SequenceEnd::inactive));
  state.identifier = r.identifier();
  state.create_message_id = r.create_message_id();
  state.offered_identifier = r.offered_identifier();
  state.close_message_id = r.close_message_id();
  state.terminate_message_id = r.terminate_message_id();
  state.context_identifier = r.context_identifier();
  state.is_offered = r.is_offered();
  state.is_confirmed = r.is_confirmed();
  state.acks_to = r.acks_to();
  state.acks_to_parameters = r.acks_to_parameters();
  state.replies_to = r.replies_to();
  PARLEY_ASSIGN_OR_RETURN(state.assurance,
                          enum_of(r.assurance(), sequences::DeliveryAssurance::exactly_once));
  state.in_order = r.in_order();
  PARLEY_ASSIGN_OR_RETURN(
      state.incomplete,
      enum_of(r.incomplete(), sequences::IncompleteBehavior::discard_entire_sequence));
  if (r.has_expires_ms()) {
    state.expires = WallTime{r.expires_ms()};
  }
  PARLEY_ASSIGN_OR_RETURN(state.received, read(r.received()));
  PARLEY_ASSIGN_OR_RETURN(state.consumed, read(r.consumed()));
  if (r.has_last_number()) {
    state.last_number = r.last_number();
  }
  if (r.has_tombstone_until_ms()) {
    state.tombstone_until = WallTime{r.tombstone_until_ms()};
  }
  return DestinationFact{ConversationId{r.conversation()}, r.sequence(), std::move(state)};
}

}  // namespace parley::store
