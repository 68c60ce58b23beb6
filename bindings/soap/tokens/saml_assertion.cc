#include "bindings/soap/tokens/saml_assertion.h"

#include <algorithm>
#include <array>
#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"

namespace parley::soap {
namespace {

using Method = SamlAssertion::Method;
using Confirmation = SamlAssertion::Confirmation;

Error invalid() {
  return Error(ErrorCode::token_invalid, "SAML assertion");
}

Error unsupported(const char* place) {
  return Error(ErrorCode::token_unsupported, place);
}

std::string attribute(const xml::Element& element, std::string_view name) {
  return std::string(element.attribute("", name).value_or(""));
}

Result<std::optional<WallTime>> time_in(const xml::Element& element, std::string_view name) {
  const auto text = element.attribute("", name);
  if (!text) {
    return std::optional<WallTime>();
  }
  const auto time = parse_date_time(*text);
  return time ? Result<std::optional<WallTime>>(*time) : invalid();
}

/// The text of an element that holds nothing else.
Result<std::string> text_of(const xml::Element& element) {
  if (!element || element.has_children()) {
    return invalid();
  }
  return std::string(trim(element.text()));
}

/// A child of the assertion, by its place among the others.
struct Place {
  std::string_view name;
  int order;
  bool repeats = false;
};

constexpr std::array kPlaces1{Place{"Conditions", 0},
                              Place{"Advice", 1},
                              Place{"AuthenticationStatement", 2, true},
                              Place{"AttributeStatement", 2, true},
                              Place{"AuthorizationDecisionStatement", 2, true},
                              Place{"Signature", 3}};

constexpr std::array kPlaces2{
    Place{"Issuer", 0},         Place{"Signature", 1},
    Place{"Subject", 2},        Place{"Conditions", 3},
    Place{"Advice", 4},         Place{"AuthnStatement", 5, true},
    Place{"AuthzDecisionStatement", 5, true}, Place{"AttributeStatement", 5, true}};

/// What stands twice could be read in one place and verified in another.
template <class Places>
bool is_in_order(const xml::Element& assertion, const Places& places) {
  int last = -1;
  for (const xml::Element& child : assertion.children()) {
    const std::string_view ns =
        child.local_name() == "Signature" ? uri::kDs : assertion.namespace_uri();
    const auto place = std::find_if(places.begin(), places.end(), [&](const Place& one) {
      return child.is(ns, one.name);
    });
    if (place == places.end() || place->order < last ||
        (place->order == last && !place->repeats)) {
      return false;
    }
    last = place->order;
  }
  return true;
}

std::optional<Method> method_of(std::string_view uri) {
  for (const std::string_view family :
       {"urn:oasis:names:tc:SAML:1.0:cm:", "urn:oasis:names:tc:SAML:2.0:cm:"}) {
    if (!uri.starts_with(family)) {
      continue;
    }
    const std::string_view name = uri.substr(family.size());
    if (name == "holder-of-key") {
      return Method::holder_of_key;
    }
    if (name == "bearer") {
      return Method::bearer;
    }
    if (name == "sender-vouches") {
      return Method::sender_vouches;
    }
  }
  return std::nullopt;
}

class Reader {
 public:
  Reader(const xml::Element& element, const Limits& limits)
      : element_(element), limits_(limits), ns_(element.namespace_uri()) {}

  Result<SamlAssertion> read();

 private:
  Result<void> read_1();
  Result<void> read_2();
  Result<void> read_subject_1(const xml::Element& subject);
  Result<void> read_subject_2(const xml::Element& subject);
  Result<void> read_conditions(const xml::Element& conditions);
  Result<void> read_authentication(const xml::Element& statement);
  Result<void> read_attributes(const xml::Element& statement);
  Result<void> count(std::string_view text);

