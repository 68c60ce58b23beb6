#include "bindings/soap/security/signature.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"
#include "crypto/hmac.h"

namespace parley::soap {
namespace {

Error invalid(const char* place) {
  return Error(ErrorCode::security_header_invalid, place);
}

Error unsupported(const char* place) {
  return Error(ErrorCode::algorithm_unsupported, place);
}

Error failed(const char* place) {
  return Error(ErrorCode::security_failed, place);
}

std::string_view algorithm_of(const xml::Element& method) {
  return method.attribute("", "Algorithm").value_or("");
}

std::vector<std::string> read_prefix_list(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  std::vector<std::string> prefixes;
  for (std::size_t at = text.find_first_not_of(kSpace); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(kSpace, at), text.size());
    prefixes.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(kSpace, end);
  }
  return prefixes;
}

xml::C14nMethod method_of(CanonicalForm form) {
  switch (form) {
    case CanonicalForm::exclusive:
      return xml::C14nMethod::exclusive;
    case CanonicalForm::inclusive_1_0:
      return xml::C14nMethod::inclusive_1_0;
    case CanonicalForm::inclusive_1_1:
      return xml::C14nMethod::inclusive_1_1;
  }
  return xml::C14nMethod::exclusive;
}

/// An STR-Transform names the canonical form of its result (R3065).
Result<xml::C14nOptions> read_str_transform(const xml::Element& element, bool is_generic) {
  const xml::Element parameters = element.child(uri::kWsse, "TransformationParameters");
  const xml::Element method =
      parameters ? parameters.child(uri::kDs, "CanonicalizationMethod") : xml::Element();
  if (!method) {
    return invalid("STR-Transform");
  }
  return read_canonical_form(method, is_generic);
}

Result<void> read_transform(const xml::Element& element,
                            const SignatureRules& rules,
                            ReferenceClaim& claim) {
  const std::string_view algorithm = algorithm_of(element);
  const bool has_form = claim.canonical_form.has_value();
  if (algorithm == uri::kStrTransform) {
    PARLEY_ASSIGN_OR_RETURN(claim.canonical_form, read_str_transform(element, rules.is_generic));
    claim.is_token_reference = true;
    claim.is_contradictory |= has_form;
    return {};
  }
  if (algorithm == kEnvelopedTransform || (algorithm == kBase64Transform && rules.is_generic)) {
    (algorithm == kEnvelopedTransform ? claim.leaves_out_signature : claim.is_base64) = true;
    claim.is_contradictory |= has_form;
    return {};
  }
  // Canonical octets are parsed and canonicalized again: a repetition does not change them.
  PARLEY_ASSIGN_OR_RETURN(claim.canonical_form, read_canonical_form(element, rules.is_generic));
  return {};
}

Result<void> read_transforms(const xml::Element& element,
                             const SignatureRules& rules,
                             ReferenceClaim& claim) {
  for (const xml::Element& child : element.children()) {
    if (!child.is(uri::kDs, "Transform")) {
      return invalid("Transforms");
    }
    if (++claim.transforms > rules.limits.signature_transforms_max) {
      return invalid("Transforms are above signature_transforms_max");
    }
    PARLEY_TRY(read_transform(child, rules, claim));
  }
  claim.is_contradictory |= claim.is_token_reference && claim.transforms != 1;
  return {};
}

/// Fills `claim`, which stands among many already.
Result<void> read_reference_into(const xml::Element& element,
                                 const SignatureRules& rules,
                                 ReferenceClaim& claim) {
  const auto uri = element.attribute("", "URI");
  if (!uri) {
    return invalid("Reference without URI");
  }
  claim.uri = *uri;
  xml::Element next = element.first_child();
  if (next.is(uri::kDs, "Transforms")) {
    PARLEY_TRY(read_transforms(next, rules, claim));
    next = next.next_sibling();
  }
  const bool needs_transforms = !rules.is_generic;  // R5416, R5411
  if (claim.transforms == 0 && needs_transforms) {
    return invalid("Reference without Transforms");
  }
  if (!next.is(uri::kDs, "DigestMethod")) {
    return invalid("Reference without DigestMethod");
  }
  claim.digest = find_digest(algorithm_of(next));
  if (claim.digest == nullptr || !rules.algorithms.accepts(*claim.digest)) {
    return unsupported("DigestMethod");
  }
  next = next.next_sibling();
  if (!next.is(uri::kDs, "DigestValue") || next.next_sibling()) {
    return invalid("Reference without DigestValue");
  }
  std::string scratch;
  const auto size = xml::decode_base64(next.text_view(scratch), claim.value.bytes);
  if (!size || *size != crypto::digest_size(claim.digest->digest)) {
    return failed("DigestValue");
  }
  claim.value.size = *size;
  return {};
}

/// In octets. A MAC whose length the message chooses can be made easy to guess: only XML Signature
/// in general has them, and even there not below 80 bits (M34).
Result<std::size_t> read_output_length(const xml::Element& element,
                                       const SignatureRow& row,
                                       const SignatureRules& rules) {
  const auto bits = read_unsigned_int(element.text());
  if (!rules.is_generic || !row.is_mac || !bits || *bits % 8 != 0 ||
      *bits / 8 < crypto::HmacKey::kLeadingMin || *bits / 8 > crypto::digest_size(row.digest)) {
    return failed("HMACOutputLength");
  }
  return static_cast<std::size_t>(*bits / 8);
}

Result<void> read_method(const xml::Element& element,
                         const SignatureRules& rules,
                         SignatureClaim& claim) {
  claim.algorithm = find_signature(algorithm_of(element));
  if (claim.algorithm == nullptr || !rules.algorithms.accepts(*claim.algorithm)) {
    return unsupported("SignatureMethod");
  }
  if (const xml::Element length = element.child(uri::kDs, "HMACOutputLength")) {
    PARLEY_ASSIGN_OR_RETURN(claim.truncated_to,
                            read_output_length(length, *claim.algorithm, rules));
  }
  return {};
}

Result<void> read_signed_info(SignatureClaim& claim, const SignatureRules& rules) {
  const xml::Element method = claim.signed_info.first_child();
  if (!method.is(uri::kDs, "CanonicalizationMethod")) {
    return invalid("SignedInfo without CanonicalizationMethod");
  }
  PARLEY_ASSIGN_OR_RETURN(claim.canonical_form, read_canonical_form(method, rules.is_generic));
  const xml::Element signature_method = method.next_sibling();
  if (!signature_method.is(uri::kDs, "SignatureMethod")) {
    return invalid("SignedInfo without SignatureMethod");
  }
  PARLEY_TRY(read_method(signature_method, rules, claim));
  claim.references.reserve(12);
  for (xml::Element next = signature_method.next_sibling(); next; next = next.next_sibling()) {
    if (!next.is(uri::kDs, "Reference")) {
      return invalid("SignedInfo");
    }
    if (claim.references.size() >= rules.limits.signature_references_max) {
      return invalid("References are above signature_references_max");
    }
    PARLEY_TRY(read_reference_into(next, rules, claim.references.emplace_back()));
  }
  return claim.references.empty() ? invalid("SignedInfo without Reference") : Result<void>();
}

/// Whether the element's own octets are its canonical form under `options`.
bool is_canonical_under(const xml::Element& element, const xml::C14nOptions& options) {
  const bool is_plain = options.method == xml::C14nMethod::exclusive && !options.with_comments &&
                        options.prefix_list.empty() && !options.excluded &&
                        !options.default_namespace_on_apex;
  return is_plain && xml::is_canonical(element) && !element.source().empty();
}

bool is_inside(const xml::Element& element, const xml::Element& ancestor) {
  for (xml::Element at = element; at; at = at.parent()) {
    if (at == ancestor) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::optional<std::string_view> ReferenceClaim::id() const {
  if (uri.size() < 2 || uri.front() != '#' || uri.find('(') != std::string_view::npos) {
    return std::nullopt;
  }
  return uri.substr(1);
}

Result<ReferenceClaim> read_reference(const xml::Element& element, const SignatureRules& rules) {
  ReferenceClaim claim;
  PARLEY_TRY(read_reference_into(element, rules, claim));
  return claim;
}

Result<xml::C14nOptions> read_canonical_form(const xml::Element& method, bool is_generic) {
  const CanonicalFormRow* const row = find_canonical_form(algorithm_of(method));
  if (row == nullptr || (!is_generic && row->form != CanonicalForm::exclusive)) {
    return unsupported("canonicalization");
  }
  xml::C14nOptions options;
  options.method = method_of(row->form);
  options.with_comments = row->with_comments;
  if (row->form == CanonicalForm::exclusive) {
    if (const xml::Element inclusive = method.child(uri::kExcC14n, "InclusiveNamespaces")) {
      options.prefix_list = read_prefix_list(inclusive.attribute("", "PrefixList").value_or(""));
      // More than can be in scope.
      if (options.prefix_list.size() > Limits{}.xml_attributes_max) {
        return invalid("PrefixList is above xml_attributes_max");
      }
    }
  }
  return options;
}

Result<SignatureClaim> read_signature(const xml::Element& element, const SignatureRules& rules) {
  SignatureClaim claim;
  claim.element = element;
  claim.signed_info = element.first_child();
  if (!claim.signed_info.is(uri::kDs, "SignedInfo")) {
    return invalid("Signature without SignedInfo");
  }
  PARLEY_TRY(read_signed_info(claim, rules));
  const xml::Element value = claim.signed_info.next_sibling();
  if (!value.is(uri::kDs, "SignatureValue")) {
    return invalid("Signature without SignatureValue");
  }
  std::string scratch;
  auto octets = xml::decode_base64(value.text_view(scratch));
  if (!octets || octets->empty()) {
    return failed("SignatureValue");
  }
  claim.value = std::move(*octets);
  xml::Element next = value.next_sibling();
  if (next.is(uri::kDs, "KeyInfo")) {
    claim.key_info = next;
    next = next.next_sibling();
  }
  for (; next; next = next.next_sibling()) {
    if (!next.is(uri::kDs, "Object") || !rules.is_generic) {
      return invalid("Signature");  // M34, M92
    }
  }
  return claim;
}

Result<ByteView> canonical_octets(const xml::Element& element,
                                  const xml::C14nOptions& options,
                                  Bytes& scratch) {
  if (is_canonical_under(element, options)) {
    return as_bytes(element.source());
  }
  scratch.clear();
  PARLEY_TRY(xml::canonicalize(element, options, scratch));
  return ByteView(scratch);
}

bool verify_value(const SignatureClaim& claim, ByteView secret, Bytes& scratch) {
  if (!claim.algorithm->is_mac || secret.empty()) {
    return false;
  }
  const auto octets = canonical_octets(claim.signed_info, claim.canonical_form, scratch);
  if (!octets) {
    return false;
  }
  const crypto::HmacKey key(claim.algorithm->digest, secret);
  return claim.truncated_to
             ? claim.value.size() == *claim.truncated_to && key.verify_leading(*octets, claim.value)
             : key.verify(*octets, claim.value);
}

bool verify_value(const SignatureClaim& claim, const crypto::PublicKey& key, Bytes& scratch) {
  if (claim.algorithm->is_mac) {
    return false;
  }
  const auto octets = canonical_octets(claim.signed_info, claim.canonical_form, scratch);
  return octets &&
         key.verify(claim.algorithm->scheme, claim.algorithm->digest, *octets, claim.value);
}

Result<void> digested_octets(const SignatureClaim& claim,
                             const ReferenceClaim& reference,
                             const xml::Element& target,
                             Bytes& scratch,
                             const xml::OctetSink& sink) {
  if (reference.is_contradictory || reference.is_token_reference) {
    return failed("transforms");
  }
  if (reference.is_base64) {
    if (!target || !xml::decode_base64(target.text(), scratch)) {
      return failed("base64");
    }
    sink(scratch);
    return {};
  }
  const bool is_in_target =
      reference.leaves_out_signature && (!target || is_inside(claim.element, target));
  const bool is_as_read =
      reference.canonical_form && !reference.canonical_form->with_comments && !is_in_target;
  if (is_as_read && target && is_canonical_under(target, *reference.canonical_form)) {
    sink(as_bytes(target.source()));
    return {};
  }
  // M36: where no transform says otherwise.
  xml::C14nOptions options = reference.canonical_form.value_or(
      xml::C14nOptions{.method = xml::C14nMethod::inclusive_1_0, .prefix_list = {}});
  // A same-document Reference drops comments whatever the algorithm says (M80).
  options.with_comments = options.with_comments && reference.keeps_comments;
  options.excluded = is_in_target ? claim.element : xml::Element();
  if (target) {
    return xml::canonicalize(target, options, scratch, sink)
               ? Result<void>()
               : Result<void>(failed("canonicalization"));
  }
  scratch.clear();
  if (!xml::canonicalize_document(claim.element.document(), options, scratch)) {
    return failed("canonicalization");
  }
  sink(scratch);
  return {};
}

Result<void> verify_digest(const SignatureClaim& claim,
                           const ReferenceClaim& reference,
                           const xml::Element& target,
                           Bytes& scratch) {
  crypto::Digest running(reference.digest->digest);
  PARLEY_TRY(digested_octets(claim, reference, target, scratch,
                             [&running](ByteView octets) { running.update(octets); }));
  return crypto::equal_in_constant_time(running.finish().view(), reference.value.view())
             ? Result<void>()
             : failed("digest");
}

}  // namespace parley::soap
