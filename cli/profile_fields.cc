#include "cli/profile_fields.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/security/algorithms.h"

namespace parley::cli {
namespace {

using contexts::TrustFamily;
using engine::Profile;
using sequences::RmSettings;
using sequences::RmVersion;

template <class T>
using Spellings = std::vector<std::pair<std::string_view, T>>;

// `member` gives the place of the value in a Profile, const or not.
template <class T, class Member>
ProfileField field(std::string_view name,
                   std::string_view reason,
                   Spellings<T> spellings,
                   Member member) {
  ProfileField made{name, {}, reason, {}, {}};
  for (const auto& [text, value] : spellings) {
    made.values.push_back(text);
  }
  made.get = [=](const Profile& profile) {
    for (const auto& [text, value] : spellings) {
      if (value == member(profile)) {
        return std::string(text);
      }
    }
    return std::string("?");
  };
  made.set = [=](Profile& profile, std::string_view given) {
    const auto spelling = std::find_if(std::begin(spellings), std::end(spellings),
                                       [given](const auto& one) { return one.first == given; });
    if (spelling == std::end(spellings)) {
      return false;
    }
    member(profile) = spelling->second;
    return true;
  };
  return made;
}

ProfileField claim(std::string_view name, std::string_view reason, bool Profile::*member) {
  return field<bool>(
      name, reason, {{"true", true}, {"false", false}}, [member](auto& profile) -> auto& {
        return profile.*member;
      });
}

ProfileField suite_field() {
  ProfileField made{
      "suite", {}, "algorithms, by the name in WS-SecurityPolicy or of a GCM suite", {}, {}};
  for (const soap::AlgorithmSuite& suite : soap::suites()) {
    made.values.push_back(suite.name);
  }
  made.get = [](const Profile& profile) { return profile.suite; };
  made.set = [](Profile& profile, std::string_view value) {
    const bool is_known = soap::find_suite(value) != nullptr;
    profile.suite = is_known ? value : profile.suite;
    return is_known;
  };
  return made;
}

/// Several values in one text; "none" = there is none.
template <class T, class Member>
ProfileField list(std::string_view name,
                  std::string_view form,
                  std::string_view reason,
                  Result<std::vector<T>> (*parse)(std::string_view),
                  Member member) {
  ProfileField made{name, {"none", form}, reason, {}, {}};
  made.get = [=](const Profile& profile) {
    return member(profile).empty() ? std::string("none") : engine::to_text(member(profile));
  };
  made.set = [=](Profile& profile, std::string_view value) {
    auto parsed = value == "none" ? Result<std::vector<T>>(std::vector<T>()) : parse(value);
    if (parsed) {
      member(profile) = std::move(*parsed);
    }
    return parsed.has_value();
  };
  return made;
}

#define PARLEY_MEMBER(path)    \
  [](auto& profile) -> auto& { \
    return profile.path;       \
  }

using engine::SupportingUse;

/// What each kind of token may be: a certificate proves nothing but by endorsing, and a password is
/// shown and hidden.
const Spellings<SupportingUse> kCertificateUses{
    {"none", SupportingUse::none},
    {"endorsing", SupportingUse::endorsing},
    {"signed-endorsing", SupportingUse::signed_endorsing}};
const Spellings<SupportingUse> kUserUses{{"none", SupportingUse::none},
                                         {"signed-encrypted", SupportingUse::signed_encrypted}};
const Spellings<SupportingUse> kAssertionUses{
    {"none", SupportingUse::none},
    {"signed", SupportingUse::signed_token},
    {"signed-encrypted", SupportingUse::signed_encrypted},
    {"endorsing", SupportingUse::endorsing},
    {"signed-endorsing", SupportingUse::signed_endorsing},
    {"signed-endorsing-encrypted", SupportingUse::signed_endorsing_encrypted}};

std::vector<ProfileField> make_fields() {
  using namespace engine;
  using sequences::DeliveryAssurance;
  using sequences::IncompleteBehavior;
  std::vector<ProfileField> fields;
  fields.push_back(field<SoapVersion>(
      "soap", "version of SOAP", {{"1.1", SoapVersion::soap_1_1}, {"1.2", SoapVersion::soap_1_2}},
      PARLEY_MEMBER(soap)));
  fields.push_back(field<AddressingVersion>("wsa", "version of WS-Addressing",
                                            {{"2004/08", AddressingVersion::addressing_2004_08},
                                             {"1.0", AddressingVersion::addressing_1_0}},
                                            PARLEY_MEMBER(addressing)));
  fields.push_back(field<std::optional<RmVersion>>(
      "rm", "version of WS-ReliableMessaging; none = messages are not numbered",
      {{"none", std::nullopt}, {"1.0", RmVersion::rm_1_0}, {"1.1", RmVersion::rm_1_1}},
      PARLEY_MEMBER(rm)));
  fields.push_back(field<std::optional<TrustFamily>>(
      "sc", "version of WS-SecureConversation; none = no security context",
      {{"none", std::nullopt},
       {"2005/02", TrustFamily::feb_2005},
       {"1.3", TrustFamily::oasis_200512}},
      PARLEY_MEMBER(sc)));
  fields.push_back(field<Bootstrap>("bootstrap", "how a context is established",
                                    {{"none", Bootstrap::none},
                                     {"x509", Bootstrap::x509},
                                     {"username-cert", Bootstrap::username_cert},
                                     {"username-https", Bootstrap::username_https},
                                     {"x509-https", Bootstrap::x509_https},
                                     {"issued", Bootstrap::issued}},
                                    PARLEY_MEMBER(bootstrap)));
  fields.push_back(field<BootstrapBinding>("binding", "how the bootstrap is protected",
                                           {{"symmetric", BootstrapBinding::symmetric},
                                            {"asymmetric", BootstrapBinding::asymmetric},
                                            {"transport", BootstrapBinding::transport}},
                                           PARLEY_MEMBER(binding)));
  fields.push_back(field<Bootstrap>("issuer_bootstrap", "how a token service is asked (issued)",
                                    {{"x509", Bootstrap::x509},
                                     {"username-cert", Bootstrap::username_cert},
                                     {"username-https", Bootstrap::username_https},
                                     {"x509-https", Bootstrap::x509_https}},
                                    PARLEY_MEMBER(issuer_bootstrap)));
  fields.push_back(claim("creates_context",
                         "a caller makes its contexts itself, and tells the service",
                         &Profile::creates_context));
  fields.push_back(field<PasswordForm>(
      "password", "how a user's name shows its password (M16)",
      {{"text", PasswordForm::text}, {"digest", PasswordForm::digest}}, PARLEY_MEMBER(password)));
  fields.push_back(field<Protection>("protect", "how messages under the context are protected",
                                     {{"none", Protection::none},
                                      {"transport", Protection::transport},
                                      {"sign", Protection::sign},
                                      {"sign+encrypt", Protection::sign_encrypt}},
                                     PARLEY_MEMBER(protect)));
  fields.push_back(
      field<ProtectionOrder>("order", "what is done first",
                             {{"sign-before-encrypt", ProtectionOrder::sign_before_encrypt},
                              {"encrypt-before-sign", ProtectionOrder::encrypt_before_sign}},
                             PARLEY_MEMBER(order)));
  fields.push_back(
      claim("encrypt_signature", "the signature is encrypted too", &Profile::encrypt_signature));
  fields.push_back(claim("mtom", "messages leave as MIME packages (MTOM); they are read either way",
                         &Profile::mtom));
  fields.push_back(claim("encrypt_rm",
                         "bodies of reliable messaging are encrypted too, not only signed (IB-003)",
                         &Profile::encrypt_rm));
  fields.push_back(list<PartName>("encrypt.headers", "{NS}NAME or {NS}* …",
                                  "header blocks that are encrypted, between spaces",
                                  parse_part_names, PARLEY_MEMBER(encrypted_parts.headers)));
  fields.push_back(list<BodyPath>("encrypt.elements", "/{NS}NAME//{NS}NAME …",
                                  "elements of the Body that are, by paths from it",
                                  parse_body_paths, PARLEY_MEMBER(encrypted_parts.elements)));
  fields.push_back(list<BodyPath>("encrypt.contents", "/{NS}NAME//{NS}NAME …",
                                  "elements whose content is", parse_body_paths,
                                  PARLEY_MEMBER(encrypted_parts.contents)));
  fields.push_back(suite_field());
  fields.push_back(
      claim("sha256_mac", "HMAC-SHA256 in the Sha256 suites (M70)", &Profile::sha256_mac));
  fields.push_back(claim("derived", "every message gets keys of its own", &Profile::derived_keys));
  fields.push_back(field<KeyDerivation>(
      "derivation", "by tokens, or by attributes of references (DK13)",
      {{"tokens", KeyDerivation::tokens}, {"implied", KeyDerivation::implied}},
      PARLEY_MEMBER(derivation)));
  fields.push_back(field<KeyPosition>("key_position", "how a token says where its key begins (DK8)",
                                      {{"offset", KeyPosition::offset},
                                       {"generation", KeyPosition::generation},
                                       {"short", KeyPosition::short_form}},
                                      PARLEY_MEMBER(key_position)));
  fields.push_back(field<HeaderLayout>("layout", "order in the Security header, also asked for (M6)",
                                       {{"lax", HeaderLayout::lax},
                                        {"strict", HeaderLayout::strict},
                                        {"timestamp-first", HeaderLayout::lax_timestamp_first},
                                        {"timestamp-last", HeaderLayout::lax_timestamp_last}},
                                       PARLEY_MEMBER(layout)));
  fields.push_back(claim("confirm_signatures",
                         "the answer to a bootstrap confirms its signatures (M47)",
                         &Profile::confirm_signatures));
  fields.push_back(claim("confirm_messages", "what comes back under a context confirms them, too",
                         &Profile::confirm_messages));
  fields.push_back(claim("context_token",
                         "a caller's messages carry the token of their context (SC41)",
                         &Profile::context_token));
  fields.push_back(field<SupportingUse>("token.x509",
                                        "messages are signed by a certificate besides",
                                        kCertificateUses, PARLEY_MEMBER(supporting.x509)));
  fields.push_back(field<SupportingUse>("token.username", "a user's name goes along (K67)",
                                        kUserUses, PARLEY_MEMBER(supporting.username)));
  fields.push_back(field<SupportingUse>("token.saml1.1", "a SAML 1.1 assertion goes along (K17)",
                                        kAssertionUses, PARLEY_MEMBER(supporting.saml_1_1)));
  fields.push_back(field<SupportingUse>("token.saml2.0", "the same of SAML 2.0", kAssertionUses,
                                        PARLEY_MEMBER(supporting.saml_2_0)));
  fields.push_back(field<ReplyMode>(
      "reply", "our answers go there; at a service, callers may have theirs sent so too",
      {{"anonymous", ReplyMode::anonymous},
       {"addressable", ReplyMode::addressable},
       {"polled", ReplyMode::polled}},
      PARLEY_MEMBER(reply)));
  fields.push_back(field<std::optional<ReplyMode>>(
      "acks", "the same of acknowledgements",
      {{"as-replies", std::nullopt},
       {"anonymous", ReplyMode::anonymous},
       {"addressable", ReplyMode::addressable},
       {"polled", ReplyMode::polled}},
      PARLEY_MEMBER(acks)));
  fields.push_back(claim("sequence_token_reference", "CreateSequence names its context (RM-170)",
                         &Profile::sequence_token_reference));
  fields.push_back(claim("answer_ends", "the end of a 1.0 sequence is answered by that of its replies",
                         &Profile::answer_ends));
  fields.push_back(field<DeliveryAssurance>("assurance", "what delivery promises",
                                            {{"AtMostOnce", DeliveryAssurance::at_most_once},
                                             {"AtLeastOnce", DeliveryAssurance::at_least_once},
                                             {"ExactlyOnce", DeliveryAssurance::exactly_once}},
                                            PARLEY_MEMBER(rm_settings.assurance)));
  fields.push_back(field<bool>("ordered", "delivery in the order of sending",
                               {{"true", true}, {"false", false}},
                               PARLEY_MEMBER(rm_settings.in_order)));
  fields.push_back(field<IncompleteBehavior>(
      "incomplete", "what becomes of a sequence that ends with gaps",
      {{"NoDiscard", IncompleteBehavior::no_discard},
       {"DiscardFollowingFirstGap", IncompleteBehavior::discard_following_first_gap},
       {"DiscardEntireSequence", IncompleteBehavior::discard_entire_sequence}},
      PARLEY_MEMBER(rm_settings.incomplete)));
  return fields;
}

#undef PARLEY_MEMBER

}  // namespace

std::span<const ProfileField> profile_fields() {
  static const std::vector<ProfileField> kFields = make_fields();
  return kFields;
}

}  // namespace parley::cli
