#include "bindings/soap/policy/policy_choice.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "bindings/soap/policy/profile_words.h"
#include "bindings/soap/policy/requirement_reader.h"

namespace parley::policy {
namespace {

// Nobody reads more than this.
constexpr std::size_t kAlternativesTold = 8;
constexpr std::size_t kLinesTold = 16;

struct Candidate {
  std::size_t number = 0;  ///< from 1
  PolicyRequirements requirements;
  ProfileMapping mapping;
};

/// An alternative that cannot be used.
struct Rejected {
  std::size_t number = 0;
  std::vector<std::string> lines;
};

/// Both of two policies that may be absent, as one (WP-030: all must be satisfied).
Result<std::vector<Alternative>> both(const std::optional<NormalPolicy>& first,
                                      const std::optional<NormalPolicy>& second,
                                      const PolicyLimits& limits,
                                      WorkBudget& budget) {
  std::vector<NormalPolicy> policies;
  for (const auto* policy : {&first, &second}) {
    if (*policy) {
      PARLEY_TRY(budget.spend(copy_cost(**policy)));
      policies.push_back(**policy);
    }
  }
  PARLEY_ASSIGN_OR_RETURN(NormalPolicy merged, merge(policies, limits, budget));
  return std::move(merged.alternatives);
}

/// What is asked of one message: of its alternatives, the first that is understood.
Result<void> add_message(const OperationDescription& operation,
                         const MessageDescription& message,
                         MessageDirection direction,
                         const PolicyPreference& preference,
                         const PolicyLimits& limits,
                         WorkBudget& budget,
                         PolicyRequirements& requirements,
                         std::uint64_t& cost) {
  PARLEY_ASSIGN_OR_RETURN(const std::vector<Alternative> alternatives,
                          both(operation.policy, message.policy, limits, budget));
  std::vector<PolicyProblem> first_problems{
      {{std::string(namespace_of(Language::policy_1_5)), "ExactlyOne"},
       "leaves no way to send the messages of " + operation.name}};
  bool is_first = true;
  for (const Alternative& alternative : alternatives) {
    PARLEY_TRY(budget.spend(reading_cost(alternative)));
    MessageRequirements read{operation.name, direction, {}, false};
    std::vector<PolicyProblem> problems;
    read_message_requirements(alternative, preference.matching, read, problems);
    if (problems.empty()) {
      cost += reading_cost(alternative);
      requirements.messages.push_back(std::move(read));
      return {};
    }
    if (is_first) {
      first_problems = std::move(problems);
      is_first = false;
    }
  }
  std::move(first_problems.begin(), first_problems.end(),
            std::back_inserter(requirements.problems));
  return {};
}

template <class List, class Value>
std::size_t rank_in(const List& list, const Value& value) {
  return static_cast<std::size_t>(std::find(list.begin(), list.end(), value) - list.begin());
}

/// What the operator prefers comes first.
auto rank_of(const Candidate& candidate, const PolicyPreference& preference) {
  const engine::Profile& profile = candidate.mapping.profile;
  return std::make_tuple(rank_in(preference.rm, profile.rm), rank_in(preference.sc, profile.sc),
                         rank_in(preference.suites, profile.suite), candidate.number);
}

std::string line_of(const PolicyRemark& remark) {
  std::string line = to_text(remark.assertion) + ' ' + remark.what;
  if (remark.stands_in_the_way) {
    line += remark.admitted_by.empty() ? "; no setting admits it"
                                       : "; admitted by " + remark.admitted_by;
  }
  return line;
}

/// Each remark once: what every message asks is told for every message.
std::vector<std::string> lines_of(const std::vector<PolicyRemark>& remarks, bool in_the_way) {
  std::vector<std::string> lines;
  for (const PolicyRemark& remark : remarks) {
    if (remark.stands_in_the_way != in_the_way || lines.size() == kLinesTold) {
      continue;
    }
    std::string line = line_of(remark);
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) {
      lines.push_back(std::move(line));
    }
  }
  return lines;
}

void tell(std::size_t number,
          std::size_t count,
          const std::vector<Rejected>& rejected,
          PolicyChoice& choice) {
  const std::string of = " of " + std::to_string(count);
  if (count == 0) {
    choice.words.emplace_back("the policy admits nobody: it has no alternative");
  } else if (choice.profile) {
    choice.words.push_back("picked alternative " + std::to_string(number) + of);
    for (const std::string& line : describe(*choice.profile)) {
      choice.words.push_back("  " + line);
    }
    for (const std::string& line : lines_of(choice.remarks, false)) {
      choice.words.push_back("  not to the letter: " + line);
    }
  } else {
    choice.words.push_back("none" + of + " alternatives can be used");
  }
  for (const Rejected& alternative : rejected) {
    for (const std::string& line : alternative.lines) {
      choice.words.push_back("alternative " + std::to_string(alternative.number) +
                             " cannot be used: " + line);
    }
  }
}

}  // namespace

Result<PolicyChoice> choose(const EndpointDescription& endpoint,
                            const PolicyPreference& preference,
                            const PolicyLimits& limits) {
  WorkBudget budget(limits);
  PARLEY_ASSIGN_OR_RETURN(const std::vector<Alternative> alternatives,
                          both(endpoint.service_policy, endpoint.policy, limits, budget));
  // Messages ask the same whatever the alternative of their endpoint.
  PolicyRequirements of_messages;
  std::uint64_t messages_cost = 0;
  for (const OperationDescription& operation : endpoint.operations) {
    PARLEY_TRY(add_message(operation, operation.input, MessageDirection::input, preference, limits,
                           budget, of_messages, messages_cost));
    if (operation.output) {
      PARLEY_TRY(add_message(operation, *operation.output, MessageDirection::output, preference,
                             limits, budget, of_messages, messages_cost));
    }
  }
  std::optional<Candidate> best;
  std::vector<Rejected> rejected;
  std::size_t number = 0;
  for (const Alternative& alternative : alternatives) {
    PARLEY_TRY(budget.spend(reading_cost(alternative) + messages_cost));
    Candidate candidate;
    candidate.number = ++number;
    candidate.requirements = read_requirements(alternative, preference.matching);
    std::vector<PolicyProblem>& problems = candidate.requirements.problems;
    problems.insert(problems.end(), of_messages.problems.begin(), of_messages.problems.end());
    candidate.requirements.messages.swap(of_messages.messages);  // lent, for they may be many
    candidate.mapping = map_to_profile(endpoint, candidate.requirements, preference);
    candidate.requirements.messages.swap(of_messages.messages);
    std::vector<std::string> in_the_way = lines_of(candidate.mapping.remarks, true);
    if (in_the_way.empty() && preference.unspoken) {
      in_the_way = preference.unspoken(candidate.mapping.profile);
    }
    if (!in_the_way.empty()) {
      if (rejected.size() < kAlternativesTold) {
        rejected.push_back({number, std::move(in_the_way)});
      }
    } else if (!best || rank_of(candidate, preference) < rank_of(*best, preference)) {
      best = std::move(candidate);
    }
  }
  PolicyChoice choice;
  if (best) {
    choice.profile = best->mapping.profile;
    choice.requirements = std::move(best->requirements);
    choice.requirements.messages = std::move(of_messages.messages);
    choice.remarks = std::move(best->mapping.remarks);
  }
  tell(best ? best->number : 0, number, rejected, choice);
  return choice;
}

}  // namespace parley::policy
