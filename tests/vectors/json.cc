#include "tests/vectors/json.h"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "base/base64.h"

namespace parley::vectors {
namespace {

const Json kNull;

std::string quoted(std::string_view key) {
  return "'" + std::string(key) + "'";
}

}  // namespace

struct JsonMaker {
  static Json make(const nlohmann::json& from) {
    Json to;
    if (from.is_string()) {
      to.kind_ = Json::Kind::text;
      to.text_ = from.get<std::string>();
    } else if (from.is_number()) {
      to.kind_ = Json::Kind::number;
      to.is_natural_ = from.is_number_unsigned();
      to.number_ = to.is_natural_ ? from.get<std::uint64_t>() : 0;
      to.text_ = from.dump();
    } else if (from.is_boolean()) {
      to.kind_ = Json::Kind::boolean;
      to.number_ = from.get<bool>() ? 1 : 0;
    } else if (from.is_array()) {
      to.kind_ = Json::Kind::list;
      for (const nlohmann::json& item : from) {
        to.items_.push_back(make(item));
      }
    } else if (from.is_object()) {
      to.kind_ = Json::Kind::object;
      for (const auto& [key, value] : from.items()) {
        to.members_.emplace_back(key, make(value));
      }
    }
    return to;
  }
};

const Json& Json::operator[](std::string_view key) const {
  for (const auto& [name, value] : members_) {
    if (name == key) {
      return value;
    }
  }
  return kNull;
}

const std::string& Json::text(std::string_view key) const {
  const Json& member = (*this)[key];
  if (member.kind_ != Kind::text) {
    throw BadVector("no text " + quoted(key));
  }
  return member.text_;
}

bool Json::is_true(std::string_view key) const {
  const Json& member = (*this)[key];
  return member.kind_ == Kind::boolean && member.number_ != 0;
}

std::uint64_t Json::number(std::string_view key) const {
  const Json& member = (*this)[key];
  if (member.kind_ != Kind::number || !member.is_natural_) {
    throw BadVector("no natural number " + quoted(key));
  }
  return member.number_;
}

Bytes Json::hex(std::string_view key) const {
  auto octets = from_hex(text(key));
  if (!octets) {
    throw BadVector("no hexadecimal text " + quoted(key));
  }
  return std::move(*octets);
}

Bytes Json::base64(std::string_view key) const {
  auto octets = decode_base64(text(key));
  if (!octets) {
    throw BadVector("no base64 text " + quoted(key));
  }
  return std::move(*octets);
}

std::string Json::text_or(std::string_view key, std::string_view fallback) const {
  return (*this)[key].kind_ == Kind::text ? (*this)[key].text_ : std::string(fallback);
}

const std::string& Json::as_text() const {
  if (kind_ != Kind::text) {
    throw BadVector("a value is no text");
  }
  return text_;
}

const std::vector<Json>& Json::items() const {
  if (kind_ != Kind::list && kind_ != Kind::null) {
    throw BadVector("a value is no list");
  }
  return items_;
}

const std::vector<std::pair<std::string, Json>>& Json::members() const {
  if (kind_ != Kind::object && kind_ != Kind::null) {
    throw BadVector("a value is no object");
  }
  return members_;
}

Json parse_json(const Bytes& octets) {
  const nlohmann::json parsed = nlohmann::json::parse(octets, nullptr, false);
  if (parsed.is_discarded()) {
    throw BadVector("not JSON");
  }
  return JsonMaker::make(parsed);
}

Bytes read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  if (!in || std::filesystem::is_directory(path, error)) {
    throw BadVector("cannot read " + path.string());
  }
  return Bytes(std::istreambuf_iterator<char>(in), {});
}

Json read_json(const std::filesystem::path& path) {
  try {
    return parse_json(read_file(path));
  } catch (const BadVector& bad) {
    throw BadVector(path.filename().string() + ": " + bad.what());
  }
}

}  // namespace parley::vectors
