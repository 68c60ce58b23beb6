#include <catch2/catch.hpp>

#include "base/base64.h"
#include "bindings/soap/policy/intersection.h"
#include "bindings/soap/xml/c14n.h"
#include "crypto/digest.h"
#include "unit/soap/policy_text.h"

// The policy language (policy.md, section 2).

using namespace parley;
using policy::Matching;
using test::brief;

namespace {

std::string normal(std::string_view content, std::string_view wsp = test::kWsp15) {
  test::PolicyBench bench;
  const auto policy = bench.normalize(test::policy_text(content, wsp));
  return policy ? brief(*policy) : std::string(name_of(policy.error().code()));
}

std::string common(std::string_view left,
                   std::string_view right,
                   Matching matching,
                   std::string_view wsp = test::kWsp15) {
  test::PolicyBench bench;
  const auto both = policy::intersect(bench.of(left, wsp), bench.of(right, wsp), matching,
                                      bench.limits(), bench.budget());
  REQUIRE(both);
  return brief(*both);
}

/// As many assertions, each of which may be left out.
std::string optional_assertions(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += "<a:A" + std::to_string(i) + " wsp:Optional='true'/>";
  }
  return text;
}

/// A policy inside so many operators.
std::string nested_operators(int depth) {
  std::string text = "<a:A/>";
  for (int i = 0; i < depth; ++i) {
    text = "<wsp:All>" + text + "</wsp:All>";
  }
  return text;
}

}  // namespace

TEST_CASE("Operators mean what the language says, in every version and draft of it") {
  for (const std::string_view wsp : policy::kLanguages) {
    CAPTURE(wsp);
    CHECK(normal("", wsp) == "-");
    CHECK(normal("<wsp:All/>", wsp) == "-");
    CHECK(normal("<wsp:ExactlyOne/>", wsp) == "0");
    CHECK(normal("<a:A/><a:B/>", wsp) == "A B");
    CHECK(normal("<wsp:ExactlyOne><a:A/><a:B/></wsp:ExactlyOne>", wsp) == "A | B");
    CHECK(normal("<a:A/><wsp:Policy><a:B/></wsp:Policy>", wsp) == "A B");
    CHECK(normal("<a:A wsp:Optional='true'/>", wsp) == "- | A");
    CHECK(normal("<a:A wsp:Optional=' 1 '/>", wsp) == "- | A");
    CHECK(normal("<a:A wsp:Optional='false'/>", wsp) == "A");
  }
}

TEST_CASE("WP-001: Optional inside nested choices is pushed outward") {
  CHECK(normal("<a:A/><wsp:ExactlyOne><a:B wsp:Optional='true'/><wsp:ExactlyOne><a:C/>"
               "<wsp:All><a:D/><a:E wsp:Optional='true'/></wsp:All></wsp:ExactlyOne>"
               "</wsp:ExactlyOne>") == "A | A B | A C | A D | A D E");
}

TEST_CASE("WP-001: a nested policy with alternatives splits its assertion") {
  CHECK(normal("<a:T><wsp:Policy><a:X/><a:Y wsp:Optional='true'/></wsp:Policy></a:T>") ==
        "T{X Y} | T{X}");
  CHECK(normal("<a:T wsp:Optional='true'><wsp:Policy><a:P><wsp:Policy><wsp:ExactlyOne><a:X/><a:Y/>"
               "</wsp:ExactlyOne></wsp:Policy></a:P></wsp:Policy></a:T>") ==
        "- | T{P{X}} | T{P{Y}}");
  CHECK(normal("<a:T><wsp:Policy/></a:T>") == "T{-}");
  CHECK(normal("<a:T/>") == "T");
  // Nothing satisfies an assertion whose nested policy nothing satisfies.
  CHECK(normal("<a:T><wsp:Policy><wsp:ExactlyOne/></wsp:Policy></a:T>") == "0");
}

