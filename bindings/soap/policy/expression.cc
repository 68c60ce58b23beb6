#include "bindings/soap/policy/expression.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "bindings/soap/lexical.h"

namespace parley::policy {
namespace {

Error malformed(const char* place) {
  return Error(ErrorCode::malformed_value, place);
}

class Reader {
 public:
  Reader(Language language, const PolicyLimits& limits) : language_(language), limits_(limits) {}

  /// The content of an operator.
  Result<Expression> read_operator(const xml::Element& element,
                                   Expression::Kind kind,
                                   std::uint64_t depth);

 private:
  Result<Expression> read_operand(const xml::Element& element, std::uint64_t depth);
  Result<Expression> read_assertion(const xml::Element& element, std::uint64_t depth);
  Result<void> read_flag(const XmlAttribute& attribute, Expression& assertion) const;

  std::string_view ns() const { return namespace_of(language_); }

  Language language_;
  const PolicyLimits& limits_;
};

Result<Expression> Reader::read_operator(const xml::Element& element,
                                         Expression::Kind kind,
                                         std::uint64_t depth) {
  if (depth > limits_.depth_max) {
    return Error(ErrorCode::limit_exceeded, "operators within operators");
  }
  Expression expression;
  expression.kind = kind;
  for (const xml::Element& child : element.children()) {
    PARLEY_ASSIGN_OR_RETURN(Expression operand, read_operand(child, depth));
    expression.operands.push_back(std::move(operand));
  }
  return expression;
}

Result<Expression> Reader::read_operand(const xml::Element& element, std::uint64_t depth) {
  const auto language = find_language(element.namespace_uri());
  if (!language) {
    return read_assertion(element, depth);
  }
  if (*language != language_) {
    return malformed("two policy languages in one expression");
  }
  if (element.local_name() == "Policy" || element.local_name() == "All") {
    return read_operator(element, Expression::Kind::all, depth + 1);
  }
  if (element.local_name() == "ExactlyOne") {
    return read_operator(element, Expression::Kind::exactly_one, depth + 1);
  }
  if (element.local_name() == "PolicyReference") {
    Expression expression;
    expression.kind = Expression::Kind::reference;
    PARLEY_ASSIGN_OR_RETURN(expression.reference, read_policy_reference(element));
    return expression;
  }
  return malformed("an unknown element of the policy language");
}

Result<Expression> Reader::read_assertion(const xml::Element& element, std::uint64_t depth) {
  Expression expression;
  expression.kind = Expression::Kind::assertion;
  XmlValue value;
  value.name = {std::string(element.namespace_uri()), std::string(element.local_name())};
  for (const xml::Attribute& attribute : element.attributes()) {
    XmlAttribute read{{std::string(attribute.ns), std::string(attribute.local_name)},
                      xml::unescape(attribute.raw, true)};
    if (find_language(attribute.ns)) {
      PARLEY_TRY(read_flag(read, expression));
    } else {
      value.attributes.push_back(std::move(read));
    }
  }
  value.text = element.text();
  if (soap::is_xml_space(value.text)) {
    value.text.clear();
  }
  for (const xml::Element& child : element.children()) {
    if (!is_policy(child)) {
      value.children.push_back(read_value(child));
      continue;
    }
    if (!expression.operands.empty()) {
      return malformed("two nested policies in one assertion");
    }
    PARLEY_ASSIGN_OR_RETURN(Expression nested, read_operand(child, depth));
    expression.operands.push_back(std::move(nested));
  }
  expression.elements = element_count(value);
  expression.assertion = std::make_shared<const XmlValue>(std::move(value));
  return expression;
}

Result<void> Reader::read_flag(const XmlAttribute& attribute, Expression& assertion) const {
  if (attribute.name.ns != ns()) {
    return malformed("two policy languages in one expression");
  }
  const bool is_optional = attribute.name.local_name == "Optional";
  if (!is_optional && (attribute.name.local_name != "Ignorable" || !has_ignorable(language_))) {
    return {};  // WP-023; other attributes of the language say nothing about an assertion
  }
  const auto flag = soap::read_boolean(attribute.value);
  if (!flag) {
    return malformed("a flag of an assertion");
  }
  (is_optional ? assertion.is_optional : assertion.is_ignorable) = *flag;
  return {};
}

bool is_in_language(const xml::Element& element, std::string_view local) {
  return element && element.local_name() == local &&
         find_language(element.namespace_uri()).has_value();
}

}  // namespace

bool is_policy(const xml::Element& element) {
  return is_in_language(element, "Policy");
}

bool is_policy_reference(const xml::Element& element) {
  return is_in_language(element, "PolicyReference");
}

Result<PolicyReference> read_policy_reference(const xml::Element& element) {
  PolicyReference reference;
  reference.uri = soap::trim(element.attribute("", "URI").value_or(""));
  reference.digest = soap::trim(element.attribute("", "Digest").value_or(""));
  reference.digest_algorithm = soap::trim(element.attribute("", "DigestAlgorithm").value_or(""));
  if (reference.uri.empty() || reference.uri.size() > Limits().identifier_bytes_max) {
    return malformed("the URI of a policy reference");
  }
  return reference;
}

Result<PolicyExpression> read_policy(const xml::Element& element, const PolicyLimits& limits) {
  const bool is_reference = is_policy_reference(element);
  if (!is_policy(element) && !is_reference) {
    return malformed("not a policy");
  }
  PolicyExpression policy;
  policy.language = *find_language(element.namespace_uri());
  if (is_reference) {
    Expression expression;
    expression.kind = Expression::Kind::reference;
    PARLEY_ASSIGN_OR_RETURN(expression.reference, read_policy_reference(element));
    policy.root.operands.push_back(std::move(expression));
    return policy;
  }
  Reader reader(policy.language, limits);
  PARLEY_ASSIGN_OR_RETURN(policy.root, reader.read_operator(element, Expression::Kind::all, 1));
  return policy;
}

}  // namespace parley::policy
