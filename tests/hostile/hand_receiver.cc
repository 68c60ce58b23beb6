#include "tests/hostile/hand_receiver.h"

#include "bindings/soap/inspect.h"

namespace parley::vectors {

bool has_bare_credentials(const Entry& entry, const Bytes& message) {
  const std::string_view text = as_text(message);
  return !entry.json.has("context") && (text.find("UsernameToken") != std::string_view::npos ||
                                        text.find("Timestamp") != std::string_view::npos);
}

std::string look_by_hand(const Bytes& message,
                         const Posture& posture,
                         const soap::Credentials& credentials) {
  soap::InspectKeys keys;
  keys.anchors_pem = credentials.anchors_pem;
  keys.users.push_back({"alice", crypto::SecretBytes::copy_of(as_bytes("ecila"))});
  soap::InspectSettings settings;
  settings.now = posture.now;
  const soap::InspectReport report = soap::inspect(message, posture.content_type, keys, settings);
  return report.is_clean() ? "" : report.problems.front();
}

}  // namespace parley::vectors
