#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/expression.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/policy_limits.h"
#include "bindings/soap/policy/xml_value.h"

namespace parley::policy {

struct Assertion;

/// Everything that has to hold at once. Assertions are shared: expansion copies them a lot.
using Alternative = std::vector<std::shared_ptr<const Assertion>>;

/// An assertion of a policy in normal form.
struct Assertion {
  std::shared_ptr<const XmlValue> element;  ///< without its nested policy; never null
  /// The one alternative of its nested policy. Nothing differs from an empty one (WP-020).
  std::optional<Alternative> nested;
  bool is_ignorable = false;
  std::uint64_t elements = 1;  ///< in all of it, its nested policy included: what reading it costs

  const QualifiedName& name() const { return element->name; }
};

/// A policy in normal form (section 2.1): any one of the alternatives will do, none is admissible
/// when there are none, and an empty one asks for nothing.
struct NormalPolicy {
  Language language = Language::policy_1_5;
  std::vector<Alternative> alternatives;
};

/// How much a copy of the policy costs.
std::uint64_t copy_cost(const NormalPolicy& policy);

/// How much reading the alternative costs.
std::uint64_t reading_cost(const Alternative& alternative);

/// What is left of the work that one service's policies may cost (WP-005).
class WorkBudget {
 public:
  explicit WorkBudget(const PolicyLimits& limits) : steps_(limits.steps_max) {}

  /// Errors: limit_exceeded when less is left.
  Result<void> spend(std::uint64_t steps) {
    if (steps > steps_) {
      steps_ = 0;
      return Error(ErrorCode::limit_exceeded, "work on policies");
    }
    steps_ -= steps;
    return {};
  }

 private:
  std::uint64_t steps_;
};

/// Brings a policy to normal form; `document` is the one that it stands in. Errors: limit_exceeded;
/// malformed_value for a policy that refers to itself, and for a reference to one in another
/// language (WP-001); those of `PolicyDocuments::resolve`.
Result<NormalPolicy> normalize(const PolicyExpression& policy,
                               PolicyDocuments& documents,
                               std::size_t document,
                               WorkBudget& budget);

/// All of them at once (WP-010): the cross product. Of none: one empty alternative.
Result<NormalPolicy> merge(std::span<const NormalPolicy> policies,
                           const PolicyLimits& limits,
                           WorkBudget& budget);

}  // namespace parley::policy
