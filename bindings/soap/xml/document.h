#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/xml/index.h"

// Documents: bytes that passed the gate (gate.h), with the index that it made on its one walk.
// Nothing is copied; an Element is a place in that index. Decrypted plaintext passes the gate as a
// fragment and takes the place of its EncryptedData, so a document is a list of segments.

namespace parley::xml {

class Document;
class Children;

/// A place in a document: a value, valid as long as the document. Two places are equal when they
/// are the same element, whatever they hold.
class Element {
 public:
  Element() = default;

  Element(const Document* document, NodeIndex index) : document_(document), index_(index) {}

  explicit operator bool() const { return index_ != kNoNode; }

  NodeIndex index() const { return index_; }

  const Document& document() const { return *document_; }

  std::string_view local_name() const { return node().local_name; }

  std::string_view namespace_uri() const { return node().ns; }

  std::string_view prefix() const { return node().prefix; }

  bool is(std::string_view ns, std::string_view local) const {
    return index_ != kNoNode && node().local_name == local && node().ns == ns;
  }

  /// Null at the document element.
  Element parent() const;
  Element first_child() const;
  Element next_sibling() const;
  /// Child elements in document order.
  Children children() const;
  /// The first child of that name; null when there is none.
  Element child(std::string_view ns, std::string_view local) const;

  bool has_children() const { return bool(first_child()); }

  /// The value after normalization, borrowed from the document; `ns` empty = an attribute without
  /// namespace.
  std::optional<std::string_view> attribute(std::string_view ns, std::string_view local) const;
  std::span<const Attribute> attributes() const;

  /// Direct text, references and CDATA resolved, comments and instructions left out, elements
  /// passed over.
  std::string text() const;

  /// The same, borrowed from the document where it stands there as it is, else written to
  /// `scratch`.
  std::string_view text_view(std::string& scratch) const;

  /// The URI that a prefix stands for here; empty prefix = the default namespace, "" when there is
  /// none.
  std::optional<std::string_view> namespace_of(std::string_view prefix) const;

  /// The element as written, tags included. Empty once something in it was replaced.
  std::string_view source() const;

  friend bool operator==(const Element& a, const Element& b) {
    return a.index_ == b.index_ && a.document_ == b.document_;
  }

 private:
  const Node& node() const;

  const Document* document_ = nullptr;
  NodeIndex index_ = kNoNode;
};

class Children {
 public:
  class Iterator {
   public:
    explicit Iterator(Element at) : at_(at) {}

    const Element& operator*() const { return at_; }

    Iterator& operator++() {
      at_ = at_.next_sibling();
      return *this;
    }

    friend bool operator!=(const Iterator& a, const Iterator& b) {
      return a.at_.index() != b.at_.index();
    }

   private:
    Element at_;
  };

  explicit Children(Element first) : first_(first) {}

  Iterator begin() const { return Iterator(first_); }

  Iterator end() const { return Iterator(Element()); }

 private:
  Element first_;
};

/// A well-formed document with namespaces. Moves; elements keep pointing into the moved one only
/// through `Document::at`.
class Document {
 public:
  /// Passes `bytes` through the gate. Errors: malformed_encoding, malformed_xml, forbidden_doctype,
  /// limit_exceeded; security_header_invalid for what is beyond a limit inside a Security header.
  /// `room` is an empty index that may have room already.
  static Result<Document> parse(Bytes bytes, const Limits& limits, Index room = {});

  Document(Document&&) noexcept = default;
  Document& operator=(Document&&) noexcept = default;

  Element root() const { return {this, 0}; }

  Element at(NodeIndex index) const { return {this, index}; }

  const Node& node(NodeIndex index) const { return index_.nodes[index]; }

  const Attribute& attribute(std::uint32_t index) const { return index_.attributes[index]; }

  const Binding& binding(std::uint32_t index) const { return index_.bindings[index]; }

  /// The element with that id over all id attributes; null when there is none, or more than one
  /// (M9).
  Element by_id(std::string_view id) const;

  /// Whether one id value stands on two elements: such a message is refused (M9, M94).
  bool has_duplicate_ids() const;

  /// Puts `plaintext` in the place of `encrypted`: as exactly one element, or (`is_content`) as any
  /// content. It passes the gate in the namespace context of the parent (M50), and counts towards
  /// the limits of the whole document. Errors: those of `parse`, and malformed_xml for anything but
  /// one element. On an error the document is as it was.
  Result<void> replace(Element encrypted, Bytes plaintext, bool is_content);

  /// What stands around the document element (comments, instructions, white space), as written.
  std::string_view prolog() const;
  std::string_view epilog() const;

  /// Texts that were decrypted, and values that may have been in them: for wiping, when nobody will
  /// look into this document again.
  std::span<Bytes> decrypted_texts() { return std::span(segments_).subspan(1); }

  std::span<Bytes> unescaped_values() { return index_.unescaped; }

  /// Gives the index away, emptied, for its room. Nothing of this document may be used after that.
  Index take_room() {
    index_.clear();
    return std::move(index_);
  }

  /// All octets, what was decrypted among them.
  std::size_t octets() const { return bytes_; }

  std::size_t decrypted_octets() const { return bytes_ - segments_.front().size(); }

  /// How many elements the index holds.
  std::size_t size() const { return index_.nodes.size(); }

 private:
  friend class Element;

  /// The element at `child`, or what stands in its place or comes after it.
  Element settled(NodeIndex child) const;
  /// The next sibling as written, out of fragments too.
  NodeIndex after(NodeIndex child) const;

  Document() = default;

  std::vector<Bytes> segments_;  ///< octets stay where they are when this grows
  Index index_;
  Limits limits_;
  std::size_t bytes_ = 0;
};

/// Resolves references in raw text or an attribute value that passed the gate; line ends become LF,
/// and in an attribute white space becomes spaces.
std::string unescape(std::string_view raw, bool is_attribute);

/// The element as a text of its own, across segments: its bytes with every namespace in scope
/// declared on it, so that prefixes in its content keep their meaning.
Bytes self_contained(const Element& element);

inline const Node& Element::node() const {
  return document_->node(index_);
}

inline std::span<const Attribute> Element::attributes() const {
  return {document_->index_.attributes.data() + node().attributes, node().attribute_count};
}

// Hardly anything is ever replaced, so that the index tells at once what comes next.

inline Element Element::first_child() const {
  const NodeIndex child = node().first_child;
  if (child == kNoNode) {
    return {};
  }
  return document_->node(child).replaced_by == kNoNode ? Element(document_, child)
                                                       : document_->settled(child);
}

inline Children Element::children() const {
  return Children(first_child());
}

inline Element Element::next_sibling() const {
  const NodeIndex next = node().next;
  const bool is_simple = next != kNoNode && document_->node(next).replaced_by == kNoNode;
  return is_simple ? Element(document_, next) : document_->settled(document_->after(index_));
}

}  // namespace parley::xml
