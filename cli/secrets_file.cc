#include "cli/secrets_file.h"

#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "cli/failure.h"
#include "cli/octets_argument.h"

namespace parley::cli {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFileMax = std::size_t{64} << 20;
constexpr int kDepthMax = 32;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void gather(const Json& value, int depth, std::vector<soap::InspectKeys::Context>& contexts) {
  if (depth > kDepthMax || !value.is_structured()) {
    return;
  }
  if (value.is_object()) {
    const std::string identifier = text_of(value, "identifier");
    Result<Bytes> secret = decode_base64(text_of(value, "secret"));
    if (!identifier.empty() && secret && !secret->empty()) {
      contexts.push_back({identifier, text_of(value, "instance"),
                          crypto::SecretBytes::take(std::move(secret).value())});
    }
  }
  for (const Json& inner : value) {
    gather(inner, depth + 1, contexts);
  }
}

}  // namespace

std::vector<soap::InspectKeys::Context> read_secrets(const std::string& path) {
  const crypto::SecretBytes content = read_secret_input(path, kFileMax);
  std::vector<soap::InspectKeys::Context> contexts;
  const std::string_view text = as_text(content.view());
  const Json whole = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!whole.is_discarded()) {
    gather(whole, 0, contexts);
  } else {
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      gather(Json::parse(line.begin(), line.end(), nullptr, false), 0, contexts);
      at = end + 1;
    }
  }
  if (contexts.empty()) {
    throw Failure(ExitCode::input, path +
                                       ": it holds no context; give JSON objects with an "
                                       "identifier and a base64 secret");
  }
  return contexts;
}

}  // namespace parley::cli
