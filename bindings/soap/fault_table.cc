#include "bindings/soap/fault_table.h"

#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

constexpr std::string_view kDnse = "http://schemas.microsoft.com/ws/2006/05/security";

constexpr FaultForm sender(std::string_view reason) {
  return {FaultVocabulary::soap, "", reason, true, ""};
}

constexpr FaultForm receiver(std::string_view reason) {
  return {FaultVocabulary::soap, "", reason, false, ""};
}

constexpr FaultForm named(FaultVocabulary vocabulary, std::string_view local_name,
                          std::string_view reason, bool blames_sender = true,
                          std::string_view nested = {}) {
  return {vocabulary, local_name, reason, blames_sender, nested};
}

/// A name that others use and we never write.
struct ForeignName {
  FaultVocabulary vocabulary;
  std::string_view local_name;
  ErrorCode code;
};

constexpr std::array<ForeignName, 15> kForeignNames{{
    {FaultVocabulary::addressing, "OnlyAnonymousAddressSupported", ErrorCode::address_refused},
    {FaultVocabulary::addressing, "InvalidAddress", ErrorCode::address_refused},
    {FaultVocabulary::security, "FailedCheck", ErrorCode::security_failed},
    {FaultVocabulary::security, "InvalidSecurityToken", ErrorCode::token_invalid},
    {FaultVocabulary::security, "FailedAuthentication", ErrorCode::authentication_failed},
    {FaultVocabulary::security, "SecurityTokenUnavailable", ErrorCode::token_unavailable},
    {FaultVocabulary::security, "MessageExpired", ErrorCode::message_expired},
    {FaultVocabulary::trust, "FailedAuthentication", ErrorCode::authentication_failed},
    {FaultVocabulary::trust, "InvalidSecurityToken", ErrorCode::token_invalid},
    {FaultVocabulary::trust, "AuthenticationBadElements", ErrorCode::authentication_failed},
    {FaultVocabulary::trust, "ExpiredData", ErrorCode::message_expired},
    {FaultVocabulary::trust, "InvalidScope", ErrorCode::trust_request_failed},
    {FaultVocabulary::trust, "RenewNeeded", ErrorCode::renew_needed},
    {FaultVocabulary::trust, "UnableToRenew", ErrorCode::unable_to_renew},
    // RM-097: one stack spells it so.
    {FaultVocabulary::rm, "WsrmRequired", ErrorCode::rm_required},
}};

std::optional<FaultVocabulary> vocabulary_of(std::string_view ns) {
  for (const SoapNames& names : kSoapNames) {
    if (names.ns == ns) {
      return FaultVocabulary::soap;
    }
  }
  if (find_addressing(ns)) {
    return FaultVocabulary::addressing;
  }
  if (find_rm(ns)) {
    return FaultVocabulary::rm;
  }
  if (ns == kMc) {
    return FaultVocabulary::make_connection;
  }
  if (ns == uri::kWsse || ns == uri::kWsu) {
    return FaultVocabulary::security;
  }
  if (uri::find_secure_conversation(ns) != nullptr) {
    return FaultVocabulary::secure_conversation;
  }
  for (const uri::Trust& trust : uri::kTrust) {
    if (trust.ns == ns) {
      return FaultVocabulary::trust;
    }
  }
  return std::nullopt;
}

}  // namespace

FaultDialect dialect_of(const engine::Profile& profile) {
  FaultDialect dialect;
  dialect.soap = profile.soap;
  dialect.addressing = profile.addressing;
  dialect.rm = profile.rm.value_or(dialect.rm);
  dialect.trust = profile.sc.value_or(dialect.trust);
  return dialect;
}

