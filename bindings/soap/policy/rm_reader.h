#pragma once

#include <optional>

#include "bindings/soap/policy/reading_notes.h"

namespace parley::policy {

/// Collects what an alternative says about reliable messaging: the RM assertion, and what stands
/// beside it (policy.md, section 4; WP-073 and WP-080).
class RmReader {
 public:
  /// False: the assertion is not about reliable messaging.
  bool read(const Assertion& assertion, ReadingNotes& notes);

  /// Nothing without an RM assertion, whatever stood beside it.
  std::optional<RmRequirements> take(ReadingNotes& notes);

 private:
  void read_rm_assertion(const Assertion& assertion, ReadingNotes& notes);

  RmRequirements found_;
  bool has_assertion_ = false;
};

/// What assertions of the first era say (WP-050): of sequences, not of endpoints.
RmRequirements read_rm_2003(const Alternative& alternative, ReadingNotes& notes);

}  // namespace parley::policy
