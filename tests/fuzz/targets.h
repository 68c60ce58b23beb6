#pragma once

#include <set>
#include <string>

#include "bindings/soap/soap_codec.h"
#include "tests/fuzz/corpus.h"

namespace parley::fuzz {

/// What every message has to leave standing. Each target returns what it broke; empty = nothing.
class Targets {
 public:
  /// Borrows the corpus. Throws vectors::BadVector when nothing in it opens.
  Targets(const Corpus& corpus, const soap::Credentials& credentials);

  /// Gate: whatever is admitted has canonical forms, and those are their own canonical forms.
  static std::string check_document(const Bytes& message);

  /// Codec: whatever is opened under a context says what a genuine message says.
  std::string check_codec(const Bytes& message, const vectors::Posture& posture) const;

  /// The tool that looks at everything comes to an end.
  static std::string check_inspection(const Bytes& message, const vectors::Posture& posture);

 private:
  std::string opened_text(const Bytes& message, const vectors::Posture& posture) const;

  const Corpus& corpus_;
  std::unique_ptr<soap::SoapCodec> codec_;
  std::set<std::string> genuine_;
};

}  // namespace parley::fuzz
