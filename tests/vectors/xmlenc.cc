#include "tests/vectors/xmlenc.h"

#include <optional>

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/c14n.h"
#include "tests/vectors/outside_cipher.h"
#include "tests/vectors/outside_document.h"

namespace parley::vectors {
namespace {

namespace uri = soap::uri;

/// Canonical XML with comments; nothing when there is none.
std::optional<Bytes> canonical(const xml::Document& document) {
  xml::C14nOptions options;
  options.method = xml::C14nMethod::inclusive_1_0;
  options.with_comments = true;
  Bytes out;
  return xml::canonicalize_document(document, options, out) ? std::optional(out) : std::nullopt;
}

Verdict compare_documents(xml::Document& document,
                          const xml::Element& encrypted,
                          const Bytes& plain,
                          const Bytes& wanted) {
  const OutsideDocument expected = parse_outside(wanted);
  if (!expected.document) {
    return expected.why;
  }
  const bool is_content =
      encrypted.attribute("", "Type").value_or("") != std::string(uri::kTypeElement);
  std::optional<Bytes> got;
  if (encrypted == document.root()) {
    // Where the EncryptedData is the whole document, its plaintext is the document.
    const OutsideDocument opened = parse_outside(plain);
    got = opened.document ? canonical(*opened.document) : std::nullopt;
  } else if (document.replace(encrypted, plain, is_content)) {
    got = canonical(document);
  }
  return expect(got && got == canonical(*expected.document), "another plaintext");
}

}  // namespace

Verdict run_xmlenc(const Entry& entry) {
  const Json& expected = entry.json["expected"];
  const std::string& result = expected.text("result");
  if (result != "decrypts" && result != "rejected") {
    throw BadVector("unknown result '" + result + "'");
  }
  const bool is_valid = result == "decrypts";
  OutsideDocument outside = parse_outside(entry.read("file"));
  if (!outside.document) {
    return is_valid ? outside.why : passed();
  }
  const xml::Element encrypted = find_element(*outside.document, uri::kXenc, "EncryptedData");
  if (!encrypted) {
    return failed("no EncryptedData");
  }
  Result<Bytes> plain = Bytes();
  try {
    plain = OutsideCipher(entry).open(encrypted);
  } catch (const BadDocument& bad) {
    return expect(!is_valid, bad.what());
  }
  if (!is_valid || !plain) {
    return expect(!is_valid && !plain,
                  plain ? "decrypted, though it must not" : plain.error().message());
  }
  const Bytes wanted = read_file(entry.dir / expected.text("plaintext_file"));
  return expected.text_or("compare", "octets") == "octets"
             ? expect(*plain == wanted, "other octets")
             : compare_documents(*outside.document, encrypted, *plain, wanted);
}

}  // namespace parley::vectors
