#include "tests/sim/watch.h"

#include <variant>

namespace parley::sim {
namespace {

using Violation = Station::Violation;

const store::DestinationFact* find_destination(const Site& site, const std::string& sequence) {
  for (const auto& [key, fact] : site.station().disk()) {
    if (const auto* destination = std::get_if<store::DestinationFact>(&fact)) {
      if (destination->sequence == sequence) {
        return destination;
      }
    }
  }
  return nullptr;
}

std::size_t hash_of(const engine::Body& body) {
  if (const auto* application = std::get_if<engine::ApplicationBody>(&body)) {
    return std::hash<std::string_view>{}(as_text(application->xml));
  }
  if (const auto* fault = std::get_if<engine::Fault>(&body)) {
    return std::hash<std::string_view>{}(as_text(fault->detail)) + 1;
  }
  return 0;
}

std::string text_of(const IntervalSet& set) {
  std::string text;
  for (const auto& [first, last] : set.intervals()) {
    text += (text.empty() ? "" : ",") + std::to_string(first) + "-" + std::to_string(last);
  }
  return text.empty() ? "none" : text;
}

}  // namespace

void Watch::sent(const Site& from, ByteView bytes) {
  const auto message = peek(bytes);
  if (!message) {
    throw Violation{from.name() + " sends what cannot be read"};
  }
  if (timeline_.is_traced()) {
    trace(from, *message);
  }
  std::set<std::string> identifiers;
  for (const auto& header : message->rm.acknowledgements) {
    if (!identifiers.insert(header.identifier).second) {
      throw Violation{"two acknowledgements of one sequence in one message (RM-042)"};
    }
    check_acknowledgement(from, header);
  }
  if (message->rm.sequence) {
    check_number(*message);
  }
  const auto* lifecycle = std::get_if<engine::SequenceLifecycle>(&message->body);
  if (lifecycle != nullptr && lifecycle->kind == engine::SequenceLifecycle::Kind::terminate) {
    terminated_.insert(lifecycle->identifier);
  }
}

void Watch::check_number(const engine::Message& message) {
  const engine::SequenceHeader& header = *message.rm.sequence;
  if (terminated_.contains(header.identifier)) {
    throw Violation{"number " + std::to_string(header.number) +
                    " is sent after TerminateSequence (S11)"};
  }
  const Sent sent{message.addressing.message_id, hash_of(message.body)};
  const auto [found, is_new] = sent_.try_emplace({header.identifier, header.number}, sent);
  if (is_new) {
    return;
  }
  ++retransmissions_;
  if (found->second.message_id != sent.message_id || found->second.body != sent.body) {
    throw Violation{"number " + std::to_string(header.number) +
                    " is sent with other content (S1, RM-031)"};
  }
}

void Watch::check_acknowledgement(const Site& from, const engine::AcknowledgementHeader& header) {
  if (!header.nacks.empty()) {
    return;  // a Nack says nothing about other numbers (RM-045)
  }
  const auto ranges = IntervalSet::from(header.ranges, SIZE_MAX);
  if (!ranges) {
    throw Violation{"an acknowledgement is upside down (RM-041)"};
  }
  Acknowledged& before = acknowledged_[header.identifier];
  before.by = &from;
  if (!ranges->includes(before.ranges)) {
    throw Violation{"an acknowledgement is retracted: " + text_of(before.ranges) + " then " +
                    text_of(*ranges) + " (S2, S19)"};
  }
  if (before.is_final && (!(*ranges == before.ranges) || !header.final)) {
    throw Violation{"a final acknowledgement changes (S8)"};
  }
  before.ranges = *ranges;
  before.is_final = header.final;
  IntervalSet received;
  if (const auto* destination = find_destination(from, header.identifier)) {
    received = IntervalSet::from(destination->value->received, SIZE_MAX).value();
  } else if (const auto ended = committed_.find(header.identifier); ended != committed_.end()) {
    received = ended->second;
  } else if (!ranges->empty()) {
    throw Violation{"an acknowledgement of a sequence that is not on disk"};
  }
  if (!received.includes(*ranges)) {
    throw Violation{"an acknowledgement runs ahead of the disk: " + text_of(*ranges) + " of " +
                    text_of(received) + " (S7, S19)"};
  }
}

void Watch::committed(const Station::Released& turn) {
  for (const store::DestinationFact& fact : turn.destinations) {
    if (fact.value) {
      committed_.insert_or_assign(fact.sequence,
                                  IntervalSet::from(fact.value->received, SIZE_MAX).value());
    }
  }
}

void Watch::recovered(const Site& site) {
  for (const auto& [sequence, acknowledged] : acknowledged_) {
    const auto* destination = find_destination(site, sequence);
    if (acknowledged.by != &site || destination == nullptr) {
      continue;
    }
    const auto received = IntervalSet::from(destination->value->received, SIZE_MAX).value();
    if (!received.includes(acknowledged.ranges)) {
      throw Violation{"a crash has lost what was acknowledged (S19)"};
    }
  }
}

void Watch::forgotten(const Site& site) {
  std::erase_if(acknowledged_, [&](const auto& entry) { return entry.second.by == &site; });
}

void Watch::trace(const Site& from, const engine::Message& message) const {
  static constexpr const char* kLifecycle[] = {"CloseSequence", "CloseSequenceResponse",
                                               "TerminateSequence", "TerminateSequenceResponse"};
  static constexpr const char* kTrust[] = {"issue", "renew", "amend", "cancel"};
  std::string line = from.name() + " sends ";
  if (const auto* application = std::get_if<engine::ApplicationBody>(&message.body)) {
    line +=
        application->xml.empty() ? "nothing" : std::string(as_text(application->xml).substr(0, 14));
  } else if (std::holds_alternative<engine::CreateSequence>(message.body)) {
    line += "CreateSequence";
  } else if (std::holds_alternative<engine::CreateSequenceResponse>(message.body)) {
    line += "CreateSequenceResponse";
  } else if (const auto* life = std::get_if<engine::SequenceLifecycle>(&message.body)) {
    line += std::string(kLifecycle[static_cast<std::size_t>(life->kind)]) + " " +
            life->identifier.substr(9, 4);
  } else if (const auto* request = std::get_if<contexts::TokenRequest>(&message.body)) {
    line += std::string("request ") + kTrust[static_cast<std::size_t>(request->operation) % 4];
  } else if (const auto* response = std::get_if<contexts::TokenResponse>(&message.body)) {
    line += std::string("response ") + kTrust[static_cast<std::size_t>(response->operation) % 4];
  } else if (const auto* fault = std::get_if<engine::Fault>(&message.body)) {
    line += "fault " + std::string(name_of(fault->code));
  }
  if (message.rm.sequence) {
    line += ", number " + std::to_string(message.rm.sequence->number) + " of " +
            message.rm.sequence->identifier.substr(9, 4);
  }
  for (const auto& header : message.rm.acknowledgements) {
    if (!header.nacks.empty()) {
      return;  // a Nack says nothing about other numbers (RM-045)
    }
    const auto ranges = IntervalSet::from(header.ranges, SIZE_MAX);
    line += ", acknowledges " + (ranges ? text_of(*ranges) : std::string("?")) + " of " +
            (header.identifier.size() > 13 ? header.identifier.substr(9, 4) : header.identifier) +
            (header.final ? " final" : "");
  }
  for (const std::string& asked : message.rm.ack_requests) {
    line += ", asks for " + asked.substr(9, 4);
  }
  timeline_.trace(line);
}

}  // namespace parley::sim