FaultForm fault_form(ErrorCode code, const FaultDialect& dialect) {
  using enum FaultVocabulary;
  switch (code) {
    case ErrorCode::malformed_encoding:
    case ErrorCode::malformed_xml:
    case ErrorCode::forbidden_doctype:
    case ErrorCode::limit_exceeded:
    case ErrorCode::malformed_value:
    case ErrorCode::malformed_envelope:
    case ErrorCode::media_type_unsupported:
      return sender("The message could not be read.");
    case ErrorCode::version_mismatch:
      return named(soap, "VersionMismatch", "The SOAP version is not supported.");
    case ErrorCode::must_understand:
      return named(soap, "MustUnderstand", "A mandatory header is not understood.");

    case ErrorCode::invalid_addressing:
      return named(addressing, names_of(dialect.addressing).invalid_header,
                   "A header representing a Message Addressing Property is not valid and the "
                   "message cannot be processed");
    case ErrorCode::address_refused:
      // 1.0 alone has a second level (WA-051).
      return named(addressing, names_of(dialect.addressing).invalid_header,
                   "Answers are not sent to the address that was named", true,
                   dialect.addressing == engine::AddressingVersion::addressing_1_0
                       ? "OnlyAnonymousAddressSupported"
                       : "");
    case ErrorCode::addressing_required:
      return named(addressing, names_of(dialect.addressing).header_required,
                   "A required header representing a Message Addressing Property is not present");
    case ErrorCode::action_not_supported:
      return named(addressing, "ActionNotSupported",
                   "The [action] cannot be processed at the receiver");
    case ErrorCode::destination_unreachable:
      return named(addressing, "DestinationUnreachable",
                   "No route can be determined to reach [destination]");
    case ErrorCode::endpoint_unavailable:
    case ErrorCode::busy:
      return named(addressing, "EndpointUnavailable",
                   "The endpoint is unable to process the message at this time", false);

    // One face for all of them: what was wrong is for our log only (M58, M88, T51).
    case ErrorCode::security_failed:
    case ErrorCode::security_missing:
    case ErrorCode::security_header_invalid:
    case ErrorCode::token_invalid:
    case ErrorCode::token_unavailable:
    case ErrorCode::authentication_failed:
    case ErrorCode::message_expired:
    case ErrorCode::replayed:
      return named(security, "InvalidSecurity",
                   "A security error was encountered when verifying the message");
    case ErrorCode::token_unsupported:
      return named(security, "UnsupportedSecurityToken", "An unsupported token was provided");
    case ErrorCode::algorithm_unsupported:
      return named(security, "UnsupportedAlgorithm",
                   "An unsupported signature or encryption algorithm was used");

    case ErrorCode::context_unknown:
      return named(secure_conversation, "BadContextToken",
                   "The requested context elements are insufficient or unsupported.");
    case ErrorCode::context_unsupported:
      return named(secure_conversation, "UnsupportedContextToken",
                   "Not all of the values associated with the SCT are supported.");
    case ErrorCode::derivation_unknown:
      return named(secure_conversation, "UnknownDerivationSource",
                   "The specified source for the derivation is unknown.");
    case ErrorCode::renew_needed:
      return named(secure_conversation, "RenewNeeded",
                   "The provided context token has expired.");
    case ErrorCode::unable_to_renew:
      return named(secure_conversation, "UnableToRenew",
                   "The specified context token could not be renewed.");

    case ErrorCode::trust_invalid_request:
      return named(trust, "InvalidRequest", "The request was invalid or malformed");
    case ErrorCode::trust_bad_request:
      return named(trust, "BadRequest", "The specified RequestSecurityToken is not understood");
    case ErrorCode::trust_request_failed:
      return named(trust, "RequestFailed", "The specified request failed");
    case ErrorCode::trust_invalid_time:
      return named(trust, "InvalidTimeRange",
                   "The requested time range is invalid or unsupported");

    case ErrorCode::sequence_unknown:
      return named(rm, "UnknownSequence",
                   "The value of wsrm:Identifier is not a known Sequence identifier.");
    case ErrorCode::sequence_closed:
      return named(rm, "SequenceClosed",
                   "The Sequence is closed and cannot accept new messages.");
    case ErrorCode::sequence_terminated:
      return named(rm, "SequenceTerminated",
                   "The Sequence has been terminated due to an unrecoverable error.");
    case ErrorCode::sequence_refused:
      return named(rm, "CreateSequenceRefused",
                   "The Create Sequence request has been refused by the RM Destination.");
    case ErrorCode::acknowledgement_invalid:
      return named(rm, "InvalidAcknowledgement",
                   "The SequenceAcknowledgement violates the cumulative Acknowledgement "
                   "invariant.");
    case ErrorCode::number_rollover:
      return named(rm, "MessageNumberRollover",
                   "The maximum value for wsrm:MessageNumber has been exceeded.");
    case ErrorCode::last_number_exceeded:
      return named(rm, "LastMessageNumberExceeded",
                   "The value for wsrm:MessageNumber exceeds the value of the MessageNumber "
                   "accompanying a LastMessage element in this Sequence.");
    case ErrorCode::rm_required:
      return named(rm, "WSRMRequired", "The RM Destination requires the use of WSRM.");

    case ErrorCode::selection_missing:
      return named(make_connection, "MissingSelection",
                   "The MakeConnection element did not contain any selection criteria.", false);
    case ErrorCode::selection_unsupported:
      return named(make_connection, "UnsupportedSelection",
                   "The extension element used in the message selection is not supported by the "
                   "MakeConnection receiver.",
                   false);

    // Ours alone: the peer learns that it was not to blame, and nothing else.
    case ErrorCode::peer_fault:
    case ErrorCode::invalid_argument:
    case ErrorCode::invalid_state:
    case ErrorCode::not_found:
    case ErrorCode::already_exists:
    case ErrorCode::body_invalid:
    case ErrorCode::too_large:
    case ErrorCode::io_failed:
    case ErrorCode::disk_full:
    case ErrorCode::store_locked:
    case ErrorCode::store_corrupt:
    case ErrorCode::store_version:
    case ErrorCode::store_wrong_key:
    case ErrorCode::store_poisoned:
    case ErrorCode::network_failed:
    case ErrorCode::timed_out:
    case ErrorCode::key_unusable:
    case ErrorCode::internal_failure:
      return receiver("The message could not be processed.");
  }
  return receiver("The message could not be processed.");
}

