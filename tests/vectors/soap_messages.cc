#include "tests/vectors/soap_messages.h"

#include <algorithm>
#include <string>

#include "base/base64.h"
#include "bindings/soap/inspect.h"
#include "bindings/soap/tokens/date_time.h"
#include "bindings/soap/xml/c14n.h"

namespace parley::vectors {
namespace {

crypto::SecretBytes secret(Bytes octets) {
  return crypto::SecretBytes::take(std::move(octets));
}

void append(Bytes& to, const Bytes& from) {
  to.insert(to.end(), from.begin(), from.end());
}

/// A certificate file in either form, as PEM.
Bytes as_pem(const Bytes& file) {
  if (as_text(file).find("-----BEGIN") != std::string_view::npos) {
    return file;
  }
  return to_bytes("-----BEGIN CERTIFICATE-----\n" + to_base64(file) +
                  "\n-----END CERTIFICATE-----\n");
}

/// Every certificate that lies in the suite's folder of keys.
Bytes certificates_beside(const std::filesystem::path& dir) {
  Bytes pem;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(dir / "keys", error)) {
    if (file.path().filename().string().find(".cert.") != std::string::npos) {
      append(pem, as_pem(read_file(file.path())));
    }
  }
  return pem;
}

void add_key(soap::InspectKeys& keys,
             const Entry& entry,
             std::string_view name,
             const Json& value) {
  if (value.kind() == Json::Kind::object && value.has("hex")) {
    keys.raw_keys.push_back(secret(value.hex("hex")));
    return;
  }
  const bool is_file =
      value.kind() == Json::Kind::text && std::filesystem::exists(entry.dir / value.as_text());
  if (!is_file) {
    return;
  }
  const std::filesystem::path path = entry.dir / value.as_text();
  if (name == "recipient_private_key") {
    soap::InspectKeys::KeyPair pair;
    pair.key_pem = secret(read_file(path));
    // The certificate lies beside its key under the same name, or among the others.
    std::string certificate = path.string();
    certificate.replace(certificate.find(".key."), 5, ".cert.");
    if (std::filesystem::exists(certificate)) {
      pair.certificates_pem = as_pem(read_file(certificate));
    }
    keys.key_pairs.push_back(std::move(pair));
  } else if (name == "trust_anchor") {
    keys.anchors_pem = read_file(path);
  } else {
    append(keys.certificates_pem, as_pem(read_file(path)));
  }
}

soap::InspectKeys keys_of(const Entry& entry) {
  soap::InspectKeys keys;
  keys.certificates_pem = certificates_beside(entry.dir);
  if (entry.json.has("context")) {
    const Json& context = entry.json["context"];
    keys.contexts.push_back({context.text("identifier"), "", secret(context.hex("secret_hex"))});
  }
  for (const auto& [name, value] : entry.json["key"].members()) {
    add_key(keys, entry, name, value);
  }
  if (entry.json.has("username")) {
    keys.users.push_back(
        {entry.json.text("username"), secret(to_bytes(entry.json.text("password")))});
  }
  return keys;
}

/// Inspects as if the message had just been made.
soap::InspectReport look(const Entry& entry,
                         const soap::InspectKeys& keys,
                         std::string_view label) {
  soap::InspectSettings settings;
  settings.check_times = false;
  settings.default_label = label;
  const Bytes message = entry.read("file");
  const auto created =
      soap::parse_date_time(soap::inspect(message, "", keys, settings).timestamp_created);
  settings.now = created ? *created : soap::parse_date_time("2027-01-01T00:00:00Z").value();
  return soap::inspect(message, "", keys, settings);
}

std::string canonical(const xml::Element& element) {
  Bytes out;
  return xml::canonicalize(element, {}, out) ? std::string(as_text(out)) : "not canonical";
}

std::string canonical_root(const Bytes& fragment) {
  const auto document = xml::Document::parse(fragment, Limits{});
  return document ? canonical(document->root()) : "not a document";
}

/// The child of the Body of an envelope in the clear.
std::string canonical_body(const Bytes& envelope) {
  const auto document = xml::Document::parse(envelope, Limits{});
  if (!document) {
    return "not an envelope";
  }
  for (const xml::Element& part : document->root().children()) {
    if (part.local_name() == "Body" && part.has_children()) {
      return canonical(part.first_child());
    }
  }
  return "no body";
}

/// "{namespace}name" of every part that `holds`.
template <class Holds>
std::vector<std::string> names_of(const soap::InspectReport& report, Holds holds) {
  std::vector<std::string> names;
  for (const soap::InspectedPart& part : report.parts) {
    if (holds(part)) {
      names.push_back("{" + part.name_space + "}" + part.name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> texts_of(const Json& list) {
  std::vector<std::string> texts;
  for (const Json& text : list.items()) {
    texts.push_back(text.as_text());
  }
  std::sort(texts.begin(), texts.end());
  return texts;
}

Verdict check_coverage(const Json& expected, const soap::InspectReport& report) {
  if (expected.has("signed") && names_of(report, [](const auto& part) { return part.is_signed; }) !=
                                    texts_of(expected["signed"])) {
    return failed("other parts are signed");
  }
  return passed();
}

Verdict check_signatures(const Json& expected, const soap::InspectReport& report) {
  const auto verified = std::count_if(report.signatures.begin(), report.signatures.end(),
                                      [](const auto& one) { return one.failure.empty(); });
  const std::size_t wanted = expected.has("signatures")   ? expected["signatures"].items().size()
                             : expected.has("references") ? 1U
                                                          : 0U;
  return expect(static_cast<std::size_t>(verified) == wanted,
                std::to_string(verified) + " signatures instead of " + std::to_string(wanted));
}

Verdict check_opened(const Entry& entry, const soap::InspectReport& report) {
  const Json& expected = entry.json["expected"];
  if (!report.is_clean()) {
    return failed(report.problems.front());
  }
  if (const Verdict verdict = check_signatures(expected, report);
      verdict.outcome != Verdict::Outcome::passed) {
    return verdict;
  }
  if (expected.has("decrypted_file")) {
    const Bytes decrypted = read_file(entry.dir / expected.text("decrypted_file"));
    if (canonical_body(decrypted) != canonical_root(report.body)) {
      return failed("another decrypted body");
    }
  }
  return check_coverage(expected, report);
}

}  // namespace

Verdict run_soap_message(const Entry& entry) {
  const Json& expected = entry.json["expected"];
  const std::string& wanted = expected.text("result");
  const soap::InspectKeys keys = keys_of(entry);
  const soap::InspectReport report = look(entry, keys, "");
  if (wanted.starts_with("body gives")) {
    const std::string_view body = as_text(report.body);
    return expect(body.find(expected.text("context_identifier")) != std::string_view::npos,
                  "the body does not name the context");
  }
  if (wanted == "rejected" || wanted == "invalid") {
    return expect(!report.is_clean(), "opened, though it must not");
  }
  if (expected.has("label")) {  // agreed on elsewhere: without it the keys are others
    return report.is_clean() ? failed("opened without its label")
                             : check_opened(entry, look(entry, keys, expected.text("label")));
  }
  return check_opened(entry, report);
}

}  // namespace parley::vectors
