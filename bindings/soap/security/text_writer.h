#pragma once

#include <string_view>

#include "base/bytes.h"

namespace parley::soap {

/// Appends pieces of XML to a buffer. The fragments of message security are constant but for ids,
/// times, nonces and digests, so they are written as text, in canonical form.
class TextWriter {
 public:
  explicit TextWriter(Bytes& out) : out_(out) {}

  /// As it is.
  TextWriter& text(std::string_view text) {
    return octets(as_bytes(text));  // of one type, so that they are moved as a block
  }

  TextWriter& octets(ByteView octets) {
    out_.insert(out_.end(), octets.begin(), octets.end());
    return *this;
  }

  /// Character data and attribute values, escaped as canonical XML writes them (M74).
  TextWriter& content(std::string_view text) { return escaped(text, false); }

  TextWriter& attribute(std::string_view text) { return escaped(text, true); }

  TextWriter& base64(ByteView octets);

  TextWriter& number(std::size_t number);

  std::size_t position() const { return out_.size(); }

  /// What was written since `begin`; valid until the next write.
  ByteView since(std::size_t begin) const { return ByteView(out_).subspan(begin); }

  Bytes& out() { return out_; }

 private:
  TextWriter& escaped(std::string_view text, bool in_attribute);

  Bytes& out_;
};

}  // namespace parley::soap
