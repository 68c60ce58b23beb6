#pragma once

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/policy_writer.h"

namespace parley::test {

inline constexpr std::string_view kWsp15 = "http://www.w3.org/ns/ws-policy";
inline constexpr std::string_view kWsp2004 = "http://schemas.xmlsoap.org/ws/2004/09/policy";

/// Declarations that the policies of tests use.
inline std::string declarations(std::string_view wsp) {
  return " xmlns:wsp='" + std::string(wsp) +
         "' xmlns:a='urn:a' xmlns:sp='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'"
         " xmlns:sp11='http://schemas.xmlsoap.org/ws/2005/07/securitypolicy'"
         " xmlns:mssp='http://schemas.microsoft.com/ws/2005/07/securitypolicy'"
         " xmlns:rmp='http://schemas.xmlsoap.org/ws/2005/02/rm/policy'"
         " xmlns:wsrmp='http://docs.oasis-open.org/ws-rx/wsrmp/200702'"
         " xmlns:netrmp='http://schemas.microsoft.com/ws-rx/wsrmp/200702'"
         " xmlns:wsmc='http://docs.oasis-open.org/ws-rx/wsmc/200702'"
         " xmlns:wsam='http://www.w3.org/2007/05/addressing/metadata'"
         " xmlns:wsaw='http://www.w3.org/2006/05/addressing/wsdl'"
         " xmlns:wsu='http://docs.oasis-open.org/wss/2004/01/"
         "oasis-200401-wss-wssecurity-utility-1.0.xsd'";
}

/// `<wsp:Policy>content</wsp:Policy>` with everything declared.
inline std::string policy_text(std::string_view content, std::string_view wsp = kWsp15) {
  return "<wsp:Policy" + declarations(wsp) + ">" + std::string(content) + "</wsp:Policy>";
}

/// Aborts the test on anything that is no document.
inline xml::Document parse_text(std::string_view text) {
  auto document = xml::Document::parse(to_bytes(text), Limits());
  if (!document) {
    throw std::runtime_error("the text of a test is no document: " + std::string(text));
  }
  return std::move(document).value();
}

/// Normal forms of texts, with all that they need.
class PolicyBench {
 public:
  explicit PolicyBench(policy::PolicyLimits limits = {})
      : limits_(limits), budget_(limits), documents_(limits) {}

  /// The normal form of the document element.
  Result<policy::NormalPolicy> normalize(std::string_view text) {
    const std::size_t number = documents_.count();
    PARLEY_TRY(documents_.add("urn:document:" + std::to_string(number), parse_text(text)));
    PARLEY_ASSIGN_OR_RETURN(policies_.emplace_back(),
                            policy::read_policy(documents_.document(number).root(), limits_));
    return policy::normalize(policies_.back(), documents_, number, budget_);
  }

  /// Of a policy of version 1.5 with this content.
  policy::NormalPolicy of(std::string_view content, std::string_view wsp = kWsp15) {
    auto policy = normalize(policy_text(content, wsp));
    if (!policy) {
      throw std::runtime_error(std::string(content) + ": " + policy.error().message());
    }
    return std::move(policy).value();
  }

  policy::WorkBudget& budget() { return budget_; }

  const policy::PolicyLimits& limits() const { return limits_; }

  policy::PolicyDocuments& documents() { return documents_; }

 private:
  policy::PolicyLimits limits_;
  policy::WorkBudget budget_;
  policy::PolicyDocuments documents_;
  std::deque<policy::PolicyExpression> policies_;
};

/// A policy in few letters: assertions by their local names, sorted as WP-003 allows, alternatives
/// too. "A B{C} | A"; "0" = no alternative, "-" = an empty one, "!" = ignorable.
inline std::string brief(const policy::Alternative& alternative) {
  std::vector<std::string> words;
  for (const auto& assertion : alternative) {
    std::string word = assertion->name().local_name + (assertion->is_ignorable ? "!" : "");
    if (assertion->nested) {
      word += '{' + brief(*assertion->nested) + '}';
    }
    words.push_back(std::move(word));
  }
  std::sort(words.begin(), words.end());
  std::string out;
  for (const std::string& word : words) {
    out += (out.empty() ? "" : " ") + word;
  }
  return out.empty() ? "-" : out;
}

inline std::string brief(const policy::NormalPolicy& policy) {
  std::vector<std::string> alternatives;
  for (const policy::Alternative& alternative : policy.alternatives) {
    alternatives.push_back(brief(alternative));
  }
  std::sort(alternatives.begin(), alternatives.end());
  std::string out;
  for (const std::string& alternative : alternatives) {
    out += (out.empty() ? "" : " | ") + alternative;
  }
  return out.empty() ? "0" : out;
}

}  // namespace parley::test
