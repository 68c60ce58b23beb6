#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/flags.h"
#include "host/node_settings.h"

namespace parley::cli {

/// What `serve` tells of the service to whoever asks for its description.
class DescriptionFlags {
 public:
  void declare(Flags& flags);

  /// Nothing when nothing is to be told, or when no policy can tell the profile: a line says so.
  /// Throws Failure.
  std::optional<host::Description> description(const engine::Profile& profile) const;

 private:
  std::vector<std::string> operations_;
  std::string schema_file_;
  std::string target_namespace_;
  std::string address_;
  std::string language_ = "usual";
};

}  // namespace parley::cli
