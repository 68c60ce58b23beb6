#include "bindings/soap/envelope.h"

#include <algorithm>
#include <array>
#include <string>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

using engine::SoapVersion;

Error malformed(const char* place) {
  return Error(ErrorCode::malformed_envelope, place);
}

std::optional<SoapVersion> find_soap(std::string_view ns) {
  for (std::size_t i = 0; i < kSoapNames.size(); ++i) {
    if (kSoapNames[i].ns == ns) {
      return static_cast<SoapVersion>(i);
    }
  }
  return std::nullopt;
}

bool is_for_us(const xml::Element& block, const SoapNames& soap) {
  if (block.attributes().empty()) {
    return true;
  }
  const auto role = block.attribute(soap.ns, soap.role_attribute);
  if (!role) {
    return true;
  }
  const std::string_view value = trim(*role);
  return value.empty() || value == soap.role_next ||
         (!soap.role_ultimate.empty() && value == soap.role_ultimate);
}

Result<bool> is_mandatory(const xml::Element& block, const SoapNames& soap) {
  const auto value = block.attribute(soap.ns, "mustUnderstand");
  return value ? read_boolean(*value) : Result<bool>(false);
}

/// Notes which version of a protocol a block is in; false when another one was seen before.
template <class Version>
bool note_version(const std::optional<Version>& version, std::optional<Version>& seen) {
  if (!version) {
    return true;
  }
  if (seen && *seen != *version) {
    return false;
  }
  seen = version;
  return true;
}

Result<void> read_block(const xml::Element& block, const SoapNames& soap, Envelope& envelope) {
  PARLEY_TRY(is_mandatory(block, soap));
  if (!is_for_us(block, soap)) {
    return {};
  }
  if (block.is(uri::kWsse, "Security")) {
    if (envelope.security) {
      return Error(ErrorCode::security_header_invalid, "two Security headers");
    }
    envelope.security = block;
    return {};
  }
  if (!note_version(find_addressing(block.namespace_uri()), envelope.addressing)) {
    return Error(ErrorCode::invalid_addressing, "two addressing versions");
  }
  const auto rm = find_rm(block.namespace_uri());
  if (!note_version(rm, envelope.rm)) {
    return malformed("two versions of reliable messaging");
  }
  if (rm && block.local_name() == "SequenceFault") {
    if (envelope.sequence_fault) {
      return malformed("two sequence faults");
    }
    envelope.sequence_fault = block;
  }
  envelope.blocks.push_back(block);
  return {};
}

/// The RM headers that mean something to us; another one is not understood (RM-180).
bool is_known_rm_header(std::string_view name, sequences::RmVersion version) {
  constexpr std::array<std::string_view, 4> kBoth{"Sequence", "SequenceAcknowledgement",
                                                  "AckRequested", "SequenceFault"};
  return std::find(kBoth.begin(), kBoth.end(), name) != kBoth.end() ||
         (version == sequences::RmVersion::rm_1_1 && name == "UsesSequenceSTR");
}

bool is_understood(const xml::Element& block, const Understood& understood) {
  const auto addressing = find_addressing(block.namespace_uri());
  if (addressing) {
    return understood.addressing == addressing;
  }
  if (understood.encrypted && block.is(uri::kWsse11, "EncryptedHeader")) {
    return true;
  }
  if (block.is(kMc, "MessagePending")) {
    return true;  // MC-008
  }
  const auto rm = find_rm(block.namespace_uri());
  return rm && understood.rm == rm && is_known_rm_header(block.local_name(), *rm);
}

}  // namespace

Result<Envelope> read_envelope(const xml::Document& document) {
  const xml::Element root = document.root();
  if (root.local_name() != "Envelope") {
    return malformed("root");
  }
  const auto version = find_soap(root.namespace_uri());
  if (!version) {
    return Error(ErrorCode::version_mismatch, "envelope");
  }
  Envelope envelope;
  envelope.soap = *version;
  const SoapNames& soap = names_of(*version);
  for (const xml::Element& child : root.children()) {
    const bool is_first = child == root.first_child();
    if (child.is(soap.ns, "Header") && is_first) {
      envelope.header = child;
    } else if (child.is(soap.ns, "Body") && !envelope.body) {
      envelope.body = child;
    } else {
      return malformed("child of the envelope");
    }
  }
  std::string scratch;
  if (!envelope.body || !is_xml_space(root.text_view(scratch))) {
    return malformed("body");
  }
  if (envelope.header) {
    if (!is_xml_space(envelope.header.text_view(scratch))) {
      return malformed("header");
    }
    envelope.blocks.reserve(16);
    for (const xml::Element& block : envelope.header.children()) {
      PARLEY_TRY(read_block(block, soap, envelope));
    }
  }
  return envelope;
}

Result<void> check_understood(const Envelope& envelope, const Understood& understood) {
  const SoapNames& soap = names_of(envelope.soap);
  const Error not_understood(ErrorCode::must_understand, "header");
  if (envelope.security && !understood.security) {
    PARLEY_ASSIGN_OR_RETURN(const bool mandatory, is_mandatory(envelope.security, soap));
    if (mandatory) {
      return not_understood;
    }
  }
  for (const xml::Element& block : envelope.blocks) {
    if (is_understood(block, understood)) {
      continue;
    }
    PARLEY_ASSIGN_OR_RETURN(const bool mandatory, is_mandatory(block, soap));
    if (mandatory) {
      return not_understood;
    }
  }
  return {};
}

Result<xml::Element> body_child(const Envelope& envelope) {
  const xml::Element child = envelope.body.first_child();
  std::string scratch;
  if ((child && child.next_sibling()) || !is_xml_space(envelope.body.text_view(scratch))) {
    return malformed("content of the body");
  }
  return child;
}

}  // namespace parley::soap
