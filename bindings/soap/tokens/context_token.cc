#include "bindings/soap/tokens/context_token.h"

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"

namespace parley::soap {

bool is_context_token(const xml::Element& element) {
  return element && element.local_name() == "SecurityContextToken" &&
         uri::find_secure_conversation(element.namespace_uri()) != nullptr;
}

Result<ContextToken> read_context_token(const xml::Element& element) {
  const Error malformed(ErrorCode::context_unknown, "SecurityContextToken");
  const std::string_view ns = element.namespace_uri();
  ContextToken token;
  token.family = ns == uri::kSecureConversation[0].ns ? contexts::TrustFamily::feb_2005
                                                      : contexts::TrustFamily::oasis_200512;
  bool has_instance = false;
  std::string scratch;
  for (const xml::Element& child : element.children()) {
    if (child.is(ns, "Identifier")) {
      if (!token.name.identifier.empty()) {
        return malformed;
      }
      token.name.identifier = trim(child.text_view(scratch));
      if (token.name.identifier.empty() || child.has_children()) {
        return malformed;
      }
    } else if (child.is(ns, "Instance")) {
      if (has_instance || child.has_children()) {
        return malformed;
      }
      has_instance = true;
      token.name.instance = child.text();
    }
  }
  if (token.name.identifier.empty()) {
    return malformed;
  }
  return token;
}

}  // namespace parley::soap
