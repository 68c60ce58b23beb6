#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <parley.h>

namespace exchange {

inline constexpr std::string_view kNamespace = "urn:parley:exchange";

/// "urn:parley:exchange/Echo"
std::string action_of(std::string_view operation);

/// A document of the service: `<Echo xmlns="urn:parley:exchange"><text>…</text></Echo>`.
parley::Bytes body_of(std::string_view operation,
                      const std::vector<std::pair<std::string_view, std::string>>& fields);

/// The fields of such a document, which came as a body; nothing when it is not one of `operation`,
/// or has none of a field.
class Fields {
 public:
  static std::optional<Fields> in(const parley::Bytes& body, std::string_view operation);

  std::optional<std::string> text(const std::string& name) const;
  /// An xs:long that is not negative.
  std::optional<std::uint64_t> number(const std::string& name) const;

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace exchange
