#include <catch2/catch.hpp>

#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/trust/token_request.h"
#include "bindings/soap/trust/token_response.h"
#include "unit/soap/wire_text.h"

using namespace parley;
using namespace parley::soap;
using contexts::ContextName;
using contexts::TokenRequest;
using contexts::TokenResponse;
using contexts::TrustFamily;
using contexts::TrustOperation;

namespace {

constexpr WallTime kNow{1'800'000'000'000};
constexpr TrustFamily kFamilies[] = {TrustFamily::feb_2005, TrustFamily::oasis_200512};
constexpr TrustOperation kOperations[] = {TrustOperation::issue, TrustOperation::renew,
                                          TrustOperation::amend, TrustOperation::cancel};
const Limits kLimits;

TrustReading reading(TrustFamily family, TrustOperation operation) {
  return {family, operation, kNow, kLimits};
}

crypto::SecretBytes secret(Byte value) {
  return crypto::SecretBytes::copy_of(Bytes(32, value));
}

TokenRequest request(TrustFamily family, TrustOperation operation) {
  TokenRequest request;
  request.family = family;
  request.operation = operation;
  request.context = "urn:request?a&\"b\"";
  if (operation != TrustOperation::cancel) {
    request.entropy = secret(3);
    request.key_bits = 256;
    request.lifetime = contexts::Lifetime{kNow, kNow + Duration(3'600'001)};
  }
  if (operation == TrustOperation::renew || operation == TrustOperation::cancel) {
    request.target = ContextName{"urn:context", "urn:instance"};
  }
  return request;
}

std::string text_of(const TokenRequest& request) {
  Bytes out;
  append_token_request(out, request);
  return std::string(as_text(out));
}

std::string text_of(const TokenResponse& response) {
  Bytes out;
  append_token_response(out, response);
  return std::string(as_text(out));
}

Result<TokenRequest> read_request(const std::string& text,
                                  TrustOperation operation,
                                  TrustFamily family = TrustFamily::oasis_200512) {
  const xml::Document document = test::parsed(text);
  return read_token_request(document.root(), reading(family, operation));
}

ErrorCode request_error(const std::string& text, TrustOperation operation = TrustOperation::issue) {
  const auto request = read_request(text, operation);
  REQUIRE_FALSE(request);
  return request.error().code();
}

Result<TokenResponse> read_response(const std::string& text,
                                    TrustFamily family = TrustFamily::oasis_200512) {
  const xml::Document document = test::parsed(text);
  return read_token_response(document.root(), reading(family, TrustOperation::issue));
}

}  // namespace

TEST_CASE("every token request is read as it was written, in both families") {
  for (const TrustFamily family : kFamilies) {
    for (const TrustOperation operation : kOperations) {
      const TokenRequest written = request(family, operation);
      const auto read_back = read_request(text_of(written), operation, family);
      REQUIRE(read_back);
      CHECK(read_back->family == family);
      CHECK(read_back->operation == operation);
      CHECK(read_back->context == written.context);
      REQUIRE(read_back->entropy.has_value() == written.entropy.has_value());
      if (written.entropy) {
        CHECK(read_back->entropy->equals(*written.entropy));
      }
      CHECK(read_back->key_bits == written.key_bits);
      CHECK(read_back->lifetime == written.lifetime);
      CHECK(read_back->target == written.target);
    }
  }
}

