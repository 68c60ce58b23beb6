#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bindings/soap/policy/intersection.h"
#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/policy_requirements.h"

namespace parley::policy {

/// Where readers of assertions write down what they could not make sense of.
class ReadingNotes {
 public:
  explicit ReadingNotes(Matching matching) : matching_(matching) {}

  void problem(const QualifiedName& assertion, std::string what) {
    problems_.push_back({assertion, std::move(what)});
  }

  /// WP-006: an alternative with an assertion that is not known cannot be used.
  void unknown(const Assertion& assertion) {
    if (!assertion.is_ignorable || matching_ == Matching::strict) {
      problem(assertion.name(), "is not known here");
    }
  }

  std::vector<PolicyProblem> take() { return std::move(problems_); }

 private:
  Matching matching_;
  std::vector<PolicyProblem> problems_;
};

/// A row of a table of assertions that say yes by being there.
template <class T>
struct FlagRow {
  std::string_view name;
  bool T::*field;
};

/// Sets what the assertion stands for; false when it is in no row.
template <class T>
bool set_flag(std::span<const FlagRow<T>> rows, std::string_view name, T& out) {
  for (const FlagRow<T>& row : rows) {
    if (row.name == name) {
      out.*row.field = true;
      return true;
    }
  }
  return false;
}

/// The row of that name; null when there is none.
template <class Rows>
const typename Rows::value_type* find_row(const Rows& rows, std::string_view name) {
  for (const auto& row : rows) {
    if (row.name == name) {
      return &row;
    }
  }
  return nullptr;
}

/// Whether `ns` is one of security policy, in any version.
constexpr bool is_security_policy(std::string_view ns) {
  return ns == uri::kSp11 || ns == uri::kSp12 || ns == uri::kSp13 || ns == uri::kMssp;
}

}  // namespace parley::policy
