#include "tests/hostile/rm_receiver.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/inspect.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/xml/document.h"
#include "tests/hostile/rm_pair.h"

namespace parley::vectors {
namespace {

/// How many messages have gone each way before; nothing = there is no sequence.
std::optional<std::uint64_t> messages_before(const std::string& state) {
  if (const std::size_t dots = state.find(".."); dots != std::string::npos) {
    std::size_t end = dots + 2;
    while (end < state.size() && state[end] >= '0' && state[end] <= '9') {
      ++end;
    }
    const std::string digits = state.substr(dots + 2, end - dots - 2);
    return digits.empty() || digits.size() > 4 ? std::nullopt : std::optional(std::stoull(digits));
  }
  return state.find("exists") != std::string::npos ? std::optional<std::uint64_t>(0) : std::nullopt;
}

/// An Identifier of the message, and whether it is of a sequence that the receiver sends on.
struct Named {
  std::string identifier;
  bool is_outbound = false;
};

std::vector<Named> named_sequences(const Bytes& message) {
  std::vector<Named> all;
  const auto document = xml::Document::parse(message, Limits{});
  for (xml::NodeIndex i = 0; document && i < document->size(); ++i) {
    const xml::Element element = document->at(i);
    if (element.local_name() != "Identifier" || !soap::find_rm(element.namespace_uri()) ||
        !element.parent()) {
      continue;
    }
    const std::string_view around = element.parent().local_name();
    const auto identifier = soap::read_iri(element);
    if (identifier) {
      all.push_back({*identifier, around == "SequenceAcknowledgement" || around == "Offer" ||
                                      around == "Detail" || around == "detail"});
    }
  }
  return all;
}

Bytes replace_all(const Bytes& message, const std::string& from, const std::string& to) {
  std::string text(as_text(message));
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return to_bytes(text);
}

Observed observe(const RmPair::Reaction& reaction) {
  Observed observed;
  observed.began_sequence = reaction.began_sequence;
  observed.number = reaction.accepted_number;
  observed.opened_connection = reaction.transmitted;
  const bool is_fault =
      reaction.answer && (reaction.answer->kind == engine::AnswerKind::sender_fault ||
                          reaction.answer->kind == engine::AnswerKind::receiver_fault);
  if (!is_fault) {
    return observed;
  }
  observed.outcome = Observed::Outcome::rejected;
  const auto fault = soap::inspect(reaction.answer->bytes, "", {}, {}).fault;
  if (!fault) {
    throw BadVector("the answer to a refused message is no fault");
  }
  observed.fault = fault->code;
  if (fault->subcode.empty() && fault->code == ErrorCode::peer_fault) {
    observed.fault = fault->sender ? ErrorCode::malformed_envelope : ErrorCode::internal_failure;
  }
  return observed;
}

}  // namespace

Observed receive_by_engine(const Entry& entry,
                           const Bytes& message,
                           const Posture& posture,
                           const Expectation& expectation,
                           const soap::Credentials& credentials) {
  const auto codec = soap::SoapCodec::make(credentials, soap::CodecSettings{});
  if (!codec) {
    throw BadVector("unusable keys: " + codec.error().message());
  }
  RmPair pair(**codec, posture.profile);
  std::optional<std::uint64_t> before = messages_before(entry.json.text_or("state", ""));
  const std::vector<Named> named = named_sequences(message);
  if (!before && !named.empty() && !expectation.may_reject()) {
    before = 0;
  }
  Bytes given = message;
  if (before && posture.profile.rm) {
    pair.converse(*before);
    for (const Named& one : named) {
      const std::string actual = one.is_outbound ? pair.outbound() : pair.inbound();
      given = replace_all(given, one.identifier, actual);
    }
  }
  return observe(pair.receive(std::move(given), posture.content_type));
}

}  // namespace parley::vectors
