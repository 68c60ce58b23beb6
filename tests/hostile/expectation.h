#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "base/error.h"
#include "bindings/soap/fault_table.h"
#include "tests/vectors/suite.h"

namespace parley::vectors {

/// What a receiver showed for one message.
struct Observed {
  enum class Outcome : std::uint8_t {
    accepted,  ///< taken, or passed over without harm
    rejected,  ///< answered with `fault`
  };
  Outcome outcome = Outcome::accepted;
  ErrorCode fault = ErrorCode::internal_failure;  ///< of a rejection
  std::string why;                      ///< for the failure line; nothing that a peer sees
  std::optional<std::uint64_t> number;  ///< MessageNumber that was read
  bool began_sequence = false;          ///< a sequence came into being
  bool opened_connection = false;       ///< to an address that the message named
};

/// What the index says a receiver must show: the class of outcome, in words, and the faults that
/// may be told. Faults compare as they look on our wire, where all failures of authentication have
/// one face: a list that names any of them is met by that face.
class Expectation {
 public:
  /// Throws BadVector for words that say neither.
  explicit Expectation(const Json& expected);

  bool may_accept() const { return may_accept_; }

  bool may_reject() const { return may_reject_; }

  Verdict judge(const Observed& observed) const;

 private:
  /// A fault as it looks on the wire: whose name, and which.
  using Face = std::pair<soap::FaultVocabulary, std::string>;

  static Face face_of(ErrorCode code);
  void add_faults(const std::string& words);
  void add_fault(std::string_view prefix, std::string_view local_name);

  bool may_accept_ = false;
  bool may_reject_ = false;
  bool no_sequence_ = false;            ///< whatever happens, none comes into being
  std::optional<std::uint64_t> number_;
  std::set<Face> faults_;
  bool may_tell_any_ = false;  ///< the index names no fault
};

}  // namespace parley::vectors
