#include "unit/soap/saml_text.h"

#include <utility>

#include "base/base64.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"
#include "crypto/asymmetric.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "support/external_tool.h"

namespace parley::test {
namespace {

constexpr std::string_view kRsaSha256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
constexpr std::string_view kSha256 = "http://www.w3.org/2001/04/xmlenc#sha256";
constexpr std::string_view kEnveloped = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

std::string attribute(const std::string& name, std::string_view value) {
  return " " + name + "=\"" + std::string(value) + "\"";
}

std::string time(const std::string& name, WallTime at) {
  return attribute(name, soap::DateTimeText(at).view());
}

crypto::Certificate certificate(const std::string& name) {
  return crypto::Certificate::all_from_pem(key_file(name + ".pem")).value().front();
}

std::string key_info(const std::string& name) {
  return "<ds:KeyInfo xmlns:ds=\"" + std::string(soap::uri::kDs) + "\"><ds:X509Data><ds:X509Certificate>" +
         to_base64(certificate(name).der()) + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo>";
}

std::string conditions(const AssertionText& what) {
  return "<s:Conditions" + time("NotBefore", what.issued) + time("NotOnOrAfter", what.ends) + ">" +
         what.conditions + "</s:Conditions>";
}

std::string holder(const AssertionText& what) {
  return what.holder_pem.empty() ? std::string() : key_info(what.holder_pem);
}

std::string version_1(const AssertionText& what, const std::string& signature) {
  const std::string subject =
      "<s:Subject><s:NameIdentifier" + what.qualifiers + ">" + what.subject +
      "</s:NameIdentifier><s:SubjectConfirmation><s:ConfirmationMethod>"
      "urn:oasis:names:tc:SAML:1.0:cm:" +
      what.method + "</s:ConfirmationMethod>" + holder(what) +
      "</s:SubjectConfirmation></s:Subject>";
  return "<s:Assertion" + attribute("xmlns:s", soap::uri::kSaml1) +
         attribute("AssertionID", what.id) + time("IssueInstant", what.issued) +
         attribute("Issuer", what.issuer) + attribute("MajorVersion", "1") +
         attribute("MinorVersion", "1") + ">" + conditions(what) + "<s:AttributeStatement>" +
         subject +
         "<s:Attribute AttributeName=\"role\" AttributeNamespace=\"urn:claims\">"
         "<s:AttributeValue>clerk</s:AttributeValue></s:Attribute></s:AttributeStatement>" +
         what.statements + signature + "</s:Assertion>";
}

std::string version_2(const AssertionText& what, const std::string& signature) {
  return "<s:Assertion" + attribute("xmlns:s", soap::uri::kSaml2) + attribute("ID", what.id) +
         time("IssueInstant", what.issued) + attribute("Version", "2.0") + "><s:Issuer>" +
         what.issuer + "</s:Issuer>" + signature + "<s:Subject><s:NameID" + what.qualifiers + ">" + what.subject +
         "</s:NameID><s:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:" + what.method +
         "\"><s:SubjectConfirmationData" + what.confirmation + ">" + holder(what) +
         "</s:SubjectConfirmationData></s:SubjectConfirmation></s:Subject>" + conditions(what) +
         "<s:AttributeStatement><s:Attribute Name=\"role\" NameFormat=\"urn:format\">"
         "<s:AttributeValue>clerk</s:AttributeValue><s:AttributeValue>auditor</s:AttributeValue>"
         "</s:Attribute></s:AttributeStatement>" +
         what.statements + "</s:Assertion>";
}

std::string written(const AssertionText& what, const std::string& signature) {
  return what.kind == store::TokenKind::saml_1_1 ? version_1(what, signature)
                                                 : version_2(what, signature);
}

Bytes canonical(const std::string& text) {
  const auto document = xml::Document::parse(to_bytes(text), Limits{}).value();
  Bytes out;
  xml::canonicalize(document.root(), {}, out).value();
  return out;
}

}  // namespace

std::string assertion(const AssertionText& what, const std::string& signer) {
  const std::string bare = written(what, {});
  if (signer.empty()) {
    return bare;
  }
  const crypto::DigestValue digest =
      crypto::digest(crypto::DigestAlgorithm::sha256, canonical(bare));
  const std::string signed_info =
      "<ds:SignedInfo xmlns:ds=\"" + std::string(soap::uri::kDs) +
      "\"><ds:CanonicalizationMethod" + attribute("Algorithm", soap::uri::kExcC14n) +
      "></ds:CanonicalizationMethod><ds:SignatureMethod" + attribute("Algorithm", kRsaSha256) +
      "></ds:SignatureMethod><ds:Reference" + attribute("URI", "#" + what.id) +
      "><ds:Transforms><ds:Transform" + attribute("Algorithm", kEnveloped) +
      "></ds:Transform><ds:Transform" + attribute("Algorithm", soap::uri::kExcC14n) +
      "></ds:Transform></ds:Transforms><ds:DigestMethod" + attribute("Algorithm", kSha256) +
      "></ds:DigestMethod><ds:DigestValue>" + to_base64(digest.view()) +
      "</ds:DigestValue></ds:Reference></ds:SignedInfo>";
  const Bytes pem = key_file(signer + ".key");
  const auto key = crypto::PrivateKey::from_pem(pem).value();
  const Bytes value = key.sign(crypto::SignatureScheme::rsa_pkcs1, crypto::DigestAlgorithm::sha256,
                               as_bytes(signed_info))
                          .value();
  return written(what, "<ds:Signature xmlns:ds=\"" + std::string(soap::uri::kDs) + "\">" +
                           signed_info + "<ds:SignatureValue>" + to_base64(value) +
                           "</ds:SignatureValue>" + key_info(signer) + "</ds:Signature>");
}

Bytes key_file(std::string_view name) {
  return read_file(source_folder() / "tests" / "data" / "keys" / name);
}

}  // namespace parley::test
