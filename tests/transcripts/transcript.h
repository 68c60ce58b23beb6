#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "crypto/secret.h"
#include "engine/codec.h"
#include "engine/profile.h"

namespace parley::transcripts {

/// One HTTP message with an envelope in it, as one side sent it.
struct Recorded {
  std::string file;
  bool is_outgoing = false;  ///< from the caller
  std::string action;        ///< as the index names it
  bool is_encrypted = false;
  std::string content_type;  ///< with SOAPAction as its action parameter
  Bytes envelope;
};

struct RecordedContext {
  std::string identifier;
  crypto::SecretBytes secret;
};

/// One conversation from beginning to end, in the order of sending.
struct Exchange {
  std::string mode;
  std::vector<Recorded> messages;
  std::vector<RecordedContext> contexts;
};

/// The keys of one exchange, as either side holds them.
class RecordedKeys final : public engine::KeyRing {
 public:
  explicit RecordedKeys(const Exchange& exchange);

  const contexts::LiveKey* find(const contexts::ContextName& name) const override;

 private:
  std::vector<contexts::LiveKey> keys_;
};

/// What two peers said to each other in one cell.
struct Transcript {
  std::string cell;
  engine::Profile profile;
  std::vector<Exchange> exchanges;
};

/// Reads DIR/index.json and the files that it names. Throws vectors::BadVector.
Transcript read_transcript(const std::filesystem::path& dir);

}  // namespace parley::transcripts