TEST_CASE("every answer is read as it was written, in both families") {
  for (const TrustFamily family : kFamilies) {
    for (const bool is_computed : {true, false}) {
      TokenResponse written;
      written.family = family;
      written.context = "urn:request";
      written.token = ContextName{"urn:context&", is_computed ? "" : "urn:instance"};
      written.computed_key = is_computed;
      if (is_computed) {
        written.entropy = secret(4);
      } else {
        written.proof_secret = secret(5);
      }
      written.key_bits = 256;
      written.lifetime = contexts::Lifetime{kNow, kNow + Duration(60'000)};
      const auto read_back = read_response(text_of(written), family);
      REQUIRE(read_back);
      CHECK(read_back->context == written.context);
      CHECK(read_back->token_type == std::string(contexts::token_type_of(family)));
      CHECK(read_back->token == written.token);
      CHECK(read_back->computed_key == is_computed);
      CHECK(read_back->entropy.has_value() == is_computed);
      CHECK(read_back->proof_secret.has_value() == !is_computed);
      CHECK((is_computed ? read_back->entropy : read_back->proof_secret)
                ->equals(secret(is_computed ? 4 : 5)));
      CHECK(read_back->key_bits == 256);
      CHECK(read_back->lifetime == written.lifetime);
      CHECK_FALSE(read_back->cancelled);
      // What the initiator sends back verbatim stands on its own (SC3).
      const xml::Document token = test::parsed(read_back->token_xml);
      CHECK(token.root().local_name() == "SecurityContextToken");
    }
    TokenResponse cancelled;
    cancelled.family = family;
    cancelled.operation = TrustOperation::cancel;
    cancelled.cancelled = true;
    const auto read_back = read_response(text_of(cancelled), family);
    REQUIRE(read_back);
    CHECK(read_back->cancelled);
    CHECK_FALSE(read_back->token);
  }
}

TEST_CASE("only the OASIS family wraps its answer in a collection, of exactly one") {
  TokenResponse response;
  response.cancelled = true;
  const std::string wrapped = text_of(response);
  CHECK(wrapped.find("RequestSecurityTokenResponseCollection") != std::string::npos);
  response.family = TrustFamily::feb_2005;
  CHECK(text_of(response).find("Collection") == std::string::npos);
  const std::string open = "<wst:RequestSecurityTokenResponse>";
  const std::size_t begin = wrapped.find(open);
  const std::size_t end = wrapped.find("</wst:RequestSecurityTokenResponseCollection>");
  REQUIRE((begin != std::string::npos && end != std::string::npos));
  std::string twice = wrapped;
  twice.insert(end, wrapped.substr(begin, end - begin));
  CHECK(read_response(twice).error().code() == ErrorCode::malformed_envelope);  // SC14
  std::string none = wrapped;
  none.erase(begin, end - begin);
  CHECK(read_response(none).error().code() == ErrorCode::malformed_envelope);
}

TEST_CASE("actions name family, operation and direction") {
  for (const TrustFamily family : kFamilies) {
    for (const TrustOperation operation : kOperations) {
      const auto out = find_trust_action(request_action(request(family, operation)));
      REQUIRE(out);
      CHECK((out->family == family && out->operation == operation && out->is_request));
      TokenResponse response;
      response.family = family;
      response.operation = operation;
      const auto in = find_trust_action(response_action(response));
      REQUIRE(in);
      CHECK((in->family == family && in->operation == operation && !in->is_request));
    }
  }
  CHECK_FALSE(find_trust_action("http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"));
}

TEST_CASE("a request that cannot be served gets the fault that says so") {
  const std::string good = text_of(request(TrustFamily::oasis_200512, TrustOperation::issue));
  const std::string ns = "http://docs.oasis-open.org/ws-sx/ws-trust/200512";
  REQUIRE(read_request(good, TrustOperation::issue));
  const auto altered = [&](std::string_view from, std::string_view to) {
    return request_error(test::replaced(good, from, to));
  };
  CHECK(altered(ns + "/Issue", ns + "/Renew") == ErrorCode::trust_invalid_request);  // T2
  CHECK(altered(ns + "/Issue", ns + "/Validate") == ErrorCode::trust_bad_request);   // T1
  CHECK(altered("<wst:RequestType>" + ns + "/Issue</wst:RequestType>", "") ==
        ErrorCode::trust_invalid_request);  // SC17
  CHECK(altered("200512/sct", "200512/other") == ErrorCode::trust_request_failed);
  CHECK(altered("<wst:KeySize>256", "<wst:KeySize>0") == ErrorCode::trust_invalid_request);
  CHECK(altered("<wst:KeySize>256", "<wst:KeySize>x") == ErrorCode::trust_invalid_request);
  CHECK(altered("<wst:KeySize>", "<wst:KeySize>256</wst:KeySize><wst:KeySize>") ==
        ErrorCode::trust_invalid_request);  // T5
  CHECK(altered("<wst:KeySize>", "<wst:KeyType>" + ns + "/PublicKey</wst:KeyType><wst:KeySize>") ==
        ErrorCode::trust_invalid_request);  // T3
  CHECK(altered("<wst:KeySize>", "<wst:ComputedKeyAlgorithm>" + ns +
                                     "/CK/HASH</wst:ComputedKeyAlgorithm><wst:KeySize>") ==
        ErrorCode::trust_bad_request);  // T16
  CHECK(request_error("<x/>") == ErrorCode::trust_invalid_request);
}

TEST_CASE("a scope is an endpoint reference of either version, and nothing else names a service") {
  for (const TrustFamily family : kFamilies) {
    TokenRequest written = request(family, TrustOperation::issue);
    written.applies_to = "https://h/a?b&c";
    const std::string good = text_of(written);
    const auto scope_of = [&](const std::string& text) {
      const auto read = read_request(text, TrustOperation::issue, family);
      return read ? read->applies_to : '!' + std::string(name_of(read.error().code()));
    };
    CHECK(scope_of(good) == written.applies_to);
    CHECK(scope_of(test::replaced(good, "http://www.w3.org/2005/08/addressing",
                                  "http://schemas.xmlsoap.org/ws/2004/08/addressing")) ==
          written.applies_to);
    CHECK(scope_of(test::replaced(good, "http://www.w3.org/2005/08/addressing", "urn:else"))
              .empty());
    const std::size_t at = good.find("<wsp:AppliesTo");
    const std::string scope = good.substr(at, good.find("</wsp:AppliesTo>") + 16 - at);
    CHECK(scope_of(test::replaced(good, scope, scope + scope)) == "!trust_invalid_request");
    CHECK(scope_of(test::replaced(good, "https://h/",
                                  "https://h/" + std::string(kLimits.identifier_bytes_max, 'x'))) ==
          "!trust_invalid_request");
  }
}

TEST_CASE("an answer tells for which service and for whom its token is") {
  for (const TrustFamily family : kFamilies) {
    TokenResponse written;
    written.family = family;
    written.token = ContextName{"urn:context", ""};
    written.proof_secret = secret(5);
    written.applies_to = "http://h/a";
    written.primary = "user:al&ice";
    const std::string good = text_of(written);
    const auto read = read_response(good, family);
    REQUIRE(read);
    CHECK(read->applies_to == written.applies_to);
    CHECK(read->primary == written.primary);
    // A kind of name that we do not know is that of nobody.
    const auto other = read_response(test::replaced(good, "urn:parley:principal", "urn:x"), family);
    REQUIRE(other);
    CHECK(other->primary.empty());
    const std::string long_name(kLimits.identifier_bytes_max, 'x');
    CHECK_FALSE(read_response(test::replaced(good, "user:", "user:" + long_name), family));
  }
}

TEST_CASE("nobody gets a context for somebody else (T28, T29, T31)") {
  const std::string good = text_of(request(TrustFamily::oasis_200512, TrustOperation::issue));
  const std::string name =
      "<u:UsernameToken xmlns:u='http://docs.oasis-open.org/wss/2004/01/"
      "oasis-200401-wss-wssecurity-secext-1.0.xsd'><u:Username>bob</u:Username></u:UsernameToken>";
  const auto with = [&](const std::string& child) {
    return request_error(test::replaced(good, "<wst:KeySize>", child + "<wst:KeySize>"));
  };
  CHECK(with("<wst:OnBehalfOf>" + name + "</wst:OnBehalfOf>") == ErrorCode::trust_request_failed);
  CHECK(with("<a:ActAs xmlns:a='http://docs.oasis-open.org/ws-sx/ws-trust/200802'>" + name +
             "</a:ActAs>") == ErrorCode::trust_request_failed);
}

TEST_CASE("legs of a negotiation are refused, not passed over (T38)") {
  const std::string good = text_of(request(TrustFamily::oasis_200512, TrustOperation::issue));
  TokenResponse answer;
  answer.token = ContextName{"urn:context", ""};
  answer.proof_secret = secret(5);
  const std::string ns = "'http://docs.oasis-open.org/ws-sx/ws-trust/200512'";
  const std::string ns14 = "'http://docs.oasis-open.org/ws-sx/ws-trust/200802'";
  for (const std::string& leg :
       {"<w:SignChallenge xmlns:w=" + ns + "><w:Challenge>x</w:Challenge></w:SignChallenge>",
        "<w:SignChallengeResponse xmlns:w=" + ns + "/>", "<w:BinaryExchange xmlns:w=" + ns + "/>",
        "<w:RequestKET xmlns:w=" + ns + "/>", "<w:KeyExchangeToken xmlns:w=" + ns + "/>",
        "<w:InteractiveChallenge xmlns:w=" + ns14 + "/>",
        "<w:InteractiveChallengeResponse xmlns:w=" + ns14 + "/>"}) {
    CAPTURE(leg);
    CHECK(request_error(test::replaced(good, "<wst:KeySize>", leg + "<wst:KeySize>")) ==
          ErrorCode::trust_invalid_request);
    // No leg but the last is in a collection.
    const auto first = read_response("<w:RequestSecurityTokenResponse xmlns:w=" + ns + ">" + leg +
                                     "</w:RequestSecurityTokenResponse>");
    REQUIRE_FALSE(first);
    CHECK(first.error().code() == ErrorCode::trust_invalid_request);
    const auto last = read_response(
        test::replaced(text_of(answer), "<wst:TokenType>", leg + "<wst:TokenType>"));
    REQUIRE_FALSE(last);
    CHECK(last.error().code() == ErrorCode::trust_invalid_request);
  }
}

TEST_CASE("unknown children are passed over, whatever their order") {
  const std::string good = text_of(request(TrustFamily::oasis_200512, TrustOperation::issue));
  const std::string more = test::replaced(
      good, "<wst:TokenType>", "<x xmlns='urn:x'/><wst:Whatever>1</wst:Whatever><wst:TokenType>");
  const auto read_back = read_request(more, TrustOperation::issue);
  REQUIRE(read_back);
  CHECK(read_back->entropy);  // T3
}

TEST_CASE("entropy at its limit is read, one octet more is refused") {
  TokenRequest written = request(TrustFamily::oasis_200512, TrustOperation::issue);
  // Reading allows four characters an octet, for white space between them; what a context takes is
  // judged later.
  const std::string good = text_of(written);
  const std::string inside(kLimits.entropy_bytes_max * 4, 'A');
  const std::size_t begin = good.find("/Nonce\">") + 8;
  const std::size_t end = good.find("</wst:BinarySecret>");
  std::string fits = good;
  fits.replace(begin, end - begin, inside);
  CHECK(read_request(fits, TrustOperation::issue));
  std::string above = good;
  above.replace(begin, end - begin, inside + "AAAA");
  CHECK(request_error(above) == ErrorCode::trust_invalid_request);
}

TEST_CASE("renewal and cancellation need a target that names a context") {
  for (const TrustOperation operation : {TrustOperation::renew, TrustOperation::cancel}) {
    TokenRequest written = request(TrustFamily::oasis_200512, operation);
    const std::string good = text_of(written);
    const std::string type(contexts::token_type_of(TrustFamily::oasis_200512));
    CHECK(request_error(test::replaced(good, "ValueType=\"" + type, "ValueType=\"urn:else"),
                        operation) == ErrorCode::context_unknown);  // SC8
    CHECK(request_error(test::replaced(good, "URI=\"urn:context\"", "URI=\"#nothing\""),
                        operation) == ErrorCode::context_unknown);
    written.target.reset();
    CHECK(request_error(text_of(written), operation) == ErrorCode::trust_invalid_request);
  }
}

TEST_CASE("date-times are read strictly and written with milliseconds") {
  CHECK(DateTimeText(WallTime{0}).view() == "1970-01-01T00:00:00.000Z");
  CHECK(DateTimeText(WallTime{1'709'208'000'007}).view() == "2024-02-29T12:00:00.007Z");
  CHECK(DateTimeText(WallTime{-1}).view() == "1969-12-31T23:59:59.999Z");
  for (const char* text : {"2024-02-29T12:00:00.007Z", " 2024-02-29T12:00:00.0079999Z\n",
                           "2024-02-29T13:30:00.007+01:30"}) {
    const auto time = parse_date_time(text);
    REQUIRE(time);
    CHECK(time->ms == 1'709'208'000'007);
  }
  for (const char* text :
       {"", "2024-02-29", "2024-02-29T12:00:00", "2023-02-29T12:00:00Z", "2024-13-01T00:00:00Z",
        "2024-02-29T24:00:00Z", "2024-02-29T12:00:60Z", "2024-02-29T12:00:00.Z",
        "2024-02-29T12:00:00+15:00", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
        "2024-02-29T12:00:00Zx"}) {
    CHECK(parse_date_time(text).error().code() == ErrorCode::malformed_value);
  }
  for (std::int64_t ms = -62'135'596'800'000; ms < 253'402'300'800'000; ms += 86'400'000'123 * 7) {
    const auto time = parse_date_time(DateTimeText(WallTime{ms}).view());
    REQUIRE(time);
    REQUIRE(time->ms == ms);
  }
}
