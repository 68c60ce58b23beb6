#include "tests/vectors/c14n.h"

#include <optional>
#include <sstream>

#include "base/limits.h"
#include "bindings/soap/security/algorithms.h"
#include "bindings/soap/xml/c14n.h"
#include "tests/vectors/outside_document.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

xml::C14nOptions options_of(const std::string& uri) {
  const soap::CanonicalFormRow* const row = soap::find_canonical_form(uri);
  if (row == nullptr) {
    throw BadVector("unknown canonicalization " + uri);
  }
  xml::C14nOptions options;
  options.method = row->form == soap::CanonicalForm::exclusive ? xml::C14nMethod::exclusive
                   : row->form == soap::CanonicalForm::inclusive_1_0
                       ? xml::C14nMethod::inclusive_1_0
                       : xml::C14nMethod::inclusive_1_1;
  options.with_comments = row->with_comments;
  return options;
}

/// A list of prefixes, or one text of them.
void read_prefixes(const Json& prefixes, xml::C14nOptions& options) {
  if (prefixes.kind() == Json::Kind::text) {
    std::istringstream words(prefixes.as_text());
    for (std::string word; words >> word;) {
      options.prefix_list.push_back(word);
    }
    return;
  }
  for (const Json& prefix : prefixes.items()) {
    options.prefix_list.push_back(prefix.as_text());
  }
}

Verdict run_case(const Json& one) {
  xml::C14nOptions options = options_of(one.text("algorithm"));
  options.with_comments = false;  // a same-document Reference drops comments first (M80)
  read_prefixes(one.has("inclusive_prefixes") ? one["inclusive_prefixes"] : one["prefix_list"],
                options);
  const OutsideDocument outside = parse_outside(to_bytes(one.text("document")));
  if (!outside.document) {
    return outside.why;
  }
  const xml::Element apex = find_by_id(*outside.document, one.text("reference_id"));
  Bytes out;
  if (!apex || !xml::canonicalize(apex, options, out)) {
    return failed("no canonical form");
  }
  return expect(as_text(out) == one.text("canonical"), "got " + std::string(as_text(out)));
}

}  // namespace

Verdict run_c14n(const Entry& entry) {
  const Json& json = entry.json;
  if (json.has("xpath_file")) {
    return skipped(kSkipNodeSet);
  }
  xml::C14nOptions options = options_of(json.text("algorithm"));
  read_prefixes(json["prefix_list"], options);
  const OutsideDocument outside = parse_outside(entry.read("file"));
  if (!outside.document) {
    return outside.why;
  }
  Bytes out;
  Result<void> done;
  if (json.has("apex_element")) {
    const Json& apex = json["apex_element"];
    const xml::Element element =
        find_element(*outside.document, apex.text_or("namespace", ""), apex.text("local_name"));
    if (!element) {
      return failed("no apex element");
    }
    done = xml::canonicalize(element, options, out);
  } else {
    done = xml::canonicalize_document(*outside.document, options, out);
  }
  if (!done) {
    return failed(done.error().message());
  }
  return expect(out == entry.read("expected_file"), "other octets");
}

SuiteResult run_c14n_cases(const std::filesystem::path& file) {
  SuiteResult result;
  result.suite = file.filename().string();
  const Json cases = read_json(file);
  for (const Json& one : cases["cases"].items()) {
    const std::string id = one.text_or("id", "(no id)");
    try {
      result.add(id, run_case(one));
    } catch (const std::exception& problem) {
      result.add(id, failed(problem.what()));
    }
  }
  return result;
}

}  // namespace parley::vectors
