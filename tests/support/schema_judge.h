#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/profile.h"
#include "support/external_tool.h"

namespace parley::test {

/// The published schemas, for an independent validator: each element of a message that one of them
/// knows is judged by it, because SOAP's wildcards are lax and all are imported.
class SchemaJudge {
 public:
  /// `folder` holds the schemas with their catalogs.
  explicit SchemaJudge(std::filesystem::path folder);

  /// Of messages that are spoken in `profile`. Empty = valid.
  std::string judge(const std::vector<std::string>& files, const engine::Profile& profile) const;

  /// Where the messages may lie.
  const TemporaryFolder& temporary() const { return temporary_; }

 private:
  std::string import_of(std::string_view ns, std::string_view file) const;

  std::filesystem::path folder_;
  TemporaryFolder temporary_;
};

}  // namespace parley::test
