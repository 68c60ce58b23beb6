#include "tests/vectors/soap_messages.h"

#include <algorithm>
#include <chrono>

#include "bindings/soap/inspect.h"
#include "bindings/soap/trust/token_response.h"
#include "kdf/derived_key.h"
#include "tests/vectors/outside_document.h"
#include "tests/vectors/soap_keys.h"

namespace parley::vectors {
namespace {

soap::InspectReport look(const Entry& entry, const std::string& label) {
  soap::InspectSettings settings;
  // Recorded messages are old, and so are many certificates: they are judged where anchors are
  // given.
  settings.check_times = false;
  settings.now.ms =
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())
          .count();
  settings.default_label = label;
  return soap::inspect(entry.read("file"), "", inspect_keys(entry), settings);
}

/// "{namespace}local" of a part.
std::string name_of(const soap::InspectedPart& part) {
  return "{" + part.name_space + "}" + part.name;
}

/// Every part that must be signed or encrypted is.
std::string check_parts(const Json& expected, const soap::InspectReport& report) {
  auto is_among = [&report](const std::string& name, bool soap::InspectedPart::*property) {
    return std::any_of(report.parts.begin(), report.parts.end(),
                       [&](const auto& part) { return name_of(part) == name && part.*property; });
  };
  // Elements inside the Body are encrypted too.
  auto is_decrypted_element = [&report](const std::string& name) {
    return std::any_of(report.encryptions.begin(), report.encryptions.end(), [&](const auto& one) {
      return one.failure.empty() && name.ends_with("}" + one.part);
    });
  };
  for (const Json& name : expected["signed"].items()) {
    if (!is_among(name.as_text(), &soap::InspectedPart::is_signed)) {
      return "not signed: " + name.as_text();
    }
  }
  for (const Json& name : expected["encrypted"].items()) {
    if (!is_among(name.as_text(), &soap::InspectedPart::was_encrypted) &&
        !is_decrypted_element(name.as_text())) {
      return "not encrypted: " + name.as_text();
    }
  }
  return "";
}

/// As many signatures as expected verified, and covers what each must.
std::string check_signatures(const Json& expected, const soap::InspectReport& report) {
  std::vector<soap::InspectedSignature> verified;
  for (const soap::InspectedSignature& signature : report.signatures) {
    if (signature.failure.empty()) {
      verified.push_back(signature);
    }
  }
  const bool has_list = expected.has("signatures");
  const std::size_t wanted = has_list                     ? expected["signatures"].items().size()
                             : expected.has("references") ? 1U
                                                          : 0U;
  if (verified.size() != wanted) {
    return std::to_string(verified.size()) + " signatures instead of " + std::to_string(wanted);
  }
  for (std::size_t i = 0; has_list && i < wanted; ++i) {
    const std::vector<std::string>& covers = verified[i].covers;
    const std::vector<Json>& references = expected["signatures"].items()[i]["references"].items();
    if (covers.size() < references.size()) {
      return "a signature covers less";
    }
    for (const Json& reference : references) {
      // Of an STR-Transform the token is signed, whatever its name (M46).
      const std::string element = reference.text_or("element", "SecurityTokenReference");
      if (element != "SecurityTokenReference" &&
          std::find(covers.begin(), covers.end(), element) == covers.end()) {
        return "a signature does not cover " + element;
      }
    }
  }
  return "";
}

/// The keys that the message derives from its context.
std::string check_derived_keys(const Entry& entry) {
  const std::vector<Json>& wanted = entry.json["expected"]["derived_keys"].items();
  if (wanted.empty() || !entry.json.has("context")) {
    return "";
  }
  const kdf::PShaSource source(entry.json["context"].hex("secret_hex"));
  for (const Json& one : wanted) {
    kdf::DerivedKeySpec spec;
    spec.label = one.text("label");
    spec.nonce = one.base64("nonce_b64");
    spec.offset = one.number("offset");
    spec.length = one.number("length");
    const auto key = kdf::derive_key(source, spec, Limits{});
    if (!key || as_text(key->view()) != as_text(one.hex("key_hex"))) {
      return "another derived key";
    }
  }
  return "";
}

bool is_same_envelope(const Bytes& a, const Bytes& b) {
  const OutsideDocument first = parse_outside(a);
  const OutsideDocument second = parse_outside(b);
  return first.document && second.document &&
         is_same_content(first.document->root(), second.document->root());
}

std::string check_accepted(const Entry& entry, const soap::InspectReport& report) {
  const Json& expected = entry.json["expected"];
  if (!report.is_clean()) {
    return report.problems.front();
  }
  for (const std::string& problem : {check_signatures(expected, report),
                                     check_parts(expected, report), check_derived_keys(entry)}) {
    if (!problem.empty()) {
      return problem;
    }
  }
  if (expected.has("decrypted_file") &&
      !is_same_envelope(report.envelope, read_file(entry.dir / expected.text("decrypted_file")))) {
    return "another decrypted envelope";
  }
  return "";
}

/// The secret of a new context lies in the answer.
std::string check_answer(const Json& expected, const soap::InspectReport& report) {
  const OutsideDocument outside = parse_outside(report.body);
  if (!outside.document) {
    return "the body cannot be read";
  }
  const xml::Element root = outside.document->root();
  const auto family = root.namespace_uri() == soap::uri::trust(contexts::TrustFamily::feb_2005).ns
                          ? contexts::TrustFamily::feb_2005
                          : contexts::TrustFamily::oasis_200512;
  const Limits limits;
  const auto answer = soap::read_token_response(
      root, {family, contexts::TrustOperation::issue, WallTime{}, limits});
  if (!answer) {
    return answer.error().message();
  }
  const bool fits = answer->token && answer->proof_secret &&
                    answer->token->identifier == expected.text("context_identifier") &&
                    as_text(answer->proof_secret->view()) == as_text(expected.hex("secret_hex"));
  return fits ? "" : "another context or secret";
}

}  // namespace

Verdict run_soap_message(const Entry& entry) {
  const Json& expected = entry.json["expected"];
  const std::string& result = expected.text("result");
  if (result == "accepted" || result == "valid" || result == "decrypts") {
    const std::string problem = check_accepted(entry, look(entry, ""));
    return expect(problem.empty(), problem);
  }
  if (result == "rejected" || result == "invalid") {
    return expect(!look(entry, "").is_clean(), "opened, though it must not");
  }
  if (result.starts_with("accepted only with the label")) {
    const std::string problem = check_accepted(entry, look(entry, expected.text("label")));
    return look(entry, "").is_clean() ? failed("opened without the label")
                                      : expect(problem.empty(), problem);
  }
  if (result.starts_with("body gives")) {
    const std::string problem = check_answer(expected, look(entry, ""));
    return expect(problem.empty(), problem);
  }
  throw BadVector("unknown result '" + result + "'");
}

}  // namespace parley::vectors
