#pragma once

#include <string>

#include "cli/flags.h"
#include "host/master_key.h"

namespace parley::cli {

/// Where the key of a store is.
class MasterKeyFlags {
 public:
  void declare(Flags& flags);

  /// For a program that may make the store and its key. Nothing set = the node's own default.
  host::MasterKeySource source() const;

  /// The variable that holds it; empty = none does.
  const std::string& variable() const { return environment_; }

  /// For looking at a store that is there: never makes a key. Throws Failure.
  crypto::SealingKey load(const std::string& store, crypto::Entropy& entropy) const;

 private:
  std::string file_;
  std::string environment_;
};

}  // namespace parley::cli
