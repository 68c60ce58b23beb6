#include "bindings/soap/security/token_writer.h"

#include <array>
#include <optional>

#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/tokens/username_token.h"
#include "kdf/derived_key.h"

namespace parley::soap {
namespace {

constexpr std::string_view kContextTokenId = "wss-sct";
constexpr std::size_t kUserNonceOctets = 16;  // M18

void write_key_identifier(TextWriter& writer, std::string_view value_type, ByteView octets) {
  writer.text("<wsse:KeyIdentifier EncodingType=\"").text(uri::kBase64Binary);
  writer.text("\" ValueType=\"").text(value_type).text("\">").base64(octets);
  writer.text("</wsse:KeyIdentifier>");
}

/// One attribute of a start tag.
struct Attribute {
  std::string_view name;
  std::string_view value;
};

/// Takes attributes off the start tag of an element that was well-formed when it was received.
class StartTag {
 public:
  explicit StartTag(std::string_view element) {
    const std::size_t name_end = element.find_first_of(" \t\r\n/>");
    rest_ = name_end == std::string_view::npos ? std::string_view() : element.substr(name_end);
  }

  std::optional<Attribute> next() {
    const std::size_t begin = rest_.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || rest_[begin] == '>' || rest_[begin] == '/') {
      return std::nullopt;
    }
    const std::size_t equals = rest_.find('=', begin);
    const std::size_t open = rest_.find_first_of("\"'", equals);
    if (equals == std::string_view::npos || open == std::string_view::npos) {
      return std::nullopt;
    }
    const std::size_t close = rest_.find(rest_[open], open + 1);
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    std::string_view name = rest_.substr(begin, equals - begin);
    name = name.substr(0, name.find_last_not_of(" \t\r\n") + 1);
    const std::string_view value = rest_.substr(open + 1, close - open - 1);
    rest_.remove_prefix(close + 1);
    return Attribute{name, value};
  }

 private:
  std::string_view rest_;
};

/// The wsu:Id of a token as its issuer wrote it; empty = none.
std::string_view id_of(std::string_view token) {
  std::string_view prefix;
  StartTag declarations(token);
  while (const auto attribute = declarations.next()) {
    if (attribute->name.starts_with("xmlns:") && attribute->value == uri::kWsu) {
      prefix = attribute->name.substr(6);
      break;
    }
  }
  StartTag attributes(token);
  while (const auto attribute = attributes.next()) {
    if (!prefix.empty() && attribute->name.size() == prefix.size() + 3 &&
        attribute->name.starts_with(prefix) && attribute->name.ends_with(":Id")) {
      return attribute->value;
    }
  }
  return {};
}

/// wsse11:TokenType; empty = none.
std::string_view token_type_of(KeyReference::Form form) {
  switch (form) {
    case KeyReference::Form::encrypted_key:
    case KeyReference::Form::encrypted_key_sha1:
      return uri::kEncryptedKeyToken;
    case KeyReference::Form::saml_1_1:
      return uri::kSaml11Token;
    case KeyReference::Form::saml_2_0:
      return uri::kSaml20Token;
    case KeyReference::Form::direct:
    case KeyReference::Form::external:
    case KeyReference::Form::thumbprint:
      break;
  }
  return {};
}

}  // namespace

