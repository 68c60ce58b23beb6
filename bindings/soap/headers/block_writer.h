#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "bindings/soap/xml/escape.h"
#include "engine/profile.h"

namespace parley::soap {

using xml::append;

/// A header block that was written: where it stands, and its wsu:Id (empty = it has none).
struct WrittenBlock {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string id;
  std::string_view ns;  ///< a constant, and so is
  std::string_view local_name;
  bool must_understand = false;
  bool is_hidden = false;  ///< it goes encrypted
  /// False: a block that contains foreign XML, whose canonical form has to be computed.
  bool is_canonical = true;
};

/// Writes header blocks one after the other, each of which declares all the namespaces that it uses
/// and so is its own exclusive canonical form: it is signed as it stands (message-security.md, 12).
/// Prefixes: `s` for SOAP, `wsu` for Ids, and that of the block.
class BlockWriter {
 public:
  /// Appends to `out`, which outlives this. `with_ids`: every block gets a wsu:Id, for signing.
  BlockWriter(Bytes& out, engine::SoapVersion soap, bool with_ids);

  /// Begins a block with `prefix` bound to `ns`. `attribute` is empty or one written attribute
  /// without namespace, as in ` Name="value"`.
  void open(std::string_view prefix,
            std::string_view ns,
            std::string_view local_name,
            bool must_understand = false,
            std::string_view attribute = {});

  /// Begins a block that gets no Id and is never signed: SOAP's own schema lets some of its blocks
  /// have no attributes.
  void open_unsigned(std::string_view prefix,
                     std::string_view ns,
                     std::string_view local_name,
                     std::string_view attributes = {});

  /// Ends the block that is open.
  void close(std::string_view prefix, std::string_view local_name);

  /// A whole block of text content.
  void write_text_block(std::string_view prefix,
                        std::string_view ns,
                        std::string_view local_name,
                        std::string_view text,
                        bool must_understand = false,
                        std::string_view attribute = {});

  /// The open block contains XML that is not ours.
  void mark_not_canonical() { blocks_.back().is_canonical = false; }

  Bytes& out() { return out_; }

  std::span<const WrittenBlock> blocks() const { return blocks_; }

  /// Gives the blocks away; nothing may be written after that.
  std::vector<WrittenBlock> take_blocks() { return std::move(blocks_); }

 private:
  Bytes& out_;
  std::string_view soap_ns_;
  bool with_ids_;
  std::vector<WrittenBlock> blocks_;
};

/// What all Ids of ours begin with, outside the Security header.
inline constexpr std::string_view kReservedIdPrefix = "parley-";
/// The n-th block's Id has n behind this.
inline constexpr std::string_view kBlockIdPrefix = "parley-h";
/// The Id of the Body.
inline constexpr std::string_view kBodyId = "parley-body";

}  // namespace parley::soap
