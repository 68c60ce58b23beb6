#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "contexts/trust_messages.h"
#include "engine/profile.h"
#include "sequences/rm_settings.h"

// How errors are told to a peer, and how a peer's fault codes are read back: one switch for both
// directions (namespaces.md, section 9; addressing.md, section 5; reliable-messaging.md, section 5).

namespace parley::soap {

/// The versions that a fault is written in.
struct FaultDialect {
  engine::SoapVersion soap = engine::SoapVersion::soap_1_2;
  engine::AddressingVersion addressing = engine::AddressingVersion::addressing_1_0;
  sequences::RmVersion rm = sequences::RmVersion::rm_1_1;
  contexts::TrustFamily trust = contexts::TrustFamily::oasis_200512;
};

/// The versions of a profile; those that it leaves out have their newest value.
FaultDialect dialect_of(const engine::Profile& profile);

/// Whose namespace a fault code is in.
enum class FaultVocabulary : std::uint8_t {
  soap,  ///< the code of SOAP itself
  addressing,
  security,
  secure_conversation,
  trust,
  rm,
  make_connection,
};

struct FaultForm {
  FaultVocabulary vocabulary = FaultVocabulary::soap;
  /// Of the subcode; for `soap` of the code itself. Empty = a bare Sender/Client or Receiver/Server.
  std::string_view local_name;
  std::string_view reason;  ///< English; says nothing of the peer's input
  bool blames_sender = true;
  /// A subcode of the subcode, which says it more exactly; empty = none.
  std::string_view nested;
};

/// The form of an error of ours. Every failure of authentication has the same one (M58, M88).
FaultForm fault_form(ErrorCode code, const FaultDialect& dialect);

std::string_view fault_namespace(FaultVocabulary vocabulary, const FaultDialect& dialect);

/// wsa:Action of a fault that has none of its own (WA-027, WA-040, WA-042).
std::string_view fault_action(FaultVocabulary vocabulary, const FaultDialect& dialect);

/// What a peer's fault code means here, whatever version it is in; `peer_fault` when we know none.
ErrorCode error_of_fault(std::string_view name_space, std::string_view local_name);

}  // namespace parley::soap
