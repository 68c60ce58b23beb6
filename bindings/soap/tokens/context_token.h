#pragma once

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "contexts/trust_messages.h"

namespace parley::soap {

/// wsc:SecurityContextToken of either family (secure-conversation.md, section 1). Names a key and
/// proves nothing (SC6).
struct ContextToken {
  contexts::ContextName name;
  contexts::TrustFamily family = contexts::TrustFamily::oasis_200512;
};

bool is_context_token(const xml::Element& element);

/// Unknown children are passed over (SC4). Errors: context_unknown without an Identifier, or with more
/// than one Identifier or Instance (SC5).
Result<ContextToken> read_context_token(const xml::Element& element);

}  // namespace parley::soap
