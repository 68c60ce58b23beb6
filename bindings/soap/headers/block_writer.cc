#include "bindings/soap/headers/block_writer.h"

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xml/escape.h"

namespace parley::soap {
namespace {

void append_declaration(Bytes& out, std::string_view prefix, std::string_view ns) {
  append(out, " xmlns:");
  append(out, prefix);
  append(out, "=\"");
  append(out, ns);
  out.push_back('"');
}

}  // namespace

BlockWriter::BlockWriter(Bytes& out, engine::SoapVersion soap, bool with_ids)
    : out_(out), soap_ns_(names_of(soap).ns), with_ids_(with_ids) {
  blocks_.reserve(16);
}

void BlockWriter::open(std::string_view prefix,
                       std::string_view ns,
                       std::string_view local_name,
                       bool must_understand,
                       std::string_view attribute) {
  WrittenBlock block;
  block.begin = out_.size();
  block.ns = ns;
  block.local_name = local_name;
  block.must_understand = must_understand;
  out_.push_back('<');
  append(out_, prefix);
  out_.push_back(':');
  append(out_, local_name);
  // Canonical order: declarations by prefix (s < ws… < wsu), then attributes without a namespace,
  // then those with one by URI (that of wsu sorts before both of SOAP; M75).
  if (must_understand) {
    append_declaration(out_, "s", soap_ns_);
  }
  append_declaration(out_, prefix, ns);
  if (with_ids_) {
    append_declaration(out_, "wsu", uri::kWsu);
  }
  append(out_, attribute);
  if (with_ids_) {
    block.id = kBlockIdPrefix;
    block.id += std::to_string(blocks_.size());
    append(out_, " wsu:Id=\"");
    append(out_, block.id);
    out_.push_back('"');
  }
  if (must_understand) {
    append(out_, " s:mustUnderstand=\"1\"");
  }
  out_.push_back('>');
  blocks_.push_back(std::move(block));
}

void BlockWriter::open_unsigned(std::string_view prefix,
                                std::string_view ns,
                                std::string_view local_name,
                                std::string_view attributes) {
  WrittenBlock block;
  block.begin = out_.size();
  block.ns = ns;
  block.local_name = local_name;
  out_.push_back('<');
  append(out_, prefix);
  out_.push_back(':');
  append(out_, local_name);
  append_declaration(out_, prefix, ns);
  append(out_, attributes);
  out_.push_back('>');
  blocks_.push_back(std::move(block));
}

void BlockWriter::close(std::string_view prefix, std::string_view local_name) {
  append(out_, "</");
  append(out_, prefix);
  out_.push_back(':');
  append(out_, local_name);
  out_.push_back('>');
  blocks_.back().end = out_.size();
}

void BlockWriter::write_text_block(std::string_view prefix,
                                   std::string_view ns,
                                   std::string_view local_name,
                                   std::string_view text,
                                   bool must_understand,
                                   std::string_view attribute) {
  open(prefix, ns, local_name, must_understand, attribute);
  xml::append_text(out_, text);
  close(prefix, local_name);
}

}  // namespace parley::soap
