#include "bindings/soap/rm_bodies.h"

#include <array>
#include <optional>
#include <string>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/endpoint_reference.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"

namespace parley::soap {
namespace {

using engine::CreateSequence;
using engine::CreateSequenceResponse;
using engine::EndpointReference;
using engine::SequenceLifecycle;
using sequences::RmVersion;

constexpr std::array<std::string_view, 3> kIncompleteBehaviors{
    "NoDiscard", "DiscardFollowingFirstGap", "DiscardEntireSequence"};

Error malformed() { return Error(ErrorCode::malformed_envelope, "reliable messaging body"); }

Result<void> take_identifier(const xml::Element& element, std::string& into) {
  if (!into.empty()) {
    return malformed();
  }
  PARLEY_ASSIGN_OR_RETURN(into, read_iri(element));
  return {};
}

Result<void> take_endpoint(const xml::Element& element, engine::AddressingVersion version,
                           std::optional<EndpointReference>& into) {
  if (into) {
    return malformed();
  }
  PARLEY_ASSIGN_OR_RETURN(into, read_endpoint_reference(element, version));
  return {};
}

/// PT0S and no Expires say the same: never.
struct ExpiresReader {
  bool is_seen = false;
  std::optional<Duration> value;

  Result<void> take(const xml::Element& element) {
    if (std::exchange(is_seen, true)) {
      return malformed();
    }
    PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(element));
    PARLEY_ASSIGN_OR_RETURN(const Duration duration, read_duration(text));
    if (duration > Duration(0)) {
      value = duration;
    }
    return {};
  }
};

Result<void> take_behavior(const xml::Element& element, std::string& into) {
  PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(element));
  if (!into.empty()) {
    return malformed();
  }
  for (const std::string_view behavior : kIncompleteBehaviors) {
    if (trim(text) == behavior) {
      into = behavior;
      return {};
    }
  }
  return Error(ErrorCode::malformed_value, "IncompleteSequenceBehavior");
}

Result<CreateSequence::Offer> read_offer(const xml::Element& element, const RmDialect& dialect) {
  const bool is_1_1 = dialect.rm == RmVersion::rm_1_1;
  CreateSequence::Offer offer;
  ExpiresReader expires;
  for (const xml::Element& child : element.children()) {
    if (child.namespace_uri() != element.namespace_uri()) {
      continue;
    }
    const std::string_view name = child.local_name();
    if (name == "Identifier") {
      PARLEY_TRY(take_identifier(child, offer.identifier));
    } else if (name == "Expires") {
      PARLEY_TRY(expires.take(child));
    } else if (is_1_1 && name == "Endpoint") {
      PARLEY_TRY(take_endpoint(child, dialect.addressing, offer.endpoint));
    } else if (is_1_1 && name == "IncompleteSequenceBehavior") {
      PARLEY_TRY(take_behavior(child, offer.incomplete_behavior));
    }
  }
  if (offer.identifier.empty() || (is_1_1 && !offer.endpoint)) {
    return malformed();
  }
  offer.expires = expires.value;
  return offer;
}

/// The context that a SecurityTokenReference names by its Identifier; another kind of reference
/// names none and gives the empty string, which no context has (RM-170).
Result<std::string> read_context_reference(const xml::Element& reference) {
  std::string identifier;
  for (const xml::Element& child : reference.children()) {
    if (child.is(uri::kWsse, "Reference")) {
      const auto target = child.attribute("", "URI");
      if (target && !trim(*target).starts_with('#')) {
        identifier = trim(*target);
      }
    }
  }
  return identifier;
}

void open_element(Bytes& out, std::string_view name, RmVersion version) {
  append(out, "<wsrm:");
  append(out, name);
  append(out, " xmlns:wsrm=\"");
  append(out, names_of(version).ns);
  append(out, "\">");
}

void append_endpoint(Bytes& out, std::string_view name, const EndpointReference& reference,
                     engine::AddressingVersion version, bool& is_canonical) {
  append(out, "<wsrm:");
  append(out, name);
  append(out, ">");
  append_endpoint_reference(out, reference, version, false);
  append(out, "</wsrm:");
  append(out, name);
  append(out, ">");
  is_canonical = is_canonical && reference.reference_parameters.empty();
}