TEST_CASE(
    "WP-002: All distributes over ExactlyOne, and nothing is admissible with a part that is not") {
  CHECK(normal("<wsp:ExactlyOne><a:A/><a:B/></wsp:ExactlyOne><wsp:ExactlyOne><a:C/><a:D/>"
               "</wsp:ExactlyOne>") == "A C | A D | B C | B D");
  CHECK(normal("<a:A/><wsp:ExactlyOne/>") == "0");
  CHECK(normal("<wsp:ExactlyOne><wsp:ExactlyOne><a:A/></wsp:ExactlyOne><wsp:All><wsp:All/>"
               "</wsp:All></wsp:ExactlyOne>") == "- | A");
}

TEST_CASE("WP-004: an assertion may stand in an alternative more than once") {
  CHECK(normal("<a:A/><a:A/>") == "A A");
}

TEST_CASE("WP-001: references are replaced by what they name, by id in every form, and by Name") {
  test::PolicyBench bench;
  REQUIRE(bench.documents().add(
      "http://svc/policies.xml",
      test::parse_text(
          "<d><p>" + test::policy_text("<a:F/>").replace(11, 0, " wsu:Id='far'") + "</p>" +
          test::policy_text("<wsp:PolicyReference URI='#far'/>").replace(11, 0, " wsu:Id='hop'") +
          test::policy_text("<a:N/>").replace(11, 0, " Name='urn:named'") + "</d>")));
  const auto resolve = [&](std::string_view references) {
    const auto policy = bench.normalize(test::policy_text(
        std::string(references) +
        "<a:Holder><p><wsp:Policy wsu:Id='near'><a:W/></wsp:Policy></p></a:Holder>"
        "<a:Holder><p><wsp:Policy xml:id='close'><a:X/></wsp:Policy></p></a:Holder>"
        "<a:Holder><p><wsp:Policy wsu:Id='two'/><wsp:Policy wsu:Id='two'/></p></a:Holder>"));
    return policy ? brief(*policy) : std::string(name_of(policy.error().code()));
  };
  const auto reference = [](std::string_view uri) {
    return "<wsp:PolicyReference URI='" + std::string(uri) + "'/>";
  };
  CHECK(resolve(reference("#near")) == "Holder Holder Holder W");
  CHECK(resolve(reference("#close")) == "Holder Holder Holder X");
  CHECK(resolve(reference("urn:named")) == "Holder Holder Holder N");
  CHECK(resolve(reference("http://svc/policies.xml#far")) == "F Holder Holder Holder");
  // "#far" inside the other document means that document.
  CHECK(resolve(reference("http://svc/policies.xml#hop")) == "F Holder Holder Holder");
  CHECK(resolve("<wsp:ExactlyOne>" + reference("#near") + "<a:Y/></wsp:ExactlyOne>") ==
        "Holder Holder Holder W | Holder Holder Holder Y");
  CHECK(resolve(reference("#nowhere")) == "not_found");
  CHECK(resolve(reference("#far")) == "not_found");
  CHECK(resolve(reference("http://elsewhere/#far")) == "not_found");
  CHECK(resolve(reference("#two")) == "not_found");
  CHECK(resolve(reference("")) == "malformed_value");
  CHECK(resolve(reference(std::string(4097, 'x'))) == "malformed_value");
}

TEST_CASE("WP-001: a policy that refers to itself is an error, not a loop") {
  for (const std::string_view body :
       {"<wsp:PolicyReference URI='#a'/>",
        "<wsp:ExactlyOne><a:A/><wsp:PolicyReference URI='#b'/></wsp:ExactlyOne>"
        "<a:H><p><wsp:Policy wsu:Id='b'><wsp:PolicyReference URI='#a'/></wsp:Policy></p></a:H>",
        "<a:T><wsp:Policy><wsp:PolicyReference URI='#a'/></wsp:Policy></a:T>"}) {
    test::PolicyBench bench;
    const auto policy = bench.normalize(test::policy_text(body).replace(11, 0, " wsu:Id='a'"));
    REQUIRE_FALSE(policy);
    CHECK(policy.error().code() == ErrorCode::malformed_value);
    CHECK(policy.error().place() == "a policy refers to itself");
  }
}

