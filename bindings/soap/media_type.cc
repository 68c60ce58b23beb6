#include "bindings/soap/media_type.h"

#include <algorithm>

#include "bindings/soap/lexical.h"
#include "bindings/soap/soap_versions.h"

namespace parley::soap {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Takes a parameter's value, quoted or not, off the front of `text`.
Result<std::string> take_value(std::string_view& text) {
  std::string value;
  if (!text.starts_with('"')) {
    const std::size_t end = std::min(text.find(';'), text.size());
    value = trim(text.substr(0, end));
    text.remove_prefix(end);
    return value;
  }
  value.reserve(text.size());
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    value.push_back(text[i]);
  }
  return Error(ErrorCode::malformed_value, "content type");
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view ContentType::parameter(std::string_view name) const {
  for (const auto& [own, value] : parameters) {
    if (equals_ignoring_case(own, name) && !value.empty()) {
      return value;
    }
  }
  return {};
}

bool ContentType::is_multipart() const {
  return equals_ignoring_case(type, "multipart/related");
}

Result<ContentType> read_content_type(std::string_view text) {
  const std::size_t end = std::min(text.find(';'), text.size());
  std::string_view rest = text.substr(end);
  ContentType read;
  read.type = trim(text.substr(0, end));
  while (!(rest = trim(rest)).empty()) {
    if (rest.front() != ';') {
      return Error(ErrorCode::malformed_value, "content type");
    }
    rest = trim(rest.substr(1));
    if (rest.empty()) {
      break;
    }
    const std::size_t equals = rest.find('=');
    if (equals == std::string_view::npos) {
      return Error(ErrorCode::malformed_value, "content type");
    }
    const std::string_view name = trim(rest.substr(0, equals));
    rest = trim(rest.substr(equals + 1));
    PARLEY_ASSIGN_OR_RETURN(std::string value, take_value(rest));
    read.parameters.emplace_back(name, std::move(value));
  }
  return read;
}

Result<MediaType> read_media_type(std::string_view content_type) {
  PARLEY_ASSIGN_OR_RETURN(const ContentType read, read_content_type(content_type));
  return read_media_type(read);
}

Result<MediaType> read_media_type(const ContentType& content_type) {
  MediaType media;
  if (equals_ignoring_case(content_type.type, names_of(engine::SoapVersion::soap_1_1).media_type)) {
    media.soap = engine::SoapVersion::soap_1_1;
  } else if (!equals_ignoring_case(content_type.type,
                                   names_of(engine::SoapVersion::soap_1_2).media_type)) {
    return Error(ErrorCode::media_type_unsupported, "content type");
  }
  for (const auto& [name, value] : content_type.parameters) {
    if (equals_ignoring_case(name, "action")) {
      media.action = value;
    } else if (equals_ignoring_case(name, "charset") && !equals_ignoring_case(value, "utf-8")) {
      return Error(ErrorCode::media_type_unsupported, "charset");
    }
  }
  return media;
}

std::string write_media_type(engine::SoapVersion soap, std::string_view action) {
  std::string text(names_of(soap).media_type);
  text += "; charset=utf-8";
  if (soap == engine::SoapVersion::soap_1_2 && !action.empty()) {
    text += "; " + action_parameter(action);
  }
  return text;
}

std::string with_soap_action(std::string content_type, std::string_view soap_action) {
  const auto read = read_content_type(content_type);
  const bool has_header =
      read && equals_ignoring_case(read->type, names_of(engine::SoapVersion::soap_1_1).media_type);
  return has_header && !soap_action.empty()
             ? std::move(content_type) + "; " + action_parameter(soap_action)
             : content_type;
}

std::string action_parameter(std::string_view action) {
  std::string text = "action=\"";
  for (const char c : action) {
    if (c == '"' || c == '\\') {
      text += '\\';
    }
    text += c;
  }
  text += '"';
  return text;
}

}  // namespace parley::soap