void write_reference(TextWriter& writer, const KeyReference& reference) {
  writer.text("<wsse:SecurityTokenReference");
  const bool is_implied = !reference.implied_nonce.empty();
  if (is_implied) {
    writer.text(" xmlns:wsc=\"").text(reference.wsc_namespace).text("\"");
  }
  writer.text(" xmlns:wsse=\"").text(uri::kWsse);
  const std::string_view token_type = token_type_of(reference.form);
  if (!token_type.empty()) {
    writer.text("\" xmlns:wsse11=\"").text(uri::kWsse11);
  }
  if (!reference.id.empty()) {
    writer.text("\" xmlns:wsu=\"").text(uri::kWsu);
  }
  if (!token_type.empty()) {
    writer.text("\" wsse11:TokenType=\"").text(token_type);
  }
  if (!reference.id.empty()) {
    writer.text("\" wsu:Id=\"").text(reference.id);
  }
  if (is_implied) {
    if (reference.implied_length != 0) {
      writer.text("\" wsc:Length=\"").number(reference.implied_length);
    }
    writer.text("\" wsc:Nonce=\"").base64(reference.implied_nonce);
  }
  writer.text("\">");
  switch (reference.form) {
    case KeyReference::Form::direct:
    case KeyReference::Form::encrypted_key:
      writer.text("<wsse:Reference URI=\"#").attribute(reference.target);
      writer.text("\" ValueType=\"").text(reference.value_type).text("\"></wsse:Reference>");
      break;
    case KeyReference::Form::external:
      writer.text("<wsse:Reference");
      if (!reference.instance.empty() && !is_implied) {
        writer.text(" xmlns:wsc=\"").text(reference.wsc_namespace).text("\"");
      }
      writer.text(" URI=\"").attribute(reference.target);
      writer.text("\" ValueType=\"").text(reference.value_type).text("\"");
      if (!reference.instance.empty()) {
        writer.text(" wsc:Instance=\"").attribute(reference.instance).text("\"");
      }
      writer.text("></wsse:Reference>");
      break;
    case KeyReference::Form::encrypted_key_sha1:
      write_key_identifier(writer, uri::kEncryptedKeySha1, reference.octets);
      break;
    case KeyReference::Form::thumbprint:
      write_key_identifier(writer, uri::kThumbprintSha1, reference.octets);
      break;
    case KeyReference::Form::saml_1_1:
    case KeyReference::Form::saml_2_0:
      writer.text("<wsse:KeyIdentifier ValueType=\"");
      writer.text(reference.form == KeyReference::Form::saml_1_1 ? uri::kSamlAssertionId
                                                                 : uri::kSamlId);
      writer.text("\">").content(reference.target).text("</wsse:KeyIdentifier>");
      break;
  }
  writer.text("</wsse:SecurityTokenReference>");
}

void write_key_info(TextWriter& writer, const KeyReference& reference) {
  writer.text("<ds:KeyInfo xmlns:ds=\"").text(uri::kDs).text("\">");
  write_reference(writer, reference);
  writer.text("</ds:KeyInfo>");
}

void write_timestamp(TextWriter& writer, std::string_view id, WallTime created, WallTime expires) {
  writer.text("<wsu:Timestamp xmlns:wsu=\"").text(uri::kWsu).text("\" wsu:Id=\"").text(id);
  writer.text("\"><wsu:Created>").text(DateTimeText(created).view());
  writer.text("</wsu:Created><wsu:Expires>").text(DateTimeText(expires).view());
  writer.text("</wsu:Expires></wsu:Timestamp>");
}

KeyReference write_context_token(TextWriter& writer, const contexts::LiveKey& key) {
  const uri::SecureConversation& family = uri::secure_conversation(key.family());
  if (!key.token_xml().empty()) {
    writer.octets(key.token_xml());
    const std::string_view id = id_of(as_text(key.token_xml()));
    if (id.empty()) {
      return external_context_reference(key);
    }
    return {.target = id, .value_type = family.security_context_token};
  }
  writer.text("<wsc:SecurityContextToken xmlns:wsc=\"").text(family.ns).text("\" xmlns:wsu=\"");
  writer.text(uri::kWsu).text("\" wsu:Id=\"").text(kContextTokenId);
  writer.text("\"><wsc:Identifier>").content(key.name().identifier).text("</wsc:Identifier>");
  if (!key.name().instance.empty()) {
    writer.text("<wsc:Instance>").content(key.name().instance).text("</wsc:Instance>");
  }
  writer.text("</wsc:SecurityContextToken>");
  return {.target = kContextTokenId, .value_type = family.security_context_token};
}

KeyReference external_context_reference(const contexts::LiveKey& key) {
  const uri::SecureConversation& family = uri::secure_conversation(key.family());
  return {.form = KeyReference::Form::external,
          .target = key.name().identifier,
          .value_type = family.security_context_token,
          .instance = key.name().instance,
          .wsc_namespace = family.ns};
}

