#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/interval_set.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "sequences/ack_ranges.h"
#include "sequences/destination_table.h"
#include "sequences/facts.h"
#include "sequences/rm_settings.h"

namespace parley::sequences {

/// What an accepted CreateSequence asked for, and what we name it.
struct DestinationOpening {
  RmVersion version = RmVersion::rm_1_1;
  std::string identifier;  ///< ours, fresh and random
  std::string create_message_id;
  std::string offered_identifier;  ///< empty = no Offer
  std::string context_identifier;  ///< empty = bound to no context
  std::string acks_to;
  std::string acks_to_parameters;
  std::string replies_to;  ///< empty = to no address of their own
  std::optional<Duration> expires;  ///< as asked for; zero or absent = for ever
};

/// A Sequence header.
struct Arrival {
  std::uint64_t number = 0;
  bool is_last = false;   ///< 1.0: LastMessage
  bool is_empty = false;  ///< 1.0: the empty message of RM-034, acknowledged but not delivered
};

/// What became of an arrival.
enum class ArrivalKind : std::uint8_t {
  fresh,         ///< accepted: keep the body, unless `consumed` says that nobody will get it
  duplicate,     ///< accepted before
  without_room,  ///< buffer or range cap: neither kept nor acknowledged
  after_close,   ///< a new number for a closed sequence
  above_limit,   ///< beyond our own highest number
  above_last,    ///< beyond 1.0's LastMessage
  violation,     ///< contradicts 1.0's LastMessage: carry out `decide(violated)`
};

/// The number is accepted: it will be acknowledged and never accepted again.
struct NumberAccepted {
  std::uint64_t number = 0;
  bool is_last = false;
  /// Nothing is left to be consumed: AtMostOnce, an empty message, or one that came too late for
  /// its place in the order.
  bool consumed = false;
  bool deliver = true;  ///< `deliverable` will name it
};

struct ArrivalDecision {
  ArrivalKind kind = ArrivalKind::fresh;
  std::optional<NumberAccepted> accepted;  ///< to be applied; `fresh` only
  DestinationActions actions;
};

/// The application is done with a delivery.
struct NumberConsumed {
  std::uint64_t number = 0;
};

/// A lifecycle step: the state after it, and what to do.
struct DestinationDecision {
  DestinationState state;
  DestinationActions actions;
  IntervalSet discarded;  ///< accepted, but to be dropped by IncompleteSequenceBehavior
};

/// What a SequenceAcknowledgement of ours says (2.5). Nacks go into a header of their own.
struct AckContent {
  NumberRanges ranges;  ///< empty = None (1.1), 0-0 (1.0)
  bool is_final = false;
  std::optional<std::int32_t> buffer_remaining;
};

/// What time demands now.
struct DestinationDue {
  /// Carry this event out with `decide` (expires, inactive, tombstone_timer).
  std::optional<DestinationEvent> event;
  bool ack = false;        ///< send an acknowledgement of its own, then record it
  bool lifecycle = false;  ///< send our Close or Terminate (again), then record it
};

/// The RM Destination: one sequence on its way in. Pure: no message, no clock, no disk. The durable
/// part is a DestinationState; timers and what was handed out are volatile.
///
/// `decide_*` judges and changes nothing. Errors everywhere: sequence_unknown where the table says
/// "raise UnknownSequence"; invalid_state where we ask for what the phase forbids. `apply` makes
/// the change and cannot fail; what was decided must be applied before the next decision.
///
/// A message is accepted only if there is room for it, and acknowledged only if it was accepted, so
/// nothing is ever acknowledged and then dropped.
class RmDestination {
 public:
  /// Takes up a sequence, new or recovered. Settings and limits are borrowed. After a recovery,
  /// everything accepted and not consumed is deliverable again.
  RmDestination(DestinationState state,
                const RmSettings& settings,
                const Limits& limits,
                MonoTime now);

  /// The state of a sequence that a peer creates (RM-020, RM-021). Errors: sequence_refused (no
  /// identifier, or nowhere to send acknowledgements to: RM-011).
  static Result<DestinationState> open(const DestinationOpening& opening,
                                       const RmSettings& settings,
                                       WallTime now);

  /// The state of a sequence that we offer: numbers are accepted from now on, but not delivered
  /// until `decide_confirmed` (RM-024). Errors: as `open`.
  static Result<DestinationState> offer(const DestinationOpening& opening,
                                        const RmSettings& settings,
                                        WallTime now);

  /// Whether a CreateSequence is a repeat of the one that made this sequence (RM-025): the same
  /// context, and the same MessageID or offered Identifier.
  bool is_repeat(std::string_view create_message_id,
                 std::string_view offered_identifier,
                 std::string_view context_identifier) const;

  // Numbers.

  /// A Sequence header. Errors: sequence_unknown; malformed_value (number 0 or above 2^63-1).
  Result<ArrivalDecision> decide_arrival(const Arrival& arrival) const;
  void apply(const NumberAccepted& fact, MonoTime now) noexcept;

  /// What was not accepted may still move timers (a duplicate is acknowledged at once).
  void note_arrival(const ArrivalDecision& decision, MonoTime now);

  /// The next messages for the application, in their order, at most `count`. Those that were handed
  /// out are not named again until `decline`, or recovery.
  std::vector<std::uint64_t> deliverable(std::size_t count) const;
  void record_delivered(std::uint64_t number);

  /// Deliver it again.
  void decline(std::uint64_t number);

