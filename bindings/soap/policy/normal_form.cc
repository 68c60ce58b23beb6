#include "bindings/soap/policy/normal_form.h"

#include <algorithm>
#include <utility>

namespace parley::policy {
namespace {

using Alternatives = std::vector<Alternative>;

/// Adds what `more` asks for to each of `alternatives`, in every combination (WP-002).
Result<void> multiply(Alternatives& alternatives,
                      const Alternatives& more,
                      const PolicyLimits& limits,
                      WorkBudget& budget) {
  if (more.size() == 1) {
    PARLEY_TRY(budget.spend(alternatives.size() * more.front().size()));
    for (Alternative& alternative : alternatives) {
      alternative.insert(alternative.end(), more.front().begin(), more.front().end());
    }
    return {};
  }
  if (alternatives.size() * more.size() > limits.alternatives_max) {
    return Error(ErrorCode::limit_exceeded, "alternatives of a policy");
  }
  Alternatives product;
  product.reserve(alternatives.size() * more.size());
  for (const Alternative& left : alternatives) {
    for (const Alternative& right : more) {
      PARLEY_TRY(budget.spend(1 + left.size() + right.size()));
      Alternative& made = product.emplace_back(left);
      made.insert(made.end(), right.begin(), right.end());
    }
  }
  alternatives = std::move(product);
  return {};
}

class Expander {
 public:
  Expander(Language language, PolicyDocuments& documents, WorkBudget& budget)
      : language_(language), documents_(documents), budget_(budget) {}

  Result<Alternatives> expand(const Expression& expression,
                              std::size_t document,
                              std::uint64_t depth);

 private:
  Result<Alternatives> expand_all(const Expression& expression,
                                  std::size_t document,
                                  std::uint64_t depth);
  Result<Alternatives> expand_choice(const Expression& expression,
                                     std::size_t document,
                                     std::uint64_t depth);
  Result<Alternatives> expand_reference(const Expression& expression,
                                        std::size_t document,
                                        std::uint64_t depth);
  Result<Alternatives> expand_assertion(const Expression& expression,
                                        std::size_t document,
                                        std::uint64_t depth);

  Language language_;
  PolicyDocuments& documents_;
  WorkBudget& budget_;
  std::vector<const PolicyExpression*> within_;  ///< what was referred to on the way here
};

Result<Alternatives> Expander::expand(const Expression& expression,
                                      std::size_t document,
                                      std::uint64_t depth) {
  PARLEY_TRY(budget_.spend(1));
  switch (expression.kind) {
    case Expression::Kind::all:
      return expand_all(expression, document, depth + 1);
    case Expression::Kind::exactly_one:
      return expand_choice(expression, document, depth + 1);
    case Expression::Kind::reference:
      return expand_reference(expression, document, depth);
    case Expression::Kind::assertion:
      return expand_assertion(expression, document, depth);
  }
  return Error(ErrorCode::internal_failure, "a kind of expression");
}

Result<Alternatives> Expander::expand_all(const Expression& expression,
                                          std::size_t document,
                                          std::uint64_t depth) {
  if (depth > documents_.limits().depth_max) {
    return Error(ErrorCode::limit_exceeded, "operators within operators");
  }
  Alternatives result(1);
  for (const Expression& operand : expression.operands) {
    PARLEY_ASSIGN_OR_RETURN(const Alternatives more, expand(operand, document, depth));
    PARLEY_TRY(multiply(result, more, documents_.limits(), budget_));
  }
  return result;
}

Result<Alternatives> Expander::expand_choice(const Expression& expression,
                                             std::size_t document,
                                             std::uint64_t depth) {
  if (depth > documents_.limits().depth_max) {
    return Error(ErrorCode::limit_exceeded, "operators within operators");
  }
  Alternatives result;
  for (const Expression& operand : expression.operands) {
    PARLEY_ASSIGN_OR_RETURN(Alternatives more, expand(operand, document, depth));
    PARLEY_TRY(budget_.spend(more.size()));
    if (result.size() + more.size() > documents_.limits().alternatives_max) {
      return Error(ErrorCode::limit_exceeded, "alternatives of a policy");
    }
    std::move(more.begin(), more.end(), std::back_inserter(result));
  }
  return result;
}

Result<Alternatives> Expander::expand_reference(const Expression& expression,
                                                std::size_t document,
                                                std::uint64_t depth) {
  PARLEY_ASSIGN_OR_RETURN(const PolicyDocuments::Found found,
                          documents_.resolve(expression.reference, document));
  if (std::find(within_.begin(), within_.end(), found.policy) != within_.end()) {
    return Error(ErrorCode::malformed_value, "a policy refers to itself");
  }
  if (found.policy->language != language_) {
    return Error(ErrorCode::malformed_value, "two policy languages in one expression");
  }
  within_.push_back(found.policy);
  auto result = expand(found.policy->root, found.document, depth);
  within_.pop_back();
  return result;
}

Result<Alternatives> Expander::expand_assertion(const Expression& expression,
                                                std::size_t document,
                                                std::uint64_t depth) {
  Assertion assertion{expression.assertion, std::nullopt, expression.is_ignorable,
                      expression.elements};
  Alternatives result;
  if (expression.operands.empty()) {
    result.push_back({std::make_shared<const Assertion>(std::move(assertion))});
  } else {
    PARLEY_ASSIGN_OR_RETURN(Alternatives nested,
                            expand(expression.operands.front(), document, depth));
    PARLEY_TRY(budget_.spend(nested.size()));
    for (Alternative& alternative : nested) {
      PARLEY_TRY(budget_.spend(alternative.size()));
      assertion.elements = expression.elements + reading_cost(alternative);
      assertion.nested = std::move(alternative);
      result.push_back({std::make_shared<const Assertion>(assertion)});
    }
  }
  if (expression.is_optional) {
    result.emplace_back();
  }
  return result;
}

}  // namespace

std::uint64_t copy_cost(const NormalPolicy& policy) {
  std::uint64_t cost = 1;
  for (const Alternative& alternative : policy.alternatives) {
    cost += 1 + alternative.size();
  }
  return cost;
}

std::uint64_t reading_cost(const Alternative& alternative) {
  std::uint64_t cost = 1;
  for (const auto& assertion : alternative) {
    cost += assertion->elements;
  }
  return cost;
}

Result<NormalPolicy> normalize(const PolicyExpression& policy,
                               PolicyDocuments& documents,
                               std::size_t document,
                               WorkBudget& budget) {
  Expander expander(policy.language, documents, budget);
  PARLEY_ASSIGN_OR_RETURN(Alternatives alternatives, expander.expand(policy.root, document, 0));
  return NormalPolicy{policy.language, std::move(alternatives)};
}

Result<NormalPolicy> merge(std::span<const NormalPolicy> policies,
                           const PolicyLimits& limits,
                           WorkBudget& budget) {
  NormalPolicy merged;
  merged.alternatives.emplace_back();
  for (const NormalPolicy& policy : policies) {
    merged.language = policy.language;
    PARLEY_TRY(budget.spend(1));
    PARLEY_TRY(multiply(merged.alternatives, policy.alternatives, limits, budget));
  }
  return merged;
}

}  // namespace parley::policy
