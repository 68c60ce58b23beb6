#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bindings/soap/policy/security_requirements.h"
#include "engine/profile.h"
#include "sequences/rm_settings.h"

namespace parley::policy {

/// What an alternative says about reliable messaging (policy.md, section 4). Times are in
/// milliseconds; what is absent implies nothing (WP-060 to WP-063).
struct RmRequirements {
  sequences::RmVersion version = sequences::RmVersion::rm_1_1;
  QualifiedName assertion;
  std::optional<std::uint64_t> inactivity_ms;
  std::optional<std::uint64_t> base_retransmission_ms;
  std::optional<std::uint64_t> acknowledgement_ms;
  bool exponential_backoff = false;
  /// What the destination promises its application (WP-072).
  std::optional<sequences::DeliveryAssurance> assurance;
  bool in_order = false;
  bool sequence_str = false;                 ///< sequences are bound to a token
  bool sequence_transport_security = false;  ///< sequences are bound to the TLS session

  // Settings of one side that some stacks write into policy (section 4.3).
  std::optional<std::uint64_t> receive_buffer;  ///< messages; with flow control
  std::optional<std::uint64_t> sequences_max;
  std::optional<std::uint64_t> retransmissions_max;
  std::optional<std::uint64_t> close_timeout_ms;
  std::optional<std::uint64_t> ack_request_ms;
  std::optional<std::uint64_t> maintenance_ms;
  bool is_persistent = false;
};

/// Where answers may go (WA-051).
enum class Responses : std::uint8_t { any, anonymous, non_anonymous };

struct AddressingRequirements {
  std::optional<engine::AddressingVersion> version;  ///< none = not said
  Responses responses = Responses::any;
};

/// Something in a policy that is not understood or makes no sense: it makes the alternative
/// unusable.
struct PolicyProblem {
  QualifiedName assertion;
  std::string what;
};

enum class MessageDirection : std::uint8_t { input, output, fault };

/// What is asked of one message of one operation, besides what is asked of all.
struct MessageRequirements {
  std::string operation;
  MessageDirection direction = MessageDirection::input;
  SecurityRequirements security;
  bool needs_rm = false;  ///< WP-033: some stacks mark messages
};

/// Everything that one alternative of an endpoint's policy demands: plain values, whatever version
/// and dialect they were written in.
struct PolicyRequirements {
  std::optional<RmRequirements> rm;
  AddressingRequirements addressing;
  bool make_connection = false;  ///< MC-050
  bool optimized_mime = false;   ///< MTOM
  SecurityRequirements security;
  std::vector<MessageRequirements> messages;
  std::vector<PolicyProblem> problems;
};

}  // namespace parley::policy
