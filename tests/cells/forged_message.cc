#include "tests/cells/forged_message.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "base/base64.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"
#include "crypto/cipher.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "kdf/derived_key.h"
#include "kdf/p_sha.h"

namespace parley::test {
namespace {

[[noreturn]] void fail(std::string_view what) {
  throw std::runtime_error(std::string(what));
}

/// Where "<name" begins whose start tag holds the Id; npos = nowhere.
std::size_t find_element(std::string_view text, std::string_view id) {
  const std::string attribute = "Id=\"" + std::string(id) + "\"";
  for (std::size_t at = text.find(attribute); at != std::string_view::npos;
       at = text.find(attribute, at + 1)) {
    if (text[at - 1] == ' ' || text[at - 1] == ':') {
      return text.rfind('<', at);
    }
  }
  return std::string_view::npos;
}

/// The element that begins at `begin`, however deep its own name is nested in it.
std::string_view element_at(std::string_view text, std::size_t begin) {
  const std::size_t name_end = text.find_first_of(" >", begin);
  const std::string name(text.substr(begin + 1, name_end - begin - 1));
  int depth = 0;
  for (std::size_t at = begin; at != std::string_view::npos; at = text.find('<', at + 1)) {
    const std::string_view rest = text.substr(at + 1);
    const std::string_view own = rest.starts_with('/') ? rest.substr(1) : rest;
    const bool is_own =
        own.starts_with(name) && (own[name.size()] == ' ' || own[name.size()] == '>');
    if (!is_own) {
      continue;
    }
    depth += rest.starts_with('/') ? -1 : 1;
    if (depth == 0) {
      return text.substr(begin, text.find('>', at) + 1 - begin);
    }
  }
  fail("an element without an end");
}

/// What stands between "<name…>" and "</name>" first of all.
std::string content_of(std::string_view text, std::string_view name) {
  const std::size_t tag = text.find("<" + std::string(name));
  if (tag == std::string_view::npos) {
    return {};
  }
  const std::size_t begin = text.find('>', tag) + 1;
  return std::string(text.substr(begin, text.find("</" + std::string(name) + ">", begin) - begin));
}

std::string without_namespace_of_signed_info(std::string signature) {
  const std::string_view name = "<ds:SignedInfo";
  const std::size_t begin = signature.find(name) + name.size();
  return signature.erase(begin, signature.find('>', begin) - begin);
}

/// Elements whose Reference is not by the Id that they have on the wire.
std::string reference_to(std::string_view id) {
  return "<ds:Reference URI=\"#" + std::string(id) + "\">";
}

}  // namespace

ForgedMessage::ForgedMessage(const Bytes& wire, const Forger& forger)
    : forger_(forger), text_(as_text(wire)), secret_(forger.secret.clone()) {
  if (secret_.size() == 0 && has("wss-ek")) {
    const Bytes sealed = decode_base64(content_of(element("wss-ek"), "xenc:CipherValue")).value();
    crypto::SystemEntropy entropy;
    if (forger.suite->key_transport == soap::KeyTransport::rsa_1_5) {
      secret_ = forger.receiver->decrypt_pkcs1(sealed, forger.suite->secret_octets, entropy);
    } else {
      secret_ = forger.receiver->decrypt_oaep({}, sealed).value();
    }
  }
  open_signature("wss-ed-sig");
  open_signature("wss-ed-endorse");
}

std::string ForgedMessage::element(std::string_view id) const {
  const std::size_t begin = find_element(text_, id);
  return begin == std::string::npos ? "" : std::string(element_at(text_, begin));
}

std::string ForgedMessage::body_id() const {
  const std::size_t body = text_.find(":Body ", text_.find(":Header>"));
  const std::string_view name = "wsu:Id=\"";
  const std::size_t begin = text_.find(name, body) + name.size();
  return text_.substr(begin, text_.find('"', begin) - begin);
}

void ForgedMessage::replace(std::string_view id, std::string_view with) {
  const std::size_t begin = find_element(text_, id);
  if (begin == std::string::npos) {
    fail("no element " + std::string(id));
  }
  text_.replace(begin, element_at(text_, begin).size(), with);
}

std::vector<std::string> ForgedMessage::signed_ids() const {
  std::vector<std::string> ids;
  const std::string signature = element("wss-sig");
  const std::string_view name = "<ds:Reference URI=\"#";
  for (std::size_t at = signature.find(name); at != std::string::npos;
       at = signature.find(name, at + 1)) {
    const std::size_t begin = at + name.size();
    ids.push_back(signature.substr(begin, signature.find('"', begin) - begin));
  }
  return ids;
}

void ForgedMessage::unsign(std::string_view id) {
  const std::size_t begin = text_.find(reference_to(id), find_element(text_, "wss-sig"));
  if (begin == std::string::npos) {
    fail("nothing refers to " + std::string(id));
  }
  text_.erase(begin, element_at(text_, begin).size());
}

void ForgedMessage::digest_anew(std::string_view id) {
  const xml::Document document = xml::Document::parse(to_bytes(text_), Limits()).value();
  Bytes canonical;
  xml::canonicalize(document.by_id(id), {}, canonical).value();
  const std::string value = to_base64(crypto::digest(forger_.suite->digest, canonical).view());
  const std::size_t reference = text_.find(reference_to(id));
  const std::string_view name = "<ds:DigestValue>";
  const std::size_t begin = text_.find(name, reference) + name.size();
  text_.replace(begin, text_.find('<', begin) - begin, value);
}

crypto::SecretBytes ForgedMessage::key(std::string_view id) const {
  const std::string token = element(id);
  if (token.empty()) {
    return secret_.clone();
  }
  kdf::DerivedKeySpec spec;
  spec.nonce = decode_base64(content_of(token, "wsc:Nonce")).value();
  spec.length = std::stoul(content_of(token, "wsc:Length"));
  return kdf::derive_key(kdf::PShaSource(secret_.view()), spec, Limits()).value();
}

std::string ForgedMessage::plaintext_of(const std::string& encrypted) const {
  const Bytes sealed = decode_base64(content_of(encrypted, "xenc:CipherValue")).value();
  Bytes plain;
  crypto::Cipher().decrypt(forger_.suite->cipher, key("wss-dk-enc").view(), sealed, plain).value();
  return std::string(as_text(plain));
}

void ForgedMessage::open_signature(std::string_view data_id) {
  if (has(data_id)) {
    sealed_.emplace_back(data_id, element(data_id));
    replace(data_id, plaintext_of(sealed_.back().second));
  }
}

void ForgedMessage::show(std::string_view id) {
  replace(id, plaintext_of(element(id)));
}

void ForgedMessage::decrypt(std::string_view id) {
  show(id);
  unlist(id);
}

void ForgedMessage::unlist(std::string_view id) {
  const std::string entry =
      "<xenc:DataReference URI=\"#" + std::string(id) + "\"></xenc:DataReference>";
  const std::size_t at = text_.find(entry);
  if (at == std::string::npos) {
    return;
  }
  text_.erase(at, entry.size());
  const std::string_view end = "></xenc:ReferenceList>";
  const std::size_t list = text_.find("<xenc:ReferenceList");
  if (text_.find('>', list) == text_.find(end, list)) {
    text_.erase(list, text_.find(end, list) + end.size() - list);  // nothing is on it any more
  }
}

void ForgedMessage::set_value(std::string_view id, ByteView value) {
  const std::string_view name = "<ds:SignatureValue>";
  const std::size_t begin = text_.find(name, find_element(text_, id)) + name.size();
  text_.replace(begin, text_.find('<', begin) - begin, to_base64(value));
}

Bytes ForgedMessage::signed_anew() {
  const crypto::DigestAlgorithm digest = forger_.suite->signature_digest(forger_.sha256_mac);
  const auto signed_info = [this](std::string_view id) {
    const std::string signature = element(id);
    return std::string(element_at(signature, signature.find("<ds:SignedInfo")));
  };
  const auto by_own_key = [&](std::string_view id) {
    return forger_.own->sign(crypto::SignatureScheme::rsa_pkcs1, digest, as_bytes(signed_info(id)))
        .value();
  };
  if (has("wss-sig")) {
    const bool is_mac = element("wss-sig").find("#hmac-sha") != std::string::npos;
    if (is_mac) {
      const crypto::HmacKey mac(digest, key("wss-dk-sig").view());
      set_value("wss-sig", mac.mac(as_bytes(signed_info("wss-sig"))).view());
    } else {
      set_value("wss-sig", by_own_key("wss-sig"));
    }
  }
  if (has("wss-endorse")) {
    const std::string canonical = without_namespace_of_signed_info(element("wss-sig"));
    const std::string value =
        to_base64(crypto::digest(forger_.suite->digest, as_bytes(canonical)).view());
    const std::string_view name = "<ds:DigestValue>";
    const std::size_t begin = text_.find(name, find_element(text_, "wss-endorse")) + name.size();
    text_.replace(begin, text_.find('<', begin) - begin, value);
    set_value("wss-endorse", by_own_key("wss-endorse"));
  }
  return finished();
}

Bytes ForgedMessage::as_it_is() {
  return finished();
}

void ForgedMessage::close_signature(std::string_view data_id, std::string_view id) {
  const auto found = std::find_if(sealed_.begin(), sealed_.end(),
                                  [&](const auto& one) { return one.first == data_id; });
  if (found == sealed_.end() || !has(id)) {
    return;
  }
  crypto::SystemEntropy entropy;
  Bytes sealed;
  crypto::Cipher()
      .encrypt(forger_.suite->cipher, key("wss-dk-enc").view(), as_bytes(element(id)), entropy,
               sealed)
      .value();
  std::string data = found->second;
  const std::string_view name = "<xenc:CipherValue>";
  const std::size_t begin = data.find(name) + name.size();
  data.replace(begin, data.find('<', begin) - begin, to_base64(sealed));
  replace(id, data);
}

Bytes ForgedMessage::finished() {
  // The endorsement first: it is found by what it is, and its digest is of the Signature in clear.
  close_signature("wss-ed-endorse", "wss-endorse");
  close_signature("wss-ed-sig", "wss-sig");
  return to_bytes(text_);
}

}  // namespace parley::test
