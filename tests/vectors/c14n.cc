#include "tests/vectors/c14n.h"

#include "base/limits.h"
#include "bindings/soap/xml/c14n.h"
#include "tests/vectors/index.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {


bool set_method(std::string uri, xml::C14nOptions& options) {
  const std::string with_comments = "#WithComments";
  if (uri.ends_with(with_comments)) {
    options.with_comments = true;
    uri.resize(uri.size() - with_comments.size());
  }
  if (uri == "http://www.w3.org/2001/10/xml-exc-c14n#" || uri == "http://www.w3.org/2001/10/xml-exc-c14n") {
    options.method = xml::C14nMethod::exclusive;
  } else if (uri == "http://www.w3.org/TR/2001/REC-xml-c14n-20010315") {
    options.method = xml::C14nMethod::inclusive_1_0;
  } else if (uri == "http://www.w3.org/2006/12/xml-c14n11") {
    options.method = xml::C14nMethod::inclusive_1_1;
  } else {
    return false;
  }
  return true;
}

xml::Element find(const xml::Document& document, const std::string& ns, const std::string& local) {
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    if (document.at(i).is(ns, local)) {
      return document.at(i);
    }
  }
  return {};
}

xml::Element find_id(const xml::Document& document, const std::string& id) {
  for (xml::NodeIndex i = 0; i < document.size(); ++i) {
    for (const xml::Attribute& attribute : document.at(i).attributes()) {
      if (attribute.local_name == "Id" && attribute.raw == id) {
        return document.at(i);
      }
    }
  }
  return {};
}

void run_entry(const Json& entry, const std::filesystem::path& dir, SuiteResult& result) {
  const std::string id = entry["id"];
  if (entry.value("kind", "") != "c14n") {
    ++result.skipped[std::string(kSkipXpathNodes)];
    return;
  }
  if (entry.contains("xpath_file")) {
    ++result.skipped[std::string(kSkipXpathNodes)];
    return;
  }
  xml::C14nOptions options;
  auto document = xml::Document::parse(read_file(dir / entry["file"]), Limits{});
  if (!document) {
    if (document.error().code() == ErrorCode::forbidden_doctype) {
      ++result.skipped[std::string(kSkipDtd)];
      return;
    }
    if (document.error().place() == "XML declaration" &&
        document.error().code() == ErrorCode::malformed_encoding) {
      ++result.skipped[std::string(kSkipEncoding)];
      return;
    }
    ++result.failed;
    result.failures.push_back(id + ": " + document.error().message());
    return;
  }
  if (!set_method(entry["algorithm"], options)) {
    ++result.failed;
    result.failures.push_back(id + ": unknown algorithm");
    return;
  }
  for (const auto& prefix : entry.value("prefix_list", Json::array())) {
    options.prefix_list.push_back(prefix);
  }
  Bytes out;
  Result<void> done;
  if (entry.contains("apex_element")) {
    const Json& apex = entry["apex_element"];
    const xml::Element element = find(*document, apex["namespace"], apex["local_name"]);
    done = element ? xml::canonicalize(element, options, out) : Result<void>(Error(ErrorCode::not_found, "apex"));
  } else {
    done = xml::canonicalize_document(*document, options, out);
  }
  if (done && out == read_file(dir / entry["expected_file"])) {
    ++result.passed;
  } else {
    ++result.failed;
    result.failures.push_back(id + (done ? ": other octets" : ": " + done.error().message()));
  }
}

}  // namespace

SuiteResult run_c14n(const std::filesystem::path& suite_dir) {
  SuiteResult result;
  result.suite = suite_dir.filename().string();
  const Json index = read_json(suite_dir / "index.json");
  for (const Json& entry : index["entries"]) {
    run_entry(entry, suite_dir, result);
  }
  return result;
}

SuiteResult run_c14n_cases(const std::filesystem::path& file) {
  SuiteResult result;
  result.suite = file.filename().string();
  const Json cases = read_json(file);
  for (const Json& one : cases["cases"]) {
    const std::string id = one["id"];
    xml::C14nOptions options;
    const auto document = xml::Document::parse(to_bytes(one["document"].get<std::string>()), Limits{});
    const xml::Element apex = document ? find_id(*document, one["reference_id"]) : xml::Element();
    Json prefixes = one.value("inclusive_prefixes", Json());
    if (prefixes.is_null()) {
      prefixes = one.value("prefix_list", Json());
    }
    if (prefixes.is_array()) {
      for (const auto& prefix : prefixes) {
        options.prefix_list.push_back(prefix);
      }
    } else if (prefixes.is_string()) {
      std::istringstream words(prefixes.get<std::string>());
      for (std::string word; words >> word;) {
        options.prefix_list.push_back(word);
      }
    }
    Bytes out;
    const bool known = set_method(one["algorithm"], options);
    options.with_comments = false;  // a same-document Reference drops comments first (M80)
    if (apex && known && xml::canonicalize(apex, options, out) &&
        as_text(out) == one["canonical"].get<std::string>()) {
      ++result.passed;
    } else {
      ++result.failed;
      result.failures.push_back(id + ": got " + std::string(as_text(out)));
    }
  }
  return result;
}

}  // namespace parley::vectors
