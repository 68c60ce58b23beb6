#include "tests/fuzz/mutator.h"

#include <algorithm>

#include "bindings/soap/xml/document.h"

namespace parley::fuzz {
namespace {

constexpr std::size_t kPieceMax = 400;

/// A range inside `size` octets, short more often than long.
Range pick(std::size_t size, Random& random) {
  if (size == 0) {
    return {0, 0};
  }
  const std::size_t begin = random.below(size);
  const std::size_t longest = std::min(size - begin, std::size_t{1} << random.below(10));
  return {begin, 1 + random.below(longest)};
}

auto at(Bytes& message, std::size_t index) {
  return message.begin() + static_cast<std::ptrdiff_t>(index);
}

void insert(Bytes& message, std::size_t where, ByteView what) {
  message.insert(at(message, where), what.begin(), what.end());
}

/// The next '<' from somewhere on; elements are moved whole more often than by chance.
std::size_t next_tag(const Bytes& message, Random& random) {
  const std::size_t from = random.below(message.size() + 1);
  const std::size_t found = as_text(message).find('<', from);
  return found == std::string_view::npos ? from : found;
}

int hex_digit(char c) {
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31U);
}

std::vector<Range> elements_of(const Bytes& message) {
  std::vector<Range> elements;
  const auto document = xml::Document::parse(message, Limits{});
  if (!document) {
    return elements;
  }
  const std::string_view root = document->root().source();
  const std::size_t offset = as_text(message).find(root);
  for (xml::NodeIndex i = 0; i < document->size(); ++i) {
    const std::string_view source = document->at(i).source();
    elements.push_back(
        {offset + static_cast<std::size_t>(source.data() - root.data()), source.size()});
  }
  return elements;
}

Bytes Mutator::mutate(Bytes message,
                      const std::vector<Range>& elements,
                      Random& random,
                      std::size_t size_max) const {
  const bool moves = !elements.empty() && random.below(4) != 0;
  if (moves) {
    move_elements(message, elements, random);
  }
  const std::size_t changes = moves ? random.below(3) : 1 + random.below(4);
  for (std::size_t i = 0; i < changes; ++i) {
    change(message, random);
  }
  if (message.size() > size_max) {
    message.resize(size_max);
  }
  return message;
}

void Mutator::move_elements(Bytes& message,
                            const std::vector<Range>& elements,
                            Random& random) const {
  const Range one = elements[random.below(elements.size())];
  const Range other = elements[random.below(elements.size())];
  const Bytes text(at(message, one.begin), at(message, one.begin + one.size));
  const auto remove = [&message](const Range& range) {
    message.erase(at(message, range.begin), at(message, range.begin + range.size));
  };
  switch (random.below(7)) {
    case 0:
      remove(one);
      break;
    case 1:  // twice
      insert(message, one.begin, text);
      break;
    case 2:  // before another, too
      insert(message, other.begin, text);
      break;
    case 3:  // somewhere else
      if (other.begin < one.begin) {
        remove(one);
        insert(message, other.begin, text);
      }
      break;
    case 4: {  // wrapped, where it stands
      insert(message, one.begin + one.size, as_bytes("</w>"));
      insert(message, one.begin, as_bytes("<w>"));
      break;
    }
    case 5: {  // in the place of another
      const Bytes copy = text;
      if (other.begin + other.size <= one.begin || one.begin + one.size <= other.begin) {
        remove(other);
        insert(message, other.begin, copy);
      }
      break;
    }
    default: {  // one character of what it says
      const std::size_t where = one.begin + random.below(one.size);
      constexpr std::string_view kLetters = "0123456789abcdefABCDEF+/= -.:#";
      if (message[where] != '<' && message[where] != '>') {
        message[where] = static_cast<Byte>(kLetters[random.below(kLetters.size())]);
      }
      break;
    }
  }
}

void Mutator::change(Bytes& message, Random& random) const {
  const Range range = pick(message.size(), random);
  switch (random.below(9)) {
    case 0:
      if (range.size != 0) {
        message[range.begin] ^= static_cast<Byte>(1U << random.below(8));
      }
      break;
    case 1:
      if (range.size != 0) {
        message[range.begin] = static_cast<Byte>(random.below(256));
      }
      break;
    case 2:
      message.erase(at(message, range.begin), at(message, range.begin + range.size));
      break;
    case 3: {
      const Bytes copy(at(message, range.begin), at(message, range.begin + range.size));
      insert(message, random.below(message.size() + 1), copy);
      break;
    }
    case 4: {
      const std::string& word = dictionary_[random.below(dictionary_.size())];
      insert(message, range.begin, as_bytes(word));
      break;
    }
    case 5: {
      const std::string& word = dictionary_[random.below(dictionary_.size())];
      insert(message, next_tag(message, random), as_bytes(word));
      break;
    }
    case 6: {
      const Bytes& piece = pieces_[random.below(pieces_.size())];
      const Range part = pick(piece.size(), random);
      insert(message, next_tag(message, random),
             ByteView(piece).subspan(part.begin, std::min(part.size, kPieceMax)));
      break;
    }
    case 7: {
      const std::size_t a = next_tag(message, random);
      const std::size_t b = next_tag(message, random);
      const Bytes moved(at(message, std::min(a, b)), at(message, std::max(a, b)));
      if (moved.size() <= kPieceMax * 4) {
        message.erase(at(message, std::min(a, b)), at(message, std::max(a, b)));
        insert(message, next_tag(message, random), moved);
      }
      break;
    }
    default:
      std::reverse(at(message, range.begin), at(message, range.begin + range.size));
      break;
  }
}

std::vector<std::string> read_dictionary(const Bytes& file) {
  std::vector<std::string> words;
  std::string_view rest = as_text(file);
  while (!rest.empty()) {
    const std::size_t stop = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, stop);
    rest.remove_prefix(std::min(stop + 1, rest.size()));
    const std::size_t open = line.find('"');
    const std::size_t close = line.rfind('"');
    if (line.starts_with('#') || open == std::string_view::npos || close <= open) {
      continue;
    }
    std::string word;
    for (std::size_t i = open + 1; i < close; ++i) {
      if (line[i] != '\\' || i + 1 >= close) {
        word += line[i];
      } else if (line[i + 1] == 'x' && i + 3 < close && hex_digit(line[i + 2]) >= 0 &&
                 hex_digit(line[i + 3]) >= 0) {
        word += static_cast<char>(hex_digit(line[i + 2]) * 16 + hex_digit(line[i + 3]));
        i += 3;
      } else {
        word += line[++i];
      }
    }
    words.push_back(word);
  }
  return words;
}

}  // namespace parley::fuzz
