#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bindings/soap/policy/normal_form.h"
#include "bindings/soap/policy/policy_documents.h"
#include "bindings/soap/policy/policy_requirements.h"
#include "bindings/soap/xml/document.h"

namespace parley::policy {

/// What policy is attached to what, inside WSDL (section 3.1) and outside (3.2).
class Attachments {
 public:
  /// Finds every wsp:PolicyAttachment. `documents` and `budget` outlive this. Errors: those of
  /// `normalize`; malformed_value for an attachment without a policy or without subjects.
  static Result<Attachments> find(PolicyDocuments& documents, WorkBudget& budget);

  /// Adds the policies attached to the element (WP-030): as children, or as PolicyURIs.
  Result<void> add_inline(const xml::Element& subject,
                          std::size_t document,
                          std::vector<NormalPolicy>& policies) const;

  /// Adds the policies that are attached from outside to the endpoint at the address (WP-040).
  Result<void> add_external(std::string_view address, std::vector<NormalPolicy>& policies) const;

  /// Adds those that name an element of a description, as "wsdl11.port(service/port)" does.
  Result<void> add_named(std::string_view fragment, std::vector<NormalPolicy>& policies) const;

  /// All of them at once (WP-010); nothing when there are none.
  Result<std::optional<NormalPolicy>> merged(const std::vector<NormalPolicy>& policies) const;

  /// A policy for sequences (section 3.3).
  struct SequencePolicy {
    std::string identifier;
    bool is_prefix = false;
    std::shared_ptr<const NormalPolicy> policy;  ///< never null
  };

  const std::vector<SequencePolicy>& sequence_policies() const { return sequences_; }

  /// What was left out, in words (WP-040).
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct External {
    std::string address;                         ///< of an endpoint reference
    std::string fragment;                        ///< of a URI
    std::shared_ptr<const NormalPolicy> policy;  ///< never null
  };

  Attachments(PolicyDocuments& documents, WorkBudget& budget)
      : documents_(&documents), budget_(&budget) {}

  Result<void> read(const xml::Element& attachment, std::size_t document);
  void read_subject(const xml::Element& subject, const std::shared_ptr<const NormalPolicy>& policy);
  void read_sequence_ref(const xml::Element& subject,
                         const std::shared_ptr<const NormalPolicy>& policy);
  template <class Matches>
  Result<void> add_if(Matches matches, std::vector<NormalPolicy>& policies) const;

  PolicyDocuments* documents_;
  WorkBudget* budget_;
  std::vector<External> externals_;
  std::vector<SequencePolicy> sequences_;
  std::vector<std::string> warnings_;
};

/// The policy for a sequence of that identifier; null when there is none. An exact match goes
/// before a prefix, and a longer prefix before a shorter one (WP-051).
const NormalPolicy* find_sequence_policy(const std::vector<Attachments::SequencePolicy>& policies,
                                         std::string_view identifier);

}  // namespace parley::policy