TEST_CASE("A reference with a digest holds for the policy that has it") {
  const std::string target = test::policy_text("<a:A/>").replace(11, 0, " wsu:Id='t'");
  const xml::Document alone = test::parse_text(target);
  Bytes canonical;
  REQUIRE(xml::canonicalize(alone.root(), {}, canonical));
  Bytes base64;
  append_base64(base64, crypto::digest(crypto::DigestAlgorithm::sha1, canonical).view());
  const auto resolve = [&](std::string_view digest, std::string_view algorithm) {
    test::PolicyBench bench;
    const auto policy = bench.normalize(
        test::policy_text("<wsp:PolicyReference URI='#t' Digest='" + std::string(digest) + "'" +
                          std::string(algorithm) + "/><a:H><p>" + target + "</p></a:H>"));
    return policy ? brief(*policy) : std::string(name_of(policy.error().code()));
  };
  CHECK(resolve(as_text(base64), "") == "A H");
  CHECK(resolve(as_text(base64), " DigestAlgorithm='http://www.w3.org/ns/ws-policy/Sha1Exc'") ==
        "A H");
  CHECK(resolve("AAAAAAAAAAAAAAAAAAAAAAAAAAA=", "") == "malformed_value");
  CHECK(resolve("?", "") == "malformed_encoding");
  CHECK(resolve(as_text(base64), " DigestAlgorithm='urn:other'") == "algorithm_unsupported");
}

TEST_CASE("One expression speaks one version of the language") {
  const std::string other = " xmlns:o='" + std::string(test::kWsp2004) + "'";
  CHECK(normal("<o:All" + other + "/>") == "malformed_value");
  CHECK(normal("<a:A" + other + " o:Optional='true'/>") == "malformed_value");
  CHECK(normal("<a:A><o:Policy" + other + "/></a:A>") == "malformed_value");
  CHECK(normal("<wsp:PolicyReference URI='#o'/><a:H><p><o:Policy" + other +
               " wsu:Id='o'/></p></a:H>") == "malformed_value");
  CHECK(normal("<wsp:OneOrMore/>") == "malformed_value");
  CHECK(normal("<a:A wsp:Optional='maybe'/>") == "malformed_value");
  CHECK(normal("<a:A><wsp:Policy/><wsp:Policy/></a:A>") == "malformed_value");
  test::PolicyBench bench;
  CHECK_FALSE(bench.normalize("<a:A xmlns:a='urn:a'/>"));
}

TEST_CASE("WP-005: alternatives and depth have limits, and what is one past them is an error") {
  CHECK(normal(optional_assertions(12)).size() > 4096);  // 2^12 alternatives
  CHECK(normal(optional_assertions(13)) == "limit_exceeded");
  CHECK(normal(optional_assertions(30)) == "limit_exceeded");
  CHECK(normal("<wsp:ExactlyOne>" + std::string(optional_assertions(1)) + "</wsp:ExactlyOne>") ==
        "- | A0");

  std::string many;
  for (int i = 0; i < 4096; ++i) {
    many += "<a:A/>";
  }
  test::PolicyBench bench;
  CHECK(bench.of("<wsp:ExactlyOne>" + many + "</wsp:ExactlyOne>").alternatives.size() == 4096);
  CHECK(normal("<wsp:ExactlyOne>" + many + "<a:A/></wsp:ExactlyOne>") == "limit_exceeded");

  CHECK(normal(nested_operators(31)) == "A");
  CHECK(normal(nested_operators(32)) == "limit_exceeded");
}

TEST_CASE("WP-005: references count towards the depth") {
  // Each policy holds the next one, and the first stands in a document of its own.
  const auto chain = [](int length) {
    std::string text = "<a:H><p>";
    for (int i = 1; i < length; ++i) {
      text += "<wsp:Policy wsu:Id='p" + std::to_string(i) + "'>" +
              (i + 1 < length ? "<wsp:PolicyReference URI='#p" + std::to_string(i + 1) + "'/>"
                              : std::string("<a:A/>")) +
              "</wsp:Policy>";
    }
    return normal("<wsp:PolicyReference URI='#p1'/>" + text + "</p></a:H>");
  };
  CHECK(chain(32) == "A H");
  CHECK(chain(33) == "limit_exceeded");
}

