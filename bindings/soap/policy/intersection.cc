#include "bindings/soap/policy/intersection.h"

#include <algorithm>

namespace parley::policy {
namespace {

class Comparison {
 public:
  Comparison(Matching matching, WorkBudget& budget) : matching_(matching), budget_(budget) {}

  /// WP-021.
  Result<bool> are_compatible(const Alternative& left, const Alternative& right) {
    PARLEY_ASSIGN_OR_RETURN(const bool has_partners, is_covered(left, right));
    return has_partners ? is_covered(right, left) : Result<bool>(false);
  }

 private:
  /// Whether each assertion has a partner among `others`, or needs none.
  Result<bool> is_covered(const Alternative& alternative, const Alternative& others) {
    for (const auto& assertion : alternative) {
      if (matching_ == Matching::lax && assertion->is_ignorable) {
        continue;
      }
      PARLEY_ASSIGN_OR_RETURN(const bool has_partner, has_partner_in(*assertion, others));
      if (!has_partner) {
        return false;
      }
    }
    return true;
  }

  Result<bool> has_partner_in(const Assertion& assertion, const Alternative& others) {
    for (const auto& other : others) {
      PARLEY_TRY(budget_.spend(1));
      if (other->name() != assertion.name() ||
          other->nested.has_value() != assertion.nested.has_value()) {
        continue;  // WP-020: an empty nested policy is not the same as none
      }
      if (!assertion.nested) {
        return true;
      }
      PARLEY_ASSIGN_OR_RETURN(const bool nested, are_compatible(*assertion.nested, *other->nested));
      if (nested) {
        return true;
      }
    }
    return false;
  }

  Matching matching_;
  WorkBudget& budget_;
};

}  // namespace

Result<NormalPolicy> intersect(const NormalPolicy& left,
                               const NormalPolicy& right,
                               Matching matching,
                               const PolicyLimits& limits,
                               WorkBudget& budget) {
  Comparison comparison(matching, budget);
  NormalPolicy result;
  result.language = left.language;
  for (const Alternative& ours : left.alternatives) {
    for (const Alternative& theirs : right.alternatives) {
      PARLEY_TRY(budget.spend(1));
      PARLEY_ASSIGN_OR_RETURN(const bool is_common, comparison.are_compatible(ours, theirs));
      if (!is_common) {
        continue;
      }
      if (result.alternatives.size() >= limits.alternatives_max) {
        return Error(ErrorCode::limit_exceeded, "alternatives of a policy");
      }
      PARLEY_TRY(budget.spend(ours.size() + theirs.size()));
      Alternative& both = result.alternatives.emplace_back(ours);
      both.insert(both.end(), theirs.begin(), theirs.end());
    }
  }
  return result;
}

}  // namespace parley::policy
