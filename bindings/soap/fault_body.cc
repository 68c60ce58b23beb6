#include "bindings/soap/fault_body.h"

#include <string>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/headers/sequence_acknowledgement.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

using engine::Fault;
using engine::SoapVersion;
using sequences::RmVersion;

bool is_of_application(const Fault& fault) {
  return fault.code == ErrorCode::peer_fault;
}

/// RM-090, RM-091: whether SOAP 1.1 carries the code in a header.
bool is_header_fault(const Fault& fault, const FaultForm& form, const FaultDialect& dialect) {
  return dialect.soap == SoapVersion::soap_1_1 && !is_of_application(fault) &&
         form.vocabulary == FaultVocabulary::rm && fault.code != ErrorCode::sequence_refused &&
         fault.code != ErrorCode::rm_required;
}

/// `<wsrm:name xmlns:wsrm="…">`
void open_rm(Bytes& out, std::string_view name, RmVersion version) {
  append(out, "<wsrm:");
  append(out, name);
  append(out, " xmlns:wsrm=\"");
  append(out, names_of(version).ns);
  append(out, "\">");
}

void close_rm(Bytes& out, std::string_view name) {
  append(out, "</wsrm:");
  append(out, name);
  append(out, ">");
}

/// The children of the detail: about the sequence when the fault is, else as given.
void append_detail(Bytes& out, const Fault& fault, const FaultDialect& dialect) {
  if (fault.code == ErrorCode::acknowledgement_invalid && fault.acknowledgement) {
    open_rm(out, "SequenceAcknowledgement", dialect.rm);
    append_acknowledgement_content(out, *fault.acknowledgement, dialect.rm);
    close_rm(out, "SequenceAcknowledgement");
  } else if (!fault.sequence_identifier.empty()) {
    open_rm(out, "Identifier", dialect.rm);
    xml::append_text(out, fault.sequence_identifier);
    close_rm(out, "Identifier");
    if (fault.code == ErrorCode::number_rollover && fault.max_number != 0 &&
        dialect.rm == RmVersion::rm_1_1) {
      open_rm(out, "MaxMessageNumber", dialect.rm);
      append_number(out, fault.max_number);
      close_rm(out, "MaxMessageNumber");
    }
  }
  out.insert(out.end(), fault.detail.begin(), fault.detail.end());
}

/// What a fault says, whoever named it.
struct FaultWords {
  std::string_view code;  ///< local name in the namespace of SOAP
  std::string_view subcode_ns;
  std::string_view subcode;  ///< empty = none
  std::string_view nested;   ///< below it, in its namespace; empty = none
  std::string_view reason;
  bool is_header_fault = false;
};

FaultWords words_of(const Fault& fault, const FaultDialect& dialect) {
  const SoapNames& soap = names_of(dialect.soap);
  FaultWords words;
  if (is_of_application(fault)) {
    words.code = fault.sender ? soap.sender : soap.receiver;
    words.subcode_ns = fault.subcode_namespace;
    words.subcode = fault.subcode;
    words.reason = fault.reason;
    return words;
  }
  const FaultForm form = fault_form(fault.code, dialect);
  words.code = form.blames_sender && fault.sender ? soap.sender : soap.receiver;
  words.reason = form.reason;
  words.is_header_fault = is_header_fault(fault, form, dialect);
  if (form.vocabulary == FaultVocabulary::soap) {
    if (!form.local_name.empty()) {
      words.code = form.local_name;
    }
  } else {
    words.subcode_ns = fault_namespace(form.vocabulary, dialect);
    words.subcode = form.local_name;
    words.nested = form.nested;
  }
  return words;
}

/// A QName as content: its prefix is declared on the element that holds it.
void append_qname_element(Bytes& out,
                          std::string_view element,
                          std::string_view ns,
                          std::string_view local_name) {
  append(out, "<");
  append(out, element);
  append(out, " xmlns:f=\"");
  xml::append_attribute(out, ns);
  append(out, "\">f:");
  append(out, local_name);
  append(out, "</");
  append(out, element);
  append(out, ">");
}

