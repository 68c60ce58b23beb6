#include "bindings/soap/trust/trust_reading.h"

#include <algorithm>
#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/headers/endpoint_reference.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/tokens/context_token.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

using contexts::TrustFamily;
using contexts::TrustOperation;

constexpr std::array<TrustFamily, 2> kFamilies{TrustFamily::feb_2005, TrustFamily::oasis_200512};
constexpr std::array<TrustOperation, 4> kOperations{TrustOperation::issue, TrustOperation::renew,
                                                    TrustOperation::amend, TrustOperation::cancel};

Error malformed() { return Error(ErrorCode::malformed_envelope, "trust"); }

}  // namespace

const uri::TrustOperationUris& operation_uris(TrustFamily family, TrustOperation operation) {
  const uri::Trust& trust = uri::trust(family);
  switch (operation) {
    case TrustOperation::issue:
      return trust.issue;
    case TrustOperation::renew:
      return trust.renew;
    case TrustOperation::amend:
      return trust.amend;
    case TrustOperation::cancel:
      return trust.cancel;
  }
  return trust.issue;
}

std::optional<TrustAction> find_trust_action(std::string_view action) {
  for (const TrustFamily family : kFamilies) {
    for (const TrustOperation operation : kOperations) {
      const uri::TrustOperationUris& uris = operation_uris(family, operation);
      if (action == uris.request_action || action == uris.response_action) {
        return TrustAction{family, operation, action == uris.request_action};
      }
    }
  }
  return std::nullopt;
}

Result<crypto::SecretBytes> read_binary_secret(const xml::Element& element,
                                               const TrustReading& reading) {
  PARLEY_ASSIGN_OR_RETURN(std::string text, read_text(element));
  // Base64 takes four characters for three octets; white space may come on top.
  const bool is_too_long = text.size() > reading.limits.entropy_bytes_max * 4;
  auto octets = is_too_long ? Result<Bytes>(Error(ErrorCode::limit_exceeded, "binary secret"))
                            : xml::decode_base64(text);
  crypto::wipe({reinterpret_cast<Byte*>(text.data()), text.size()});
  if (!octets) {
    return octets.error();
  }
  return crypto::SecretBytes::take(std::move(octets).value());
}

Result<crypto::SecretBytes> read_entropy(const xml::Element& element,
                                         const TrustReading& reading) {
  std::optional<crypto::SecretBytes> secret;
  for (const xml::Element& child : element.children()) {
    if (!child.is(uri::trust(reading.family).ns, "BinarySecret")) {
      return Error(ErrorCode::token_unsupported, "entropy");
    }
    if (secret) {
      return malformed();
    }
    PARLEY_ASSIGN_OR_RETURN(secret, read_binary_secret(child, reading));
  }
  if (!secret) {
    return malformed();
  }
  return std::move(*secret);
}

Result<std::optional<contexts::Lifetime>> read_lifetime(const xml::Element& element,
                                                        const TrustReading& reading) {
  std::optional<WallTime> created;
  std::optional<WallTime> expires;
  for (const xml::Element& child : element.children()) {
    const bool is_created = child.is(uri::kWsu, "Created");
    if (!is_created && !child.is(uri::kWsu, "Expires")) {
      continue;
    }
    std::optional<WallTime>& into = is_created ? created : expires;
    if (into) {
      return malformed();
    }
    PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(child));
    PARLEY_ASSIGN_OR_RETURN(into, parse_date_time(text));
  }
  if (!expires) {
    return std::optional<contexts::Lifetime>();
  }
  return std::optional<contexts::Lifetime>({created.value_or(reading.now), *expires});
}

Result<std::string> read_applies_to(const xml::Element& element, const TrustReading& reading) {
  for (const xml::Element& child : element.children()) {
    const auto version = find_addressing(child.namespace_uri());
    if (!version || child.local_name() != "EndpointReference") {
      continue;
    }
    PARLEY_ASSIGN_OR_RETURN(engine::EndpointReference reference,
                            read_endpoint_reference(child, *version));
    if (reference.address.size() > reading.limits.identifier_bytes_max) {
      return Error(ErrorCode::limit_exceeded, "scope of a token");
    }
    return std::move(reference.address);
  }
  return std::string();
}

bool is_negotiation(const xml::Element& element, TrustFamily family) {
  static constexpr std::array<std::string_view, 5> kLegs{
      "SignChallenge", "SignChallengeResponse", "BinaryExchange", "RequestKET", "KeyExchangeToken"};
  const std::string_view name = element.local_name();
  if (element.namespace_uri() == uri::kTrust14) {
    return name == "InteractiveChallenge" || name == "InteractiveChallengeResponse";
  }
  return element.namespace_uri() == uri::trust(family).ns &&
         std::find(kLegs.begin(), kLegs.end(), name) != kLegs.end();
}

Result<std::uint32_t> read_key_size(const xml::Element& element) {
  PARLEY_ASSIGN_OR_RETURN(const std::string text, read_text(element));
  PARLEY_ASSIGN_OR_RETURN(const std::uint32_t bits, read_unsigned_int(text));
  if (bits == 0) {
    return Error(ErrorCode::malformed_value, "key size");
  }
  return bits;
}

Result<contexts::ContextName> read_token_name(const xml::Element& element, TrustFamily family) {
  if (!is_context_token(element)) {
    return Error(ErrorCode::token_invalid, "context token");
  }
  PARLEY_ASSIGN_OR_RETURN(ContextToken token, read_context_token(element));
  if (token.family != family) {
    return Error(ErrorCode::token_invalid, "family of the context token");
  }
  return std::move(token.name);
}

}  // namespace parley::soap