void append_expires(Bytes& out, const std::optional<Duration>& expires) {
  if (expires) {
    append(out, "<wsrm:Expires>");
    append_duration(out, *expires);
    append(out, "</wsrm:Expires>");
  }
}

void append_behavior(Bytes& out, std::string_view behavior, RmVersion version) {
  if (!behavior.empty() && version == RmVersion::rm_1_1) {
    append_child(out, "wsrm", "IncompleteSequenceBehavior", behavior);
  }
}

void append_context_reference(Bytes& out, std::string_view identifier,
                              contexts::TrustFamily family) {
  append(out, "<wsse:SecurityTokenReference xmlns:wsse=\"");
  append(out, uri::kWsse);
  append(out, "\"><wsse:Reference URI=\"");
  xml::append_attribute(out, identifier);
  append(out, "\" ValueType=\"");
  append(out, uri::secure_conversation(family).security_context_token);
  append(out, "\"></wsse:Reference></wsse:SecurityTokenReference>");
}

struct KindName {
  SequenceLifecycle::Kind kind;
  std::string_view name;
  bool is_in_1_0;
};

constexpr std::array<KindName, 4> kKindNames{{
    {SequenceLifecycle::Kind::close, "CloseSequence", false},
    {SequenceLifecycle::Kind::close_response, "CloseSequenceResponse", false},
    {SequenceLifecycle::Kind::terminate, "TerminateSequence", true},
    {SequenceLifecycle::Kind::terminate_response, "TerminateSequenceResponse", false},
}};

}  // namespace

std::string_view name_of(SequenceLifecycle::Kind kind) {
  return kKindNames[static_cast<std::size_t>(kind)].name;
}

Result<CreateSequence> read_create_sequence(const xml::Element& element,
                                            const RmDialect& dialect) {
  CreateSequence body;
  std::optional<EndpointReference> acks_to;
  ExpiresReader expires;
  for (const xml::Element& child : element.children()) {
    const std::string_view name = child.local_name();
    if (child.is(uri::kWsse, "SecurityTokenReference")) {
      if (body.context_identifier) {
        return malformed();
      }
      PARLEY_ASSIGN_OR_RETURN(body.context_identifier, read_context_reference(child));
    }
    if (child.namespace_uri() != element.namespace_uri()) {
      continue;
    }
    if (name == "AcksTo") {
      PARLEY_TRY(take_endpoint(child, dialect.addressing, acks_to));
    } else if (name == "Expires") {
      PARLEY_TRY(expires.take(child));
    } else if (name == "Offer") {
      if (body.offer) {
        return malformed();
      }
      PARLEY_ASSIGN_OR_RETURN(body.offer, read_offer(child, dialect));
    }
  }
  if (!acks_to) {
    return malformed();
  }
  body.acks_to = std::move(*acks_to);
  body.expires = expires.value;
  return body;
}

Result<CreateSequenceResponse> read_create_sequence_response(const xml::Element& element,
                                                             const RmDialect& dialect) {
  CreateSequenceResponse body;
  ExpiresReader expires;
  bool has_accept = false;
  for (const xml::Element& child : element.children()) {
    if (child.namespace_uri() != element.namespace_uri()) {
      continue;
    }
    const std::string_view name = child.local_name();
    if (name == "Identifier") {
      PARLEY_TRY(take_identifier(child, body.identifier));
    } else if (name == "Expires") {
      PARLEY_TRY(expires.take(child));
    } else if (name == "IncompleteSequenceBehavior" && dialect.rm == RmVersion::rm_1_1) {
      PARLEY_TRY(take_behavior(child, body.incomplete_behavior));
    } else if (name == "Accept") {
      if (std::exchange(has_accept, true)) {
        return malformed();
      }
      for (const xml::Element& part : child.children()) {
        if (part.is(element.namespace_uri(), "AcksTo")) {
          PARLEY_TRY(take_endpoint(part, dialect.addressing, body.accept_acks_to));
        }
      }
      if (!body.accept_acks_to) {
        return malformed();
      }
    }
  }
  if (body.identifier.empty()) {
    return malformed();
  }
  const std::string_view none = names_of(engine::AddressingVersion::addressing_1_0).none;
  if (body.accept_acks_to && body.accept_acks_to->address == none) {
    body.accept_acks_to.reset();
  }
  body.expires = expires.value;
  return body;
}

