#include "bindings/soap/make_connection.h"

#include <string>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/mc_names.h"

namespace parley::soap {
namespace {

/// `<wsmc:UnsupportedElement xmlns:f="…" xmlns:wsmc="…">f:name</wsmc:UnsupportedElement>`
void append_unsupported(Bytes& out, const xml::Element& element) {
  const bool has_namespace = !element.namespace_uri().empty();
  append(out, "<wsmc:UnsupportedElement");
  if (has_namespace) {
    append(out, " xmlns:f=\"");
    xml::append_attribute(out, element.namespace_uri());
    append(out, "\"");
  }
  append(out, " xmlns:wsmc=\"");
  append(out, kMc);
  append(out, has_namespace ? "\">f:" : "\">");
  append(out, element.local_name());
  append(out, "</wsmc:UnsupportedElement>");
}

}  // namespace

Result<engine::MakeConnection> read_make_connection(const xml::Element& element) {
  engine::MakeConnection body;
  for (const xml::Element& child : element.children()) {
    if (!child.is(kMc, "Address")) {
      append_unsupported(body.unsupported, child);
    } else if (!body.address.empty()) {
      return Error(ErrorCode::malformed_envelope, "MakeConnection");
    } else {
      PARLEY_ASSIGN_OR_RETURN(body.address, read_iri(child));
    }
  }
  return body;
}

void append_make_connection(Bytes& out, const engine::MakeConnection& body) {
  append(out, "<wsmc:MakeConnection xmlns:wsmc=\"");
  append(out, kMc);
  append(out, "\">");
  if (!body.address.empty()) {
    append_child(out, "wsmc", "Address", body.address);
  }
  append(out, "</wsmc:MakeConnection>");
}

}  // namespace parley::soap
