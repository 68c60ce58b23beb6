#include "tests/transcripts/transcript.h"

#include <algorithm>
#include <cctype>

#include "tests/vectors/json.h"

namespace parley::transcripts {
namespace {

using vectors::BadVector;
using vectors::Json;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// The value of a header field; empty = not there.
std::string field(std::string_view head, std::string_view name) {
  for (std::size_t at = 0; at < head.size();) {
    const std::size_t end = std::min(head.find('\n', at), head.size());
    std::string_view line = head.substr(at, end - at);
    at = end + 1;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || lower(line.substr(0, colon)) != name) {
      continue;
    }
    line.remove_prefix(colon + 1);
    const auto first = line.find_first_not_of(" \t");
    const auto last = line.find_last_not_of(" \t\r");
    return first == std::string_view::npos ? "" : std::string(line.substr(first, last - first + 1));
  }
  return {};
}

void read_http(const Bytes& file, Recorded& recorded) {
  const std::string_view text = as_text(file);
  std::size_t blank = text.find("\r\n\r\n");
  std::size_t skip = 4;
  if (blank == std::string_view::npos) {
    blank = text.find("\n\n");
    skip = 2;
  }
  if (blank == std::string_view::npos) {
    throw BadVector(recorded.file + ": no empty line after the head");
  }
  const std::string_view head = text.substr(0, blank);
  recorded.content_type = field(head, "content-type");
  if (const std::string action = field(head, "soapaction"); action.size() > 2) {
    recorded.content_type += "; action=" + action;
  }
  recorded.envelope = to_bytes(text.substr(blank + skip));
}

template <class Value>
Value value_of(const Json& cell,
               std::string_view key,
               std::initializer_list<std::pair<std::string_view, Value>> values) {
  for (const auto& [name, value] : values) {
    if (cell.text(key) == name) {
      return value;
    }
  }
  throw BadVector("cell: " + std::string(key) + " is " + cell.text(key));
}

engine::Profile profile_of(const Json& cell) {
  using engine::Bootstrap;
  using engine::BootstrapBinding;
  using engine::Protection;
  engine::Profile profile;
  profile.name = cell.text("id");
  profile.soap =
      cell.text("soap") == "1.1" ? engine::SoapVersion::soap_1_1 : engine::SoapVersion::soap_1_2;
  profile.addressing = cell.text("wsa") == "1.0" ? engine::AddressingVersion::addressing_1_0
                                                 : engine::AddressingVersion::addressing_2004_08;
  profile.rm.reset();
  if (cell.text("rm") != "none") {
    profile.rm =
        cell.text("rm") == "1.0" ? sequences::RmVersion::rm_1_0 : sequences::RmVersion::rm_1_1;
  }
  profile.sc.reset();
  if (cell.text("sc") != "none") {
    profile.sc = cell.text("sc") == "1.3" ? contexts::TrustFamily::oasis_200512
                                          : contexts::TrustFamily::feb_2005;
  }
  profile.protect = value_of<Protection>(cell, "protect",
                                         {{"none", Protection::none},
                                          {"transport", Protection::transport},
                                          {"sign", Protection::sign},
                                          {"sign+encrypt", Protection::sign_encrypt}});
  profile.bootstrap = Bootstrap::none;
  if (cell.text_or("bootstrap", "none") != "none") {
    profile.bootstrap = value_of<Bootstrap>(cell, "bootstrap",
                                            {{"x509", Bootstrap::x509},
                                             {"username-cert", Bootstrap::username_cert},
                                             {"username-https", Bootstrap::username_https},
                                             {"x509-https", Bootstrap::x509_https}});
  }
  if (cell.text_or("binding", "none") != "none") {
    profile.binding = value_of<BootstrapBinding>(cell, "binding",
                                                 {{"symmetric", BootstrapBinding::symmetric},
                                                  {"asymmetric", BootstrapBinding::asymmetric},
                                                  {"transport", BootstrapBinding::transport}});
  }
  profile.order = cell.text_or("order", "") == "encrypt-before-sign"
                      ? engine::ProtectionOrder::encrypt_before_sign
                      : engine::ProtectionOrder::sign_before_encrypt;
  profile.encrypt_signature = cell.is_true("encrypt_signature");
  profile.derived_keys = cell.is_true("derived");
  profile.rm_settings.in_order = cell.is_true("ordered");
  profile.sequence_token_reference = false;  // these stacks send none
  if (cell.text_or("reply", "") == "addressable") {
    profile.reply = engine::ReplyMode::addressable;
  }
  profile.suite = cell.text_or("suite", "Basic256");
  if (profile.suite == "none") {
    profile.suite = "Basic256";
  }
  return profile;
}

}  // namespace

RecordedKeys::RecordedKeys(const Exchange& exchange) {
  for (const RecordedContext& context : exchange.contexts) {
    keys_.push_back(contexts::LiveKey::make({context.identifier, {}},
                                            contexts::TrustFamily::oasis_200512,
                                            context.secret.clone(), WallTime{})
                        .value());
  }
}

const contexts::LiveKey* RecordedKeys::find(const contexts::ContextName& name) const {
  const auto found =
      std::find_if(keys_.begin(), keys_.end(), [&](const auto& key) { return key.name() == name; });
  return found == keys_.end() ? nullptr : &*found;
}

Transcript read_transcript(const std::filesystem::path& dir) {
  const Json index = vectors::read_json(dir / "index.json");
  Transcript transcript;
  transcript.cell = index["cell"].text("id");
  transcript.profile = profile_of(index["cell"]);
  for (const Json& exchange : index["exchanges"].items()) {
    Exchange& read = transcript.exchanges.emplace_back();
    read.mode = exchange.text("mode");
    for (const Json& context : exchange["contexts"].items()) {
      read.contexts.push_back(
          {context.text("identifier"), crypto::SecretBytes::take(context.base64("secret"))});
    }
    for (const Json& message : exchange["messages"].items()) {
      Recorded& recorded = read.messages.emplace_back();
      recorded.file = message.text("file");
      recorded.is_outgoing = message.text("direction") == "out";
      recorded.action = message.text("action");
      recorded.is_encrypted = message.is_true("encrypted");
      read_http(vectors::read_file(dir / recorded.file), recorded);
    }
  }
  if (transcript.exchanges.empty()) {
    throw BadVector(dir.string() + ": no exchanges");
  }
  return transcript;
}

}  // namespace parley::transcripts