TEST_CASE("WP-005: a small policy cannot make much work by references") {
  // Each policy names the next one twice: 2^30 visits, of nothing.
  std::string text = "<wsp:PolicyReference URI='#p1'/><a:H><p>";
  for (int i = 1; i < 30; ++i) {
    const std::string next = "<wsp:PolicyReference URI='#p" + std::to_string(i + 1) + "'/>";
    text += "<wsp:Policy wsu:Id='p" + std::to_string(i) + "'>" + next + next + "</wsp:Policy>";
  }
  CHECK(normal(text + "<wsp:Policy wsu:Id='p30'/></p></a:H>") == "limit_exceeded");
}

TEST_CASE("The work on policies is bounded at its limit") {
  policy::PolicyLimits limits;
  limits.steps_max = 5;  // an operator, two assertions, each copied into the one alternative
  test::PolicyBench enough(limits);
  CHECK(enough.normalize(test::policy_text("<a:A/><a:B/>")));
  limits.steps_max = 4;
  test::PolicyBench scarce(limits);
  CHECK_FALSE(scarce.normalize(test::policy_text("<a:A/><a:B/>")));
  limits.steps_max = 1000000;
  limits.documents_max = 1;
  test::PolicyBench one(limits);
  CHECK(one.normalize(test::policy_text("")));
  CHECK_FALSE(one.normalize(test::policy_text("")));
}

TEST_CASE("WP-010: policies of one subject are merged as a cross product") {
  test::PolicyBench bench;
  const auto merged = [&](std::vector<policy::NormalPolicy> policies) {
    const auto result = policy::merge(policies, bench.limits(), bench.budget());
    REQUIRE(result);
    return brief(*result);
  };
  const auto port = bench.of("<a:P wsp:Optional='true'/>");
  const auto binding = bench.of("<wsp:ExactlyOne><a:B/><a:C/></wsp:ExactlyOne>");
  const auto port_type = bench.of("<a:T/>");
  CHECK(merged({port, binding, port_type}) == "B P T | B T | C P T | C T");
  CHECK(merged({binding}) == "B | C");
  CHECK(merged({}) == "-");
  CHECK(merged({port, bench.of("<wsp:ExactlyOne/>")}) == "0");
}

TEST_CASE("WP-020: assertions are compatible by name and nested policy") {
  CHECK(common("<a:A/>", "<a:A/>", Matching::strict) == "A A");
  CHECK(common("<a:A/>", "<a:B/>", Matching::strict) == "0");
  CHECK(common("<a:A/>", "<b:A xmlns:b='urn:b'/>", Matching::strict) == "0");
  CHECK(common("<a:A><wsp:Policy/></a:A>", "<a:A/>", Matching::strict) == "0");
  CHECK(common("<a:A><wsp:Policy/></a:A>", "<a:A><wsp:Policy/></a:A>", Matching::strict) ==
        "A{-} A{-}");
  CHECK(common("<a:A><wsp:Policy><a:X/></wsp:Policy></a:A>",
               "<a:A><wsp:Policy><wsp:ExactlyOne><a:X/><a:Y/></wsp:ExactlyOne></wsp:Policy></a:A>",
               Matching::strict) == "A{X} A{X}");
  CHECK(common("<a:A><wsp:Policy><a:X/></wsp:Policy></a:A>", "<a:A><wsp:Policy/></a:A>",
               Matching::strict) == "0");
  // Parameters are not compared.
  CHECK(common("<a:A x='1'/>", "<a:A x='2'><a:Q/></a:A>", Matching::strict) == "A A");
}

