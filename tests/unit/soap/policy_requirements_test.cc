#include <catch2/catch.hpp>

#include "bindings/soap/policy/requirement_reader.h"
#include "unit/soap/policy_stacks.h"

// What assertions demand (policy.md, sections 4 and 5).

using namespace parley;
using namespace parley::policy;
using contexts::TrustFamily;
using sequences::DeliveryAssurance;
using sequences::RmVersion;

namespace {

PolicyRequirements read(std::string_view content,
                        std::string_view wsp = test::kWsp2004,
                        Matching matching = Matching::strict) {
  test::PolicyBench bench;
  const NormalPolicy policy = bench.of(content, wsp);
  REQUIRE(policy.alternatives.size() == 1);
  return read_requirements(policy.alternatives.front(), matching);
}

/// The problems as text, one line each.
std::string problems(const PolicyRequirements& requirements) {
  std::string out;
  for (const PolicyProblem& problem : requirements.problems) {
    out += to_text(problem.assertion) + ' ' + problem.what + '\n';
  }
  return out;
}

/// An RM assertion of 1.1 with this nested policy.
std::string rm_1_1(std::string_view nested, std::string_view parameters = "") {
  return "<wsrmp:RMAssertion><wsp:Policy>" + std::string(nested) + "</wsp:Policy>" +
         std::string(parameters) + "</wsrmp:RMAssertion>";
}

std::string assurance(std::string_view nested) {
  return "<wsrmp:DeliveryAssurance><wsp:Policy>" + std::string(nested) +
         "</wsp:Policy></wsrmp:DeliveryAssurance>";
}

/// A symmetric binding with this token and what else is in it.
std::string symmetric(std::string_view token, std::string_view more = "") {
  return "<sp:SymmetricBinding><wsp:Policy><sp:ProtectionToken><wsp:Policy>" + std::string(token) +
         "</wsp:Policy></sp:ProtectionToken>" + std::string(more) +
         "</wsp:Policy></sp:SymmetricBinding>";
}

}  // namespace

TEST_CASE("WP-100: the policy of one stack is read whole") {
  const PolicyRequirements found = read(test::wcf_endpoint());
  CHECK(problems(found) == "");

  REQUIRE(found.rm);
  CHECK(found.rm->version == RmVersion::rm_1_0);
  CHECK(found.rm->inactivity_ms == 600000U);
  CHECK(found.rm->acknowledgement_ms == 200U);
  CHECK_FALSE(found.rm->base_retransmission_ms);
  CHECK_FALSE(found.rm->assurance);
  CHECK(found.addressing.version == engine::AddressingVersion::addressing_1_0);

  const SecurityRequirements& session = found.security;
  CHECK(session.binding == BindingKind::symmetric);
  CHECK(session.suite == "Basic256");
  CHECK(session.layout == Layout::strict);
  CHECK(session.include_timestamp);
  CHECK(session.encrypt_signature);
  CHECK(session.only_sign_entire_headers_and_body);
  CHECK_FALSE(session.encrypt_before_signing);
  CHECK_FALSE(session.protect_tokens);
  REQUIRE(session.wss);
  CHECK(session.wss->is_1_1);
  CHECK(session.wss->thumbprint);
  CHECK_FALSE(session.wss->signature_confirmation);
  REQUIRE(session.trust);
  CHECK(session.trust->family == TrustFamily::feb_2005);
  CHECK(session.trust->client_entropy);
  CHECK(session.trust->server_entropy);

  const TokenRequirement* context = session.secure_conversation();
  REQUIRE(context != nullptr);
  CHECK(context == session.token(TokenUse::protection));
  CHECK(context->version == SecurityPolicyVersion::sp_1_1);
  CHECK(context->inclusion == TokenInclusion::always_to_recipient);
  CHECK(context->derived_keys == DerivedKeys::any);

  REQUIRE(context->bootstrap.size() == 1);
  const SecurityRequirements& bootstrap = context->bootstrap.front();
  CHECK(bootstrap.binding == BindingKind::symmetric);
  REQUIRE(bootstrap.token(TokenUse::protection) != nullptr);
  CHECK(bootstrap.token(TokenUse::protection)->kind == TokenKind::x509);
  CHECK(bootstrap.token(TokenUse::protection)->inclusion == TokenInclusion::never);
  CHECK(bootstrap.token(TokenUse::protection)->thumbprint_reference);
  REQUIRE(bootstrap.supporting.size() == 1);
  CHECK(bootstrap.supporting.front().is_endorsing);
  CHECK_FALSE(bootstrap.supporting.front().is_signed);
  CHECK(bootstrap.supporting.front().tokens.front().forms ==
        std::vector<std::string>{"WssX509V3Token10"});
  CHECK(bootstrap.wss->signature_confirmation);
}

