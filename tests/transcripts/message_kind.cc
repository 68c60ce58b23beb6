#include "tests/transcripts/message_kind.h"

#include <string_view>

namespace parley::transcripts {
namespace {

/// Children of the Security header say how a message is protected by what they cover: the keys
/// themselves may be named and laid out in several ways.
bool is_told(const soap::InspectedPart& part) {
  return !part.is_security_child || part.name == "Timestamp";
}

std::string text_of(const engine::AcknowledgementHeader& header, const std::string& identifier) {
  std::string text = "acknowledged of " + identifier;
  for (const auto& [lower, upper] : header.ranges) {
    text += ' ' + std::to_string(lower) + '-' + std::to_string(upper);
  }
  return text + (header.final ? ", final" : "");
}

bool is_header(std::string_view line, std::string_view name) {
  return line == name || line.starts_with(std::string(name) + ",");
}

bool is_bare_acknowledgement(const std::set<std::string>& kind) {
  for (const std::string& line : kind) {
    if (line.starts_with("action ") && line.ends_with("/SequenceAcknowledgement")) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::set<std::string> kind_of(const soap::InspectReport& report,
                              const std::function<std::string(const std::string&)>& name) {
  std::set<std::string> lines{"action " + report.addressing.action,
                              "body " + report.body_element + " of " + report.body_namespace};
  if (report.fault) {
    lines.insert("fault " + report.fault->subcode + " of " + report.fault->subcode_namespace);
  }
  if (const auto& sequence = report.rm.sequence) {
    lines.insert("number " + std::to_string(sequence->number) + " of " +
                 name(sequence->identifier) + (sequence->last_message ? ", last" : ""));
  }
  for (const engine::AcknowledgementHeader& header : report.rm.acknowledgements) {
    lines.insert(text_of(header, name(header.identifier)));
  }
  for (const soap::InspectedPart& part : report.parts) {
    if (is_told(part)) {
      lines.insert(part.name + (part.is_signed ? ", signed" : "") +
                   (part.was_encrypted ? ", encrypted" : ""));
    }
  }
  return lines;
}

std::string difference(const std::set<std::string>& recorded,
                       const std::set<std::string>& written) {
  std::string text;
  for (const std::string& line : recorded) {
    const bool may_miss = is_bare_acknowledgement(recorded) &&
                          (is_header(line, "RelatesTo") || is_header(line, "ReplyTo"));
    if (written.count(line) == 0 && !may_miss) {
      text += "; without " + line;
    }
  }
  for (const std::string& line : written) {
    const bool may_have = line.starts_with("acknowledged ") ||
                          is_header(line, "SequenceAcknowledgement") || is_header(line, "ReplyTo");
    if (recorded.count(line) == 0 && !may_have) {
      text += "; with " + line;
    }
  }
  return text.empty() ? text : text.substr(2);
}

}  // namespace parley::transcripts
