#include "cli/message_file.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

#include "base/limits.h"
#include "cli/octets_argument.h"

namespace parley::cli {
namespace {

// Room for a head before the largest envelope.
constexpr std::size_t kHeadMax = 65536;

constexpr std::string_view kBlank = " \t\r";

// XML begins with '<', after a byte order mark or white space at most.
bool is_bare(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first == std::string_view::npos || text[first] == '<';
}

// The size of the head with its empty line; nothing if there is none.
std::optional<std::size_t> head_size(std::string_view text) {
  const std::size_t crlf = text.find("\r\n\r\n");
  const std::size_t lf = text.find("\n\n");
  if (crlf == std::string_view::npos && lf == std::string_view::npos) {
    return std::nullopt;
  }
  return crlf < lf ? crlf + 4 : lf + 2;
}

bool is_content_type(std::string_view name) {
  constexpr std::string_view kName = "content-type";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                    [](unsigned char a, char b) { return std::tolower(a) == b; });
}

std::string content_type_of(std::string_view head) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find('\n'), head.size() - 1);
    std::string_view line = head.substr(0, end);
    head.remove_prefix(end + 1);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_content_type(line.substr(0, colon))) {
      continue;
    }
    line.remove_prefix(colon + 1);
    line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
    return std::string(line.substr(0, line.find_last_not_of(kBlank) + 1));
  }
  return {};
}

}  // namespace

MessageFile split_message(Bytes recorded) {
  const std::string_view text = as_text(recorded);
  const std::optional<std::size_t> head = is_bare(text) ? std::nullopt : head_size(text);
  if (!head) {
    return {{}, std::move(recorded)};
  }
  MessageFile message;
  message.content_type = content_type_of(text.substr(0, *head));
  message.envelope = to_bytes(text.substr(*head));
  return message;
}

MessageFile read_message(const std::string& path) {
  return split_message(read_input_or_stdin(path, Limits{}.envelope_bytes_max + kHeadMax));
}

}  // namespace parley::cli
