#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/policy_limits.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/xml_value.h"
#include "bindings/soap/xml/document.h"

namespace parley::policy {

/// wsp:PolicyReference.
struct PolicyReference {
  std::string uri;
  std::string digest;            ///< base64, as written; empty = none
  std::string digest_algorithm;  ///< empty = the language's own
};

/// A policy as written, before normalization (section 2): operators, references and assertions.
struct Expression {
  enum class Kind : std::uint8_t { all, exactly_one, reference, assertion };

  Kind kind = Kind::all;
  /// Of an operator: what it combines. Of an assertion: its nested policy, as one `all`, or
  /// nothing.
  std::vector<Expression> operands;
  PolicyReference reference;
  /// Of an assertion: itself, without its nested policy and the attributes of the language.
  std::shared_ptr<const XmlValue> assertion;
  std::uint64_t elements = 0;  ///< in `assertion`, itself included
  bool is_optional = false;
  bool is_ignorable = false;
};

/// One wsp:Policy.
struct PolicyExpression {
  Language language = Language::policy_1_5;
  Expression root;
};

/// Reads a wsp:Policy, or a lone wsp:PolicyReference as a policy of that content. Errors:
/// malformed_value for another element, an unknown element of the language, a second language
/// inside (section 1) and a flag that is no boolean; limit_exceeded.
Result<PolicyExpression> read_policy(const xml::Element& element, const PolicyLimits& limits);

/// Whether the element is a wsp:Policy of any version.
bool is_policy(const xml::Element& element);
bool is_policy_reference(const xml::Element& element);

/// Reads a wsp:PolicyReference. Errors: malformed_value without a URI.
Result<PolicyReference> read_policy_reference(const xml::Element& element);

}  // namespace parley::policy
