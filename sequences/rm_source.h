#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/interval_set.h"
#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "sequences/ack_ranges.h"
#include "sequences/facts.h"
#include "sequences/retransmission.h"
#include "sequences/rm_settings.h"
#include "sequences/source_table.h"

namespace parley::sequences {

/// What CreateSequence will say; remembered before it leaves, so that every repeat is the same.
struct SourceOpening {
  RmVersion version = RmVersion::rm_1_1;
  std::string create_message_id;
  std::string offered_identifier;  ///< empty = no Offer
  std::string context_identifier;  ///< empty = bound to no context
};

/// What the peer's Offer said, once we accept it.
struct OfferTaken {
  RmVersion version = RmVersion::rm_1_1;
  std::string identifier;
  std::string context_identifier;
  std::string endpoint;
  std::string endpoint_parameters;
  std::optional<Duration> expires;  ///< as offered; zero or absent = for ever
};

/// CreateSequenceResponse.
struct SequenceGrant {
  std::string identifier;
  std::optional<Duration> expires;  ///< zero or absent = for ever
};

/// SequenceAcknowledgement without its Nacks.
struct Acknowledgement {
  NumberRanges ranges;
  bool is_final = false;
  std::optional<std::int32_t> buffer_remaining;
};

/// A lifecycle step: the state after it, and what to do.
struct SourceDecision {
  SourceState state;
  SourceActions actions;
};

/// A message gets this number, for good (RM-031).
struct NumberAssigned {
  std::uint64_t number = 0;
  bool is_last = false;  ///< 1.0: send it with LastMessage
};

/// What an acknowledgement changes. All values are absolute but `newly`, which tells the engine
/// whose bodies may go.
struct NumbersAcknowledged {
  AckStanding standing = AckStanding::old;
  IntervalSet acked;
  IntervalSet newly;  ///< acknowledged now, and not before
  SourcePhase phase = SourcePhase::created;
  SequenceEnd end = SequenceEnd::open;
  bool has_final = false;
  std::uint64_t invalid_acks = 0;
  std::optional<std::int32_t> buffer_remaining;
  SourceActions actions;
};

/// What time demands now.
struct SourceDue {
  /// Carry this event out with `decide` (expires, inactive, retries_exhausted, unanswered); then
  /// nothing else is set.
  std::optional<SourceEvent> event;
  bool lifecycle =
      false;  ///< send the Create, Close or Terminate of the phase (again), then record it
  bool ack_request = false;               ///< send AckRequested, then record it
  std::vector<std::uint64_t> retransmit;  ///< send these (again), then record each
};

/// A deadline that has always passed.
inline constexpr MonoTime kAtOnce{INT64_MIN};

/// The RM Source: one sequence on its way out. Pure: no message, no clock, no disk. The durable
/// part is a SourceState; timers, round trips and windows are volatile and start anew after
/// recovery.
///
/// `decide_*` judges and changes nothing. Errors everywhere: sequence_unknown where the table says
/// "raise UnknownSequence"; invalid_state where our application asks for what its phase forbids.
/// `apply` makes the change and cannot fail; what was decided must be applied before the next
/// decision. What the engine then sends, it tells with `record_*`.
class RmSource {
 public:
  /// Takes up a sequence, new or recovered. Settings and limits are borrowed. After a recovery
  /// every unacknowledged number is due at once.
  RmSource(SourceState state, const RmSettings& settings, const Limits& limits, MonoTime now);

  /// The state of a source whose CreateSequence is about to be sent. Errors: invalid_argument.
  static Result<SourceState> open(const SourceOpening& opening, const RmSettings& settings);

  /// The state of a source made by accepting the peer's Offer. Errors: sequence_refused.
  static Result<SourceState> take_offer(const OfferTaken& offer,
                                        const RmSettings& settings,
                                        WallTime now);

  // Lifecycle.

  /// CreateSequenceResponse. A longer grant than asked for counts as what was asked (RM-020).
  Result<SourceDecision> decide_created(const SequenceGrant& grant, WallTime now) const;

  /// Our application has no more messages: 1.1 closes, 1.0 asks for the last message. The message
  /// id is kept for repeats. Refused (invalid_state) while messages are unacknowledged unless
  /// `now_or_never`.
  Result<SourceDecision> decide_close(std::string message_id, bool now_or_never = false) const;

