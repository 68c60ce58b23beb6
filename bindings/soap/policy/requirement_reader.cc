#include "bindings/soap/policy/requirement_reader.h"

#include <iterator>

#include "bindings/soap/policy/known_assertions.h"
#include "bindings/soap/policy/rm_reader.h"
#include "bindings/soap/policy/security_reader.h"

namespace parley::policy {
namespace {

engine::AddressingVersion version_of(const QualifiedName& addressing) {
  return addressing.ns == uri::kWsap || addressing.ns == uri::kWsapOlder
             ? engine::AddressingVersion::addressing_2004_08
             : engine::AddressingVersion::addressing_1_0;
}

void read_addressing(const Assertion& assertion, AddressingRequirements& out, ReadingNotes& notes) {
  const engine::AddressingVersion version = version_of(assertion.name());
  if (out.version && *out.version != version) {
    notes.problem(assertion.name(), "asks for a second version of addressing");
  }
  out.version = version;
  if (!assertion.nested) {
    return;
  }
  for (const auto& nested : *assertion.nested) {
    const bool is_ours = nested->name().ns == assertion.name().ns;
    const bool is_anonymous = is_ours && nested->name().local_name == "AnonymousResponses";
    if (!is_anonymous && !(is_ours && nested->name().local_name == "NonAnonymousResponses")) {
      notes.unknown(*nested);
      continue;
    }
    const Responses responses = is_anonymous ? Responses::anonymous : Responses::non_anonymous;
    if (out.responses != Responses::any && out.responses != responses) {
      notes.problem(nested->name(), "leaves no address to answer to");
    }
    out.responses = responses;
  }
}

/// What makes no sense as a whole.
void check(const PolicyRequirements& found, ReadingNotes& notes) {
  if (!found.rm) {
    return;
  }
  const QualifiedName ns{std::string(uri::kRmp11), ""};
  if (found.rm->sequence_str && found.security.secure_conversation() == nullptr) {
    notes.problem(
        {ns.ns, "SequenceSTR"},
        "wants sequences bound to a token, but no sp:SecureConversationToken is asked for");
  }
  if (found.rm->sequence_transport_security &&
      found.security.binding != BindingKind::transport) {  // section 4.2
    notes.problem({ns.ns, "SequenceTransportSecurity"},
                  "wants sequences bound to TLS, but no sp:TransportBinding is asked for");
  }
}

}  // namespace

PolicyRequirements read_requirements(const Alternative& alternative, Matching matching) {
  PolicyRequirements found;
  ReadingNotes notes(matching);
  RmReader rm;
  for (const auto& assertion : alternative) {
    if (read_security(*assertion, found.security, notes) || rm.read(*assertion, notes)) {
      continue;
    }
    if (is_addressing(assertion->name())) {
      read_addressing(*assertion, found.addressing, notes);
    } else if (assertion->element->is(uri::kMakeConnection, "MCSupported")) {
      found.make_connection = true;
    } else if (assertion->element->is(uri::kMtomPolicy, "OptimizedMimeSerialization")) {
      found.optimized_mime = true;
    } else if (!is_harmless(assertion->name())) {
      notes.unknown(*assertion);
    }
  }
  found.rm = rm.take(notes);
  check(found, notes);
  found.problems = notes.take();
  return found;
}

void read_message_requirements(const Alternative& alternative,
                               Matching matching,
                               MessageRequirements& message,
                               std::vector<PolicyProblem>& problems) {
  ReadingNotes notes(matching);
  RmReader rm;
  for (const auto& assertion : alternative) {
    if (!read_security(*assertion, message.security, notes) && !rm.read(*assertion, notes) &&
        !is_addressing(assertion->name()) && !is_harmless(assertion->name())) {
      notes.unknown(*assertion);
    }
  }
  message.needs_rm = message.needs_rm || rm.take(notes).has_value();
  std::vector<PolicyProblem> found = notes.take();
  std::move(found.begin(), found.end(), std::back_inserter(problems));
}

}  // namespace parley::policy