std::string_view fault_namespace(FaultVocabulary vocabulary, const FaultDialect& dialect) {
  switch (vocabulary) {
    case FaultVocabulary::soap:
      return names_of(dialect.soap).ns;
    case FaultVocabulary::addressing:
      return names_of(dialect.addressing).ns;
    case FaultVocabulary::security:
      return uri::kWsse;
    case FaultVocabulary::secure_conversation:
      return uri::secure_conversation(dialect.trust).ns;  // SC48
    case FaultVocabulary::trust:
      return uri::trust(dialect.trust).ns;
    case FaultVocabulary::rm:
      return names_of(dialect.rm).ns;
    case FaultVocabulary::make_connection:
      return kMc;
  }
  return {};
}

std::string_view fault_action(FaultVocabulary vocabulary, const FaultDialect& dialect) {
  switch (vocabulary) {
    case FaultVocabulary::addressing:
      return names_of(dialect.addressing).fault_action;
    case FaultVocabulary::rm:
      // 1.0 names no action of its own.
      return names_of(dialect.rm).fault_action.empty()
                 ? names_of(dialect.addressing).fault_action
                 : names_of(dialect.rm).fault_action;
    case FaultVocabulary::make_connection:
      return kMcFaultAction;  // MC-020
    case FaultVocabulary::soap:
    case FaultVocabulary::security:
    case FaultVocabulary::secure_conversation:
    case FaultVocabulary::trust:
      return names_of(dialect.addressing).soap_fault_action;
  }
  return {};
}

ErrorCode error_of_fault(std::string_view name_space, std::string_view local_name) {
  if (name_space == kDnse) {
    if (local_name == "ServerTooBusy") {
      return ErrorCode::endpoint_unavailable;
    }
    if (local_name == "ExpiredSecurityContextTokenKey") {
      return ErrorCode::renew_needed;
    }
    return local_name == "SecuritySessionAborted" ? ErrorCode::context_unknown
                                                  : ErrorCode::peer_fault;
  }
  const auto vocabulary = vocabulary_of(name_space);
  if (!vocabulary || local_name.empty()) {
    return ErrorCode::peer_fault;
  }
  for (const ForeignName& foreign : kForeignNames) {
    if (foreign.vocabulary == *vocabulary && foreign.local_name == local_name) {
      return foreign.code;
    }
  }
  constexpr auto kLast = static_cast<unsigned>(ErrorCode::internal_failure);
  for (const engine::AddressingVersion addressing :
       {engine::AddressingVersion::addressing_1_0, engine::AddressingVersion::addressing_2004_08}) {
    FaultDialect dialect;
    dialect.addressing = addressing;
    for (unsigned i = 0; i <= kLast; ++i) {
      const auto code = static_cast<ErrorCode>(i);
      const FaultForm form = fault_form(code, dialect);
      if (form.vocabulary == *vocabulary && form.local_name == local_name) {
        return code;
      }
    }
  }
  return ErrorCode::peer_fault;
}

}  // namespace parley::soap
