#include "bindings/soap/security/coverage.h"

#include <algorithm>

namespace parley::soap {

Coverage::Coverage(const OpenedSecurity& opened) {
  for (const VerifiedSignature& signature : opened.signatures) {
    covered_.insert(covered_.end(), signature.covered.begin(), signature.covered.end());
  }
}

Coverage::Coverage(const OpenedSecurity& opened, const Signer& signer) {
  for (const VerifiedSignature& signature : opened.signatures) {
    if (signature.signer == signer) {
      covered_.insert(covered_.end(), signature.covered.begin(), signature.covered.end());
    }
  }
}

bool Coverage::covers(const xml::Element& element) const {
  if (!element) {
    return false;
  }
  if (std::find(covered_.begin(), covered_.end(), element) != covered_.end()) {
    return true;
  }
  const xml::Document& document = element.document();
  const xml::NodeIndex parent = document.node(element.index()).parent;
  if (parent == xml::kNoNode || document.node(parent).replaces == xml::kNoNode) {
    return false;
  }
  const xml::Element encrypted = document.at(document.node(parent).replaces);
  return std::find(covered_.begin(), covered_.end(), encrypted) != covered_.end();
}

}  // namespace parley::soap
