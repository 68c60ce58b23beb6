#pragma once

#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "crypto/secret.h"
#include "engine/encrypted_parts.h"

namespace parley::soap {

/// An element of a Body that is encrypted by itself.
struct SelectedPart {
  xml::Element element;
  bool is_content = false;  ///< its tags stay
};

/// What the paths of `parts` select of a Body whose child is `root` (null = it is empty), in
/// document order. What lies in another part is left out; so is the content of an element that has
/// none.
std::vector<SelectedPart> select_parts(const xml::Element& root,
                                       const engine::EncryptedParts& parts);

/// Whether a message can have all of them encrypted that are selected of `body`, the content of a
/// Body. Errors: body_invalid; limit_exceeded for more than half of encrypted_items_max.
Result<void> check_parts(ByteView body, const engine::EncryptedParts& parts, const Limits& limits);

/// Whether one of `names` is that of a header block.
bool names_header(const std::vector<engine::PartName>& names,
                  std::string_view ns,
                  std::string_view local_name);

/// Octets of a Body's content that give way to EncryptedData.
struct HiddenPiece {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool is_content = false;    ///< Type Content, else Element
  crypto::SecretBytes plain;  ///< what is encrypted: an element goes with its namespaces (M50)
};

/// Where the parts that are selected stand in `body`: one element with all its namespaces, or
/// nothing. Errors: those of check_parts.
Result<std::vector<HiddenPiece>> find_hidden(ByteView body,
                                             const engine::EncryptedParts& parts,
                                             const Limits& limits);

}  // namespace parley::soap
