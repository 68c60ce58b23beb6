#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "engine/profile.h"
#include "sequences/rm_settings.h"

// The frame of a SOAP message: what stands where, and for whom (message-security.md, M90;
// namespaces.md, section 2).

namespace parley::soap {

/// The places of one envelope. They point into its document, which has to stay where it is.
struct Envelope {
  engine::SoapVersion soap = engine::SoapVersion::soap_1_2;
  xml::Element header;  ///< null when there is none
  xml::Element body;
  /// The header blocks meant for us, in document order, wsse:Security left out. Blocks for other
  /// roles mean nothing here (WA-017).
  std::vector<xml::Element> blocks;
  xml::Element security;         ///< wsse:Security meant for us; null when there is none
  xml::Element sequence_fault;   ///< wsrm:SequenceFault; null when there is none
  /// The versions that the header blocks are in; nothing when there are no such blocks.
  std::optional<engine::AddressingVersion> addressing;
  std::optional<sequences::RmVersion> rm;
};

/// Finds the places. Errors: version_mismatch for an Envelope that is not SOAP's; malformed_envelope
/// for anything but at most one Header, first, and one Body, last, without text between them (M90);
/// malformed_value for a mustUnderstand that is no boolean; security_header_invalid for two Security
/// headers (M1); invalid_addressing for two addressing versions (WA-014); malformed_envelope for two
/// versions of reliable messaging.
Result<Envelope> read_envelope(const xml::Document& document);

/// Which mandatory headers may be there.
struct Understood {
  std::optional<engine::AddressingVersion> addressing;
  std::optional<sequences::RmVersion> rm;
  bool security = false;
  /// EncryptedHeader stands for a block that will be read once it is decrypted (M53).
  bool encrypted = false;
};

/// Errors: must_understand for a mandatory block meant for us that is none of ours.
Result<void> check_understood(const Envelope& envelope, const Understood& understood);

/// The child of the Body; null for an empty Body. Errors: malformed_envelope for more than one, or
/// for text.
Result<xml::Element> body_child(const Envelope& envelope);

}  // namespace parley::soap