  const xml::Element& element_;
  const Limits& limits_;
  std::string_view ns_;
  SamlAssertion assertion_;
  std::uint64_t values_ = 0;
  std::uint64_t text_bytes_ = 0;
  bool has_subject_ = false;
};

Result<SamlAssertion> Reader::read() {
  PARLEY_TRY(ns_ == uri::kSaml1 ? read_1() : read_2());
  // K5 has an NCName there, but some issuers begin it with a digit (Rampart).
  if (assertion_.id.empty() || assertion_.issuer.empty() || assertion_.subject.empty()) {
    return invalid();
  }
  for (const std::string* text :
       {&assertion_.issuer, &assertion_.subject, &assertion_.subject_qualifier}) {
    PARLEY_TRY(count(*text));
  }
  PARLEY_ASSIGN_OR_RETURN(const auto issued, time_in(element_, "IssueInstant"));
  if (!issued) {
    return invalid();
  }
  assertion_.issued = *issued;
  assertion_.signature = element_.child(uri::kDs, "Signature");
  if (const xml::Element conditions = element_.child(ns_, "Conditions")) {
    PARLEY_TRY(read_conditions(conditions));
  }
  if (assertion_.confirmations.empty()) {
    return unsupported("confirmation of an assertion");  // K17
  }
  return std::move(assertion_);
}

Result<void> Reader::read_1() {
  assertion_.kind = engine::TokenKind::saml_1_1;
  assertion_.id = attribute(element_, "AssertionID");
  assertion_.issuer = attribute(element_, "Issuer");
  if (attribute(element_, "MajorVersion") != "1" || attribute(element_, "MinorVersion") != "1" ||
      !is_in_order(element_, kPlaces1)) {
    return invalid();  // K5
  }
  for (const xml::Element& statement : element_.children()) {
    if (!statement.local_name().ends_with("Statement")) {
      continue;
    }
    PARLEY_TRY(read_subject_1(statement.child(ns_, "Subject")));
    if (statement.local_name() == "AttributeStatement") {
      PARLEY_TRY(read_attributes(statement));
    } else if (statement.local_name() == "AuthenticationStatement") {
      PARLEY_TRY(read_authentication(statement));
    }
  }
  return has_subject_ ? Result<void>() : invalid();
}

/// K6: every statement names the same subject, confirmed alike; the first is taken, and the others have
/// to agree.
Result<void> Reader::read_subject_1(const xml::Element& subject) {
  if (!subject) {
    return invalid();
  }
  const xml::Element identifier = subject.child(ns_, "NameIdentifier");
  PARLEY_ASSIGN_OR_RETURN(std::string name, text_of(identifier));
  std::string qualifier = attribute(identifier, "NameQualifier");
  std::vector<Confirmation> confirmations;
  if (const xml::Element confirmation = subject.child(ns_, "SubjectConfirmation")) {
    for (const xml::Element& child : confirmation.children()) {
      if (!child.is(ns_, "ConfirmationMethod")) {
        continue;
      }
      PARLEY_ASSIGN_OR_RETURN(const std::string uri, text_of(child));
      if (const auto method = method_of(uri)) {
        confirmations.push_back(
            {*method, {}, {}, {}, confirmation.child(uri::kDs, "KeyInfo")});
      }
    }
  }
  if (std::exchange(has_subject_, true)) {
    const bool agrees =
        name == assertion_.subject && qualifier == assertion_.subject_qualifier &&
        std::equal(confirmations.begin(), confirmations.end(), assertion_.confirmations.begin(),
                   assertion_.confirmations.end(),
                   [](const Confirmation& a, const Confirmation& b) { return a.method == b.method; });
    return agrees ? Result<void>() : invalid();
  }
  assertion_.subject = std::move(name);
  assertion_.subject_qualifier = std::move(qualifier);
  assertion_.confirmations = std::move(confirmations);
  return {};
}

Result<void> Reader::read_2() {
  assertion_.id = attribute(element_, "ID");
  const xml::Element subject = element_.child(ns_, "Subject");
  if (attribute(element_, "Version") != "2.0" || !subject || !is_in_order(element_, kPlaces2)) {
    return invalid();  // K9
  }
  PARLEY_ASSIGN_OR_RETURN(assertion_.issuer, text_of(element_.child(ns_, "Issuer")));
  PARLEY_TRY(read_subject_2(subject));
  for (const xml::Element& statement : element_.children()) {
    if (statement.local_name() == "AttributeStatement") {
      PARLEY_TRY(read_attributes(statement));
    } else if (statement.local_name() == "AuthnStatement") {
      PARLEY_TRY(read_authentication(statement));
    }
  }
  return {};
}

Result<void> Reader::read_subject_2(const xml::Element& subject) {
  for (const xml::Element& child : subject.children()) {
    if (child.is(ns_, "NameID")) {
      if (std::exchange(has_subject_, true)) {
        return invalid();
      }
      PARLEY_ASSIGN_OR_RETURN(assertion_.subject, text_of(child));
      assertion_.subject_qualifier = attribute(child, "NameQualifier");
      if (const std::string service = attribute(child, "SPNameQualifier"); !service.empty()) {
        assertion_.subject_qualifier += ' ' + service;
      }
    } else if (!child.is(ns_, "SubjectConfirmation")) {
      return unsupported("subject of an assertion");
    } else if (const auto method = method_of(attribute(child, "Method"))) {
      Confirmation confirmation;
      confirmation.method = *method;
      // K10, K18.
      if (const xml::Element data = child.child(ns_, "SubjectConfirmationData")) {
        PARLEY_ASSIGN_OR_RETURN(confirmation.not_before, time_in(data, "NotBefore"));
        PARLEY_ASSIGN_OR_RETURN(confirmation.not_on_or_after, time_in(data, "NotOnOrAfter"));
        confirmation.recipient = attribute(data, "Recipient");
        confirmation.key_info = data.child(uri::kDs, "KeyInfo");
      }
      assertion_.confirmations.push_back(std::move(confirmation));
    }
  }
  return {};
}

/// K20: whoever does not know a condition cannot say that it holds.
Result<void> Reader::read_conditions(const xml::Element& conditions) {
  PARLEY_ASSIGN_OR_RETURN(assertion_.not_before, time_in(conditions, "NotBefore"));
  PARLEY_ASSIGN_OR_RETURN(assertion_.not_on_or_after, time_in(conditions, "NotOnOrAfter"));
  const bool is_saml1 = ns_ == uri::kSaml1;
  for (const xml::Element& condition : conditions.children()) {
    if (condition.is(ns_, is_saml1 ? "AudienceRestrictionCondition" : "AudienceRestriction")) {
      std::vector<std::string>& audience = assertion_.audiences.emplace_back();
      for (const xml::Element& child : condition.children()) {
        if (!child.is(ns_, "Audience")) {
          return invalid();
        }
        audience.push_back(child.text());
        PARLEY_TRY(count(audience.back()));
      }
    } else if (condition.is(ns_, is_saml1 ? "DoNotCacheCondition" : "OneTimeUse")) {
      assertion_.one_time_use = true;
    } else if (is_saml1 || !condition.is(ns_, "ProxyRestriction")) {  // which binds issuers alone
      return unsupported("condition of an assertion");
    }
  }
  return {};
}

/// K24.
Result<void> Reader::read_authentication(const xml::Element& statement) {
  PARLEY_ASSIGN_OR_RETURN(
      const auto at,
      time_in(statement, ns_ == uri::kSaml1 ? "AuthenticationInstant" : "AuthnInstant"));
  PARLEY_ASSIGN_OR_RETURN(const auto end, time_in(statement, "SessionNotOnOrAfter"));
  if (at) {
    assertion_.authenticated.push_back(*at);
  }
  if (end) {
    assertion_.session_not_on_or_after =
        std::min(*end, assertion_.session_not_on_or_after.value_or(*end));
  }
  return {};
}

Result<void> Reader::read_attributes(const xml::Element& statement) {
  const bool is_saml1 = ns_ == uri::kSaml1;
  for (const xml::Element& child : statement.children()) {
    if (!child.is(ns_, "Attribute")) {
      continue;
    }
    engine::TokenAttribute& stated = assertion_.attributes.emplace_back();
    stated.name = attribute(child, is_saml1 ? "AttributeName" : "Name");
    stated.qualifier = attribute(child, is_saml1 ? "AttributeNamespace" : "NameFormat");
    PARLEY_TRY(count(stated.name + stated.qualifier));
    for (const xml::Element& value : child.children()) {
      stated.values.push_back(value.text());
      PARLEY_TRY(count(stated.values.back()));
    }
  }
  return {};
}

/// One more name, audience, attribute or value of one.
Result<void> Reader::count(std::string_view text) {
  text_bytes_ += text.size();
  if (++values_ > limits_.assertion_values_max) {
    return Error(ErrorCode::limit_exceeded, "values are above assertion_values_max");
  }
  return text_bytes_ > limits_.assertion_text_bytes_max
             ? Result<void>(
                   Error(ErrorCode::limit_exceeded, "text is above assertion_text_bytes_max"))
             : Result<void>();
}

}  // namespace

bool is_assertion(const xml::Element& element) {
  return element.is(uri::kSaml1, "Assertion") || element.is(uri::kSaml2, "Assertion");
}

Result<SamlAssertion> read_saml_assertion(const xml::Element& element, const Limits& limits) {
  return Reader(element, limits).read();
}

}  // namespace parley::soap
