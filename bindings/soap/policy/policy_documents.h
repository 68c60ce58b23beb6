#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/expression.h"
#include "bindings/soap/policy/policy_limits.h"
#include "bindings/soap/xml/document.h"

namespace parley::policy {

/// The documents that describe one service, and every policy in them by name: what references are
/// resolved with (WP-001). Elements stay valid as long as this.
class PolicyDocuments {
 public:
  explicit PolicyDocuments(const PolicyLimits& limits = {}) : limits_(limits) {}

  /// Adds a document. `location` is what other documents call it: a URL, or a path as an import
  /// writes it. Errors: already_exists; limit_exceeded.
  Result<void> add(std::string location, xml::Document document);

  std::size_t count() const { return documents_.size(); }

  const xml::Document& document(std::size_t index) const { return documents_[index]->xml; }

  const std::string& location(std::size_t index) const { return documents_[index]->location; }

  /// The document that is called so.
  std::optional<std::size_t> find_document(std::string_view location) const;

  /// A policy in its document: where references in it start from.
  struct Found {
    const PolicyExpression* policy;
    std::size_t document;
  };

  /// The policy that a reference in `from` means: "#id" in the same document, "location#id" in
  /// another, or the policy's Name. Where the reference has a digest, the policy has it too.
  /// Errors: not_found for an unknown policy, and for an id that is there twice;
  /// algorithm_unsupported and malformed_value for a digest; those of `read_policy`.
  Result<Found> resolve(const PolicyReference& reference, std::size_t from);

  const PolicyLimits& limits() const { return limits_; }

 private:
  struct Described {
    std::string location;
    xml::Document xml;
    /// Policies by wsu:Id or xml:id; null where an id is there twice.
    std::unordered_map<std::string, xml::Element> by_id;
  };

  /// What was read already: a policy may be referred to from everywhere.
  struct Read {
    std::unique_ptr<PolicyExpression> policy;
    std::string sha1;  ///< of its canonical form; empty = nobody asked
  };

  /// Null when there is none; `document` is where it is.
  xml::Element find(std::string_view uri, std::size_t from, std::size_t& document) const;
  void index(Described& described, std::size_t number);

  PolicyLimits limits_;
  std::vector<std::unique_ptr<Described>> documents_;
  /// By Name, with the number of the document; null where a name is there twice.
  std::unordered_map<std::string, std::pair<xml::Element, std::size_t>> by_name_;
  std::map<std::pair<std::size_t, xml::NodeIndex>, Read> read_;
};

}  // namespace parley::policy
