#pragma once

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "engine/profile.h"

namespace parley::soap {

/// Whether the children of a Security header stand in the order that a layout asks for (M4, M6): a
/// Timestamp first or last, or, strictly, each token before what refers to it. What is encrypted
/// counts where it stands. Error: security_header_invalid.
Result<void> check_layout(const xml::Element& security, engine::HeaderLayout layout);

}  // namespace parley::soap
