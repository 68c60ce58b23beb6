#include "cli/octets_argument.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>

#include "base/base64.h"
#include "cli/failure.h"

namespace parley::cli {
namespace {

constexpr std::size_t kSecretFileMax = std::size_t{1} << 20;
constexpr std::size_t kBlock = 65536;

// Reads to the end; nothing that was read stays behind in a buffer of the C library.
Bytes read_stream(std::FILE* stream, const std::string& name, std::size_t size_max) {
  std::setvbuf(stream, nullptr, _IONBF, 0);
  Bytes all;
  while (true) {
    const std::size_t had = all.size();
    // A Bytes that grows leaves its old octets in freed memory: wipe them.
    Bytes grown(had + kBlock);
    std::copy(all.begin(), all.end(), grown.begin());
    crypto::wipe(all);
    all.swap(grown);
    const std::size_t got = std::fread(all.data() + had, 1, kBlock, stream);
    all.resize(had + got);
    if (all.size() > size_max) {
      crypto::wipe(all);
      throw Failure(ExitCode::input, name + ": it is larger than " + std::to_string(size_max) +
                                         " octets; give a smaller one");
    }
    if (got == 0) {
      if (std::ferror(stream) != 0) {
        crypto::wipe(all);
        throw Failure(ExitCode::input,
                      name + ": " + std::strerror(errno) + "; give a readable file");
      }
      return all;
    }
  }
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

crypto::SecretBytes take_or_fail(Result<Bytes> octets,
                                 const std::string& flag,
                                 const char* expected) {
  if (!octets) {
    throw Failure(ExitCode::input, flag + ": this is not " + expected + "; give " + kOctetsForms);
  }
  return crypto::SecretBytes::take(std::move(octets).value());
}

crypto::SecretBytes from_text(std::string_view text, const std::string& flag) {
  Result<Bytes> hex = from_hex(text);
  return hex ? crypto::SecretBytes::take(std::move(hex).value())
             : take_or_fail(decode_base64(text), flag, "hexadecimal or base64");
}

crypto::SecretBytes from_file(const std::string& path) {
  crypto::SecretBytes content = read_secret_input(path, kSecretFileMax);
  const std::string_view text = trimmed(as_text(content.view()));
  Result<Bytes> read = from_hex(text);
  if (!read) {
    read = decode_base64(text);
  }
  return read && !text.empty() ? crypto::SecretBytes::take(std::move(read).value())
                               : std::move(content);
}

}  // namespace

crypto::SecretBytes read_octets(const std::string& argument, const std::string& flag) {
  const auto after = [&](std::string_view prefix) {
    return std::string_view(argument).substr(prefix.size());
  };
  if (argument.starts_with("hex:")) {
    return take_or_fail(from_hex(after("hex:")), flag, "hexadecimal");
  }
  if (argument.starts_with("base64:")) {
    return take_or_fail(decode_base64(after("base64:")), flag, "base64");
  }
  if (argument.starts_with("file:")) {
    return from_file(std::string(after("file:")));
  }
  return from_text(argument, flag);
}

Bytes read_input(const std::string& path, std::size_t size_max) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) {
    throw Failure(ExitCode::input, path + ": " + std::strerror(errno) + "; give a readable file");
  }
  return read_stream(file.get(), path, size_max);
}

crypto::SecretBytes read_secret_input(const std::string& path, std::size_t size_max) {
  return crypto::SecretBytes::take(read_input(path, size_max));
}

Bytes read_input_or_stdin(const std::string& path, std::size_t size_max) {
  return path == "-" ? read_stream(stdin, "standard input", size_max) : read_input(path, size_max);
}

}  // namespace parley::cli