TEST_CASE("WP-101: parts are read with their headers, and repeated lists are one") {
  test::PolicyBench bench;
  MessageRequirements message;
  std::vector<PolicyProblem> found;
  read_message_requirements(bench.of(test::wcf_message(), test::kWsp2004).alternatives.front(),
                            Matching::strict, message, found);
  CHECK(found.empty());
  REQUIRE(message.security.parts.signed_parts);
  CHECK(message.security.parts.signed_parts->body);
  CHECK(message.security.parts.signed_parts->headers.size() == 10);
  CHECK(message.security.parts.signed_parts->headers.back().name == "AckRequested");
  CHECK(message.security.parts.encrypted_parts->body);
  CHECK_FALSE(message.needs_rm);

  const ProtectedParts parts =
      read(
          "<sp:SignedParts/><sp:EncryptedParts><sp:Header Namespace='urn:h' Name='p:N'/>"
          "</sp:EncryptedParts><sp:EncryptedParts><sp:Body/><sp:Attachments/></sp:EncryptedParts>"
          "<sp:SignedElements XPathVersion='1.0'><sp:XPath>/a:b</sp:XPath></sp:SignedElements>"
          "<sp:RequiredParts><sp:Header Namespace='urn:all'/></sp:RequiredParts>")
          .security.parts;
  CHECK(parts.signed_parts->body);
  CHECK(parts.signed_parts->every_header);
  CHECK(parts.encrypted_parts->body);
  CHECK(parts.encrypted_parts->attachments);
  CHECK(parts.encrypted_parts->headers == std::vector<HeaderPart>{{"urn:h", "N"}});
  CHECK(parts.required_parts->headers == std::vector<HeaderPart>{{"urn:all", ""}});
  REQUIRE(parts.elements.size() == 1);
  CHECK(parts.elements.front().path.text == "/a:b");
  CHECK(parts.elements.front().path.prefixes.front().second == "urn:a");
}

TEST_CASE("WP-060 to WP-063: the parameters of RM policy 1.0 are all optional") {
  const auto found = read(
      "<rmp:RMAssertion><rmp:InactivityTimeout Milliseconds='1'/>"
      "<rmp:BaseRetransmissionInterval Milliseconds=' 3000 '/>"
      "<rmp:ExponentialBackoff/><rmp:AcknowledgementInterval "
      "Milliseconds='4'/><a:Extension/></rmp:RMAssertion>");
  CHECK(problems(found) == "");
  CHECK(found.rm->inactivity_ms == 1U);
  CHECK(found.rm->base_retransmission_ms == 3000U);
  CHECK(found.rm->exponential_backoff);
  CHECK(found.rm->acknowledgement_ms == 4U);

  const auto bare = read("<rmp:RMAssertion/>");
  CHECK_FALSE(bare.rm->inactivity_ms);
  CHECK_FALSE(bare.rm->exponential_backoff);
  CHECK_FALSE(bare.rm->acknowledgement_ms);
  CHECK(problems(read("<rmp:RMAssertion><rmp:InactivityTimeout Milliseconds='soon'/>"
                      "</rmp:RMAssertion>")) == "rmp:InactivityTimeout does not tell a number\n");
}

TEST_CASE("WP-072: delivery assurances of RM policy 1.1, AtLeastOnce alone too") {
  CHECK_FALSE(read(rm_1_1("")).rm->assurance);
  CHECK(read(rm_1_1(assurance("<wsrmp:ExactlyOnce/><wsrmp:InOrder/>"))).rm->in_order);
  const auto at_least = read(rm_1_1(assurance("<wsrmp:AtLeastOnce/>")));
  CHECK(problems(at_least) == "");
  CHECK(at_least.rm->assurance == DeliveryAssurance::at_least_once);
  CHECK_FALSE(at_least.rm->in_order);
  CHECK(read(rm_1_1(assurance("<wsrmp:AtMostOnce/>"))).rm->assurance ==
        DeliveryAssurance::at_most_once);
  CHECK(problems(read(rm_1_1(assurance("<wsrmp:AtMostOnce/><wsrmp:ExactlyOnce/>")))) != "");
  CHECK(problems(read(rm_1_1(assurance("<a:Twice/>")))) == "{urn:a}Twice is not known here\n");
}

