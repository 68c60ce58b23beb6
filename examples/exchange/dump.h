#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <parley.h>

namespace exchange {

/// Writes every HTTP message into a folder, and the secrets that open them.
class Dump {
 public:
  /// What lies in the folder already is kept. Throws Refusal.
  explicit Dump(std::filesystem::path folder);

  void message(bool is_outgoing, std::string_view head, parley::ByteView body);
  void secret(const parley::ExposedSecret& secret);

 private:
  std::filesystem::path folder_;
  std::uint64_t count_ = 0;
};

}  // namespace exchange
