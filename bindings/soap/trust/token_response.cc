#include "bindings/soap/trust/token_response.h"

#include <optional>
#include <set>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/trust/trust_writing.h"

namespace parley::soap {
namespace {

using contexts::TokenResponse;
using contexts::TrustFamily;

/// wsu:Id of the token inside the answer.
constexpr std::string_view kTokenId = "parley-sct";

Error malformed(const char* place) { return Error(ErrorCode::malformed_envelope, place); }

/// The one child of a wrapper such as RequestedSecurityToken.
Result<xml::Element> only_child(const xml::Element& element) {
  xml::Element found;
  for (const xml::Element& child : element.children()) {
    if (found) {
      return malformed("trust response");
    }
    found = child;
  }
  if (!found) {
    return malformed("trust response");
  }
  return found;
}

Result<void> read_proof_token(const xml::Element& element, const TrustReading& reading,
                              TokenResponse& response) {
  const uri::Trust& trust = uri::trust(reading.family);
  PARLEY_ASSIGN_OR_RETURN(const xml::Element proof, only_child(element));
  if (proof.is(trust.ns, "ComputedKey")) {
    PARLEY_ASSIGN_OR_RETURN(const std::string algorithm, read_iri(proof));
    if (algorithm != trust.computed_key_psha1) {
      return Error(ErrorCode::token_unsupported, "computed key");
    }
    response.computed_key = true;
    return {};
  }
  if (proof.is(trust.ns, "BinarySecret")) {
    PARLEY_ASSIGN_OR_RETURN(response.proof_secret, read_binary_secret(proof, reading));
    return {};
  }
  return Error(ErrorCode::token_unsupported, "proof token");
}

/// Participants: for whom the token is. Only our own kind of name says anything here.
Result<void> read_participants(const xml::Element& element, const TrustReading& reading,
                               TokenResponse& response) {
  for (const xml::Element& child : element.children()) {
    const xml::Element name = child.first_child();
    if (child.is(uri::trust(reading.family).ns, "Primary") && name &&
        name.is(uri::kPrincipal, "Principal")) {
      PARLEY_ASSIGN_OR_RETURN(response.primary, read_text(name));
      if (response.primary.size() > reading.limits.identifier_bytes_max) {
        return Error(ErrorCode::limit_exceeded, "participant");
      }
    }
  }
  return {};
}

Result<void> read_child(const xml::Element& child, const TrustReading& reading,
                        TokenResponse& response) {
  const std::string_view name = child.local_name();
  if (name == "TokenType") {
    PARLEY_ASSIGN_OR_RETURN(response.token_type, read_iri(child));
  } else if (name == "RequestedSecurityToken") {
    PARLEY_ASSIGN_OR_RETURN(const xml::Element token, only_child(child));
    PARLEY_ASSIGN_OR_RETURN(response.token, read_token_name(token, reading.family));
    response.token_xml = xml::self_contained(token);
  } else if (name == "RequestedProofToken") {
    PARLEY_TRY(read_proof_token(child, reading, response));
  } else if (name == "Entropy") {
    PARLEY_ASSIGN_OR_RETURN(response.entropy, read_entropy(child, reading));
  } else if (name == "Lifetime") {
    PARLEY_ASSIGN_OR_RETURN(response.lifetime, read_lifetime(child, reading));
  } else if (name == "KeySize") {
    PARLEY_ASSIGN_OR_RETURN(response.key_bits, read_key_size(child));
  } else if (name == "RequestedTokenCancelled") {
    response.cancelled = true;
  } else if (name == "Participants") {
    PARLEY_TRY(read_participants(child, reading, response));
  }
  return {};
}

Result<xml::Element> unwrap(const xml::Element& element, const TrustReading& reading) {
  const std::string_view ns = uri::trust(reading.family).ns;
  if (reading.family == TrustFamily::feb_2005) {
    return element;
  }
  for (const xml::Element& child : element.children()) {
    if (is_negotiation(child, reading.family)) {
      return element;  // no leg but the last is a collection
    }
  }
  if (!element.is(ns, "RequestSecurityTokenResponseCollection")) {
    return malformed("trust collection");
  }
  return only_child(element);
}

}  // namespace

std::string_view response_action(const TokenResponse& response) {
  return operation_uris(response.family, response.operation).response_action;
}

Result<TokenResponse> read_token_response(const xml::Element& element,
                                          const TrustReading& reading) {
  const std::string_view ns = uri::trust(reading.family).ns;
  PARLEY_ASSIGN_OR_RETURN(const xml::Element root, unwrap(element, reading));
  if (!root.is(ns, "RequestSecurityTokenResponse")) {
    return malformed("trust response");
  }
  TokenResponse response;
  response.family = reading.family;
  response.operation = reading.operation;
  response.context = trim(root.attribute("", "Context").value_or(""));
  std::set<std::string_view> seen;
  for (const xml::Element& child : root.children()) {
    if (is_negotiation(child, reading.family)) {
      return Error(ErrorCode::trust_invalid_request, "negotiation");  // T38
    }
    if (child.is(uri::kPolicy04, "AppliesTo")) {
      PARLEY_ASSIGN_OR_RETURN(response.applies_to, read_applies_to(child, reading));
    }
    if (child.namespace_uri() != ns) {
      continue;
    }
    if (!seen.insert(child.local_name()).second) {
      return malformed("repeated element");
    }
    PARLEY_TRY(read_child(child, reading, response));
  }
  return response;
}

void append_token_response(Bytes& out, const TokenResponse& response) {
  TrustWriter writer(out, response.family);
  const bool is_wrapped = response.family == TrustFamily::oasis_200512;
  if (is_wrapped) {
    writer.open_root("RequestSecurityTokenResponseCollection", {});
    writer.open("RequestSecurityTokenResponse", response.context);
  } else {
    writer.open_root("RequestSecurityTokenResponse", response.context);
  }
  if (response.token) {
    writer.child("TokenType",
                 uri::secure_conversation(response.family).security_context_token);
    writer.open("RequestedSecurityToken");
    writer.context_token(*response.token, kTokenId);
    writer.close("RequestedSecurityToken");
    writer.open("RequestedAttachedReference");
    writer.attached_reference(kTokenId);
    writer.close("RequestedAttachedReference");
    writer.open("RequestedUnattachedReference");
    writer.context_reference(*response.token);
    writer.close("RequestedUnattachedReference");
  }
  if (!response.applies_to.empty()) {
    writer.applies_to(response.applies_to);
  }
  if (response.computed_key || response.proof_secret) {
    writer.open("RequestedProofToken");
    if (response.computed_key) {
      writer.child("ComputedKey", uri::trust(response.family).computed_key_psha1);
    } else {
      writer.binary_secret(*response.proof_secret, false);
    }
    writer.close("RequestedProofToken");
  }
  if (response.entropy) {
    writer.entropy(*response.entropy);
  }
  if (response.lifetime) {
    writer.lifetime(*response.lifetime);
  }
  if (response.key_bits != 0) {
    writer.key_size(response.key_bits);
  }
  if (!response.primary.empty()) {
    writer.primary(response.primary);
  }
  if (response.cancelled) {
    writer.empty_child("RequestedTokenCancelled");
  }
  writer.close("RequestSecurityTokenResponse");
  if (is_wrapped) {
    writer.close("RequestSecurityTokenResponseCollection");
  }
}

}  // namespace parley::soap
