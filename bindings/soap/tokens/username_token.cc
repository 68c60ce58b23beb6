#include "bindings/soap/tokens/username_token.h"

#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

constexpr std::uint64_t kIterationsMax = 1'000'000;  // M23

Error failed(const char* place) {
  return Error(ErrorCode::authentication_failed, place);
}

Result<void> read_password(const xml::Element& element, UsernameToken& token) {
  const std::string type(element.attribute("", "Type").value_or(std::string(uri::kPasswordText)));
  std::string text = element.text();
  if (type == uri::kPasswordText) {
    token.form = UsernameToken::Password::text;
    token.password = crypto::SecretBytes::copy_of(as_bytes(text));
    crypto::wipe(MutableByteView(reinterpret_cast<Byte*>(text.data()), text.size()));
    return {};
  }
  if (type != uri::kPasswordDigest) {
    return failed("Password type");
  }
  auto digest = xml::decode_base64(text);
  if (!digest || digest->size() != crypto::digest_size(crypto::DigestAlgorithm::sha1)) {
    return failed("Password digest");
  }
  token.form = UsernameToken::Password::digest;
  token.password = crypto::SecretBytes::take(std::move(*digest));
  return {};
}

Result<Bytes> read_octets(const xml::Element& element) {
  const auto encoding = element.attribute("", "EncodingType");
  auto octets = xml::decode_base64(element.text());
  if (!octets || (encoding && *encoding != uri::kBase64Binary)) {
    return failed("UsernameToken");
  }
  return std::move(*octets);
}

bool matches(const UsernameToken& token, const UserDirectory& users) {
  if (token.form == UsernameToken::Password::text && users.check) {
    return users.check(token.username, token.password);
  }
  auto password = users.password ? users.password(token.username) : std::nullopt;
  const bool is_known = password.has_value();
  if (!is_known) {
    password.emplace();
  }
  bool is_equal = false;
  switch (token.form) {
    case UsernameToken::Password::absent:
      break;
    case UsernameToken::Password::text:
      is_equal = token.password.equals(*password);
      break;
    case UsernameToken::Password::digest:
      is_equal = crypto::equal_in_constant_time(
          password_digest(token.nonce, token.created, *password).view(), token.password.view());
      break;
  }
  return is_equal && is_known;
}

}  // namespace

Result<UsernameToken> read_username_token(const xml::Element& element, const Limits& limits) {
  UsernameToken token;
  bool has_name = false;
  bool has_password = false;
  bool has_nonce = false;
  bool has_created = false;
  for (const xml::Element& child : element.children()) {
    const bool is_wsse = child.namespace_uri() == uri::kWsse;
    if (is_wsse && child.local_name() == "Username") {
      token.username = child.text();
      if (std::exchange(has_name, true) || token.username.size() > limits.xml_name_bytes_max ||
          child.has_children()) {
        return failed("Username");
      }
    } else if (is_wsse && child.local_name() == "Password") {
      if (std::exchange(has_password, true)) {
        return failed("Password");
      }
      PARLEY_TRY(read_password(child, token));
    } else if (is_wsse && child.local_name() == "Nonce") {
      if (std::exchange(has_nonce, true)) {
        return failed("Nonce");
      }
      PARLEY_ASSIGN_OR_RETURN(token.nonce, read_octets(child));
    } else if (child.is(uri::kWsu, "Created")) {
      if (std::exchange(has_created, true)) {
        return failed("Created");
      }
      token.created = child.text();
    } else if (child.is(uri::kWsse11, "Salt")) {
      PARLEY_ASSIGN_OR_RETURN(token.salt, read_octets(child));
    } else if (child.is(uri::kWsse11, "Iteration")) {
      auto iterations = read_number(child.text());
      if (!iterations || *iterations == 0 || *iterations > kIterationsMax) {
        return failed("Iteration");
      }
      token.iterations = *iterations;
    }
  }
  if (!has_name || token.username.empty()) {
    return failed("Username");
  }
  if (token.form == UsernameToken::Password::digest &&
      (token.nonce.empty() || token.created.empty())) {
    return failed("digest without Nonce or Created");
  }
  return token;
}

crypto::DigestValue password_digest(ByteView nonce,
                                    std::string_view created,
                                    const crypto::SecretBytes& password) {
  crypto::Digest running(crypto::DigestAlgorithm::sha1);
  running.update(nonce);
  running.update(as_bytes(created));
  running.update(password.view());
  return running.finish();
}

Result<void> authenticate(const UsernameToken& token,
                          const UserDirectory& users,
                          const TimestampSettings& times,
                          WallTime now) {
  if (!matches(token, users)) {
    return failed("password");
  }
  if (!token.created.empty()) {
    const auto created = parse_date_time(token.created);
    if (!created || !check_timestamp({.created = *created}, times, now)) {
      return failed("Created");
    }
  }
  return {};
}

}  // namespace parley::soap
