#include "cli/demo/notes.h"

#include <algorithm>
#include <charconv>

#include "base/check.h"
#include "cli/demo/dice.h"

namespace parley::cli {
namespace {

constexpr std::string_view kNumber = " number=\"";
constexpr std::string_view kEnd = "</d:Note>";

}  // namespace

Bytes make_note(std::uint64_t seed, std::uint64_t number) {
  std::string note = "<d:Note xmlns:d=\"urn:parley:demo\"";
  note += kNumber;
  note += std::to_string(number);
  note += "\">";
  Dice dice(seed ^ number * 0x9e3779b97f4a7c15);
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz 01234";
  while (note.size() + kEnd.size() < kNoteBytes) {
    // Twelve letters from one number.
    std::uint64_t bits = dice.next();
    for (int i = 0; i < 12 && note.size() + kEnd.size() < kNoteBytes; ++i, bits >>= 5) {
      note += kLetters[bits & 31];
    }
  }
  note += kEnd;
  return to_bytes(note);
}

std::optional<std::uint64_t> number_of_note(ByteView body) {
  const std::string_view text = as_text(body);
  const std::size_t at = text.find(kNumber);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + at + kNumber.size(), end, number);
  return error == std::errc() && stop != end && *stop == '"' ? std::optional(number) : std::nullopt;
}

std::string_view text_of_note(ByteView body) {
  const std::string_view text = as_text(body);
  const std::size_t begin = std::min(text.find('>'), text.size() - 1) + 1;
  const std::size_t end = text.rfind("</");
  return end == std::string_view::npos || end < begin ? std::string_view()
                                                      : text.substr(begin, end - begin);
}

ChainDigest::ChainDigest(ByteView so_far) {
  PARLEY_CHECK(so_far.size() == sizeof bytes_);
  std::copy(so_far.begin(), so_far.end(), bytes_);
}

void ChainDigest::add(std::uint64_t number, std::string_view text) {
  crypto::Digest digest(crypto::DigestAlgorithm::sha256);
  digest.update(view());
  digest.update(as_bytes(std::to_string(number) + ":"));
  digest.update(as_bytes(text));
  const crypto::DigestValue value = digest.finish();
  std::copy_n(value.bytes.begin(), sizeof bytes_, bytes_);
}

std::uint64_t ChainDigest::word(std::size_t i) const {
  std::uint64_t word = 0;
  for (std::size_t octet = 0; octet < 8; ++octet) {
    word = word << 8 | bytes_[i * 8 + octet];
  }
  return word;
}

}  // namespace parley::cli
