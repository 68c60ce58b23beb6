#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bindings/soap/headers/block_writer.h"
#include "bindings/soap/xml/document.h"

// What the tests of single elements need: a document from text, and the blocks that a writer wrote.

namespace parley::test {

inline xml::Document parsed(std::string_view text) {
  auto document = xml::Document::parse(to_bytes(text), Limits());
  if (!document) {
    FAIL(document.error().message() << " in " << text);
  }
  return std::move(document).value();
}

inline xml::Document parsed(const Bytes& bytes) {
  return parsed(as_text(bytes));
}

inline std::vector<xml::Element> children_of(const xml::Element& element) {
  std::vector<xml::Element> children;
  for (const xml::Element& child : element.children()) {
    children.push_back(child);
  }
  return children;
}

/// What `write` writes as header blocks, below one root.
template <class Write>
std::string written_blocks(engine::SoapVersion soap, Write write) {
  Bytes out = to_bytes("<r>");
  soap::BlockWriter writer(out, soap, true);
  write(writer);
  soap::append(out, "</r>");
  return std::string(as_text(out));
}

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace parley::test
