#include "engine/encrypted_parts.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace parley::engine {
namespace {

Error invalid(const char* place) {
  return Error(ErrorCode::invalid_argument, place);
}

/// Close enough to an NCName: of characters beyond ASCII any will do.
bool is_ncname(std::string_view text) {
  const auto begins_name = [](unsigned char c) {
    return c >= 0x80 || c == '_' || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  };
  return !text.empty() && begins_name(static_cast<unsigned char>(text.front())) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return begins_name(static_cast<unsigned char>(c)) || c == '-' || c == '.' ||
                  (c >= '0' && c <= '9');
         });
}

/// Takes "{ns}name" or "name" from the front; nothing = there is none.
std::optional<PartName> take_name(std::string_view& text) {
  PartName part;
  if (text.starts_with('{')) {
    const std::size_t end = text.find('}');
    if (end == std::string_view::npos || end == 1) {
      return std::nullopt;
    }
    part.ns = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  }
  const std::size_t end = std::min(text.find('/'), text.size());
  part.name = text.substr(0, end);
  text.remove_prefix(end);
  return is_ncname(part.name) || part.name == "*" ? std::optional(std::move(part)) : std::nullopt;
}

std::optional<BodyPath> read_path(std::string_view text) {
  BodyPath path;
  while (!text.empty()) {
    if (!text.starts_with('/') || path.steps.size() == BodyPath::kStepsMax) {
      return std::nullopt;
    }
    BodyPath::Step step;
    step.is_deep = text.starts_with("//");
    text.remove_prefix(step.is_deep ? 2 : 1);
    auto name = take_name(text);
    if (!name || (name->name == "*" && !name->ns.empty())) {
      return std::nullopt;
    }
    step.is_any = name->name == "*";
    if (!step.is_any) {
      step.element = std::move(*name);
    }
    path.steps.push_back(std::move(step));
  }
  return path;
}

std::optional<PartName> read_name(std::string_view text) {
  auto name = take_name(text);
  if (!name || !text.empty() || name->ns.empty()) {
    return std::nullopt;
  }
  if (name->name == "*") {
    name->name.clear();
  }
  return name;
}

template <class T>
Result<std::vector<T>> read_all(std::string_view text,
                                std::optional<T> (*read)(std::string_view),
                                const char* place) {
  std::vector<T> all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end != 0) {
      auto one = read(text.substr(0, end));
      if (!one || all.size() == EncryptedParts::kPartsMax) {
        return invalid(place);
      }
      all.push_back(std::move(*one));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

std::string text_of(const PartName& part) {
  return (part.ns.empty() ? "" : '{' + part.ns + '}') + part.name;
}

std::string text_of(const BodyPath& path) {
  std::string text;
  for (const BodyPath::Step& step : path.steps) {
    text += step.is_deep ? "//" : "/";
    text += step.is_any ? "*" : text_of(step.element);
  }
  return text;
}

}  // namespace

Result<std::vector<PartName>> parse_part_names(std::string_view text) {
  return read_all<PartName>(text, read_name, "names of headers");
}

std::string to_text(const std::vector<PartName>& names) {
  std::string text;
  for (const PartName& name : names) {
    text += (text.empty() ? "" : " ") + text_of(name) + (name.name.empty() ? "*" : "");
  }
  return text;
}

Result<std::vector<BodyPath>> parse_body_paths(std::string_view text) {
  return read_all<BodyPath>(text, read_path, "paths to elements");
}

std::string to_text(const std::vector<BodyPath>& paths) {
  std::string text;
  for (const BodyPath& path : paths) {
    text += (text.empty() ? "" : " ") + text_of(path);
  }
  return text;
}

}  // namespace parley::engine
