#include "bindings/soap/security/own_assertion.h"

#include <utility>

#include "bindings/soap/tokens/saml_assertion.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {

Result<OwnAssertion> read_own_assertion(Bytes xml, const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(const xml::Document document, xml::Document::parse(std::move(xml), limits));
  const xml::Element root = document.root();
  if (!is_assertion(root)) {
    return Error(ErrorCode::token_invalid, "SAML assertion");
  }
  PARLEY_ASSIGN_OR_RETURN(const SamlAssertion read, read_saml_assertion(root, limits));
  OwnAssertion own;
  own.octets = to_bytes(root.source());
  own.kind = read.kind;
  own.id = read.id;
  xml::C14nOptions form;
  form.default_namespace_on_apex = true;
  PARLEY_TRY(xml::canonicalize(root, form, own.canonical));
  return own;
}

}  // namespace parley::soap
