#include "bindings/soap/security/str_transform.h"

#include <array>
#include <string>
#include <string_view>

#include "bindings/soap/security/token_reference.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"
#include "bindings/soap/xml/escape.h"

namespace parley::soap {
namespace {

Error failed() {
  return Error(ErrorCode::security_failed, "digest of a referenced token");
}

bool has_digest(const ReferenceClaim& claim, ByteView octets) {
  const crypto::DigestValue digest = crypto::digest(claim.digest->digest, octets);
  return crypto::equal_in_constant_time(digest.view(), claim.value.view());
}

/// M44: most senders render the default namespace on the token as if it were in the PrefixList,
/// some do not.
bool has_digest(const ReferenceClaim& claim,
                const xml::C14nOptions& options,
                const xml::Element& token,
                Bytes& scratch) {
  for (const bool with_default : {true, false}) {
    xml::C14nOptions form = options;
    form.with_comments = false;
    form.default_namespace_on_apex = with_default;
    scratch.clear();
    if (xml::canonicalize(token, form, scratch) && has_digest(claim, scratch)) {
      return true;
    }
  }
  return false;
}

/// The wsse prefix where the reference stands; a token that was never written is made with it.
std::string_view prefix_at(const xml::Element& reference) {
  const std::string_view prefix = reference.prefix();
  return prefix.empty() ? std::string_view("wsse") : prefix;
}

/// M45: a BinarySecurityToken that stands in no message, in canonical form.
Bytes made_token(const crypto::Certificate& certificate,
                 std::string_view prefix,
                 bool with_default,
                 bool with_encoding) {
  Bytes out;
  const auto put_name = [&] {
    xml::append(out, prefix);
    xml::append(out, ":BinarySecurityToken");
  };
  xml::append(out, "<");
  put_name();
  if (with_default) {
    xml::append(out, " xmlns=\"\"");
  }
  xml::append(out, " xmlns:");
  xml::append(out, prefix);
  xml::append(out, "=\"");
  xml::append(out, uri::kWsse);
  xml::append(out, "\"");
  if (with_encoding) {
    xml::append(out, " EncodingType=\"");
    xml::append(out, uri::kBase64Binary);
    xml::append(out, "\"");
  }
  xml::append(out, " ValueType=\"");
  xml::append(out, uri::kX509V3);
  xml::append(out, "\">");
  xml::append_base64(out, certificate.der());
  xml::append(out, "</");
  put_name();
  xml::append(out, ">");
  return out;
}

bool has_digest_of(const ReferenceClaim& claim,
                   const crypto::Certificate& certificate,
                   std::string_view prefix) {
  for (const bool with_default : {true, false}) {
    for (const bool with_encoding : {false, true}) {
      if (has_digest(claim, made_token(certificate, prefix, with_default, with_encoding))) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

Result<xml::Element> verify_token_digest(const ReferenceClaim& claim,
                                         const xml::Element& target,
                                         const KeyResolver& keys,
                                         const Limits& limits,
                                         Bytes& scratch) {
  if (claim.is_contradictory || !claim.is_token_reference) {
    return failed();
  }
  PARLEY_ASSIGN_OR_RETURN(const TokenReference reference, read_token_reference(target, limits));
  PARLEY_ASSIGN_OR_RETURN(const xml::Element token, keys.token_element(reference));
  if (token) {
    return has_digest(claim, *claim.canonical_form, token, scratch) ? Result<xml::Element>(token)
                                                                    : failed();
  }
  for (const crypto::Certificate& certificate : keys.certificates_for(reference)) {
    if (has_digest_of(claim, certificate, prefix_at(target))) {
      return xml::Element();
    }
  }
  return failed();
}

}  // namespace parley::soap
