#include "bindings/soap/security/token_reference.h"

#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/derived_key_token.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

using Form = TokenReference::Form;

Error invalid(const char* place) {
  return Error(ErrorCode::security_header_invalid, place);
}

Result<void> read_uri(const xml::Element& element, TokenReference& reference) {
  const std::string_view uri = element.attribute("", "URI").value_or("");
  if (uri.empty() || uri == "#") {
    return invalid("Reference without URI");
  }
  reference.value_type = element.attribute("", "ValueType").value_or("");
  if (uri.front() == '#') {
    reference.form = Form::local;
    reference.text = uri.substr(1);
    return {};
  }
  reference.form = Form::external;
  reference.text = uri;
  for (const uri::SecureConversation& family : uri::kSecureConversation) {
    if (const auto instance = element.attribute(family.ns, "Instance")) {
      reference.instance = *instance;
    }
  }
  return {};
}

Result<void> read_key_identifier(const xml::Element& element, TokenReference& reference) {
  reference.value_type = element.attribute("", "ValueType").value_or("");
  if (reference.value_type == uri::kSamlAssertionId || reference.value_type == uri::kSamlId) {
    reference.form = Form::saml;
    reference.text = trim(element.text());
    return {};
  }
  if (reference.value_type == uri::kX509Ski) {
    reference.form = Form::subject_key;
  } else if (reference.value_type == uri::kThumbprintSha1) {
    reference.form = Form::thumbprint;
  } else if (reference.value_type == uri::kEncryptedKeySha1) {
    reference.form = Form::encrypted_key_sha1;
  } else if (reference.value_type == uri::kX509V3) {
    // One stack puts the whole certificate into the KeyIdentifier.
    reference.form = Form::embedded;
    reference.token = element;
    return {};
  } else {
    return Error(ErrorCode::token_unsupported, "KeyIdentifier");
  }
  const auto encoding = element.attribute("", "EncodingType");
  auto octets = xml::decode_base64(element.text());
  if (!octets || octets->empty() || (encoding && *encoding != uri::kBase64Binary)) {
    return Error(ErrorCode::token_invalid, "KeyIdentifier");
  }
  reference.octets = std::move(*octets);
  return {};
}

Result<void> read_x509_data(const xml::Element& element, TokenReference& reference) {
  const xml::Element pair = element.first_child();
  const xml::Element name = pair ? pair.first_child() : xml::Element();
  const xml::Element serial = name ? name.next_sibling() : xml::Element();
  if (!pair.is(uri::kDs, "X509IssuerSerial") || pair.next_sibling() ||
      !name.is(uri::kDs, "X509IssuerName") || !serial.is(uri::kDs, "X509SerialNumber")) {
    return Error(ErrorCode::token_unsupported, "X509Data");
  }
  reference.form = Form::issuer_serial;
  reference.text = trim(name.text());
  reference.serial = trim(serial.text());
  return {};
}

}  // namespace

Result<TokenReference> read_token_reference(const xml::Element& element, const Limits& limits) {
  TokenReference reference;
  const xml::Element inner = element.first_child();
  if (!element.is(uri::kWsse, "SecurityTokenReference") || !inner || inner.next_sibling()) {
    return invalid("SecurityTokenReference");  // R3061
  }
  PARLEY_ASSIGN_OR_RETURN(reference.implied, read_implied_derived_key(element, limits));
  if (inner.is(uri::kWsse, "Reference")) {
    PARLEY_TRY(read_uri(inner, reference));
  } else if (inner.is(uri::kWsse, "KeyIdentifier")) {
    PARLEY_TRY(read_key_identifier(inner, reference));
  } else if (inner.is(uri::kDs, "X509Data")) {
    PARLEY_TRY(read_x509_data(inner, reference));
  } else if (inner.is(uri::kWsse, "Embedded")) {
    reference.form = Form::embedded;
    reference.token = inner.first_child();
    if (!reference.token || reference.token.next_sibling() ||
        reference.token.is(uri::kWsse, "SecurityTokenReference")) {
      return invalid("Embedded");  // R3060, R3025
    }
  } else {
    return Error(ErrorCode::token_unsupported, "SecurityTokenReference");
  }
  return reference;
}

}  // namespace parley::soap
