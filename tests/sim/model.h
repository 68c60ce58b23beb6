#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/sim/content.h"
#include "tests/sim/plan.h"

namespace parley::sim {

/// What must come of the messages of a schedule, and what did. The applications tell it what they
/// were told; the records on the disks tell what was done.
class Model {
 public:
  explicit Model(const Plan& plan) : plan_(plan) {}

  // What the client was told.

  void accepted(MessageName name) { accepted_.insert(name); }

  void reported(MessageName name, store::ReportKind kind);

  bool is_accepted(MessageName name) const { return accepted_.contains(name); }

  bool is_reported(MessageName name) const { return reported_.contains(name); }

  /// Whether every message of the conversation is accepted.
  bool is_all_accepted(std::size_t conversation) const;

  // What was done.

  /// The service's record number `index` (from 1, without gaps) of the present disk.
  void processed(MessageName name) { processed_.push_back(name); }

  /// The client's record of an answer, with how often it was processed.
  void answered(MessageName name, std::uint64_t times) { answered_[name] += times; }

  /// At the end. Throws Station::Violation.
  void check() const;

 private:
  void check_message(MessageName name, std::uint64_t times) const;
  void check_order() const;

  const Plan& plan_;
  std::set<MessageName> accepted_;
  std::map<MessageName, store::ReportKind> reported_;
  std::vector<MessageName> processed_;
  std::map<MessageName, std::uint64_t> answered_;
};

}  // namespace parley::sim
