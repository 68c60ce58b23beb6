#include "bindings/soap/message_reading.h"

#include <utility>

#include "bindings/soap/fault_body.h"
#include "bindings/soap/headers/addressing.h"
#include "bindings/soap/headers/message_pending.h"
#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/make_connection.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/trust/token_request.h"
#include "bindings/soap/trust/token_response.h"

namespace parley::soap {
namespace {

/// Copies what a reader of one kind gives into the variant of all.
template <class Kind>
Result<engine::Body> as_body(Result<Kind> read) {
  if (!read) {
    return read.error();
  }
  return engine::Body(std::in_place_type<Kind>, std::move(*read));
}

Result<engine::Body> read_rm_body(const xml::Element& element, const RmDialect& dialect) {
  const std::string_view name = element.local_name();
  if (name == "CreateSequence") {
    auto body = read_create_sequence(element, dialect);
    // The protocol has a fault of its own for bad parameters (reliable-messaging.md, section 5).
    return body ? as_body(std::move(body)) : Error(ErrorCode::sequence_refused, "CreateSequence");
  }
  if (name == "CreateSequenceResponse") {
    return as_body(read_create_sequence_response(element, dialect));
  }
  return as_body(read_lifecycle(element, dialect));
}

Result<engine::Body> read_trust_body(const xml::Element& element,
                                     const TrustAction& action,
                                     const engine::Profile& profile,
                                     const Limits& limits,
                                     WallTime now) {
  if (profile.sc != action.family) {
    return Error(ErrorCode::action_not_supported, "trust family");
  }
  const TrustReading reading{action.family, action.operation, now, limits};
  if (action.is_request) {
    return as_body(read_token_request(element, reading));
  }
  return as_body(read_token_response(element, reading));
}

}  // namespace

bool is_fault(const Envelope& envelope) {
  return envelope.body.first_child().is(names_of(envelope.soap).ns, "Fault");
}

Result<engine::Addressing> read_addressing_of(const Envelope& envelope) {
  if (envelope.addressing) {
    PARLEY_ASSIGN_OR_RETURN(engine::Addressing addressing,
                            read_addressing(envelope.blocks, *envelope.addressing));
    PARLEY_ASSIGN_OR_RETURN(addressing.pending, read_message_pending(envelope.blocks));
    return addressing;
  }
  if (!is_fault(envelope)) {
    return Error(ErrorCode::addressing_required, "no addressing");
  }
  return engine::Addressing();
}

Result<engine::RmHeaders> read_rm_of(const Envelope& envelope,
                                     const engine::Profile& profile,
                                     const Limits& limits) {
  if (!envelope.rm || envelope.rm != profile.rm) {
    return engine::RmHeaders();
  }
  return read_rm_headers(envelope.blocks, *envelope.rm, limits);
}

Result<engine::Body> read_body(const Envelope& envelope,
                               std::string_view action,
                               const engine::Profile& profile,
                               const Limits& limits,
                               WallTime now) {
  PARLEY_ASSIGN_OR_RETURN(const xml::Element child, body_child(envelope));
  if (!child) {
    return engine::Body(engine::ApplicationBody());
  }
  if (is_fault(envelope)) {
    return as_body(read_fault(child, envelope.sequence_fault, limits));
  }
  if (profile.rm && child.namespace_uri() == names_of(*profile.rm).ns) {
    const RmDialect dialect{*profile.rm, profile.addressing,
                            profile.sc.value_or(contexts::TrustFamily::oasis_200512)};
    return read_rm_body(child, dialect);
  }
  if (child.is(kMc, "MakeConnection")) {
    return as_body(read_make_connection(child));
  }
  if (const auto trust = find_trust_action(action)) {
    return read_trust_body(child, *trust, profile, limits, now);
  }
  return engine::Body(engine::ApplicationBody{xml::self_contained(child)});
}

}  // namespace parley::soap
