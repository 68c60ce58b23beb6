#include "bindings/soap/policy/policy_documents.h"

#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"
#include "bindings/soap/xml/c14n.h"
#include "crypto/digest.h"

namespace parley::policy {
namespace {

/// Of the exclusive canonical form: the one digest that the language names.
Result<std::string> sha1_of(const xml::Element& policy) {
  Bytes canonical;
  PARLEY_TRY(xml::canonicalize(policy, {}, canonical));
  const crypto::DigestValue digest = crypto::digest(crypto::DigestAlgorithm::sha1, canonical);
  return std::string(as_text(digest.view()));
}

}  // namespace

Result<void> PolicyDocuments::add(std::string location, xml::Document document) {
  if (find_document(location)) {
    return Error(ErrorCode::already_exists, "a document of that location");
  }
  if (documents_.size() >= limits_.documents_max) {
    return Error(ErrorCode::limit_exceeded, "documents of a service description");
  }
  documents_.push_back(
      std::make_unique<Described>(Described{std::move(location), std::move(document), {}}));
  index(*documents_.back(), documents_.size() - 1);
  return {};
}

void PolicyDocuments::index(Described& described, std::size_t number) {
  for (xml::NodeIndex i = 0; i < described.xml.size(); ++i) {
    const xml::Element element = described.xml.at(i);
    if (!is_policy(element)) {
      continue;
    }
    for (const auto& [ns, local] : {std::pair(soap::uri::kWsu, "Id"), std::pair(uri::kXml, "id")}) {
      if (const auto id = element.attribute(ns, local)) {
        const auto [at, is_new] = described.by_id.try_emplace(std::string(*id), element);
        if (!is_new && at->second != element) {
          at->second = {};
        }
      }
    }
    if (const auto name = element.attribute("", "Name")) {
      const auto [at, is_new] = by_name_.try_emplace(std::string(*name), element, number);
      if (!is_new) {
        at->second.first = {};
      }
    }
  }
}

std::optional<std::size_t> PolicyDocuments::find_document(std::string_view location) const {
  for (std::size_t i = 0; i < documents_.size(); ++i) {
    if (documents_[i]->location == location) {
      return i;
    }
  }
  return std::nullopt;
}

xml::Element PolicyDocuments::find(std::string_view uri,
                                   std::size_t from,
                                   std::size_t& document) const {
  document = from;
  if (const auto named = by_name_.find(std::string(uri)); named != by_name_.end()) {
    document = named->second.second;
    return named->second.first;
  }
  const std::size_t hash = uri.find('#');
  if (hash == std::string_view::npos) {
    return {};
  }
  if (hash > 0) {
    const auto other = find_document(uri.substr(0, hash));
    if (!other) {
      return {};
    }
    document = *other;
  }
  const auto& by_id = documents_[document]->by_id;
  const auto found = by_id.find(std::string(uri.substr(hash + 1)));
  return found == by_id.end() ? xml::Element() : found->second;
}

Result<PolicyDocuments::Found> PolicyDocuments::resolve(const PolicyReference& reference,
                                                        std::size_t from) {
  std::size_t document = 0;
  const xml::Element element = find(reference.uri, from, document);
  if (!element) {
    return Error(ErrorCode::not_found, "the policy that a reference names");
  }
  Read& read = read_[{document, element.index()}];
  if (!read.policy) {
    PARLEY_ASSIGN_OR_RETURN(PolicyExpression policy, read_policy(element, limits_));
    read.policy = std::make_unique<PolicyExpression>(std::move(policy));
  }
  if (!reference.digest.empty()) {
    const std::string own_algorithm = std::string(namespace_of(read.policy->language)) + "/Sha1Exc";
    if (!reference.digest_algorithm.empty() && reference.digest_algorithm != own_algorithm) {
      return Error(ErrorCode::algorithm_unsupported, "the digest of a policy reference");
    }
    if (read.sha1.empty()) {
      PARLEY_ASSIGN_OR_RETURN(read.sha1, sha1_of(element));
    }
    PARLEY_ASSIGN_OR_RETURN(const Bytes told, xml::decode_base64(reference.digest));
    if (as_text(told) != read.sha1) {
      return Error(ErrorCode::malformed_value,
                   "a policy does not have the digest of its reference");
    }
  }
  return Found{read.policy.get(), document};
}

}  // namespace parley::policy