void append_fault_1_2(Bytes& out,
                      const Fault& fault,
                      const FaultWords& words,
                      const FaultDialect& dialect) {
  append(out, "<s:Code><s:Value>s:");
  append(out, words.code);
  append(out, "</s:Value>");
  if (!words.subcode.empty()) {
    append(out, "<s:Subcode>");
    append_qname_element(out, "s:Value", words.subcode_ns, words.subcode);
    if (!words.nested.empty()) {
      append(out, "<s:Subcode>");
      append_qname_element(out, "s:Value", words.subcode_ns, words.nested);
      append(out, "</s:Subcode>");
    }
    append(out, "</s:Subcode>");
  }
  append(out, "</s:Code><s:Reason><s:Text xml:lang=\"en\">");
  xml::append_text(out, words.reason);
  append(out, "</s:Text></s:Reason>");
  Bytes detail;
  append_detail(detail, fault, dialect);
  if (!detail.empty()) {
    append(out, "<s:Detail>");
    out.insert(out.end(), detail.begin(), detail.end());
    append(out, "</s:Detail>");
  }
}

void append_fault_1_1(Bytes& out,
                      const Fault& fault,
                      const FaultWords& words,
                      const FaultDialect& dialect) {
  if (words.subcode.empty() || words.is_header_fault) {
    append(out, "<faultcode>s:");
    append(out, words.code);
    append(out, "</faultcode>");
  } else {
    // WA-041: the most specific one.
    append_qname_element(out, "faultcode", words.subcode_ns,
                         words.nested.empty() ? words.subcode : words.nested);
  }
  append(out, "<faultstring>");
  xml::append_text(out, words.reason);
  append(out, "</faultstring>");
  Bytes detail;
  if (!words.is_header_fault) {
    append_detail(detail, fault, dialect);
  }
  if (!detail.empty()) {
    append(out, "<detail>");
    out.insert(out.end(), detail.begin(), detail.end());
    append(out, "</detail>");
  }
}

// --- reading -------------------------------------------------------------------------------------

/// A fault's QName, of which the text alone is kept when its prefix is unbound.
QualifiedName read_code(const xml::Element& element) {
  auto name = read_qualified_name(element);
  if (name) {
    return std::move(name).value();
  }
  const std::string text = element.text();
  return {"", std::string(trim(text))};
}

Result<void> read_detail(const xml::Element& detail, Fault& fault, const Limits& limits) {
  for (const xml::Element& child : detail.children()) {
    PARLEY_TRY(append_canonical(fault.detail, child));
    const auto rm = find_rm(child.namespace_uri());
    if (!rm) {
      continue;
    }
    if (child.local_name() == "Identifier") {
      fault.sequence_identifier = trim(child.text());
    } else if (child.local_name() == "SequenceAcknowledgement") {
      auto acknowledgement = read_sequence_acknowledgement(child, *rm, limits);
      if (acknowledgement) {
        fault.sequence_identifier = acknowledgement->identifier;
        fault.acknowledgement = std::move(acknowledgement).value();
      }
    } else if (child.local_name() == "MaxMessageNumber") {
      const auto number = read_number(child.text());
      fault.max_number = number ? *number : 0;
    }
  }
  return {};
}

void set_code(Fault& fault, const QualifiedName& name) {
  fault.subcode_namespace = name.ns;
  fault.subcode = name.local_name;
  fault.code = error_of_fault(name.ns, name.local_name);
}

/// The codes of SOAP itself name no subcode.
bool is_soap_code(const QualifiedName& name) {
  return name.ns == kSoapNames[0].ns || name.ns == kSoapNames[1].ns;
}

Result<void> read_fault_1_2(const xml::Element& element,
                            std::string_view ns,
                            Fault& fault,
                            const Limits& limits) {
  const xml::Element code = element.child(ns, "Code");
  const xml::Element value = code ? code.child(ns, "Value") : xml::Element();
  if (!value) {
    return Error(ErrorCode::malformed_envelope, "fault code");
  }
  const QualifiedName soap_code = read_code(value);
  fault.sender = soap_code.local_name != names_of(SoapVersion::soap_1_2).receiver;
  fault.code = error_of_fault(soap_code.ns, soap_code.local_name);
  // The innermost subcode that means something here, else the outermost of all.
  for (xml::Element subcode = code.child(ns, "Subcode"); subcode;
       subcode = subcode.child(ns, "Subcode")) {
    const xml::Element name = subcode.child(ns, "Value");
    if (!name) {
      break;
    }
    const QualifiedName read = read_code(name);
    if (fault.subcode.empty() ||
        error_of_fault(read.ns, read.local_name) != ErrorCode::peer_fault) {
      set_code(fault, read);
    }
  }
  if (const xml::Element reason = element.child(ns, "Reason")) {
    if (const xml::Element text = reason.child(ns, "Text")) {
      fault.reason = text.text();
    }
  }
  const xml::Element detail = element.child(ns, "Detail");
  return detail ? read_detail(detail, fault, limits) : Result<void>();
}

