#include "bindings/soap/headers/ack_requested.h"

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/rm_names.h"

namespace parley::soap {

Result<std::string> read_ack_requested(const xml::Element& block, sequences::RmVersion version) {
  std::string identifier;
  for (const xml::Element& child : block.children()) {
    if (child.namespace_uri() != block.namespace_uri()) {
      continue;
    }
    const std::string_view name = child.local_name();
    if (name == "Identifier" && identifier.empty()) {
      PARLEY_ASSIGN_OR_RETURN(identifier, read_iri(child));
    } else if (version == sequences::RmVersion::rm_1_1 ||
               (name != "MaxMessageNumberUsed" && name != "MessageNumber")) {
      return Error(ErrorCode::malformed_envelope, "ack requested");
    }
  }
  if (identifier.empty()) {
    return Error(ErrorCode::malformed_envelope, "ack requested");
  }
  return identifier;
}

void write_ack_requested(BlockWriter& writer, std::string_view identifier,
                         sequences::RmVersion version) {
  writer.open("wsrm", names_of(version).ns, "AckRequested");
  append_child(writer.out(), "wsrm", "Identifier", identifier);
  writer.close("wsrm", "AckRequested");
}

}  // namespace parley::soap
