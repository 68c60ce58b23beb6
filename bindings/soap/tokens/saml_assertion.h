#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "base/time.h"
#include "bindings/soap/xml/document.h"
#include "engine/message.h"

namespace parley::soap {

/// A SAML assertion as it is written (tokens.md, sections 2 and 3): nothing in it is believed yet.
struct SamlAssertion {
  enum class Method : std::uint8_t { bearer, holder_of_key, sender_vouches };

  /// One way in which its sender may be confirmed to be its subject, or to speak for that.
  struct Confirmation {
    Method method = Method::bearer;
    std::optional<WallTime> not_before;
    std::optional<WallTime> not_on_or_after;
    std::string recipient;    ///< whom it has to be sent to; empty = anybody
    xml::Element key_info{};  ///< null = none
  };

  engine::TokenKind kind = engine::TokenKind::saml_2_0;
  std::string id;
  std::string issuer;
  std::string subject;  ///< the name, as it stands
  /// Whose name it is: NameQualifier, and SPNameQualifier after a space; empty = the issuer's.
  std::string subject_qualifier;
  std::vector<Confirmation> confirmations;  ///< those of a method that is known
  WallTime issued;
  std::optional<WallTime> not_before;
  std::optional<WallTime> not_on_or_after;
  /// Each has to be met, by one of its values (K23).
  std::vector<std::vector<std::string>> audiences;
  bool one_time_use = false;  ///< OneTimeUse, or DoNotCacheCondition (K25)
  std::vector<WallTime> authenticated;         ///< when its subject was
  std::optional<WallTime> session_not_on_or_after;  ///< the earliest
  std::vector<engine::TokenAttribute> attributes;   ///< those in clear
  xml::Element signature;                           ///< null = none
};

/// Whether `element` is a SAML 1.x or 2.0 assertion.
bool is_assertion(const xml::Element& element);

/// Errors: token_invalid for another version than 1.1 and 2.0, no Id, children that are
/// unknown or out of order, other than one subject name, statements of different subjects, and malformed
/// times (K5, K6, K9, K20); token_unsupported for unknown conditions, encrypted names, and where no
/// confirmation method is known (K17); limit_exceeded for more than assertion_values_max or
/// assertion_text_bytes_max.
Result<SamlAssertion> read_saml_assertion(const xml::Element& element, const Limits& limits);

}  // namespace parley::soap
