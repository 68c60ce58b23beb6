#include "tests/vectors/policies.h"

#include <set>

#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/policy_writer.h"
#include "tests/vectors/policy_forms.h"

namespace parley::vectors {
namespace {

using policy::Expression;
using Names = std::set<std::string>;

/// The index names what belongs to security policy, and to reliable messaging policy since 1.1.
bool is_named_by_index(std::string_view ns) {
  return ns == policy::uri::kSp11 || ns == policy::uri::kSp12 || ns == policy::uri::kSp13 ||
         ns == policy::uri::kMssp || ns == policy::uri::kRmp11 || ns == policy::uri::kNetRmp ||
         ns == policy::uri::kMetroRmp;
}

void collect(const policy::XmlValue& value, Names& names) {
  if (is_named_by_index(value.name.ns)) {
    names.insert(value.name.local_name);
  }
  for (const policy::XmlValue& child : value.children) {
    collect(child, names);
  }
}

void collect(const Expression& expression, Names& names) {
  if (expression.assertion) {
    collect(*expression.assertion, names);
  }
  for (const Expression& operand : expression.operands) {
    collect(operand, names);
  }
}

bool has_references(const Expression& expression) {
  bool result = expression.kind == Expression::Kind::reference;
  for (const Expression& operand : expression.operands) {
    result = result || has_references(operand);
  }
  return result;
}

/// The policies of a document that stand in no other.
std::vector<xml::Element> outermost_policies(const xml::Document& document) {
  std::vector<xml::Element> found;
  const char* end = nullptr;  // of the last one
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    const xml::Element element = document.at(i);
    const bool is_inside = end != nullptr && document.node(i).begin < end;
    const bool is_lone_reference = i == 0 && policy::is_policy_reference(element);
    if ((policy::is_policy(element) || is_lone_reference) && !is_inside) {
      found.push_back(element);
      end = document.node(i).end;
    }
  }
  return found;
}

Names texts_of(const Json& list) {
  Names names;
  for (const Json& item : list.items()) {
    names.insert(item.as_text());
  }
  return names;
}

std::string difference(const Names& expected, const Names& found) {
  std::string out;
  for (const std::string& name : expected) {
    out += found.count(name) == 0 ? " lacks " + name : "";
  }
  for (const std::string& name : found) {
    out += expected.count(name) == 0 ? " has " + name : "";
  }
  return out;
}

/// What is wrong with the normal form of one policy of the document.
std::string check_normal_form(const policy::PolicyExpression& policy,
                              const xml::Element& element,
                              policy::PolicyDocuments& documents,
                              policy::WorkBudget& budget,
                              Bytes& written) {
  const auto normal = policy::normalize(policy, documents, 0, budget);
  if (!normal) {
    const bool is_alone =
        policy::is_policy_reference(element) && normal.error().code() == ErrorCode::not_found;
    return is_alone ? "" : "no normal form: " + normal.error().message();
  }
  policy::write_policy(written, *normal, policy::Nesting::normal);
  const auto read = xml::Document::parse(written, Limits());
  if (!read || !is_in_normal_form(read->root())) {
    return "what was written is not in normal form";
  }
  if (!has_references(policy.root) && alternatives_of(read->root()) != alternatives_of(element)) {
    return "the normal form means something else";
  }
  return "";
}

std::string check_given_form(const Entry& entry, const Bytes& written) {
  const auto own = xml::Document::parse(written, Limits());
  const auto given =
      xml::Document::parse(entry.read_in(entry.json["expected"], "normalized_file"), Limits());
  if (!own || !given) {
    return "the given normal form cannot be read";
  }
  return alternatives_of(own->root()) == alternatives_of(given->root())
             ? ""
             : "another normal form than the given one";
}

}  // namespace

Verdict run_policy(const Entry& entry) {
  const Json& expected = entry.json["expected"];
  if (expected.text("result") != "parses") {
    throw BadVector("unknown result '" + expected.text("result") + "'");
  }
  auto parsed = xml::Document::parse(entry.read("file"), Limits());
  if (!parsed) {
    return failed("not read: " + parsed.error().message());
  }
  policy::PolicyDocuments documents;
  if (const auto added = documents.add(entry.id(), std::move(*parsed)); !added) {
    return failed(added.error().message());
  }
  policy::WorkBudget budget{documents.limits()};
  Names assertions;
  Names languages;
  Bytes written;
  const std::vector<xml::Element> policies = outermost_policies(documents.document(0));
  for (const xml::Element& element : policies) {
    const auto policy = policy::read_policy(element, documents.limits());
    if (!policy) {
      return failed("not read: " + policy.error().message());
    }
    languages.emplace(namespace_of(policy->language));
    collect(policy->root, assertions);
    written.clear();
    const std::string problem = check_normal_form(*policy, element, documents, budget, written);
    if (!problem.empty()) {
      return failed(problem);
    }
  }
  if (languages != texts_of(expected["policy_namespaces"])) {
    return failed("another policy language");
  }
  const std::string names = difference(texts_of(expected["assertions"]), assertions);
  if (!names.empty()) {
    return failed("other assertions:" + names);
  }
  if (expected.has("normalized_file")) {
    const std::string problem = check_given_form(entry, written);
    return expect(problem.empty(), problem);
  }
  return passed();
}

}  // namespace parley::vectors
