#include "tests/vectors/xmldsig.h"

#include <algorithm>
#include <optional>

#include "bindings/soap/security/signature.h"
#include "bindings/soap/security/uris.h"
#include "tests/vectors/outside_document.h"
#include "tests/vectors/outside_keys.h"
#include "tests/vectors/outside_reference.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

namespace uri = soap::uri;

/// An opened policy: every algorithm of the tables, and XML Signature in general.
class OpenRules {
 public:
  OpenRules() { limits_.signature_references_max = 1000; }  // a whole test suite in one signature

  soap::SignatureRules get() const { return {limits_, algorithms_, true}; }

 private:
  Limits limits_;
  soap::AlgorithmPolicy algorithms_ = soap::AlgorithmPolicy::all();
};

/// An ECDSA value as ASN.1 (SEQUENCE of two INTEGERs), as some write it against XML Signature's
/// rule (M39), turned into r and s of `size` octets each. Empty when it is none.
Bytes from_asn1(const Bytes& der, std::size_t size) {
  std::size_t at = 0;
  auto read = [&](Byte tag) -> std::optional<std::size_t> {
    if (at + 2 > der.size() || der[at] != tag) {
      return std::nullopt;
    }
    std::size_t length = der[at + 1];
    at += 2;
    if (length == 0x81 && at < der.size()) {
      length = der[at++];
    }
    return length <= der.size() - at ? std::optional(length) : std::nullopt;
  };
  if (!read(0x30)) {
    return {};
  }
  Bytes plain;
  for (int i = 0; i < 2; ++i) {
    const auto length = read(0x02);
    if (!length) {
      return {};
    }
    ByteView number = ByteView(der).subspan(at, *length);
    at += *length;
    while (number.size() > size && number.front() == 0) {
      number = number.subspan(1);
    }
    if (number.size() > size) {
      return {};
    }
    plain.insert(plain.end(), size - number.size(), 0);
    plain.insert(plain.end(), number.begin(), number.end());
  }
  return at == der.size() ? plain : Bytes();
}

bool verify_with_key(const soap::SignatureClaim& claim, const crypto::PublicKey& key) {
  Bytes scratch;
  if (soap::verify_value(claim, key, scratch)) {
    return true;
  }
  if (claim.algorithm->is_mac || claim.algorithm->scheme != crypto::SignatureScheme::ecdsa) {
    return false;
  }
  soap::SignatureClaim other = claim;
  other.value = from_asn1(claim.value, (static_cast<std::size_t>(key.bits()) + 7) / 8);
  return !other.value.empty() && soap::verify_value(other, key, scratch);
}

bool verify_value(const soap::SignatureClaim& claim, const Entry& entry) {
  const Json& key = entry.json["key"];
  if (key.has("hex")) {
    Bytes scratch;
    return soap::verify_value(claim, key.hex("hex"), scratch);
  }
  const std::vector<crypto::PublicKey> keys = signature_keys(entry, claim.key_info);
  return std::any_of(keys.begin(), keys.end(),
                     [&](const auto& one) { return verify_with_key(claim, one); });
}

/// What is wrong with a signature; empty = it is valid.
std::string find_fault(const soap::SignatureClaim& claim, const Entry& entry) {
  if (!verify_value(claim, entry)) {
    return "SignatureValue";
  }
  const std::filesystem::path folder = (entry.dir / entry.json.text("file")).parent_path();
  for (const soap::ReferenceClaim& reference : claim.references) {
    const Bytes octets = referenced_octets(claim, reference, folder);
    if (as_text(crypto::digest(reference.digest->digest, octets).view()) !=
        as_text(reference.value.view())) {
      return "digest of '" + std::string(reference.uri) + "'";
    }
  }
  return check_path(entry, claim.key_info);
}

bool is_expected_valid(const Json& expected) {
  const std::string& result = expected.text("result");
  if (result != "valid" && result != "invalid" && result != "accepted" && result != "rejected") {
    throw BadVector("unknown result '" + result + "'");
  }
  return result == "valid" || result == "accepted";
}

}  // namespace

Verdict run_xmldsig(const Entry& entry) {
  const bool is_valid = is_expected_valid(entry.json["expected"]);
  const OutsideDocument outside = parse_outside(entry.read("file"));
  if (!outside.document) {
    return is_valid ? outside.why : passed();
  }
  const xml::Element element = find_element(*outside.document, uri::kDs, "Signature");
  if (!element) {
    return failed("no Signature");
  }
  // What must be refused is refused, whatever it is made of.
  const xml::Element signed_info = element.child(uri::kDs, "SignedInfo");
  const std::string_view skip = signed_info ? skip_of_references(signed_info) : "";
  if (is_valid && !skip.empty()) {
    return skipped(skip);
  }
  const OpenRules rules;
  const auto claim = soap::read_signature(element, rules.get());
  if (!claim) {
    return expect(!is_valid, claim.error().message());
  }
  std::string fault;
  try {
    fault = find_fault(*claim, entry);
  } catch (const BadDocument& bad) {
    fault = bad.what();
  }
  return expect(fault.empty() == is_valid, is_valid ? fault : "verified, though it is invalid");
}

void run_c14n_references(const Entry& entry, SuiteResult& result) {
  const OutsideDocument outside = parse_outside(entry.read("file"));
  if (!outside.document) {
    result.add(entry.id(), outside.why);
    return;
  }
  soap::SignatureClaim claim;
  claim.element = find_element(*outside.document, uri::kDs, "Signature");
  const xml::Element signed_info =
      claim.element ? claim.element.child(uri::kDs, "SignedInfo") : xml::Element();
  if (!signed_info) {
    throw BadVector("no SignedInfo");
  }
  const OpenRules rules;
  const std::filesystem::path folder = (entry.dir / entry.json.text("file")).parent_path();
  const std::vector<Json>& expected = entry.json["expected"]["references"].items();
  std::size_t number = 0;
  for (const xml::Element& child : signed_info.children()) {
    if (!child.is(uri::kDs, "Reference")) {
      continue;
    }
    const std::string id = entry.id() + " reference " + std::to_string(number);
    try {
      if (number >= expected.size()) {
        throw BadVector("nothing is expected of it");
      }
      const Json& wanted = expected[number++];
      if (const std::string_view skip = skip_of_references(child); !skip.empty()) {
        result.add(id, skipped(skip));
        continue;
      }
      const auto reference = soap::read_reference(child, rules.get());
      if (!reference) {
        throw BadVector(reference.error().message());
      }
      const Bytes octets = referenced_octets(claim, *reference, folder);
      const bool same = octets == read_file(entry.dir / wanted.text("octets_file"));
      const auto digest = crypto::digest(reference->digest->digest, octets);
      const bool digests = as_text(digest.view()) == as_text(reference->value.view());
      result.add(id, expect(same && digests, same ? "another digest" : "other octets"));
    } catch (const std::exception& bad) {
      result.add(id, failed(bad.what()));
    }
  }
  if (number != expected.size()) {
    throw BadVector("another number of References than expected");
  }
}

}  // namespace parley::vectors
