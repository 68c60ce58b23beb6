#include "bindings/soap/security/part_decryptor.h"

#include <array>
#include <utility>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

bool is_mandatory(const xml::Element& element, std::string_view soap_namespace) {
  const auto value = element.attribute(soap_namespace, "mustUnderstand");
  return value == "1" || value == "true";
}

/// M53: the attributes that an EncryptedHeader copies are unprotected; the header itself decides,
/// and they have to agree with it. Only that it must be understood may be more than the header
/// asks: WSS4J copies that from the Security header.
bool agrees(const xml::Element& wrapper,
            const xml::Element& header,
            std::string_view soap_namespace) {
  constexpr std::array<std::string_view, 3> kCopied{"actor", "role", "relay"};
  for (const std::string_view name : kCopied) {
    if (wrapper.attribute(soap_namespace, name) != header.attribute(soap_namespace, name)) {
      return false;
    }
  }
  return is_mandatory(wrapper, soap_namespace) || !is_mandatory(header, soap_namespace);
}

}  // namespace

Result<DecryptedPart> PartDecryptor::decrypt(const xml::Element& element,
                                             ResolvedKey* list_key,
                                             SecurityFinding* finding) {
  if (finding != nullptr) {
    finding->kind = SecurityFinding::Kind::encryption;
  }
  if (++items_ > settings_.limits.encrypted_items_max) {
    return Error(ErrorCode::security_header_invalid,
                 "encrypted items are above encrypted_items_max");
  }
  PARLEY_TRY(check_place(element));
  PARLEY_ASSIGN_OR_RETURN(const EncryptedDataClaim claim,
                          read_encrypted_data(element, settings_.algorithms));
  if (finding != nullptr) {
    finding->what = claim.cipher->uri;
    finding->parts.emplace_back(element.parent().local_name());
  }
  PARLEY_ASSIGN_OR_RETURN(const std::vector<ResolvedKey*> candidates, keys_for(claim, list_key));
  Result<void> opened = failed("no key fits");
  Bytes plain;
  ResolvedKey* used = nullptr;
  for (ResolvedKey* const key : candidates) {
    used = key;
    opened = decipher(claim, *key, plain);
    if (opened) {
      break;
    }
  }
  if (finding != nullptr && used != nullptr) {
    finding->key = describe(*used);
  }
  PARLEY_TRY(opened);
  DecryptedPart part;
  part.key = used->signer();
  part.is_derived = used->is_derived();
  PARLEY_TRY(put_back(claim, std::move(plain), part));
  if (finding != nullptr && part.element) {
    finding->parts = {std::string(part.element.local_name())};
  }
  return part;
}

Result<void> PartDecryptor::check_place(const xml::Element& element) const {
  if (!element.is(uri::kXenc, "EncryptedData") || !element.parent()) {
    return failed("DataReference to no EncryptedData");
  }
  for (xml::NodeIndex up = element.index(); up != xml::kNoNode; up = document_.node(up).parent) {
    // M63: what was decrypted is not decrypted again, and nothing twice. M54: a signature is
    // encrypted as a whole or not.
    const xml::Node& node = document_.node(up);
    if (node.replaces != xml::kNoNode || node.replaced_by != xml::kNoNode ||
        document_.at(up).is(uri::kDs, "Signature")) {
      return failed("EncryptedData where none may be");
    }
  }
  return {};
}

Result<std::vector<ResolvedKey*>> PartDecryptor::keys_for(const EncryptedDataClaim& claim,
                                                          ResolvedKey* list_key) {
  if (!claim.key_info && list_key != nullptr) {
    return std::vector<ResolvedKey*>{list_key};
  }
  return keys_.candidates(claim.key_info);
}

Result<void> PartDecryptor::decipher(const EncryptedDataClaim& claim,
                                     ResolvedKey& key,
                                     Bytes& plain) {
  // M57: a wrong size is a failure like any other.
  if (!key.is_symmetric() || key.secret().size() != claim.cipher->key_octets ||
      !key.bind_to(*claim.cipher)) {
    return failed("key");
  }
  std::string scratch;
  if (!xml::decode_base64(claim.cipher_value.text_view(scratch), workspace_.sealed)) {
    return failed("CipherValue");
  }
  plain.clear();
  return workspace_.cipher.decrypt(claim.cipher->cipher, key.secret(), workspace_.sealed, plain);
}

Result<void> PartDecryptor::put_back(const EncryptedDataClaim& claim,
                                     Bytes plain,
                                     DecryptedPart& part) {
  const bool is_content = claim.type == uri::kTypeContent;
  if (!is_content && claim.type != uri::kTypeElement) {
    return failed("Type of EncryptedData");
  }
  const xml::Element around = claim.element.parent();
  const bool is_header = around.is(uri::kWsse11, "EncryptedHeader");
  if (is_header && (is_content || around.parent() != envelope_.header)) {
    return failed("EncryptedHeader");
  }
  const xml::Element old = is_header ? around : claim.element;
  part.replaced = old.index();
  part.parent = old.parent();
  if (!document_.replace(old, std::move(plain), is_content)) {
    return failed("plaintext");
  }
  if (is_content) {
    return {};
  }
  const xml::NodeIndex fragment = document_.node(old.index()).replaced_by;
  part.element = document_.at(document_.node(fragment).first_child);
  if (is_header && !agrees(around, part.element, names_of(envelope_.soap).ns)) {
    return failed("attributes of an EncryptedHeader");
  }
  return {};
}

}  // namespace parley::soap