void write_derived_key(TextWriter& writer, std::string_view id, const uri::SecureConversation& family,
                       const KeyReference& source, const DerivedKeyText& key) {
  writer.text("<wsc:DerivedKeyToken xmlns:wsc=\"").text(family.ns).text("\" xmlns:wsu=\"");
  writer.text(uri::kWsu).text("\" wsu:Id=\"").text(id).text("\">");
  write_reference(writer, source);
  const bool is_short = key.position == engine::KeyPosition::short_form &&
                        key.length == kdf::kDefaultLength;
  if (!is_short) {
    writer.text(key.position == engine::KeyPosition::generation
                    ? "<wsc:Generation>0</wsc:Generation><wsc:Length>"
                    : "<wsc:Offset>0</wsc:Offset><wsc:Length>");
    writer.number(key.length).text("</wsc:Length>");
  }
  if (!key.label.empty()) {
    writer.text("<wsc:Label>").content(key.label).text("</wsc:Label>");
  }
  writer.text("<wsc:Nonce>").base64(key.nonce);
  writer.text("</wsc:Nonce></wsc:DerivedKeyToken>");
}

void write_encrypted_key(TextWriter& writer, std::string_view id, std::string_view algorithm,
                         const crypto::Certificate& recipient, ByteView cipher_value) {
  writer.text("<xenc:EncryptedKey xmlns:xenc=\"").text(uri::kXenc).text("\" Id=\"").text(id);
  writer.text("\"><xenc:EncryptionMethod Algorithm=\"").text(algorithm);
  writer.text("\"></xenc:EncryptionMethod>");
  const crypto::DigestValue thumbprint = recipient.thumbprint();
  write_key_info(writer, {.form = KeyReference::Form::thumbprint, .octets = thumbprint.view()});
  writer.text("<xenc:CipherData><xenc:CipherValue>").base64(cipher_value);
  writer.text("</xenc:CipherValue></xenc:CipherData></xenc:EncryptedKey>");
}

void write_username_token(TextWriter& writer, std::string_view id, const UsernameTokenText& token,
                          crypto::Entropy& entropy) {
  std::array<Byte, kUserNonceOctets> nonce;
  entropy.fill_public(nonce);
  const DateTimeText created(token.created);
  writer.text("<wsse:UsernameToken xmlns:wsse=\"").text(uri::kWsse).text("\" xmlns:wsu=\"");
  writer.text(uri::kWsu).text("\" wsu:Id=\"").text(id).text("\"><wsse:Username>");
  writer.content(token.user.name).text("</wsse:Username><wsse:Password Type=\"");
  if (token.form == engine::PasswordForm::digest) {
    writer.text(uri::kPasswordDigest).text("\">");
    writer.base64(password_digest(nonce, created.view(), token.user.password).view());
  } else {
    writer.text(uri::kPasswordText).text("\">").content(as_text(token.user.password.view()));
  }
  writer.text("</wsse:Password><wsse:Nonce EncodingType=\"").text(uri::kBase64Binary);
  writer.text("\">").base64(nonce).text("</wsse:Nonce><wsu:Created>").text(created.view());
  writer.text("</wsu:Created></wsse:UsernameToken>");
}

void write_binary_token(TextWriter& writer, std::string_view id, const crypto::Certificate& certificate) {
  writer.text("<wsse:BinarySecurityToken xmlns:wsse=\"").text(uri::kWsse).text("\" xmlns:wsu=\"");
  writer.text(uri::kWsu).text("\" EncodingType=\"").text(uri::kBase64Binary);
  writer.text("\" ValueType=\"").text(uri::kX509V3).text("\" wsu:Id=\"").text(id).text("\">");
  writer.base64(certificate.der()).text("</wsse:BinarySecurityToken>");
}

void write_encrypted_data(TextWriter& writer, std::string_view id, std::string_view type,
                          std::string_view algorithm, const KeyReference& key, ByteView cipher_value) {
  writer.text("<xenc:EncryptedData xmlns:xenc=\"").text(uri::kXenc).text("\" Id=\"").text(id);
  writer.text("\" Type=\"").text(type).text("\"><xenc:EncryptionMethod Algorithm=\"");
  writer.text(algorithm).text("\"></xenc:EncryptionMethod>");
  write_key_info(writer, key);
  writer.text("<xenc:CipherData><xenc:CipherValue>").base64(cipher_value);
  writer.text("</xenc:CipherValue></xenc:CipherData></xenc:EncryptedData>");
}

}  // namespace parley::soap