  /// Terminates, whatever is unacknowledged (RM-064). 1.0 is over with it.
  Result<SourceDecision> decide_terminate(std::string message_id) const;

  /// Everything that has no particulars: faults, responses, the peer's Close and Terminate, and the
  /// events of `due`. Also events that need particulars are answered, with what the table says.
  Result<SourceDecision> decide(SourceEvent event) const;

  void apply(const SourceState& state) noexcept;

  // Numbers.

  /// Whether a message may be numbered now: open, not closing, room in the window and at the peer.
  bool may_assign() const;

  /// The next number. Errors: invalid_state (not open, closing, after the last message); busy (no
  /// room in the window, or none at the peer); number_rollover (RM-033).
  Result<NumberAssigned> decide_number(bool is_last = false) const;

  /// The number is due at once; `record_sent` starts its timer.
  void apply(const NumberAssigned& fact, MonoTime now) noexcept;

  /// A SequenceAcknowledgement (RM-040 to RM-048). An invalid one is a decision too: it is counted,
  /// answered with a fault, and ends the sequence when there were too many.
  Result<NumbersAcknowledged> decide_acknowledgement(const Acknowledgement& acknowledgement) const;
  void apply(const NumbersAcknowledged& fact, MonoTime now) noexcept;

  // Volatile: what was sent and heard.

  /// Nacked numbers that are under way are due at once; others are ignored (RM-045).
  void note_nack(const std::vector<std::uint64_t>& numbers, MonoTime now);
  void record_sent(std::uint64_t number, MonoTime now, Jitter jitter);
  void record_lifecycle_sent(MonoTime now, Jitter jitter);
  void record_ack_request(MonoTime now);

  /// An authenticated message of the pair has come (RM-111).
  void record_heard(MonoTime now);

  /// The request must be sent again until its reply has come, acknowledged or not (RM-151). After a
  /// recovery to be told again.
  void hold(std::uint64_t number, MonoTime now);
  void release(std::uint64_t number);

  // Time.

  SourceDue due(Now now) const;

  /// When `due` has something new; kNever = when something else happens.
  MonoTime deadline(Now now) const;

  // Getters.

  /// The durable part, for the store.
  SourceState state() const;

  /// What was agreed: the durable part without its numbers.
  const SourceState& terms() const { return state_; }

  SourcePhase phase() const { return state_.phase; }

  SequenceEnd end() const { return state_.end; }

  RmVersion version() const { return state_.version; }

  const std::string& identifier() const { return state_.identifier; }

  const IntervalSet& acked() const { return acked_; }

  std::uint64_t last_assigned() const { return state_.last_assigned; }

  /// For Close and Terminate (RM-061): absent when nothing was sent.
  std::optional<std::uint64_t> last_msg_number() const;

  /// Whether every assigned number is acknowledged. Held requests do not count.
  bool is_complete() const;

  /// The lowest unacknowledged ranges, at most `ranges_max`.
  NumberRanges unacknowledged(std::size_t ranges_max) const;

  /// How many numbers are unacknowledged.
  std::uint64_t unacknowledged_count() const;

  /// How often the number was sent since recovery.
  std::uint64_t tries(std::uint64_t number) const { return flights_.tries(number); }

 private:
  Result<SourceDecision> step(SourceEvent event) const;
  void prune_reports(SourceActions& actions, bool is_complete_now) const;
  bool has_effect(SourceEvent event) const;
  std::uint64_t unacknowledged_in(const IntervalSet& acked) const;
  void enter(SourcePhase phase) noexcept;
  MonoTime ack_request_time() const;
  MonoTime inactivity_time() const;
  bool has_lifecycle() const;
  bool is_lifecycle_exhausted(MonoTime now) const;

  const RmSettings* settings_;
  const Limits* limits_;
  SourceState state_;  ///< `acked` is empty: see the next member
  IntervalSet acked_;
  Retransmission flights_;
  std::optional<std::uint64_t> peer_room_;  ///< BufferRemaining as last told
  MonoTime peer_full_since_;
  MonoTime heard_;
  MonoTime asked_;
  std::uint64_t lifecycle_tries_ = 0;
  MonoTime lifecycle_due_ = kAtOnce;
};

}  // namespace parley::sequences
