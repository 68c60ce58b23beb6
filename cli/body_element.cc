#include "cli/body_element.h"

#include "bindings/soap/xml/document.h"

namespace parley::cli {

Result<Bytes> body_element(Bytes document, const Limits& limits) {
  const auto parsed = xml::Document::parse(std::move(document), limits);
  if (!parsed) {
    return Error(ErrorCode::body_invalid, "body");
  }
  return to_bytes(parsed->root().source());
}

}  // namespace parley::cli
