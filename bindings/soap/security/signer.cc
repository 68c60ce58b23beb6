#include "bindings/soap/security/signer.h"

namespace parley::soap {

std::string describe(const Signer& signer) {
  switch (signer.kind) {
    case Signer::Kind::context:
      return "context " + signer.context.identifier +
             (signer.context.instance.empty() ? "" : " instance " + signer.context.instance);
    case Signer::Kind::exchange:
      return "key of the request";
    case Signer::Kind::carried:
      return "key carried by the message, " + signer.principal;
    case Signer::Kind::certificate:
      return "certificate " + signer.subject;
    case Signer::Kind::assertion:
      return "subject of an assertion, " + signer.subject;
    case Signer::Kind::raw:
      return signer.principal.empty() ? "given key" : "given key " + signer.principal;
  }
  return {};
}

}  // namespace parley::soap
