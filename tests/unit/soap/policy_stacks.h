#pragma once

#include <string>
#include <string_view>

#include "unit/soap/policy_text.h"

// The policies of services in the field, as policy.md tells them in section 6.

namespace parley::test {

/// The endpoint of one stack: reliable messaging 1.0 under a context of 2005/02, certificates of
/// both sides; `rm` replaces its RM assertion.
inline std::string wcf_endpoint(
    std::string_view rm =
        "<rmp:RMAssertion><rmp:InactivityTimeout Milliseconds='600000'/>"
        "<rmp:AcknowledgementInterval Milliseconds='200'/></rmp:RMAssertion>") {
  const std::string include = "'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy/IncludeToken/";
  const std::string suite =
      "<sp11:AlgorithmSuite><wsp:Policy><sp11:Basic256/></wsp:Policy></sp11:AlgorithmSuite>"
      "<sp11:Layout><wsp:Policy><sp11:Strict/></wsp:Policy></sp11:Layout><sp11:IncludeTimestamp/>"
      "<sp11:EncryptSignature/><sp11:OnlySignEntireHeadersAndBody/>";
  const std::string wss_names =
      "<sp11:MustSupportRefKeyIdentifier/><sp11:MustSupportRefIssuerSerial/>"
      "<sp11:MustSupportRefThumbprint/><sp11:MustSupportRefEncryptedKey/>";
  const std::string trust =
      "<sp11:Trust10><wsp:Policy><sp11:MustSupportIssuedTokens/><sp11:RequireClientEntropy/>"
      "<sp11:RequireServerEntropy/></wsp:Policy></sp11:Trust10>";
  const std::string x509 =
      "<wsp:Policy><sp11:RequireDerivedKeys/><sp11:RequireThumbprintReference/>"
      "<sp11:WssX509V3Token10/></wsp:Policy></sp11:X509Token>";
  const std::string bootstrap =
      "<sp11:SymmetricBinding><wsp:Policy><sp11:ProtectionToken><wsp:Policy><sp11:X509Token "
      "sp11:IncludeToken=" +
      include + "Never'>" + x509 + "</wsp:Policy></sp11:ProtectionToken>" + suite +
      "</wsp:Policy></sp11:SymmetricBinding><sp11:EndorsingSupportingTokens><wsp:Policy>"
      "<sp11:X509Token sp11:IncludeToken=" +
      include + "AlwaysToRecipient'>" + x509 +
      "</wsp:Policy></sp11:EndorsingSupportingTokens><sp11:Wss11><wsp:Policy>" + wss_names +
      "<sp11:RequireSignatureConfirmation/></wsp:Policy></sp11:Wss11>" + trust;
  return "<wsp:ExactlyOne><wsp:All>" + std::string(rm) +
         "<sp11:SymmetricBinding><wsp:Policy><sp11:ProtectionToken><wsp:Policy>"
         "<sp11:SecureConversationToken sp11:IncludeToken=" +
         include +
         "AlwaysToRecipient'><wsp:Policy><sp11:RequireDerivedKeys/><sp11:BootstrapPolicy>"
         "<wsp:Policy>" +
         bootstrap +
         "</wsp:Policy></sp11:BootstrapPolicy></wsp:Policy></sp11:SecureConversationToken>"
         "</wsp:Policy></sp11:ProtectionToken>" +
         suite + "</wsp:Policy></sp11:SymmetricBinding><sp11:Wss11><wsp:Policy>" + wss_names +
         "</wsp:Policy></sp11:Wss11>" + trust +
         "<wsaw:UsingAddressing/></wsp:All></wsp:ExactlyOne>";
}

/// What the same stack asks of each message.
inline std::string wcf_message() {
  std::string headers;
  for (const std::string_view name :
       {"To", "From", "FaultTo", "ReplyTo", "MessageID", "RelatesTo", "Action"}) {
    headers += "<sp11:Header Name='" + std::string(name) +
               "' Namespace='http://www.w3.org/2005/08/addressing'/>";
  }
  for (const std::string_view name : {"Sequence", "SequenceAcknowledgement", "AckRequested"}) {
    headers += "<sp11:Header Name='" + std::string(name) +
               "' Namespace='http://schemas.xmlsoap.org/ws/2005/02/rm'/>";
  }
  return "<wsp:ExactlyOne><wsp:All><sp11:SignedParts><sp11:Body/>" + headers +
         "</sp11:SignedParts><sp11:EncryptedParts><sp11:Body/></sp11:EncryptedParts></wsp:All>"
         "</wsp:ExactlyOne>";
}

}  // namespace parley::test
