#include "bindings/soap/policy/profile_mapping.h"

#include <algorithm>
#include <string_view>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/policy/profile_words.h"
#include "bindings/soap/policy/rm_mapping.h"
#include "bindings/soap/policy/security_mapping.h"

namespace parley::policy {
namespace {

/// Bindings of SOAP to HTTP. The second is what some write for SOAP 1.2.
constexpr std::string_view kTransports[] = {uri::kSoapOverHttp,
                                            "http://www.w3.org/2003/05/soap/bindings/HTTP/"};

/// The version of addressing that the signed headers belong to, where nothing else says it.
std::optional<engine::AddressingVersion> version_of_parts(const PolicyRequirements& requirements) {
  const auto in = [](const ProtectedParts& parts) -> std::optional<engine::AddressingVersion> {
    for (const HeaderPart& header :
         parts.signed_parts ? parts.signed_parts->headers : std::vector<HeaderPart>()) {
      if (const auto version = soap::find_addressing(header.ns)) {
        return version;
      }
    }
    return std::nullopt;
  };
  auto version = in(requirements.security.parts);
  for (const MessageRequirements& message : requirements.messages) {
    version = version ? version : in(message.security.parts);
  }
  return version;
}

void map_addressing(const EndpointDescription& endpoint,
                    const PolicyRequirements& requirements,
                    engine::Profile& profile) {
  const AddressingRequirements& addressing = requirements.addressing;
  if (addressing.version) {
    profile.addressing = *addressing.version;
  } else if (endpoint.uses_addressing) {
    profile.addressing = engine::AddressingVersion::addressing_1_0;
  } else if (const auto version = version_of_parts(requirements)) {
    profile.addressing = *version;
  }
  switch (addressing.responses) {  // WA-051
    case Responses::any:
      break;
    case Responses::anonymous:
      profile.reply = engine::ReplyMode::anonymous;
      break;
    case Responses::non_anonymous:
      profile.reply = engine::ReplyMode::addressable;
      break;
  }
  // MC-050: callers without an address poll, and any caller may be one.
  if (requirements.make_connection && addressing.responses != Responses::anonymous) {
    profile.reply = engine::ReplyMode::polled;
  }
}

}  // namespace

bool ProfileMapping::is_possible() const {
  return std::none_of(remarks.begin(), remarks.end(),
                      [](const PolicyRemark& remark) { return remark.stands_in_the_way; });
}

ProfileMapping map_to_profile(const EndpointDescription& endpoint,
                              const PolicyRequirements& requirements,
                              const PolicyPreference& preference) {
  MappingRemarks remarks;
  for (const PolicyProblem& problem : requirements.problems) {
    remarks.blocks(problem.assertion, problem.what);
  }
  ProfileMapping mapping;
  engine::Profile& profile = mapping.profile;
  profile = preference.habits;
  profile.soap = endpoint.soap;
  map_addressing(endpoint, requirements, profile);
  map_security(requirements, preference, profile, remarks);
  map_rm(requirements, profile, remarks);

  const QualifiedName transport{std::string(uri::kSp12), "TransportBinding"};
  if (requirements.security.binding == BindingKind::transport &&
      endpoint.address.starts_with("http:")) {
    remarks.blocks(transport, "wants TLS, and the address has none");
  }
  if (!endpoint.transport.empty() && std::find(std::begin(kTransports), std::end(kTransports),
                                               endpoint.transport) == std::end(kTransports)) {
    remarks.blocks({std::string(uri::kWsdl), "binding"}, "is of another transport than HTTP");
  }
  profile.mtom = requirements.optimized_mime;
  if (std::find(preference.rm.begin(), preference.rm.end(), profile.rm) == preference.rm.end()) {
    remarks.blocks(requirements.rm ? requirements.rm->assertion
                                   : QualifiedName{std::string(uri::kRmp11), "RMAssertion"},
                   requirements.rm ? "is of a version that is not admitted here"
                                   : "is missing: messages without sequences are not admitted here",
                   "rm", rm_word(profile.rm));
  }
  if (std::find(preference.sc.begin(), preference.sc.end(), profile.sc) == preference.sc.end()) {
    const TokenRequirement* context = requirements.security.secure_conversation();
    remarks.blocks(
        context != nullptr ? context->assertion
                           : QualifiedName{std::string(uri::kSp12), "SecureConversationToken"},
        context != nullptr ? "is of a family that is not admitted here"
                           : "is missing: messages without a context are not admitted here",
        "sc", sc_word(profile.sc));
  }
  mapping.remarks = remarks.take();
  return mapping;
}

}  // namespace parley::policy
