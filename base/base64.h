#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"

namespace parley {

/// Appends the base64 form (RFC 4648, with padding, no line breaks).
void append_base64(Bytes& out, ByteView bytes);

std::string to_base64(ByteView bytes);

/// Reads base64 with padding; XML white space is passed over wherever it stands. Fast where there
/// is none. Errors: malformed_encoding for any other character, a wrong length or misplaced
/// padding.
Result<Bytes> decode_base64(std::string_view text);

/// The same, in the place of what `out` held; on an error that is anything.
Result<void> decode_base64(std::string_view text, Bytes& out);

/// The same into a given place; how many octets it is. Errors: malformed_encoding also for more
/// than there is room for.
Result<std::size_t> decode_base64(std::string_view text, MutableByteView out);

}  // namespace parley