Result<void> read_fault_1_1(const xml::Element& element, Fault& fault, const Limits& limits) {
  const xml::Element value = element.child("", "faultcode");
  if (!value) {
    return Error(ErrorCode::malformed_envelope, "fault code");
  }
  const QualifiedName code = read_code(value);
  if (is_soap_code(code)) {
    // "Client.Authentication" refines "Client".
    const std::string_view name = std::string_view(code.local_name);
    fault.sender = name.substr(0, name.find('.')) != names_of(SoapVersion::soap_1_1).receiver;
    fault.code = error_of_fault(code.ns, code.local_name);
  } else {
    set_code(fault, code);
  }
  if (const xml::Element text = element.child("", "faultstring")) {
    fault.reason = text.text();
  }
  const xml::Element detail = element.child("", "detail");
  return detail ? read_detail(detail, fault, limits) : Result<void>();
}

Result<void> read_sequence_fault(const xml::Element& block, Fault& fault, const Limits& limits) {
  const std::string_view ns = block.namespace_uri();
  if (const xml::Element code = block.child(ns, "FaultCode")) {
    set_code(fault, read_code(code));
  }
  const xml::Element detail = block.child(ns, "Detail");
  return read_detail(detail ? detail : block, fault, limits);  // 1.0 has no Detail
}

}  // namespace

void append_fault(Bytes& out, const Fault& fault, const FaultDialect& dialect) {
  const FaultWords words = words_of(fault, dialect);
  append(out, "<s:Fault xmlns:s=\"");
  append(out, names_of(dialect.soap).ns);
  append(out, "\">");
  if (dialect.soap == SoapVersion::soap_1_2) {
    append_fault_1_2(out, fault, words, dialect);
  } else {
    append_fault_1_1(out, fault, words, dialect);
  }
  append(out, "</s:Fault>");
}

void write_fault_blocks(BlockWriter& writer, const Fault& fault, const FaultDialect& dialect) {
  const FaultWords words = words_of(fault, dialect);
  Bytes& out = writer.out();
  if (words.is_header_fault) {
    writer.open("wsrm", names_of(dialect.rm).ns, "SequenceFault");
    append(out, "<wsrm:FaultCode>wsrm:");
    append(out, words.subcode);
    append(out, "</wsrm:FaultCode>");
    if (dialect.rm == RmVersion::rm_1_1) {
      append(out, "<wsrm:Detail>");
    }
    append_detail(out, fault, dialect);
    if (dialect.rm == RmVersion::rm_1_1) {
      append(out, "</wsrm:Detail>");
    }
    writer.close("wsrm", "SequenceFault");
    writer.mark_not_canonical();
  }
  if (dialect.soap != SoapVersion::soap_1_2) {
    return;
  }
  const std::string_view ns = names_of(dialect.soap).ns;
  if (fault.code == ErrorCode::must_understand && !fault.subcode.empty()) {
    Bytes attributes;
    append(attributes, " xmlns:f=\"");
    xml::append_attribute(attributes, fault.subcode_namespace);
    append(attributes, "\" qname=\"f:");
    xml::append_attribute(attributes, fault.subcode);
    append(attributes, "\"");
    writer.open_unsigned("s", ns, "NotUnderstood", as_text(attributes));
    writer.close("s", "NotUnderstood");
  }
  if (fault.code == ErrorCode::version_mismatch) {
    writer.open_unsigned("s", ns, "Upgrade");
    append(out, "<s:SupportedEnvelope qname=\"s:Envelope\"></s:SupportedEnvelope>");
    writer.close("s", "Upgrade");
  }
}

std::string_view action_of(const Fault& fault, const FaultDialect& dialect) {
  const FaultVocabulary vocabulary =
      is_of_application(fault) ? FaultVocabulary::soap : fault_form(fault.code, dialect).vocabulary;
  return fault_action(vocabulary, dialect);
}

Result<Fault> read_fault(const xml::Element& element,
                         const xml::Element& sequence_fault,
                         const Limits& limits) {
  Fault fault;
  const std::string_view ns = element.namespace_uri();
  if (ns == names_of(SoapVersion::soap_1_2).ns) {
    PARLEY_TRY(read_fault_1_2(element, ns, fault, limits));
  } else {
    PARLEY_TRY(read_fault_1_1(element, fault, limits));
    if (sequence_fault) {
      PARLEY_TRY(read_sequence_fault(sequence_fault, fault, limits));
    }
  }
  return fault;
}

}  // namespace parley::soap
