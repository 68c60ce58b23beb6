#include "tests/vectors/suites.h"

#include <algorithm>

#include "tests/vectors/c14n.h"
#include "tests/vectors/key_derivation.h"
#include "tests/vectors/policies.h"
#include "tests/vectors/rm_messages.h"
#include "tests/vectors/skips.h"
#include "tests/vectors/soap_messages.h"
#include "tests/vectors/wycheproof.h"
#include "tests/vectors/xmldsig.h"
#include "tests/vectors/xmlenc.h"

namespace parley::vectors {
namespace {

/// A file of many vectors, in one of two shapes.
void run_json(const Entry& entry, SuiteResult& result) {
  const Json file = parse_json(entry.read("file"));
  int ran = 0;
  auto add = [&](const std::string& id, auto&& run) {
    ++ran;
    try {
      result.add(id, run());
    } catch (const std::exception& problem) {
      result.add(id, failed(problem.what()));
    }
  };
  for (const Json& vector : file["vectors"].items()) {
    add(vector.text_or("id", entry.id()), [&] { return run_key_derivation(vector); });
  }
  for (const Json& group : file["testGroups"].items()) {
    for (const Json& test : group["tests"].items()) {
      const std::string number = test.has("tcId") ? std::to_string(test.number("tcId")) : "?";
      add(entry.id() + " " + number + " (" + test.text_or("comment", "") + ")",
          [&] { return run_wycheproof(file.text("algorithm"), group, test); });
    }
  }
  if (ran == 0) {
    throw BadVector("the file holds neither 'vectors' nor 'testGroups'");
  }
}

void run_entry(const Entry& entry, SuiteResult& result) {
  const std::string& kind = entry.json.text("kind");
  if (kind == "json") {
    run_json(entry, result);
  } else if (kind == "c14n") {
    result.add(entry.id(), run_c14n(entry));
  } else if (kind == "c14n-references") {
    run_c14n_references(entry, result);
  } else if (kind == "xmldsig") {
    result.add(entry.id(), run_xmldsig(entry));
  } else if (kind == "xmlenc") {
    result.add(entry.id(), run_xmlenc(entry));
  } else if (kind == "rm-message") {
    result.add(entry.id(), run_rm_message(entry));
  } else if (kind == "soap-message") {
    result.add(entry.id(), run_soap_message(entry));
  } else if (kind == "soap-message") {
    result.add(entry.id(), run_soap_message(entry));
  } else if (kind == "policy") {
    result.add(entry.id(), run_policy(entry));
  } else {
    throw BadVector("unknown kind '" + kind + "'");
  }
}

void walk(const std::filesystem::path& root, std::vector<std::filesystem::path>& files) {
  std::error_code error;
  std::filesystem::recursive_directory_iterator at(root, error);
  for (const std::filesystem::recursive_directory_iterator end; !error && at != end;
       at.increment(error)) {
    files.push_back(at->path());
  }
  if (error) {
    throw BadVector(root.string() + ": " + error.message());
  }
  std::sort(files.begin(), files.end());
}

}  // namespace

std::vector<std::filesystem::path> find_suites(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> files;
  walk(root, files);
  std::vector<std::filesystem::path> suites;
  for (const std::filesystem::path& file : files) {
    if (file.filename() == "index.json") {
      suites.push_back(file.parent_path());
    }
  }
  return suites;
}

std::vector<std::filesystem::path> find_case_files(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> found;
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(root, error)) {
    if (file.path().extension() == ".json" && file.path().filename() != "index.json" &&
        !std::filesystem::exists(root / "index.json")) {
      try {
        if (read_json(file.path())["cases"].kind() == Json::Kind::list) {
          found.push_back(file.path());
        }
      } catch (const BadVector&) {
        continue;  // a loose file need not be for us
      }
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

SuiteResult run_suite(const std::filesystem::path& dir) {
  SuiteResult result;
  result.suite = std::filesystem::absolute(dir).lexically_normal().filename().string();
  try {
    const Json index = read_json(dir / "index.json");
    if (index["entries"].items().empty()) {
      throw BadVector("no entries");
    }
    for (const Json& json : index["entries"].items()) {
      const Entry entry{json, dir};
      try {
        run_entry(entry, result);
      } catch (const std::exception& problem) {
        result.add(entry.id(), failed(problem.what()));
      }
    }
  } catch (const std::exception& problem) {
    result.add("index.json", failed(problem.what()));
  }
  return result;
}

}  // namespace parley::vectors
