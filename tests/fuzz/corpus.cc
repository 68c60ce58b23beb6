#include "tests/fuzz/corpus.h"

#include <utility>

#include "tests/vectors/suites.h"

namespace parley::fuzz {

using vectors::BadVector;
using vectors::Entry;
using vectors::Json;

namespace {

constexpr std::size_t kSeedMax = 20'000;

}  // namespace

Corpus::Corpus(const std::filesystem::path& folder) {
  for (const std::filesystem::path& suite : vectors::find_suites(folder)) {
    add_suite(suite);
    if (std::filesystem::exists(suite / "xml.dict")) {
      dictionary_ = read_dictionary(vectors::read_file(suite / "xml.dict"));
    }
  }
  if (seeds_.empty() || dictionary_.empty()) {
    throw BadVector("no corpus in " + folder.string());
  }
}

void Corpus::add_suite(const std::filesystem::path& suite) {
  const Json index = vectors::read_json(suite / "index.json");
  for (const Json& json : index["entries"].items()) {
    const std::string kind = json.text_or("kind", "hostile");
    if (kind != "hostile" && kind != "soap-message" && kind != "rm-message") {
      continue;
    }
    Bytes message = vectors::read_file(suite / json.text("file"));
    if (message.empty() || message.size() > kSeedMax) {
      continue;
    }
    const Json& context = json["context"];
    if (!context.is_null() && find({context.text("identifier"), ""}) == nullptr) {
      auto key = contexts::LiveKey::make(
          {context.text("identifier"), ""}, contexts::TrustFamily::oasis_200512,
          crypto::SecretBytes::take(context.hex("secret_hex")), WallTime{INT64_MAX});
      if (key) {
        keys_.push_back(std::move(*key));
      }
    }
    pieces_.push_back(message);
    const Entry entry{json, suite};
    vectors::Posture posture = vectors::Posture::of(entry, message);
    std::vector<Range> elements = elements_of(message);
    seeds_.push_back({std::move(message), std::move(elements), std::move(posture)});
  }
}

const contexts::LiveKey* Corpus::find(const contexts::ContextName& name) const {
  for (const contexts::LiveKey& key : keys_) {
    if (key.name() == name) {
      return &key;
    }
  }
  return nullptr;
}

}  // namespace parley::fuzz