Result<SequenceLifecycle> read_lifecycle(const xml::Element& element, const RmDialect& dialect) {
  SequenceLifecycle body;
  bool is_known = false;
  for (const KindName& row : kKindNames) {
    if (element.local_name() == row.name && (row.is_in_1_0 || dialect.rm == RmVersion::rm_1_1)) {
      body.kind = row.kind;
      is_known = true;
    }
  }
  if (!is_known) {
    return malformed();
  }
  for (const xml::Element& child : element.children()) {
    if (child.namespace_uri() != element.namespace_uri()) {
      continue;
    }
    if (child.local_name() == "Identifier") {
      PARLEY_TRY(take_identifier(child, body.identifier));
    } else if (child.local_name() == "LastMsgNumber") {
      if (body.last_number) {
        return malformed();
      }
      PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(child));
      PARLEY_ASSIGN_OR_RETURN(body.last_number, read_number(text));
      if (*body.last_number == 0) {
        return Error(ErrorCode::malformed_value, "LastMsgNumber");
      }
    }
  }
  if (body.identifier.empty()) {
    return malformed();
  }
  return body;
}

bool append_create_sequence(Bytes& out, const CreateSequence& body, const RmDialect& dialect) {
  bool is_canonical = true;
  open_element(out, "CreateSequence", dialect.rm);
  append_endpoint(out, "AcksTo", body.acks_to, dialect.addressing, is_canonical);
  append_expires(out, body.expires);
  if (body.offer) {
    append(out, "<wsrm:Offer>");
    append_child(out, "wsrm", "Identifier", body.offer->identifier);
    if (dialect.rm == RmVersion::rm_1_1) {
      append_endpoint(out, "Endpoint", body.offer->endpoint.value_or(body.acks_to),
                      dialect.addressing, is_canonical);
    }
    append_expires(out, body.offer->expires);
    append_behavior(out, body.offer->incomplete_behavior, dialect.rm);
    append(out, "</wsrm:Offer>");
  }
  if (body.context_identifier) {
    append_context_reference(out, *body.context_identifier, dialect.trust);
  }
  append(out, "</wsrm:CreateSequence>");
  return is_canonical;
}

bool append_create_sequence_response(Bytes& out, const CreateSequenceResponse& body,
                                     const RmDialect& dialect) {
  bool is_canonical = true;
  open_element(out, "CreateSequenceResponse", dialect.rm);
  append_child(out, "wsrm", "Identifier", body.identifier);
  append_expires(out, body.expires);
  append_behavior(out, body.incomplete_behavior, dialect.rm);
  if (body.accept_acks_to) {
    append(out, "<wsrm:Accept>");
    append_endpoint(out, "AcksTo", *body.accept_acks_to, dialect.addressing, is_canonical);
    append(out, "</wsrm:Accept>");
  }
  append(out, "</wsrm:CreateSequenceResponse>");
  return is_canonical;
}

bool append_lifecycle(Bytes& out, const SequenceLifecycle& body, const RmDialect& dialect) {
  const std::string_view name = name_of(body.kind);
  open_element(out, name, dialect.rm);
  append_child(out, "wsrm", "Identifier", body.identifier);
  const bool may_have_last = body.kind == SequenceLifecycle::Kind::close ||
                             body.kind == SequenceLifecycle::Kind::terminate;
  if (body.last_number && may_have_last && dialect.rm == RmVersion::rm_1_1) {
    append(out, "<wsrm:LastMsgNumber>");
    append_number(out, *body.last_number);
    append(out, "</wsrm:LastMsgNumber>");
  }
  append(out, "</wsrm:");
  append(out, name);
  append(out, ">");
  return true;
}

}  // namespace parley::soap