TEST_CASE("WP-073: a vendor's times are read inside the RM assertion and beside it") {
  const std::string times =
      "<netrmp:InactivityTimeout Milliseconds='5000'/><netrmp:AcknowledgementInterval "
      "Milliseconds='70'/>";
  for (const std::string& text : {rm_1_1("", times), rm_1_1("") + times, times + rm_1_1("")}) {
    const auto found = read(text);
    CHECK(problems(found) == "");
    CHECK(found.rm->inactivity_ms == 5000U);
    CHECK(found.rm->acknowledgement_ms == 70U);
  }
  CHECK_FALSE(read(times).rm);  // beside nothing
}

TEST_CASE("WP-080: settings of other stacks are read or harmless") {
  const auto found = read(
      "<rmp:RMAssertion/><n:RmFlowControl "
      "xmlns:n='http://schemas.microsoft.com/net/2005/02/rm/policy'><n:MaxReceiveBufferSize>32"
      "</n:MaxReceiveBufferSize></n:RmFlowControl><s:AllowDuplicates "
      "xmlns:s='http://sun.com/2006/03/rm'/><s:Ordered xmlns:s='http://sun.com/2006/03/rm'/>"
      "<c:ResendInterval xmlns:c='http://sun.com/2006/03/rm/client' Milliseconds='9'/>"
      "<m:RetransmissionConfig xmlns:m='http://java.sun.com/xml/ns/metro/ws-rx/wsrmp/200702'>"
      "<m:BackoffAlgorithm>Exponential</m:BackoffAlgorithm><m:MaxRetries>7</m:MaxRetries>"
      "</m:RetransmissionConfig><m:Persistent "
      "xmlns:m='http://java.sun.com/xml/ns/metro/ws-rx/wsrmp/200702'/><k:KeyStore "
      "xmlns:k='http://schemas.sun.com/2006/03/wss/server'/>");
  CHECK(problems(found) == "");
  CHECK(found.rm->receive_buffer == 32U);
  CHECK(found.rm->assurance == DeliveryAssurance::at_least_once);
  CHECK(found.rm->in_order);
  CHECK(found.rm->base_retransmission_ms == 9U);
  CHECK(found.rm->exponential_backoff);
  CHECK(found.rm->retransmissions_max == 7U);
  CHECK(found.rm->is_persistent);
}

TEST_CASE("WP-071: bindings of sequences need what they bind to, and exclude each other") {
  const std::string tls =
      "<sp:TransportBinding><wsp:Policy><sp:TransportToken><wsp:Policy><sp:HttpsToken><wsp:Policy/>"
      "</sp:HttpsToken></wsp:Policy></sp:TransportToken></wsp:Policy></sp:TransportBinding>";
  const std::string context = "<sp:SecureConversationToken/>";
  CHECK(problems(read(rm_1_1("<wsrmp:SequenceSTR/>") + symmetric(context))) == "");
  CHECK(problems(read(rm_1_1("<wsrmp:SequenceTransportSecurity/>") + tls)) == "");
  CHECK(problems(read(rm_1_1("<wsrmp:SequenceSTR/>") + tls))
            .starts_with("wsrmp:SequenceSTR wants sequences bound to a token"));
  CHECK(problems(read(rm_1_1("<wsrmp:SequenceTransportSecurity/>") + symmetric(context)))
            .starts_with("wsrmp:SequenceTransportSecurity wants sequences bound to TLS"));
  CHECK(problems(read(rm_1_1("<wsrmp:SequenceSTR/><wsrmp:SequenceTransportSecurity/>") +
                      symmetric(context)))
            .starts_with("wsrmp:RMAssertion binds sequences to a token and to the transport"));
}

TEST_CASE("WP-074: two versions of reliable messaging in one alternative are refused") {
  CHECK(problems(read("<rmp:RMAssertion/>" + rm_1_1(""))) ==
        "wsrmp:RMAssertion asks for a second version of reliable messaging\n");
}

TEST_CASE("WP-033: an RM assertion at a message says that the message needs RM") {
  test::PolicyBench bench;
  MessageRequirements message;
  std::vector<PolicyProblem> found;
  read_message_requirements(bench.of("<rmp:RMAssertion/>").alternatives.front(), Matching::strict,
                            message, found);
  CHECK(found.empty());
  CHECK(message.needs_rm);
}

