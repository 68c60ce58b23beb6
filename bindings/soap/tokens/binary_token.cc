#include "bindings/soap/tokens/binary_token.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

/// M26: PKCS#7 certificates come in no order; the end entity is the one that issued none of the
/// others.
void put_end_entity_first(std::vector<crypto::Certificate>& certificates) {
  const auto is_issuer = [&](const crypto::Certificate& candidate) {
    return std::any_of(certificates.begin(), certificates.end(),
                       [&](const crypto::Certificate& other) {
                         return !other.equals(candidate) && other.issuer() == candidate.subject();
                       });
  };
  const auto end_entity = std::find_if_not(certificates.begin(), certificates.end(), is_issuer);
  if (end_entity != certificates.end()) {
    std::iter_swap(certificates.begin(), end_entity);
  }
}

Result<std::vector<crypto::Certificate>> read_certificates(std::string_view value_type,
                                                           ByteView der) {
  if (value_type == uri::kX509V3) {
    PARLEY_ASSIGN_OR_RETURN(crypto::Certificate certificate, crypto::Certificate::from_der(der));
    return std::vector<crypto::Certificate>{std::move(certificate)};
  }
  if (value_type == uri::kX509PkiPath) {
    PARLEY_ASSIGN_OR_RETURN(auto path, crypto::Certificate::path_from_pki_path(der));
    std::reverse(path.begin(), path.end());
    return path;
  }
  PARLEY_ASSIGN_OR_RETURN(auto certificates, crypto::Certificate::all_from_pkcs7(der));
  put_end_entity_first(certificates);
  return certificates;
}

}  // namespace

Result<std::vector<crypto::Certificate>> read_binary_token(const xml::Element& element,
                                                           const Limits& limits) {
  const Error invalid(ErrorCode::token_invalid, "BinarySecurityToken");
  const std::string_view value_type = element.attribute("", "ValueType").value_or("");
  if (value_type != uri::kX509V3 && value_type != uri::kX509PkiPath &&
      value_type != uri::kX509Pkcs7) {
    return Error(ErrorCode::token_unsupported, "BinarySecurityToken");
  }
  const auto encoding = element.attribute("", "EncodingType");
  if ((encoding && *encoding != uri::kBase64Binary) || element.has_children()) {
    return invalid;
  }
  auto der = xml::decode_base64(element.text());
  if (!der) {
    return invalid;
  }
  auto certificates = read_certificates(value_type, *der);
  if (!certificates || certificates->empty() ||
      certificates->size() > limits.certificate_chain_max) {
    return invalid;
  }
  return std::move(*certificates);
}

}  // namespace parley::soap
