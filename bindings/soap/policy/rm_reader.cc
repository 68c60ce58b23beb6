#include "bindings/soap/policy/rm_reader.h"

#include <array>

#include "bindings/soap/lexical.h"

namespace parley::policy {
namespace {

using Rm = RmRequirements;

/// How a row tells its number.
enum class Told : std::uint8_t { by_attribute, by_text };

/// An element that gives a number, as a child of the RM assertion or beside it.
struct NumberRow {
  std::string_view ns;
  std::string_view name;
  std::optional<std::uint64_t> Rm::*field;
  Told told = Told::by_attribute;
};

constexpr std::array kNumbers{
    NumberRow{uri::kRmp10, "InactivityTimeout", &Rm::inactivity_ms},
    NumberRow{uri::kRmp10, "BaseRetransmissionInterval", &Rm::base_retransmission_ms},
    NumberRow{uri::kRmp10, "AcknowledgementInterval", &Rm::acknowledgement_ms},
    NumberRow{uri::kNetRmp, "InactivityTimeout", &Rm::inactivity_ms},
    NumberRow{uri::kNetRmp, "BaseRetransmissionInterval", &Rm::base_retransmission_ms},
    NumberRow{uri::kNetRmp, "AcknowledgementInterval", &Rm::acknowledgement_ms},
    NumberRow{uri::kNetRmp2005, "MaxReceiveBufferSize", &Rm::receive_buffer, Told::by_text},
    NumberRow{uri::kMetroRmp, "MaxConcurrentSessions", &Rm::sequences_max, Told::by_text},
    NumberRow{uri::kMetroRmp, "Interval", &Rm::base_retransmission_ms},
    NumberRow{uri::kMetroRmp, "MaxRetries", &Rm::retransmissions_max, Told::by_text},
    NumberRow{uri::kMetroRmp, "CloseSequenceTimeout", &Rm::close_timeout_ms},
    NumberRow{uri::kMetroRmp, "MaintenanceTaskPeriod", &Rm::maintenance_ms},
    NumberRow{uri::kMetroRmp, "AckRequestInterval", &Rm::ack_request_ms},
    NumberRow{uri::kSunRmClient, "ResendInterval", &Rm::base_retransmission_ms},
    NumberRow{uri::kSunRmClient, "AckRequestInterval", &Rm::ack_request_ms},
    NumberRow{uri::kSunRmClient, "CloseTimeout", &Rm::close_timeout_ms},
    NumberRow{uri::kWsrm2003, "InactivityTimeout", &Rm::inactivity_ms},
    NumberRow{uri::kWsrm2003, "BaseRetransmissionInterval", &Rm::base_retransmission_ms},
    NumberRow{uri::kWsrm2003, "AcknowledgmentInterval", &Rm::acknowledgement_ms},
};

struct AssuranceRow {
  std::string_view name;
  sequences::DeliveryAssurance assurance;
};

constexpr std::array kAssurances{
    AssuranceRow{"ExactlyOnce", sequences::DeliveryAssurance::exactly_once},
    AssuranceRow{"AtLeastOnce", sequences::DeliveryAssurance::at_least_once},
    AssuranceRow{"AtMostOnce", sequences::DeliveryAssurance::at_most_once},
};

void read_number(const XmlValue& value, const NumberRow& row, Rm& out, ReadingNotes& notes) {
  const std::string_view text = row.told == Told::by_text
                                    ? std::string_view(value.text)
                                    : value.attribute("", "Milliseconds").value_or("");
  const auto number = soap::read_number(text);
  if (!number) {
    notes.problem(value.name, "does not tell a number");
    return;
  }
  out.*row.field = *number;
}

/// Reads an element that gives a number or says yes, and what is in it. False: it is none.
bool read_setting(const XmlValue& value, Rm& out, ReadingNotes& notes) {
  for (const NumberRow& row : kNumbers) {
    if (value.is(row.ns, row.name)) {
      read_number(value, row, out, notes);
      return true;
    }
  }
  if (value.is(uri::kRmp10, "ExponentialBackoff") || value.is(uri::kNetRmp, "ExponentialBackoff") ||
      value.is(uri::kWsrm2003, "ExponentialBackoff") ||
      (value.is(uri::kMetroRmp, "BackoffAlgorithm") && soap::trim(value.text) == "Exponential")) {
    out.exponential_backoff = true;
  } else if (value.is(uri::kMetroRmp, "Persistent")) {
    out.is_persistent = true;
  } else if (value.is(uri::kMetroRmp, "RetransmissionConfig") ||
             value.is(uri::kNetRmp2005, "RmFlowControl")) {
    for (const XmlValue& child : value.children) {
      read_setting(child, out, notes);
    }
  } else if (value.is(uri::kSunRm, "Ordered")) {
    out.in_order = true;
  } else if (value.is(uri::kSunRm, "AllowDuplicates")) {
    out.assurance = sequences::DeliveryAssurance::at_least_once;
  } else {
    // WP-080: what else these vendors set concerns themselves.
    return value.name.ns == uri::kMetroRmp || value.name.ns == uri::kNetRmp ||
           value.name.ns == uri::kNetRmp2005 || value.name.ns == uri::kSunRm ||
           value.name.ns == uri::kSunRmClient;
  }
  return true;
}

void read_delivery_assurance(const Assertion& assertion, Rm& out, ReadingNotes& notes) {
  if (!assertion.nested) {
    notes.problem(assertion.name(), "has no policy in it");
    return;
  }
  bool is_said = false;
  for (const auto& nested : *assertion.nested) {
    if (nested->name().ns != uri::kRmp11) {
      notes.unknown(*nested);
    } else if (nested->name().local_name == "InOrder") {
      out.in_order = true;
    } else if (const AssuranceRow* row = find_row(kAssurances, nested->name().local_name)) {
      if (is_said) {
        notes.problem(nested->name(), "is a second delivery assurance");
      }
      is_said = true;
      out.assurance = row->assurance;
    } else {
      notes.unknown(*nested);
    }
  }
}

}  // namespace

bool RmReader::read(const Assertion& assertion, ReadingNotes& notes) {
  const QualifiedName& name = assertion.name();
  if (name.local_name == "RMAssertion" && (name.ns == uri::kRmp10 || name.ns == uri::kRmp11)) {
    read_rm_assertion(assertion, notes);
    return true;
  }
  return name.ns != uri::kRmp10 && read_setting(*assertion.element, found_, notes);
}

void RmReader::read_rm_assertion(const Assertion& assertion, ReadingNotes& notes) {
  const bool is_1_1 = assertion.name().ns == uri::kRmp11;
  const auto version = is_1_1 ? sequences::RmVersion::rm_1_1 : sequences::RmVersion::rm_1_0;
  if (has_assertion_ && version != found_.version) {
    notes.problem(assertion.name(), "asks for a second version of reliable messaging");  // WP-074
    return;
  }
  has_assertion_ = true;
  found_.version = version;
  found_.assertion = assertion.name();
  for (const XmlValue& child : assertion.element->children) {
    read_setting(child, found_, notes);  // WP-080: other children say nothing to us
  }
  if (!assertion.nested) {
    return;
  }
  for (const auto& nested : *assertion.nested) {
    if (nested->element->is(uri::kRmp11, "SequenceSTR")) {
      found_.sequence_str = true;
    } else if (nested->element->is(uri::kRmp11, "SequenceTransportSecurity")) {
      found_.sequence_transport_security = true;
    } else if (nested->element->is(uri::kRmp11, "DeliveryAssurance")) {
      read_delivery_assurance(*nested, found_, notes);
    } else if (!read_setting(*nested->element, found_, notes)) {
      notes.unknown(*nested);
    }
  }
}

std::optional<RmRequirements> RmReader::take(ReadingNotes& notes) {
  if (!has_assertion_) {
    return std::nullopt;
  }
  if (found_.sequence_str && found_.sequence_transport_security) {  // WP-071
    notes.problem(found_.assertion, "binds sequences to a token and to the transport");
  }
  return found_;
}

RmRequirements read_rm_2003(const Alternative& alternative, ReadingNotes& notes) {
  RmRequirements out;
  for (const auto& assertion : alternative) {
    if (assertion->element->is(uri::kWsrm2003, "DeliveryAssurance")) {
      const std::string value(assertion->element->attribute("", "Value").value_or(""));
      const std::size_t colon = value.find(':');
      const std::string_view local =
          soap::trim(std::string_view(value).substr(colon == std::string::npos ? 0 : colon + 1));
      const AssuranceRow* row = find_row(kAssurances, local);
      if (row != nullptr) {
        out.assurance = row->assurance;
      } else if (local == "InOrder") {
        out.in_order = true;
      } else {
        notes.problem(assertion->name(), "has an unknown value");
      }
    } else if (!read_setting(*assertion->element, out, notes) &&
               !assertion->element->is(uri::kWsrm2003, "SpecVersion")) {
      notes.unknown(*assertion);
    }
  }
  return out;
}

}  // namespace parley::policy