TEST_CASE("WP-006: what is not known is a problem, unless it is ignorable and matching is lax") {
  CHECK(problems(read("<a:New/>")) == "{urn:a}New is not known here\n");
  CHECK(problems(read("<a:New wsp:Ignorable='true'/>", test::kWsp15)) != "");
  CHECK(problems(read("<a:New wsp:Ignorable='true'/>", test::kWsp15, Matching::lax)) == "");
  CHECK(problems(read("<a:New/>", test::kWsp15, Matching::lax)) != "");
  CHECK(problems(read(symmetric("<sp:X509Token><wsp:Policy><sp:Odd/></wsp:Policy>"
                                "</sp:X509Token>"))) == "sp:Odd is not known here\n");
  CHECK(problems(read(symmetric("<a:Token/>"))) == "{urn:a}Token is not known here\n");
  CHECK(problems(read("<sp:SymmetricBinding/>")) == "sp:SymmetricBinding has no policy in it\n");
  CHECK(problems(read("<a:N xmlns:a='urn:&#10;line'/>")) == "{urn:?line}N is not known here\n");
}

TEST_CASE("Everything about tokens is read") {
  const auto token = [](std::string_view text) {
    const auto found = read(symmetric(text));
    CHECK(problems(found) == "");
    return *found.security.token(TokenUse::protection);
  };
  const auto issued = token(
      "<sp:IssuedToken sp:IncludeToken='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702/"
      "IncludeToken/AlwaysToInitiator'><sp:Issuer><w:Address "
      "xmlns:w='http://www.w3.org/2005/08/addressing'> http://sts/ </w:Address></sp:Issuer>"
      "<sp:RequestSecurityTokenTemplate><t:TokenType xmlns:t='urn:t'>x</t:TokenType>"
      "</sp:RequestSecurityTokenTemplate><t:Claims xmlns:t='urn:t'/><wsp:Policy>"
      "<sp:RequireImpliedDerivedKeys/><sp:RequireInternalReference/>"
      "<sp:RequireExternalReference/></wsp:Policy></sp:IssuedToken>");
  CHECK(issued.kind == TokenKind::issued);
  CHECK(issued.issuer == "http://sts/");
  CHECK(issued.inclusion == TokenInclusion::always_to_initiator);
  CHECK(issued.derived_keys == DerivedKeys::implied);
  CHECK(issued.has_claims);
  CHECK(issued.internal_reference);
  CHECK(issued.external_reference);
  REQUIRE(issued.request_template);
  CHECK(issued.request_template->children.front().text == "x");

  const auto context = token(
      "<sp11:SecureConversationToken><wsp:Policy><sp11:SC10SecurityContextToken/>"
      "<mssp:MustNotSendCancel/><mssp:MustNotSendRenew/><sp11:RequireExternalUriReference/>"
      "</wsp:Policy></sp11:SecureConversationToken>");
  CHECK(context.context_family == TrustFamily::feb_2005);
  CHECK(context.must_not_send_cancel);
  CHECK(context.must_not_send_renew);
  CHECK_FALSE(context.must_not_send_amend);
  CHECK(context.external_uri_reference);
  CHECK(context.inclusion == TokenInclusion::always);  // where nothing is said
  CHECK(context.bootstrap.empty());

  const auto username = token(
      "<sp:UsernameToken><sp:IssuerName>n</sp:IssuerName><wsp:Policy><sp:HashPassword/>"
      "<s:Created xmlns:s='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802'/>"
      "<s:Nonce xmlns:s='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802'/>"
      "<sp:WssUsernameToken11/></wsp:Policy></sp:UsernameToken>");
  CHECK(username.issuer_name == "n");
  CHECK(username.hash_password);
  CHECK(username.created);
  CHECK(username.nonce);

  CHECK(token("<sp11:HttpsToken RequireClientCertificate='1'/>").client_certificate);
  CHECK_FALSE(token("<sp11:HttpsToken RequireClientCertificate='false'/>").client_certificate);
  CHECK(token("<sp:HttpsToken><wsp:Policy><sp:RequireClientCertificate/></wsp:Policy>"
              "</sp:HttpsToken>")
            .client_certificate);
  CHECK(token("<mssp:SslContextToken/>").kind == TokenKind::ssl_context);
  CHECK(problems(read(symmetric("<sp:X509Token sp:IncludeToken='Always'/>"))) ==
        "sp:X509Token has an IncludeToken of an unknown value\n");
}