TEST_CASE("WP-021 and WP-022: alternatives pair up, and keep everything of both") {
  CHECK(common("", "", Matching::strict) == "-");
  CHECK(common("<a:A/>", "", Matching::strict) == "0");
  CHECK(common("", "<a:A/>", Matching::strict) == "0");
  CHECK(common("<a:A/><a:B wsp:Optional='true'/>",
               "<a:B/><wsp:ExactlyOne><a:A/><a:C/></wsp:ExactlyOne>",
               Matching::strict) == "A A B B");
  CHECK(common("<a:A/><a:A/>", "<a:A/>", Matching::strict) == "A A A");
  CHECK(common("<wsp:ExactlyOne/>", "", Matching::strict) == "0");
}

TEST_CASE("WP-021: what is ignorable needs no partner in lax matching, and one in strict") {
  const std::string_view with = "<a:A/><a:Log wsp:Ignorable='true'/>";
  CHECK(common(with, "<a:A/>", Matching::strict) == "0");
  CHECK(common(with, "<a:A/>", Matching::lax) == "A A Log!");
  CHECK(common("<a:A/>", with, Matching::lax) == "A A Log!");
  CHECK(common("<a:A><wsp:Policy><a:X wsp:Ignorable='true'/></wsp:Policy></a:A>",
               "<a:A><wsp:Policy/></a:A>", Matching::lax) == "A{-} A{X!}");
  CHECK(common("<a:A/><a:Log wsp:Ignorable='false'/>", "<a:A/>", Matching::lax) == "0");
}

TEST_CASE("WP-023: the older language has nothing that is ignorable") {
  CHECK(common("<a:A/><a:Log wsp:Ignorable='true'/>", "<a:A/>", Matching::lax, test::kWsp2004) ==
        "0");
}

TEST_CASE("An intersection is bounded like a policy") {
  policy::PolicyLimits limits;
  limits.alternatives_max = 4;
  test::PolicyBench bench(limits);
  const auto two = bench.of("<wsp:ExactlyOne><a:A/><a:A/></wsp:ExactlyOne>");
  const auto three = bench.of("<wsp:ExactlyOne><a:A/><a:A/><a:A/></wsp:ExactlyOne>");
  CHECK(policy::intersect(two, two, Matching::strict, limits, bench.budget()));
  const auto past = policy::intersect(two, three, Matching::strict, limits, bench.budget());
  REQUIRE_FALSE(past);
  CHECK(past.error().code() == ErrorCode::limit_exceeded);
}

TEST_CASE("A policy that is written is read as the same") {
  const std::string_view text =
      "<sp:SignedElements XPathVersion='1.0' a:mark='&lt;&quot;'><q:XPath xmlns:x='urn:x' "
      "xmlns:q='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702' "
      "xmlns:sp='urn:other'>/x:a/sp:b[.=':']</q:XPath></sp:SignedElements>"
      "<u:Unusual xmlns:u='urn:u' xmlns:v='urn:v' u:p='1' v:q='2' plain='3'><v:W>t&amp;</v:W>"
      "<Bare xmlns=''/></u:Unusual><a:T wsp:Ignorable='true'><wsp:Policy><a:X wsp:Optional='true'/>"
      "</wsp:Policy></a:T>";
  for (const auto nesting : {policy::Nesting::normal, policy::Nesting::compact}) {
    test::PolicyBench bench;
    const auto first = bench.of(text);
    Bytes written;
    policy::write_policy(written, first, nesting, "id&1");
    CAPTURE(as_text(written));
    const auto second = bench.normalize(as_text(written));
    REQUIRE(second);
    REQUIRE(second->alternatives.size() == first.alternatives.size());
    CHECK(brief(*second) == brief(first));
    for (std::size_t i = 0; i < first.alternatives.size(); ++i) {
      REQUIRE(second->alternatives[i].size() == first.alternatives[i].size());
      for (std::size_t k = 0; k < first.alternatives[i].size(); ++k) {
        CHECK(*second->alternatives[i][k]->element == *first.alternatives[i][k]->element);
      }
    }
    const auto* path = first.alternatives[0][0]->element->child(policy::uri::kSp12, "XPath");
    REQUIRE(path != nullptr);
    CHECK(path->prefixes ==
          std::vector<std::pair<std::string, std::string>>{{"x", "urn:x"}, {"sp", "urn:other"}});
  }
}
