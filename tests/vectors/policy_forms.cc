#include "tests/vectors/policy_forms.h"

#include <algorithm>
#include <vector>

#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_names.h"
#include "tests/vectors/json.h"

namespace parley::vectors {
namespace {

using Words = std::vector<std::string>;

bool is_language(std::string_view ns) {
  return policy::find_language(ns).has_value();
}

bool is_operator(const xml::Element& element, std::string_view local) {
  return element.local_name() == local && is_language(element.namespace_uri());
}

std::string joined(Words words) {
  std::sort(words.begin(), words.end());
  std::string out;
  for (const std::string& word : words) {
    out += word;
    out += '\n';
  }
  return out;
}

/// Security policy gives these their values where nothing is written; one stack writes them out.
bool is_implied(const xml::Attribute& attribute, std::string_view value) {
  return (attribute.local_name == "IncludeToken" && value.ends_with("/IncludeToken/Always")) ||
         (attribute.local_name == "XPathVersion" && value == "1.0");
}

/// Parts that are not named are the body, at least.
bool names_no_part(const xml::Element& element) {
  return !element.has_children() && (element.is(policy::uri::kSp12, "SignedParts") ||
                                     element.is(policy::uri::kSp12, "EncryptedParts"));
}

std::string text_of(const xml::Element& element, const std::string& nested) {
  Words words;
  for (const xml::Attribute& attribute : element.attributes()) {
    const std::string value = xml::unescape(attribute.raw, true);
    const bool is_optional = attribute.local_name == "Optional" && is_language(attribute.ns);
    if (!is_optional && !is_implied(attribute, value)) {
      words.push_back("@" + std::string(attribute.ns) + " " + std::string(attribute.local_name) +
                      "=" + value);
    }
  }
  for (const xml::Element& child : element.children()) {
    if (!is_operator(child, "Policy")) {
      words.push_back(text_of(child, ""));
    }
  }
  if (names_no_part(element)) {
    words.push_back("<" + std::string(element.namespace_uri()) + " Body>\n");
  }
  words.push_back(std::string(soap::trim(element.text())));
  return "<" + std::string(element.namespace_uri()) + " " + std::string(element.local_name()) +
         ">" + joined(std::move(words)) + nested;
}

std::vector<Words> expand(const xml::Element& element);

std::vector<Words> expand_all(const xml::Element& element) {
  std::vector<Words> result(1);
  for (const xml::Element& child : element.children()) {
    std::vector<Words> next;
    const std::vector<Words> more = expand(child);
    for (const Words& left : result) {
      for (const Words& right : more) {
        next.push_back(left);
        next.back().insert(next.back().end(), right.begin(), right.end());
      }
    }
    result = std::move(next);
  }
  return result;
}

std::vector<Words> expand(const xml::Element& element) {
  if (is_operator(element, "Policy") || is_operator(element, "All")) {
    return expand_all(element);
  }
  std::vector<Words> result;
  if (is_operator(element, "ExactlyOne")) {
    for (const xml::Element& child : element.children()) {
      const std::vector<Words> more = expand(child);
      result.insert(result.end(), more.begin(), more.end());
    }
    return result;
  }
  if (is_language(element.namespace_uri())) {
    throw BadVector("a policy with references has no form of its own");
  }
  xml::Element nested;
  for (const xml::Element& child : element.children()) {
    nested = is_operator(child, "Policy") ? child : nested;
  }
  if (!nested) {
    result.push_back({text_of(element, "")});
  } else {
    for (Words& words : expand(nested)) {
      result.push_back({text_of(element, "{" + joined(std::move(words)) + "}")});
    }
  }
  for (const xml::Attribute& attribute : element.attributes()) {
    if (attribute.local_name == "Optional" && is_language(attribute.ns) &&
        xml::unescape(attribute.raw, true) == "true") {
      result.emplace_back();
    }
  }
  return result;
}

/// One level of the normal form; `alternatives` = how many it must have, 0 = any number.
bool is_normal(const xml::Element& policy, int alternatives) {
  const xml::Element choice = policy.first_child();
  if (!is_operator(policy, "Policy") || !choice || choice.next_sibling() ||
      !is_operator(choice, "ExactlyOne")) {
    return false;
  }
  int count = 0;
  for (const xml::Element& alternative : choice.children()) {
    ++count;
    if (!is_operator(alternative, "All")) {
      return false;
    }
    for (const xml::Element& assertion : alternative.children()) {
      if (is_language(assertion.namespace_uri()) ||
          assertion.attribute(policy.namespace_uri(), "Optional")) {
        return false;
      }
      for (const xml::Element& child : assertion.children()) {
        if (is_operator(child, "Policy") && !is_normal(child, 1)) {
          return false;
        }
      }
    }
  }
  return alternatives == 0 || count == alternatives;
}

}  // namespace

std::multiset<std::string> alternatives_of(const xml::Element& policy) {
  std::multiset<std::string> texts;
  for (Words& words : expand(policy)) {
    texts.insert(joined(std::move(words)));
  }
  return texts;
}

bool is_in_normal_form(const xml::Element& policy) {
  return is_normal(policy, 0);
}

}  // namespace parley::vectors