TEST_CASE("A binding has one of each, and options are spelt in every way that is used") {
  CHECK(problems(
            read(symmetric("") + "<sp:AsymmetricBinding><wsp:Policy/></sp:AsymmetricBinding>")) ==
        "sp:AsymmetricBinding is a second binding\n");
  CHECK(problems(read(symmetric("<sp:X509Token/><sp:SamlToken/>"))) ==
        "sp:SamlToken is a second token for one use\n");
  CHECK(problems(
            read(symmetric("",
                           "<sp:AlgorithmSuite><wsp:Policy><sp:Basic128/><sp:TripleDesSha256Rsa15/>"
                           "</wsp:Policy></sp:AlgorithmSuite>"))) ==
        "sp:TripleDesSha256Rsa15 is a second suite\n");
  const auto found = read(symmetric(
      "",
      "<sp:AlgorithmSuite><wsp:Policy><c:Basic256GCM "
      "xmlns:c='http://cxf.apache.org/custom/security-policy'/><sp:InclusiveC14N/>"
      "<sp:STRTransform10/></wsp:Policy></sp:AlgorithmSuite><sp:Layout><wsp:Policy>"
      "<sp:LaxTsFirst/></wsp:Policy></sp:Layout><sp:EncryptBeforeSigning/><sp:ProtectTokens/>"));
  CHECK(problems(found) == "");
  CHECK(found.security.suite == "Basic256GCM");
  CHECK(found.security.inclusive_c14n);
  CHECK(found.security.str_transform);
  CHECK(found.security.layout == Layout::lax_timestamp_first);
  CHECK(found.security.encrypt_before_signing);
  CHECK(found.security.protect_tokens);
  const auto trust = read(
      "<sp:Trust13><wsp:Policy><sp:RequireAppiesTo/><sp:RequireRequestSecurityTokenCollection/>"
      "<s:ScopePolicy15 xmlns:s='http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200802'/>"
      "</wsp:Policy></sp:Trust13>");
  CHECK(trust.security.trust->applies_to);
  CHECK(trust.security.trust->response_collection);
  CHECK(trust.security.trust->scope_policy_1_5);
}

TEST_CASE("WA-050 to WA-052: addressing in every form") {
  CHECK_FALSE(read("").addressing.version);
  CHECK(read("<wsam:Addressing><wsp:Policy/></wsam:Addressing>").addressing.version ==
        engine::AddressingVersion::addressing_1_0);
  CHECK(read("<wsam:Addressing><wsp:Policy><wsam:AnonymousResponses/></wsp:Policy>"
             "</wsam:Addressing>")
            .addressing.responses == Responses::anonymous);
  CHECK(read("<wsam:Addressing><wsp:Policy><wsam:NonAnonymousResponses/></wsp:Policy>"
             "</wsam:Addressing>")
            .addressing.responses == Responses::non_anonymous);
  CHECK(problems(read("<wsam:Addressing><wsp:Policy><wsam:NonAnonymousResponses/>"
                      "<wsam:AnonymousResponses/></wsp:Policy></wsam:Addressing>")) != "");
  for (const std::string_view ns : {"http://schemas.xmlsoap.org/ws/2004/09/policy/addressing",
                                    "http://schemas.xmlsoap.org/ws/2004/08/addressing/policy"}) {
    const std::string using_addressing = "<w:UsingAddressing xmlns:w='" + std::string(ns) + "'/>";
    CHECK(read(using_addressing).addressing.version ==
          engine::AddressingVersion::addressing_2004_08);
    CHECK(problems(read(using_addressing + "<wsaw:UsingAddressing/>")) != "");
  }
  CHECK(read("<wsmc:MCSupported/>").make_connection);
  CHECK(read("<m:OptimizedMimeSerialization xmlns:m='http://schemas.xmlsoap.org/ws/2004/09/policy/"
             "optimizedmimeserialization'/>")
            .optimized_mime);
}

TEST_CASE("Every combination of supporting tokens is told apart") {
  for (const bool is_signed : {false, true}) {
    for (const bool is_endorsing : {false, true}) {
      for (const bool is_encrypted : {false, true}) {
        const std::string name = std::string("sp:") + (is_signed ? "Signed" : "") +
                                 (is_endorsing ? "Endorsing" : "") +
                                 (is_encrypted ? "Encrypted" : "") + "SupportingTokens";
        const auto found = read("<" + name +
                                "><wsp:Policy><sp:SamlToken/><sp:SignedParts>"
                                "<sp:Body/></sp:SignedParts><sp:AlgorithmSuite><wsp:Policy>"
                                "<sp:Basic128/></wsp:Policy></sp:AlgorithmSuite></wsp:Policy></" +
                                name + ">");
        CHECK(problems(found) == "");
        REQUIRE(found.security.supporting.size() == 1);
        const SupportingTokens& group = found.security.supporting.front();
        CHECK(group.is_signed == is_signed);
        CHECK(group.is_endorsing == is_endorsing);
        CHECK(group.is_encrypted == is_encrypted);
        CHECK(group.tokens.front().kind == TokenKind::saml);
        CHECK(group.parts.signed_parts->body);
        CHECK(group.suite == "Basic128");
      }
    }
  }
}
