#pragma once

#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace parley::vectors {

/// Something in a suite is not what it has to be: the vector at hand fails with this text.
class BadVector : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A JSON value as suites use it. Asking for what is not there throws a BadVector that names it.
class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, text, list, object };

  Kind kind() const { return kind_; }

  bool is_null() const { return kind_ == Kind::null; }

  /// The member of that name; a null value when there is none.
  const Json& operator[](std::string_view key) const;

  bool has(std::string_view key) const { return !(*this)[key].is_null(); }

  // The member of that name as what it has to be.
  const std::string& text(std::string_view key) const;
  std::uint64_t number(std::string_view key) const;
  Bytes hex(std::string_view key) const;
  Bytes base64(std::string_view key) const;

  /// Whether the member is there and true.
  bool is_true(std::string_view key) const;

  /// As `text`, but `fallback` when there is no such member.
  std::string text_or(std::string_view key, std::string_view fallback) const;

  // This value as what it has to be; a null value is an empty list or object.
  const std::string& as_text() const;
  const std::vector<Json>& items() const;
  const std::vector<std::pair<std::string, Json>>& members() const;

 private:
  friend Json parse_json(const Bytes& octets);
  friend struct JsonMaker;

  Kind kind_ = Kind::null;
  std::uint64_t number_ = 0;  ///< of a boolean: 0 or 1
  bool is_natural_ = false;   ///< `number_` holds it exactly
  std::string text_;
  std::vector<Json> items_;
  std::vector<std::pair<std::string, Json>> members_;
};

/// Throws BadVector for anything but JSON.
Json parse_json(const Bytes& octets);

/// Throws BadVector for a file that cannot be read.
Bytes read_file(const std::filesystem::path& path);
Json read_json(const std::filesystem::path& path);

}  // namespace parley::vectors
