#include "tests/vectors/soap_messages.h"

#include "bindings/soap/inspect.h"
#include "bindings/soap/xml/c14n.h"
#include "tests/vectors/index.h"

namespace parley::vectors {
namespace {

crypto::SecretBytes secret_from_hex(const Json& hex) {
  return crypto::SecretBytes::take(from_hex(hex.get<std::string>()).value());
}

void append(Bytes& to, const Bytes& from) { to.insert(to.end(), from.begin(), from.end()); }

soap::InspectKeys keys_of(const Json& entry, const std::filesystem::path& dir) {
  soap::InspectKeys keys;
  if (entry.contains("context")) {
    keys.contexts.push_back({entry["context"]["identifier"], "", secret_from_hex(entry["context"]["secret_hex"])});
  }
  const Json key = entry.value("key", Json::object());
  for (const auto& [name, value] : key.items()) {
    if (value.is_object() && value.contains("hex")) {
      keys.raw_keys.push_back(secret_from_hex(value["hex"]));
    }
    if (!value.is_string()) {
      continue;
    }
    const Bytes file = read_file(dir / value.get<std::string>());
    if (name == "recipient_private_key") {
      // The certificate lies beside its key, under the same name.
      std::string certificate = value;
      certificate.replace(certificate.find(".key."), 5, ".cert.");
      keys.key_pairs.push_back({read_file(dir / certificate), crypto::SecretBytes::copy_of(file)});
    } else if (name == "trust_anchor") {
      keys.anchors_pem = file;
    } else if (name == "file" || name.ends_with("certificate") || name == "signer") {
      append(keys.certificates_pem, file);
    }
  }
  return keys;
}

Result<std::string> canonical_body(const Bytes& envelope) {
  PARLEY_ASSIGN_OR_RETURN(const xml::Document document, xml::Document::parse(envelope, Limits{}));
  std::string all;
  for (const xml::Element& part : document.root().children()) {
    if (part.local_name() == "Body" && part.has_children()) {
      Bytes out;
      PARLEY_TRY(xml::canonicalize(part.first_child(), {}, out));
      all = std::string(as_text(out));
    }
  }
  return all;
}

Result<std::string> canonical_root(const Bytes& fragment) {
  PARLEY_ASSIGN_OR_RETURN(const xml::Document document, xml::Document::parse(fragment, Limits{}));
  Bytes out;
  PARLEY_TRY(xml::canonicalize(document.root(), {}, out));
  return std::string(as_text(out));
}

std::string judge(const Json& entry, const std::filesystem::path& dir) {
  const Json& expected = entry["expected"];
  const std::string wanted = expected["result"];
  const soap::InspectKeys keys = keys_of(entry, dir);
  soap::InspectSettings settings;
  settings.check_times = false;
  const soap::InspectReport report = soap::inspect(read_file(dir / entry["file"].get<std::string>()), "", keys, settings);
  const std::string problem = report.problems.empty() ? "" : report.problems.front();
  if (wanted.starts_with("body gives")) {
    const std::string body(as_text(report.body));
    const bool ok = body.find(expected["context_identifier"].get<std::string>()) != std::string::npos;
    return ok ? "" : "the body does not name the context";
  }
  if (wanted == "rejected" || wanted == "invalid" || wanted.starts_with("accepted only with")) {
    return report.is_clean() ? "opened, though it must not" : "";
  }
  if (!report.is_clean()) {
    return problem;
  }
  std::size_t verified = 0;
  for (const auto& signature : report.signatures) {
    verified += signature.failure.empty() ? 1U : 0U;
  }
  const std::size_t signatures = expected.contains("signatures") ? expected["signatures"].size()
                                 : expected.contains("references") ? 1U
                                                                   : 0U;
  if (verified != signatures) {
    return std::to_string(verified) + " signatures instead of " + std::to_string(signatures);
  }
  if (expected.contains("decrypted_file")) {
    const auto body = canonical_body(read_file(dir / expected["decrypted_file"].get<std::string>()));
    const auto ours = canonical_root(report.body);
    if (!body || !ours || *body != *ours) {
      return "another decrypted body";
    }
  }
  return "";
}

}  // namespace

SuiteResult run_soap_messages(const std::filesystem::path& suite_dir) {
  SuiteResult result;
  result.suite = suite_dir.filename().string();
  const Json index = read_json(suite_dir / "index.json");
  for (const Json& entry : index["entries"]) {
    const std::string problem = judge(entry, suite_dir);
    if (problem.empty()) {
      ++result.passed;
    } else {
      ++result.failed;
      result.failures.push_back(entry["id"].get<std::string>() + ": " + problem);
    }
  }
  return result;
}

}  // namespace parley::vectors
