#include "kdf/derived_key.h"

namespace parley::kdf {
namespace {

struct Window {
  std::size_t offset;
  std::size_t length;
};

Result<Window> window_of(const DerivedKeySpec& spec, const Limits& limits) {
  const Error invalid(ErrorCode::token_invalid, "derived key");
  const std::uint64_t length = spec.length.value_or(kDefaultLength);
  if ((spec.offset && spec.generation) || length == 0 || length > limits.derived_key_length_max) {
    return invalid;
  }
  std::uint64_t offset = spec.offset.value_or(0);
  if (spec.generation) {
    // DK10: checked by division, since the product of two peer-chosen numbers may overflow.
    if (*spec.generation > limits.derived_key_offset_max / length) {
      return invalid;
    }
    offset = *spec.generation * length;
  }
  if (offset > limits.derived_key_offset_max) {
    return invalid;
  }
  return Window{static_cast<std::size_t>(offset), static_cast<std::size_t>(length)};
}

}  // namespace

Result<crypto::SecretBytes> derive_key(const PShaSource& source, const DerivedKeySpec& spec, const Limits& limits,
                                       std::string_view default_label) {
  PARLEY_ASSIGN_OR_RETURN(const Window window, window_of(spec, limits));
  const std::string_view label = spec.label ? std::string_view(*spec.label) : default_label;
  if (label.size() > limits.derived_key_label_bytes_max || spec.nonce.size() > limits.derived_key_nonce_bytes_max) {
    return Error(ErrorCode::token_invalid, "derived key");
  }
  crypto::SecretBytes key(window.length);
  source.expand(as_bytes(label), spec.nonce, window.offset, key.writable());
  return key;
}

}  // namespace parley::kdf
