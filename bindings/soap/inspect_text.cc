#include <string>
#include <string_view>

#include "bindings/soap/inspect.h"

namespace parley::soap {
namespace {

/// Lines of "name: value", indented below their heading.
class TextReport {
 public:
  void heading(std::string_view text) {
    out_ += text;
    out_ += '\n';
  }

  void line(std::string_view name, std::string_view value) {
    if (value.empty()) {
      return;
    }
    out_ += "  ";
    out_ += name;
    if (!name.empty()) {
      out_ += ": ";
    }
    append_printable(value);
    out_ += '\n';
  }

  std::string take() { return std::move(out_); }

 private:
  /// A peer's text must not move the cursor of the operator's terminal.
  void append_printable(std::string_view text) {
    for (const char c : text) {
      out_ += static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t' ? '?' : c;
    }
  }

  std::string out_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    out += out.empty() ? "" : ", ";
    out += word;
  }
  return out;
}

std::string versions(const InspectReport& report) {
  std::string out;
  if (report.soap) {
    out += *report.soap == engine::SoapVersion::soap_1_1 ? "SOAP 1.1" : "SOAP 1.2";
  }
  if (report.addressing_version) {
    out += *report.addressing_version == engine::AddressingVersion::addressing_1_0
               ? ", WS-Addressing 1.0"
               : ", WS-Addressing 2004/08";
  }
  if (report.rm_version) {
    out += *report.rm_version == sequences::RmVersion::rm_1_1 ? ", WS-ReliableMessaging 1.1"
                                                              : ", WS-ReliableMessaging 1.0";
  }
  return out;
}

void write_addressing(TextReport& text, const engine::Addressing& addressing) {
  text.line("action", addressing.action);
  text.line("to", addressing.to);
  text.line("message id", addressing.message_id);
  text.line("relates to", addressing.relates_to);
  text.line("reply to", addressing.reply_to ? addressing.reply_to->address : "");
  text.line("fault to", addressing.fault_to ? addressing.fault_to->address : "");
  text.line("from", addressing.from ? addressing.from->address : "");
}

std::string ranges_of(const engine::AcknowledgementHeader& header) {
  std::string out = header.identifier + ":";
  for (const engine::NumberRange& range : header.ranges) {
    out += ' ' + std::to_string(range.first) + '-' + std::to_string(range.second);
  }
  for (const std::uint64_t nack : header.nacks) {
    out += " missing " + std::to_string(nack);
  }
  if (header.ranges.empty() && header.nacks.empty()) {
    out += " nothing";
  }
  return out + (header.final ? ", final" : "");
}

void write_rm(TextReport& text, const engine::RmHeaders& rm) {
  if (rm.sequence) {
    text.line("sequence", rm.sequence->identifier + " number " +
                              std::to_string(rm.sequence->number) +
                              (rm.sequence->last_message ? ", last" : ""));
  }
  for (const engine::AcknowledgementHeader& header : rm.acknowledgements) {
    text.line("acknowledges", ranges_of(header));
  }
  for (const std::string& identifier : rm.ack_requests) {
    text.line("asks for acknowledgement", identifier);
  }
}

void write_security(TextReport& text, const InspectReport& report) {
  text.line("for the role", report.security_role);
  text.line("context", report.context_identifier);
  text.line("instance", report.context_instance);
  text.line("created", report.timestamp_created);
  text.line("expires", report.timestamp_expires);
  for (const InspectedToken& token : report.tokens) {
    if (token.name != "Timestamp" && token.name != "SecurityContextToken") {
      text.line(token.name, token.failure.empty() ? token.content : "FAILED, " + token.failure);
    }
  }
  for (const InspectedSignature& signature : report.signatures) {
    text.line("signature", signature.failure.empty() ? "verified" : "FAILED, " + signature.failure);
    text.line("  algorithm", signature.algorithm);
    text.line("  key", signature.key);
    text.line("  covers", joined(signature.covers));
  }
  for (const InspectedEncryption& encryption : report.encryptions) {
    text.line("encryption",
              encryption.failure.empty() ? "decrypted" : "FAILED, " + encryption.failure);
    text.line("  algorithm", encryption.algorithm);
    text.line("  key", encryption.key);
    text.line("  part", encryption.part);
  }
}

void write_parts(TextReport& text, const InspectReport& report) {
  for (const InspectedPart& part : report.parts) {
    std::string marks = part.is_signed ? "signed" : "NOT signed";
    marks += part.was_encrypted ? ", encrypted" : "";
    marks += part.must_understand ? ", mandatory" : "";
    text.line((part.is_security_child ? "Security/" : "") + part.name, marks);
  }
}

void write_fault(TextReport& text, const engine::Fault& fault) {
  text.line("code", name_of(fault.code));
  text.line("subcode", fault.subcode);
  text.line("reason", fault.reason);
  text.line("sequence", fault.sequence_identifier);
}

}  // namespace

std::string to_text(const InspectReport& report) {
  TextReport text;
  text.heading("Message");
  text.line("", versions(report));
  write_addressing(text, report.addressing);
  write_rm(text, report.rm);
  text.heading("Security");
  write_security(text, report);
  text.heading("Parts");
  write_parts(text, report);
  if (report.fault) {
    text.heading("Fault");
    write_fault(text, *report.fault);
  }
  text.heading("Body");
  text.line("", as_text(report.body));
  text.heading(report.is_clean() ? "No problems" : "Problems");
  for (const std::string& problem : report.problems) {
    text.line("", problem);
  }
  return text.take();
}

}  // namespace parley::soap
