#pragma once

#include <deque>
#include <filesystem>
#include <vector>

#include "contexts/live_key.h"
#include "engine/codec.h"
#include "tests/fuzz/mutator.h"
#include "tests/hostile/posture.h"

namespace parley::fuzz {

/// A message to start from, with the receiver that it was made for.
struct Seed {
  Bytes message;
  std::vector<Range> elements;
  vectors::Posture posture;
};

/// Messages of all suites below a folder, genuine and hostile ones, and the contexts of them all.
class Corpus final : public engine::KeyRing {
 public:
  /// Throws vectors::BadVector when there is none.
  explicit Corpus(const std::filesystem::path& folder);

  const std::vector<Seed>& seeds() const { return seeds_; }

  const std::vector<Bytes>& pieces() const { return pieces_; }

  const std::vector<std::string>& dictionary() const { return dictionary_; }

  const contexts::LiveKey* find(const contexts::ContextName& name) const override;

 private:
  void add_suite(const std::filesystem::path& suite);

  std::vector<Seed> seeds_;
  std::vector<Bytes> pieces_;
  std::vector<std::string> dictionary_;
  std::deque<contexts::LiveKey> keys_;
};

}  // namespace parley::fuzz
