#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley {

/// Who is to blame. Decides what a program does next: answer with a fault, retry, or stop.
enum class Blame : std::uint8_t {
  peer_misbehaved,    ///< forged, malformed or rule-breaking input
  peer_incompatible,  ///< well-formed, but a version, algorithm or token that we do not accept
  peer_reported,      ///< the peer sent a fault
  application,        ///< the embedding program asked for something that cannot be done
  environment,        ///< disk, network, clock, memory
  internal,           ///< a promise of ours was broken
};

// X(name, blame, text). The text says what happened and, where the reader can act, what to do.
// clang-format off
#define PARLEY_ERROR_CODES(X)                                                                            \
  /* bytes and XML */                                                                                    \
  X(malformed_encoding,     peer_misbehaved,   "base64, hexadecimal or UTF-8 text is malformed")         \
  X(malformed_xml,          peer_misbehaved,   "the document is not well-formed XML with namespaces")    \
  X(forbidden_doctype,      peer_misbehaved,   "document type declarations are forbidden")               \
  X(limit_exceeded,         peer_misbehaved,   "a size, count or depth is above its limit")              \
  X(malformed_value,        peer_misbehaved,   "a value does not have the lexical form of its type")     \
  /* SOAP and addressing */                                                                              \
  X(malformed_envelope,     peer_misbehaved,   "the SOAP envelope breaks its schema")                    \
  X(media_type_unsupported, peer_incompatible, "the media type is not that of a SOAP envelope, or there are attachments, which are not supported") \
  X(version_mismatch,       peer_incompatible, "the SOAP version is not the one expected")               \
  X(must_understand,        peer_incompatible, "a mandatory header is not understood")                   \
  X(invalid_addressing,     peer_misbehaved,   "an addressing header is malformed or repeated")          \
  X(addressing_required,    peer_misbehaved,   "a required addressing header is missing")                \
  X(action_not_supported,   peer_incompatible, "the action cannot be processed here")                    \
  X(destination_unreachable,peer_incompatible, "the destination is not known here")                      \
  X(address_refused,        peer_incompatible, "answers are not sent to the address that was named; see the setting `reply` of the profile, and answer_prefixes") \
  X(selection_missing,      peer_misbehaved,   "a poll names no address")                                \
  X(selection_unsupported,  peer_incompatible, "a poll selects messages in a way that is not supported") \
  X(endpoint_unavailable,   environment,       "the endpoint is too busy or shutting down; retry later") \
  /* message security: all of the first group look the same on the wire */                               \
  X(security_failed,        peer_misbehaved,   "the message failed its security checks")                 \
  X(security_missing,       peer_misbehaved,   "the message lacks the required protection")              \
  X(security_header_invalid,peer_misbehaved,   "the Security header breaks its rules")                   \
  X(token_invalid,          peer_misbehaved,   "a security token is malformed or not trusted")           \
  X(token_unavailable,      peer_misbehaved,   "a referenced security token cannot be found")            \
  X(token_unsupported,      peer_incompatible, "the kind of security token is not supported")            \
  X(algorithm_unsupported,  peer_incompatible, "an algorithm is unknown or not allowed by the settings") \
  X(authentication_failed,  peer_misbehaved,   "the credential could not be authenticated")              \
  X(message_expired,        peer_misbehaved,   "the message is too old or too new; compare the clocks")  \
  X(replayed,               peer_misbehaved,   "the message was seen before")                            \
  /* contexts and trust */                                                                               \
  X(context_unknown,        peer_misbehaved,   "the security context is unknown, expired or cancelled")  \
  X(context_unsupported,    peer_incompatible, "a value attached to the context cannot be honoured")     \
  X(derivation_unknown,     peer_misbehaved,   "the source of a derived key is unknown")                 \
  X(renew_needed,           peer_misbehaved,   "the context has expired but may be renewed")             \
  X(unable_to_renew,        peer_misbehaved,   "the context cannot be renewed")                          \
  X(trust_invalid_request,  peer_misbehaved,   "the token request is malformed")                         \
  X(trust_bad_request,      peer_incompatible, "the token request is not understood")                    \
  X(trust_request_failed,   peer_incompatible, "the token request cannot be fulfilled")                  \
  X(trust_invalid_time,     peer_misbehaved,   "the requested lifetime cannot be granted")               \
  /* reliable messaging */                                                                               \
  X(sequence_unknown,       peer_misbehaved,   "the sequence is unknown")                                \
  X(sequence_closed,        peer_misbehaved,   "the sequence is closed")                                 \
  X(sequence_terminated,    peer_misbehaved,   "the sequence is terminated")                             \
  X(sequence_refused,       peer_incompatible, "the sequence was refused")                               \
  X(acknowledgement_invalid,peer_misbehaved,   "an acknowledgement breaks its invariants")               \
  X(number_rollover,        peer_misbehaved,   "the message number space is exhausted")                  \
  X(last_number_exceeded,   peer_misbehaved,   "a message number is above that of the last message")     \
  X(rm_required,            peer_incompatible, "the endpoint requires reliable messaging")               \
  /* faults that the peer sent */                                                                        \
  X(peer_fault,             peer_reported,     "the peer answered with a fault")                         \
  /* application */                                                                                      \
  X(invalid_argument,       application,       "an argument is out of its range")                        \
  X(invalid_state,          application,       "the call does not fit the present state")                \
  X(not_found,              application,       "there is no such thing")                                 \
  X(already_exists,         application,       "it exists already")                                      \
  X(body_invalid,           application,       "the body is not a self-contained XML element")           \
  X(too_large,              application,       "it is above its limit")                                  \
  X(busy,                   application,       "a queue is full; try again later")                       \
  /* environment */                                                                                      \
  X(io_failed,              environment,       "reading or writing failed")                              \
  X(disk_full,              environment,       "the disk is full")                                       \
  X(store_locked,           environment,       "the store is in use by another process")                 \
  X(store_corrupt,          environment,       "a record of the store is damaged")                       \
  X(store_version,          environment,       "the store was written by a newer version")               \
  X(store_wrong_key,        environment,       "the master key does not open this store")                \
  X(store_poisoned,         environment,       "a commit failed; reopen the store")                      \
  X(network_failed,         environment,       "the connection failed")                                  \
  X(timed_out,              environment,       "it took longer than its limit")                          \
  X(key_unusable,           environment,       "a key or certificate file cannot be used")               \
  X(internal_failure,       internal,          "an internal promise was broken; please report it")
// clang-format on

enum class ErrorCode : std::uint8_t {
#define PARLEY_X(name, blame, text) name,
  PARLEY_ERROR_CODES(PARLEY_X)
#undef PARLEY_X
};

/// What went wrong and where. Holds no peer text and no secret, so it may be logged as it is.
class Error {
 public:
  /// `place` names the failing step and must be a string literal (it is not copied).
  explicit constexpr Error(ErrorCode code, const char* place = "") : code_(code), place_(place) {}

  constexpr ErrorCode code() const { return code_; }

  constexpr std::string_view place() const { return place_; }

  Blame blame() const;

  /// One line: place, text.
  std::string message() const;

  friend constexpr bool operator==(const Error& a, const Error& b) { return a.code_ == b.code_; }

 private:
  ErrorCode code_;
  const char* place_;
};

/// The enumerator's name, for logs and tests.
std::string_view name_of(ErrorCode code);

/// The sentence of the table.
std::string_view text_of(ErrorCode code);

Blame blame_of(ErrorCode code);

}  // namespace parley
