#include "bindings/soap/trust/token_request.h"

#include <set>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/security/token_reference.h"
#include "bindings/soap/trust/trust_writing.h"

namespace parley::soap {
namespace {

using contexts::ContextName;
using contexts::TokenRequest;
using contexts::TrustOperation;

Error invalid(const char* place) {
  return Error(ErrorCode::trust_invalid_request, place);
}

/// What has no more specific face is a malformed request.
Error as_request_error(const Error& error) {
  return error.code() == ErrorCode::token_unsupported ? error : invalid("request");
}

/// RenewTarget or CancelTarget: a reference to the context, or its token (SC10, SC25).
Result<ContextName> read_target(const xml::Element& target, const TrustReading& reading) {
  const Error unknown(ErrorCode::context_unknown, "target");
  const xml::Element child = target.first_child();
  if (!child) {
    return invalid("target");
  }
  if (!child.is(uri::kWsse, "SecurityTokenReference")) {
    auto name = read_token_name(child, reading.family);
    return name ? name : unknown;
  }
  auto reference = read_token_reference(child, reading.limits);
  if (!reference) {
    return unknown;
  }
  if (reference->form == TokenReference::Form::local) {
    const xml::Element token = child.document().by_id(reference->text);
    auto name = token ? read_token_name(token, reading.family) : unknown;
    return name ? name : unknown;
  }
  const std::string_view type = uri::secure_conversation(reading.family).security_context_token;
  if (reference->form != TokenReference::Form::external ||
      (!reference->value_type.empty() && reference->value_type != type)) {
    return unknown;  // SC8
  }
  return ContextName{reference->text, std::string(reference->instance)};
}

Result<void> check_request_type(std::string_view type, const TrustReading& reading) {
  if (type == operation_uris(reading.family, reading.operation).request_type) {
    return {};
  }
  for (const TrustOperation other :
       {TrustOperation::issue, TrustOperation::renew, TrustOperation::cancel}) {
    if (type == operation_uris(reading.family, other).request_type) {
      return invalid("request type");  // T2
    }
  }
  return Error(ErrorCode::trust_bad_request, "request type");  // T1
}

/// T29: nobody gets a context for somebody else. Passed over, it would be one for the wrong
/// principal.
Error delegation() {
  return Error(ErrorCode::trust_request_failed, "delegation");
}

/// What other namespaces add.
Result<void> read_foreign_child(const xml::Element& child,
                                const TrustReading& reading,
                                TokenRequest& request) {
  if (child.is(uri::kPolicy04, "AppliesTo")) {
    if (!request.applies_to.empty()) {
      return invalid("repeated element");
    }
    PARLEY_ASSIGN_OR_RETURN(request.applies_to, read_applies_to(child, reading));
  } else if (child.is(uri::kTrust14, "ActAs")) {
    return delegation();
  }
  return {};
}

Result<void> read_child(const xml::Element& child,
                        const TrustReading& reading,
                        TokenRequest& request,
                        bool& has_type) {
  const uri::Trust& trust = uri::trust(reading.family);
  const std::string_view name = child.local_name();
  if (name == "TokenType") {
    PARLEY_ASSIGN_OR_RETURN(const std::string type, read_iri(child));
    if (type != uri::secure_conversation(reading.family).security_context_token) {
      return Error(ErrorCode::trust_request_failed, "token type");
    }
  } else if (name == "RequestType") {
    PARLEY_ASSIGN_OR_RETURN(const std::string type, read_iri(child));
    PARLEY_TRY(check_request_type(type, reading));
    has_type = true;
  } else if (name == "Entropy") {
    PARLEY_ASSIGN_OR_RETURN(request.entropy, read_entropy(child, reading));
  } else if (name == "KeySize") {
    PARLEY_ASSIGN_OR_RETURN(request.key_bits, read_key_size(child));
  } else if (name == "Lifetime") {
    PARLEY_ASSIGN_OR_RETURN(request.lifetime, read_lifetime(child, reading));
  } else if (name == "KeyType") {
    PARLEY_ASSIGN_OR_RETURN(const std::string type, read_iri(child));
    if (type != trust.secret_symmetric) {
      return invalid("key type");  // T3
    }
  } else if (name == "ComputedKeyAlgorithm") {
    PARLEY_ASSIGN_OR_RETURN(const std::string algorithm, read_iri(child));
    if (algorithm != trust.computed_key_psha1) {
      return Error(ErrorCode::trust_bad_request, "computed key");  // T16
    }
  } else if ((name == "RenewTarget" && reading.operation == TrustOperation::renew) ||
             (name == "CancelTarget" && reading.operation == TrustOperation::cancel)) {
    PARLEY_ASSIGN_OR_RETURN(request.target, read_target(child, reading));
  } else if (name == "OnBehalfOf") {
    return delegation();
  }
  return {};
}

bool needs_target(TrustOperation operation) {
  return operation == TrustOperation::renew || operation == TrustOperation::cancel;
}

}  // namespace

std::string_view request_action(const TokenRequest& request) {
  return operation_uris(request.family, request.operation).request_action;
}

Result<TokenRequest> read_token_request(const xml::Element& element, const TrustReading& reading) {
  const std::string_view ns = uri::trust(reading.family).ns;
  if (!element.is(ns, "RequestSecurityToken")) {
    return invalid("request");
  }
  TokenRequest request;
  request.family = reading.family;
  request.operation = reading.operation;
  request.context = trim(element.attribute("", "Context").value_or(""));
  if (request.context.size() > reading.limits.identifier_bytes_max) {
    return invalid("context attribute");
  }
  bool has_type = false;
  std::set<std::string_view> seen;
  for (const xml::Element& child : element.children()) {
    if (is_negotiation(child, reading.family)) {
      return invalid("negotiation");  // T38
    }
    const bool is_own = child.namespace_uri() == ns;
    if (is_own && !seen.insert(child.local_name()).second) {
      return invalid("repeated element");  // T5
    }
    const auto read = is_own ? read_child(child, reading, request, has_type)
                             : read_foreign_child(child, reading, request);
    if (!read) {
      return blame_of(read.error().code()) == Blame::peer_misbehaved &&
                     read.error().code() != ErrorCode::context_unknown
                 ? as_request_error(read.error())
                 : read.error();
    }
  }
  if (!has_type || (needs_target(reading.operation) && !request.target)) {
    return invalid("request type or target");
  }
  return request;
}

void append_token_request(Bytes& out, const TokenRequest& request) {
  const uri::SecureConversation& family = uri::secure_conversation(request.family);
  TrustWriter writer(out, request.family);
  writer.open_root("RequestSecurityToken", request.context);
  if (request.operation != TrustOperation::cancel) {
    writer.child("TokenType", family.security_context_token);
  }
  writer.child("RequestType", operation_uris(request.family, request.operation).request_type);
  if (!request.applies_to.empty()) {
    writer.applies_to(request.applies_to);
  }
  if (request.entropy) {
    writer.entropy(*request.entropy);
  }
  if (request.key_bits != 0) {
    writer.key_size(request.key_bits);
  }
  if (request.target && needs_target(request.operation)) {
    const std::string_view name =
        request.operation == TrustOperation::renew ? "RenewTarget" : "CancelTarget";
    writer.open(name);
    writer.context_reference(*request.target);
    writer.close(name);
  }
  if (request.lifetime) {
    writer.lifetime(*request.lifetime);
  }
  writer.close("RequestSecurityToken");
}

}  // namespace parley::soap
