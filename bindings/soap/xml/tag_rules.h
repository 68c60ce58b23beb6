#pragma once

#include <cstdint>

#include "bindings/soap/xml/index.h"

// What the gate asks of the names in one start tag, once their namespaces are known.

namespace parley::xml {

/// Which ids count (message-security.md, M8): wsu:Id anywhere, Id on ds and xenc elements, and
/// those of SAML assertions.
bool is_id(const Node& node, const Attribute& attribute);

/// Whether two attributes have one expanded name.
bool has_duplicate_attributes(const Index& index, const Node& node);

/// Whether each declaration is in use on this very element and the attributes are sorted (M75,
/// M76). `name_binding` is what binds the prefix of the element's name; kNoNode = nothing.
bool has_canonical_names(const Index& index, const Node& node, std::uint32_t name_binding);

}  // namespace parley::xml
