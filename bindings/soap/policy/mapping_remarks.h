#pragma once

#include <string>
#include <utility>
#include <vector>

#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/xml_value.h"

namespace parley::policy {

/// What a profile cannot say about an assertion.
struct PolicyRemark {
  QualifiedName assertion;
  std::string what;
  /// The alternative cannot be used; else it can, and differs from the letter of the policy in
  /// this.
  bool stands_in_the_way = false;
  /// What would admit it, as "axis=value" of a PolicyPreference; empty = nothing would.
  std::string admitted_by;
};

/// Remarks as they are made while an alternative becomes a profile.
class MappingRemarks {
 public:
  void blocks(const QualifiedName& assertion, std::string what) {
    remarks_.push_back({assertion, std::move(what), true, {}});
  }

  /// As above, for what `axis` does not list.
  void blocks(const QualifiedName& assertion,
              std::string what,
              std::string_view axis,
              std::string_view value) {
    remarks_.push_back(
        {assertion, std::move(what), true, std::string(axis) + '=' + std::string(value)});
  }

  void differs(const QualifiedName& assertion, std::string what) {
    remarks_.push_back({assertion, std::move(what), false, {}});
  }

  std::vector<PolicyRemark> take() { return std::move(remarks_); }

 private:
  std::vector<PolicyRemark> remarks_;
};

/// The name of an assertion of security policy, in the version of another one.
inline QualifiedName sibling(const QualifiedName& assertion, std::string_view local) {
  const bool is_1_1 = assertion.ns == uri::kSp11 || assertion.ns == uri::kMssp;
  return {std::string(is_1_1 ? uri::kSp11 : uri::kSp12), std::string(local)};
}

}  // namespace parley::policy
