#include "bindings/soap/policy/attachments.h"

#include <array>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/policy/policy_names.h"

namespace parley::policy {
namespace {

bool is_in_language(const xml::Element& element, std::string_view local) {
  return element.local_name() == local && find_language(element.namespace_uri()).has_value();
}

}  // namespace

Result<Attachments> Attachments::find(PolicyDocuments& documents, WorkBudget& budget) {
  Attachments attachments(documents, budget);
  for (std::size_t i = 0; i < documents.count(); ++i) {
    const xml::Document& document = documents.document(i);
    for (xml::NodeIndex node = 0; node < document.size(); ++node) {
      if (is_in_language(document.at(node), "PolicyAttachment")) {
        PARLEY_TRY(attachments.read(document.at(node), i));
      }
    }
  }
  return attachments;
}

Result<void> Attachments::add_inline(const xml::Element& subject,
                                     std::size_t document,
                                     std::vector<NormalPolicy>& policies) const {
  for (const xml::Element& child : subject.children()) {
    if (is_policy(child) || is_policy_reference(child)) {
      PARLEY_ASSIGN_OR_RETURN(const PolicyExpression policy,
                              read_policy(child, documents_->limits()));
      PARLEY_ASSIGN_OR_RETURN(policies.emplace_back(),
                              normalize(policy, *documents_, document, *budget_));
    }
  }
  for (const std::string_view ns : kLanguages) {
    const std::string_view uris = subject.attribute(ns, "PolicyURIs").value_or("");
    for (std::string_view rest = soap::trim(uris); !rest.empty();) {
      const std::string_view one = rest.substr(0, rest.find(' '));  // white space became spaces
      PARLEY_ASSIGN_OR_RETURN(const PolicyDocuments::Found found,
                              documents_->resolve({std::string(one), "", ""}, document));
      PARLEY_ASSIGN_OR_RETURN(policies.emplace_back(),
                              normalize(*found.policy, *documents_, found.document, *budget_));
      rest = soap::trim(rest.substr(one.size()));
    }
  }
  return {};
}

Result<std::optional<NormalPolicy>> Attachments::merged(
    const std::vector<NormalPolicy>& policies) const {
  if (policies.empty()) {
    return std::optional<NormalPolicy>();
  }
  PARLEY_ASSIGN_OR_RETURN(NormalPolicy all, merge(policies, documents_->limits(), *budget_));
  return std::optional<NormalPolicy>(std::move(all));
}

Result<void> Attachments::read(const xml::Element& attachment, std::size_t document) {
  std::vector<NormalPolicy> policies;
  PARLEY_TRY(add_inline(attachment, document, policies));
  PARLEY_ASSIGN_OR_RETURN(std::optional<NormalPolicy> policy, merged(policies));
  const xml::Element applies_to = attachment.child(attachment.namespace_uri(), "AppliesTo");
  if (!policy || !applies_to) {
    return Error(ErrorCode::malformed_value, "a policy attachment");
  }
  const auto shared = std::make_shared<const NormalPolicy>(std::move(*policy));
  for (const xml::Element& subject : applies_to.children()) {
    PARLEY_TRY(budget_->spend(1));
    read_subject(subject, shared);
  }
  return {};
}

void Attachments::read_subject(const xml::Element& subject,
                               const std::shared_ptr<const NormalPolicy>& policy) {
  for (const soap::AddressingNames& names : soap::kAddressingNames) {
    if (subject.is(names.ns, "EndpointReference")) {
      const xml::Element address = subject.child(names.ns, "Address");
      if (address) {
        externals_.push_back({std::string(soap::trim(address.text())), "", policy});
        return;
      }
    }
  }
  if (is_in_language(subject, "URI")) {
    const std::string text = subject.text();
    const std::string_view uri = soap::trim(text);
    const std::size_t hash = uri.find('#');
    if (hash != std::string_view::npos) {
      externals_.push_back({"", std::string(uri.substr(hash + 1)), policy});
      return;
    }
  }
  if (subject.is(uri::kWsrm2003, "SequenceRef")) {
    read_sequence_ref(subject, policy);
    return;
  }
  warnings_.push_back(
      "a policy is attached to something that is not known here: " +
      to_text({std::string(subject.namespace_uri()), std::string(subject.local_name())}));
}

void Attachments::read_sequence_ref(const xml::Element& subject,
                                    const std::shared_ptr<const NormalPolicy>& policy) {
  SequencePolicy sequence{std::string(subject.attribute("", "Identifier").value_or("")), false,
                          policy};
  std::string_view match = subject.attribute("", "Match").value_or("");
  if (match.empty()) {
    match = subject.attribute("", "match").value_or("");
  }
  const std::string_view local = soap::trim(match.substr(match.find(':') + 1));
  sequence.is_prefix = local == "Prefix";
  if (sequence.identifier.empty() || !(local.empty() || local == "Exact" || local == "Prefix")) {
    warnings_.push_back("a policy is attached to sequences that it does not name");
    return;
  }
  sequences_.push_back(std::move(sequence));
}

template <class Matches>
Result<void> Attachments::add_if(Matches matches, std::vector<NormalPolicy>& policies) const {
  PARLEY_TRY(budget_->spend(externals_.size()));
  for (const External& external : externals_) {
    if (matches(external)) {
      PARLEY_TRY(budget_->spend(copy_cost(*external.policy)));
      policies.push_back(*external.policy);
    }
  }
  return {};
}

Result<void> Attachments::add_external(std::string_view address,
                                       std::vector<NormalPolicy>& policies) const {
  return add_if(
      [&](const External& external) { return !address.empty() && external.address == address; },
      policies);
}

Result<void> Attachments::add_named(std::string_view fragment,
                                    std::vector<NormalPolicy>& policies) const {
  return add_if([&](const External& external) { return external.fragment == fragment; }, policies);
}

const NormalPolicy* find_sequence_policy(const std::vector<Attachments::SequencePolicy>& policies,
                                         std::string_view identifier) {
  const Attachments::SequencePolicy* best = nullptr;
  for (const Attachments::SequencePolicy& policy : policies) {
    const bool matches = policy.is_prefix ? identifier.starts_with(policy.identifier)
                                          : identifier == policy.identifier;
    const bool is_better =
        best == nullptr || (best->is_prefix && !policy.is_prefix) ||
        (best->is_prefix == policy.is_prefix && policy.identifier.size() > best->identifier.size());
    if (matches && is_better) {
      best = &policy;
    }
  }
  return best == nullptr ? nullptr : best->policy.get();
}

}  // namespace parley::policy
