#include "bindings/soap/security/encrypted_type.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

Error unsupported(const char* place) {
  return Error(ErrorCode::algorithm_unsupported, place);
}

/// xenc:CipherData/xenc:CipherValue; null when the data is anywhere else.
xml::Element cipher_value_of(const xml::Element& element) {
  const xml::Element data = element.child(uri::kXenc, "CipherData");
  const xml::Element value = data ? data.first_child() : xml::Element();
  if (!value.is(uri::kXenc, "CipherValue") || value.next_sibling() || value.has_children()) {
    return {};
  }
  return value;
}

std::string_view method_of(const xml::Element& method) {
  return method ? method.attribute("", "Algorithm").value_or("") : std::string_view();
}

/// OAEPparams, DigestMethod and MGF, with their defaults. An MGF inside rsa-oaep-mgf1p is not of
/// that algorithm's text, but one library writes it there and means it.
Result<crypto::OaepParameters> read_oaep(const xml::Element& method) {
  crypto::OaepParameters parameters;
  for (const xml::Element& child : method.children()) {
    if (child.is(uri::kDs, "DigestMethod")) {
      const DigestRow* digest = find_digest(method_of(child));
      if (digest == nullptr) {
        return unsupported("OAEP digest");
      }
      parameters.digest = digest->digest;
    } else if (child.is(uri::kXenc11, "MGF")) {
      const MgfRow* mgf = find_mgf(method_of(child));
      if (mgf == nullptr) {
        return unsupported("mask generation function");
      }
      parameters.mgf = mgf->digest;
    } else if (child.is(uri::kXenc, "OAEPparams")) {
      auto label = xml::decode_base64(child.text());
      if (!label) {
        return failed("OAEPparams");
      }
      parameters.label = std::move(*label);
    }
  }
  return parameters;
}

}  // namespace

Result<EncryptedDataClaim> read_encrypted_data(const xml::Element& element,
                                               const AlgorithmPolicy& policy) {
  EncryptedDataClaim claim;
  claim.element = element;
  claim.type = element.attribute("", "Type").value_or("");
  claim.cipher = find_cipher(method_of(element.child(uri::kXenc, "EncryptionMethod")));
  if (claim.cipher == nullptr || !policy.accepts(*claim.cipher)) {
    return unsupported("EncryptedData");
  }
  claim.key_info = element.child(uri::kDs, "KeyInfo");
  claim.cipher_value = cipher_value_of(element);
  if (!claim.cipher_value) {
    return failed("EncryptedData without CipherValue");
  }
  return claim;
}

Result<EncryptedKeyClaim> read_encrypted_key(const xml::Element& element,
                                             const AlgorithmPolicy& policy,
                                             const Limits& limits) {
  EncryptedKeyClaim claim;
  claim.element = element;
  claim.key_info = element.child(uri::kDs, "KeyInfo");
  const xml::Element value = cipher_value_of(element);
  if (!value) {
    return failed("EncryptedKey without CipherValue");
  }
  auto octets = xml::decode_base64(value.text());
  if (!octets) {
    return failed("EncryptedKey");
  }
  claim.cipher_value = std::move(*octets);
  const xml::Element method = element.child(uri::kXenc, "EncryptionMethod");
  const std::string_view algorithm = method_of(method);
  claim.transport = find_key_transport(algorithm);
  claim.wrap = find_key_wrap(algorithm);
  if (claim.transport != nullptr && claim.transport->transport != KeyTransport::rsa_1_5) {
    PARLEY_ASSIGN_OR_RETURN(claim.oaep, read_oaep(method));
  }
  if (claim.transport == nullptr && claim.wrap == nullptr) {
    return unsupported("EncryptedKey");
  }
  if (claim.transport != nullptr ? !policy.accepts(*claim.transport)
                                 : !policy.accepts(*claim.wrap)) {
    // A key that we would not unwrap and one that does not unwrap look the same (M58).
    return failed("key transport is not allowed by the settings");
  }
  if (const xml::Element list = element.child(uri::kXenc, "ReferenceList")) {
    PARLEY_ASSIGN_OR_RETURN(claim.listed, read_reference_list(list, limits));
  }
  return claim;
}

Result<std::vector<std::string_view>> read_reference_list(const xml::Element& element,
                                                          const Limits& limits) {
  std::vector<std::string_view> ids;
  for (const xml::Element& child : element.children()) {
    const std::string_view uri = child.attribute("", "URI").value_or("");
    if (!child.is(uri::kXenc, "DataReference") || uri.size() < 2 || uri.front() != '#') {
      return Error(ErrorCode::security_header_invalid, "ReferenceList");
    }
    if (ids.size() >= limits.encrypted_items_max) {
      return Error(ErrorCode::security_header_invalid,
                   "ReferenceList is above encrypted_items_max");
    }
    const std::string_view id = uri.substr(1);
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) {
      return Error(ErrorCode::security_header_invalid, "repeated DataReference");
    }
    ids.push_back(id);
  }
  return ids;
}

}  // namespace parley::soap