  /// Whether `consumed` must be committed before a delivery leaves (AtMostOnce, where the message
  /// waits for the end of the sequence).
  bool consumes_before_delivery() const;

  /// The application is done with it. Errors: not_found (not accepted, or consumed before; so it is
  /// for what `NumberAccepted::consumed` said).
  Result<NumberConsumed> decide_consumed(std::uint64_t number) const;
  void apply(const NumberConsumed& fact) noexcept;

  // Lifecycle.

  /// CloseSequence or TerminateSequence of the RMS with its LastMsgNumber (RM-060, RM-061, RM-064).
  /// One that contradicts what was received or told before ends the sequence with
  /// SequenceTerminated.
  Result<DestinationDecision> decide_peer_close(std::optional<std::uint64_t> last,
                                                WallTime now) const;
  Result<DestinationDecision> decide_peer_terminate(std::optional<std::uint64_t> last,
                                                    WallTime now) const;

  /// Our own decision to close or terminate; 1.1 only (RM-062, RM-065).
  Result<DestinationDecision> decide_close(std::string message_id, WallTime now) const;
  Result<DestinationDecision> decide_terminate(std::string message_id, WallTime now) const;

  /// Everything without particulars: repeats of CreateSequence, AckRequested, responses, faults,
  /// and the events of `due`.
  Result<DestinationDecision> decide(DestinationEvent event, WallTime now) const;

  /// The peer has accepted our Offer (or not: then everything received on it is discarded and the
  /// sequence is over).
  Result<DestinationDecision> decide_confirmed(bool is_accepted, WallTime now) const;

  void apply(const DestinationState& state) noexcept;

  // Acknowledgements.

  /// The complete accepted set (RM-040): good on any message at any time (RM-075).
  AckContent acknowledgement() const;

  /// Missing numbers for a Nack, lowest first; empty unless the settings want it (RM-045).
  std::vector<std::uint64_t> nacks() const;

  /// AckRequested has come: the acknowledgement is due at once (RM-050).
  void request_ack(MonoTime now);

  /// An acknowledgement has left, by itself or on another message.
  void record_ack();

  // Volatile: what was sent and heard.

  /// An authenticated message of the pair has come (RM-111).
  void record_heard(MonoTime now);
  void record_lifecycle_sent(MonoTime now);

  // Time.

  DestinationDue due(Now now) const;
  MonoTime deadline(Now now) const;

  // Getters.

  /// The durable part, for the store.
  DestinationState state() const;

  /// What was agreed: the durable part without its numbers.
  const DestinationState& terms() const { return state_; }

  DestinationPhase phase() const { return state_.phase; }

  SequenceEnd end() const { return state_.end; }

  RmVersion version() const { return state_.version; }

  const std::string& identifier() const { return state_.identifier; }

  const std::string& acks_to() const { return state_.acks_to; }

  const IntervalSet& received() const { return received_; }

  bool is_confirmed() const { return state_.is_confirmed; }

  std::optional<std::uint64_t> last_number() const { return state_.last_number; }

  /// Accepted and not consumed: what takes up the buffer.
  std::uint64_t buffered() const { return pending_.size(); }

  /// Free places of the buffer (RM-120).
  std::uint64_t room() const;

  /// Whether nothing is missing, as far as is known: up to LastMsgNumber, else to the highest
  /// received.
  bool is_whole() const;

  /// What is missing, lowest first, at most `ranges_max` ranges.
  NumberRanges missing(std::size_t ranges_max) const;

  /// How many numbers are missing.
  std::uint64_t missing_count() const;

  /// Whether the application has got everything that it will get.
  bool is_drained() const { return pending_.empty(); }

 private:
  Result<DestinationDecision> step(DestinationEvent event,
                                   std::optional<std::uint64_t> last,
                                   WallTime now) const;
  Result<DestinationDecision> decide_peer_end(DestinationEvent event,
                                              std::optional<std::uint64_t> last,
                                              WallTime now) const;
  Result<DestinationDecision> decide_own_end(DestinationEvent event, WallTime now) const;
  DestinationEvent judge_number(const Arrival& arrival) const;
  IntervalSet to_discard(std::optional<std::uint64_t> last) const;
  bool is_whole_up_to(std::optional<std::uint64_t> last) const;
  std::uint64_t highest_expected(std::optional<std::uint64_t> last) const;
  bool has_effect(DestinationEvent event) const;
  bool has_room_for(std::uint64_t number) const;
  bool delivers_prefix_only() const;
  bool has_lifecycle() const;
  std::uint64_t capacity() const;
  std::uint64_t used() const;
  void load() noexcept;

  const RmSettings* settings_;
  const Limits* limits_;
  DestinationState state_;  ///< `received` and `consumed` are empty: see the next members
  IntervalSet received_;
  IntervalSet consumed_;
  std::set<std::uint64_t> pending_;  ///< accepted and not consumed
  std::set<std::uint64_t> ready_;  ///< to be handed out: pending, or (AtMostOnce) already consumed
  std::uint64_t handed_out_ = 0;   ///< AtMostOnce: highest number handed out, or taken for it
  MonoTime ack_due_ = kNever;
  std::uint64_t ack_owed_ = 0;  ///< accepted since the last acknowledgement
  MonoTime heard_;
  std::uint64_t lifecycle_tries_ = 0;
  MonoTime lifecycle_due_{INT64_MIN};
};

}  // namespace parley::sequences
