#include "bindings/soap/headers/sequence.h"

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_names.h"

namespace parley::soap {

Result<engine::SequenceHeader> read_sequence(const xml::Element& block,
                                             sequences::RmVersion version) {
  engine::SequenceHeader header;
  bool has_number = false;
  for (const xml::Element& child : block.children()) {
    const std::string_view name = child.local_name();
    if (child.namespace_uri() != block.namespace_uri()) {
      // A number of the other version would silently be lost.
      if (find_rm(child.namespace_uri())) {
        return Error(ErrorCode::malformed_envelope, "sequence");
      }
    } else if (name == "Identifier") {
      if (!header.identifier.empty()) {
        return Error(ErrorCode::malformed_envelope, "sequence");
      }
      PARLEY_ASSIGN_OR_RETURN(header.identifier, read_iri(child));
    } else if (name == "MessageNumber") {
      if (std::exchange(has_number, true)) {
        return Error(ErrorCode::malformed_envelope, "sequence");
      }
      std::string scratch;
      PARLEY_ASSIGN_OR_RETURN(const std::string_view text, read_text(child, scratch));
      PARLEY_ASSIGN_OR_RETURN(header.number, read_number(text));
    } else if (name == "LastMessage" && version == sequences::RmVersion::rm_1_0) {
      header.last_message = true;
    } else {
      return Error(ErrorCode::malformed_envelope, "sequence");
    }
  }
  if (header.identifier.empty() || !has_number) {
    return Error(ErrorCode::malformed_envelope, "sequence");
  }
  if (header.number == 0) {
    return Error(ErrorCode::malformed_value, "message number");
  }
  return header;
}

void write_sequence(BlockWriter& writer,
                    const engine::SequenceHeader& header,
                    sequences::RmVersion version) {
  Bytes& out = writer.out();
  writer.open("wsrm", names_of(version).ns, "Sequence", true);
  append_child(writer.out(), "wsrm", "Identifier", header.identifier);
  append(out, "<wsrm:MessageNumber>");
  append_number(out, header.number);
  append(out, "</wsrm:MessageNumber>");
  if (header.last_message && version == sequences::RmVersion::rm_1_0) {
    append(out, "<wsrm:LastMessage></wsrm:LastMessage>");
  }
  writer.close("wsrm", "Sequence");
}

}  // namespace parley::soap
