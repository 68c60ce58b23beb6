#include "bindings/soap/policy/security_mapping.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/policy/bootstrap_mapping.h"
#include "bindings/soap/policy/xpath_reader.h"
#include "bindings/soap/rm_names.h"

namespace parley::policy {
namespace {

using contexts::TrustFamily;
using engine::Profile;
using engine::Protection;

class SecurityMapper {
 public:
  SecurityMapper(const PolicyRequirements& requirements,
                 const PolicyPreference& preference,
                 Profile& profile,
                 MappingRemarks& remarks)
      : requirements_(requirements),
        security_(requirements.security),
        preference_(preference),
        profile_(profile),
        remarks_(remarks) {}

  void map() {
    const TokenRequirement* context = security_.secure_conversation();
    profile_.supporting = {};
    if (context == nullptr) {
      map_without_context();
      return;
    }
    map_context(*context);
    map_binding(*context);
    map_suite();
    map_parts();
    for (const MessageRequirements& message : requirements_.messages) {
      check_message(message);
    }
    map_bootstrap(*context, security_, profile_, remarks_);
  }

 private:
  /// Messages go as they are, under TLS at most.
  void map_without_context() {
    profile_.sc.reset();
    profile_.bootstrap = engine::Bootstrap::none;
    profile_.protect = Protection::none;
    const bool is_bare =
        security_.binding == BindingKind::symmetric || security_.binding == BindingKind::asymmetric;
    if (is_bare) {
      remarks_.blocks(security_.tokens.empty() ? security_.binding_assertion
                                               : security_.tokens.front().token.assertion,
                      "protects messages without a context, which is not spoken here");
    }
    for (const SupportingTokens& group : security_.supporting) {
      remarks_.blocks(group.assertion, "is asked for in messages without a context");
    }
    if (!is_bare && (security_.parts.signed_parts || security_.parts.encrypted_parts)) {
      remarks_.differs({std::string(uri::kSp12), "SignedParts"},
                       "is asked for without a binding that says how, and left to TLS");
    }
  }

  void map_context(const TokenRequirement& context) {
    profile_.sc = context.context_family.value_or(context.version == SecurityPolicyVersion::sp_1_1
                                                      ? TrustFamily::feb_2005
                                                      : TrustFamily::oasis_200512);
    if (security_.trust && security_.trust->family != *profile_.sc) {  // N1
      remarks_.differs(
          sibling(context.assertion,
                  security_.trust->family == TrustFamily::feb_2005 ? "Trust10" : "Trust13"),
          "is of the other family than the context; that of the context is spoken");
    }
    profile_.derived_keys = context.derived_keys != DerivedKeys::none;  // WP-094
    profile_.derivation = context.derived_keys == DerivedKeys::implied
                              ? engine::KeyDerivation::implied
                              : engine::KeyDerivation::tokens;
    profile_.context_token =
        !context.external_uri_reference && context.inclusion != TokenInclusion::never;
    if (profile_.context_token && context.inclusion != TokenInclusion::always_to_recipient &&
        context.inclusion != TokenInclusion::once) {
      remarks_.differs(context.assertion, "is in the messages of the initiator only");
    }
    if (context.must_not_send_cancel || context.must_not_send_renew) {
      remarks_.differs(
          sibling(context.assertion,
                  context.must_not_send_cancel ? "MustNotSendCancel" : "MustNotSendRenew"),
          "cannot be said in a profile today; a refusal of the service ends nothing");
    }
  }

  void map_binding(const TokenRequirement& context) {
    const QualifiedName& about = security_.binding_assertion;
    if (security_.binding == BindingKind::transport) {
      profile_.protect = Protection::transport;
      const TokenRequirement* https = security_.token(TokenUse::transport);
      if (https != nullptr && (https->http_basic || https->http_digest)) {
        remarks_.blocks(https->assertion, "wants a password of HTTP's own");
      }
    } else if (security_.token(TokenUse::protection) != &context) {
      remarks_.blocks(about.local_name.empty() ? context.assertion : about,
                      "does not have the context as its ProtectionToken");
    }
    for (const SupportingTokens& group : security_.supporting) {
      const bool is_context =
          group.is_endorsing && group.tokens.size() == 1 && &group.tokens.front() == &context;
      if (!is_context) {
        map_tokens(group);
      }
    }
    if (security_.layout == Layout::lax_timestamp_last) {
      profile_.layout = engine::HeaderLayout::lax_timestamp_last;
    }
    if (security_.protect_tokens) {
      remarks_.blocks(sibling(about, "ProtectTokens"),
                      "cannot be said in a profile today; signatures do not cover tokens");
    }
    if (!security_.include_timestamp) {
      remarks_.differs(sibling(about, "IncludeTimestamp"),
                       "is not asked for; messages have a Timestamp all the same");
    }
    profile_.confirm_messages = security_.wss && security_.wss->signature_confirmation &&
                                security_.binding != BindingKind::transport;
    profile_.order = security_.encrypt_before_signing
                         ? engine::ProtectionOrder::encrypt_before_sign
                         : engine::ProtectionOrder::sign_before_encrypt;
    profile_.encrypt_signature = security_.encrypt_signature;
  }

  /// What goes along with messages besides the context. What is only to be there, or to be
  /// encrypted, is signed, too.
  void map_tokens(const SupportingTokens& group) {
    using engine::SupportingUse;
    for (const TokenRequirement& token : group.tokens) {
      engine::SupportingUses& asked = profile_.supporting;
      switch (token.kind) {
        case TokenKind::x509:
          if (!group.is_endorsing || group.is_encrypted) {
            remarks_.blocks(token.assertion, "proves nothing here but by endorsing, in clear");
          }
          asked.x509 = group.is_signed ? SupportingUse::signed_endorsing : SupportingUse::endorsing;
          break;
        case TokenKind::username:
          if (group.is_endorsing || token.no_password) {
            remarks_.blocks(token.assertion, "is shown here with its password, and signs nothing");
          }
          asked.username = SupportingUse::signed_encrypted;
          profile_.password =
              token.hash_password ? engine::PasswordForm::digest : engine::PasswordForm::text;
          break;
        case TokenKind::saml:
          map_assertion(token, group);
          break;
        default:
          remarks_.blocks(token.assertion, "is asked for in messages under a context");
      }
    }
  }

  void map_assertion(const TokenRequirement& token, const SupportingTokens& group) {
    using engine::SupportingUse;
    const auto accepts = [&](std::string_view form) {
      return std::any_of(token.forms.begin(), token.forms.end(),
                         [form](const std::string& one) { return one.starts_with(form); });
    };
    const bool is_2_0 = accepts("WssSamlV20");
    if (!is_2_0 && !accepts("WssSamlV11")) {
      remarks_.blocks(token.assertion, "is of no version of SAML that is spoken (1.1, 2.0)");
      return;
    }
    SupportingUse use =
        group.is_encrypted ? SupportingUse::signed_encrypted : SupportingUse::signed_token;
    if (group.is_endorsing) {
      use = group.is_encrypted ? SupportingUse::signed_endorsing_encrypted
            : group.is_signed  ? SupportingUse::signed_endorsing
                               : SupportingUse::endorsing;
    }
    (is_2_0 ? profile_.supporting.saml_2_0 : profile_.supporting.saml_1_1) = use;
  }

  void map_suite() {
    if (!security_.suite.empty()) {
      profile_.suite = security_.suite;
    }
    const bool is_admitted = std::find(preference_.suites.begin(), preference_.suites.end(),
                                       profile_.suite) != preference_.suites.end();
    if (!is_admitted) {
      std::string expected;
      for (const std::string& suite : preference_.suites) {
        expected += expected.empty() ? suite : ", " + suite;
      }
      remarks_.blocks(sibling(security_.binding_assertion, profile_.suite),
                      "is no suite that is admitted here; expected: " + expected, "suite",
                      profile_.suite);
    }
    if (security_.inclusive_c14n) {
      remarks_.blocks(sibling(security_.binding_assertion, "InclusiveC14N"),
                      "is not written: canonical forms are exclusive");
    }
  }

  /// WP-032: parts may be named for the endpoint, for an operation, or for each message.
  void map_parts() {
    check_parts(security_.parts);
    // Hidden is what either side wants hidden.
    const engine::EncryptedParts own = std::exchange(profile_.encrypted_parts, {});
    if (profile_.protect == Protection::transport) {
      return;  // which hides everything
    }
    map_encrypted(security_.parts);
    for (const MessageRequirements& message : requirements_.messages) {
      map_encrypted(message.security.parts);
    }
    const auto encrypts = [](const ProtectedParts& parts) {
      return (parts.encrypted_parts && parts.encrypted_parts->body) ||
             std::any_of(parts.elements.begin(), parts.elements.end(), selects_body);
    };
    std::size_t encrypted = 0;
    for (const MessageRequirements& message : requirements_.messages) {
      encrypted += encrypts(message.security.parts) || encrypts(security_.parts) ? 1U : 0U;
    }
    const bool is_mixed = encrypted != 0 && encrypted != requirements_.messages.size();
    if (is_mixed) {
      remarks_.blocks(
          sibling(security_.binding_assertion, "EncryptedParts"),
          "names the Body of some messages and not of others; a profile encrypts all or "
          "none");
    }
    // What is asked of the service's own messages is not asked of those of a sequence (WP-100).
    profile_.encrypt_rm = encrypted == 0 || encrypts(security_.parts);
    profile_.protect =
        encrypted != 0 || encrypts(security_.parts) ? Protection::sign_encrypt : Protection::sign;
    const engine::EncryptedParts& parts = profile_.encrypted_parts;
    if (profile_.protect == Protection::sign_encrypt &&
        !(parts.elements.empty() && parts.contents.empty())) {
      remarks_.blocks(
          sibling(security_.binding_assertion, "EncryptedElements"),
          "selects elements of a Body that is encrypted, too; nothing is encrypted twice");
    }
    add_own(own);
    const bool tells_digest = !profile_.encrypt_signature &&
                              profile_.order == engine::ProtectionOrder::sign_before_encrypt &&
                              profile_.protect == Protection::sign;
    if (tells_digest && !parts.empty()) {
      remarks_.differs(
          sibling(security_.binding_assertion, "EncryptSignature"),
          "is not asked for, so that whoever guesses what is hidden can check it by its digest");
    }
    if (!can_be_said(parts)) {
      remarks_.blocks(sibling(security_.binding_assertion, "EncryptedParts"),
                      "names something that is no name of XML");
    }
  }

  /// Whether it asks for an encrypted Body in another way than EncryptedParts.
  static bool selects_body(const SelectedElements& selected) {
    const auto places = read_xpath(selected);
    const auto* const read = std::get_if<SelectedPlaces>(&places);
    return selected.use == SelectedElements::Use::content_encrypted && read != nullptr &&
           read->body;
  }

  /// Whether it is the same when an operator reads it and gives it back to us.
  static bool can_be_said(const engine::EncryptedParts& parts) {
    const auto headers = engine::parse_part_names(engine::to_text(parts.headers));
    const auto elements = engine::parse_body_paths(engine::to_text(parts.elements));
    const auto contents = engine::parse_body_paths(engine::to_text(parts.contents));
    return headers && elements && contents &&
           engine::EncryptedParts{*headers, *elements, *contents} == parts;
  }

  /// An encrypted Body hides its elements anyway.
  void add_own(const engine::EncryptedParts& own) {
    engine::EncryptedParts& all = profile_.encrypted_parts;
    for (const engine::PartName& header : own.headers) {
      add(header, all.headers);
    }
    if (profile_.protect == Protection::sign) {
      for (const engine::BodyPath& path : own.elements) {
        add(path, all.elements);
      }
      for (const engine::BodyPath& path : own.contents) {
        add(path, all.contents);
      }
    }
  }

  /// False if it is there already, or there is no room for it, which is told.
  template <class T>
  bool add(const T& part, std::vector<T>& parts) {
    if (parts.size() > engine::EncryptedParts::kPartsMax ||
        std::find(parts.begin(), parts.end(), part) != parts.end()) {
      return false;
    }
    if (parts.size() == engine::EncryptedParts::kPartsMax) {
      remarks_.blocks(sibling(security_.binding_assertion, "EncryptedParts"),
                      "names too many parts");
    }
    parts.push_back(part);
    return true;
  }

  /// Elements of one message are not there in others, but headers are.
  void map_encrypted(const ProtectedParts& parts) {
    engine::EncryptedParts& all = profile_.encrypted_parts;
    if (parts.encrypted_parts) {
      for (const HeaderPart& header : parts.encrypted_parts->headers) {
        if (add(engine::PartName{header.ns, header.name}, all.headers)) {
          check_header(header);
        }
      }
    }
    for (const SelectedElements& selected : parts.elements) {
      const bool is_whole = selected.use == SelectedElements::Use::encrypted;
      if (!is_whole && selected.use != SelectedElements::Use::content_encrypted) {
        continue;
      }
      const QualifiedName about = sibling(
          security_.binding_assertion, is_whole ? "EncryptedElements" : "ContentEncryptedElements");
      const auto places = read_xpath(selected);
      if (const auto* const why = std::get_if<std::string>(&places)) {
        remarks_.blocks(about, *why);
        continue;
      }
      const auto& read = std::get<SelectedPlaces>(places);
      if (read.body && is_whole) {
        remarks_.blocks(about, "selects the Body, whose content alone can be encrypted");
      }
      for (const engine::BodyPath& path : read.paths) {
        add(path, is_whole ? all.elements : all.contents);
      }
    }
  }

  void check_header(const HeaderPart& header) {
    if (soap::find_addressing(header.ns)) {
      remarks_.blocks(sibling(security_.binding_assertion, "EncryptedParts"),
                      "names headers of addressing, which are read before anything is decrypted");
    }
    const auto names_it = [&](const ProtectedParts& parts) {
      const auto& list = parts.encrypted_parts;
      return list &&
             std::find(list->headers.begin(), list->headers.end(), header) != list->headers.end();
    };
    const bool is_everywhere =
        names_it(security_.parts) ||
        std::all_of(requirements_.messages.begin(), requirements_.messages.end(),
                    [&](const MessageRequirements& one) { return names_it(one.security.parts); });
    if (!is_everywhere) {
      remarks_.blocks(
          sibling(security_.binding_assertion, "EncryptedParts"),
          "names a header of some messages and not of others; a profile encrypts it in all");
    }
  }

  void check_message(const MessageRequirements& message) {
    check_parts(message.security.parts);
    for (const SupportingTokens& group : message.security.supporting) {
      remarks_.blocks(group.assertion, "is asked for in the messages of " + message.operation);
    }
    if (message.security.binding != BindingKind::none) {
      remarks_.blocks(message.security.binding_assertion,
                      "belongs to the endpoint, not to " + message.operation);
    }
  }

  void check_parts(const ProtectedParts& parts) {
    const QualifiedName& about = security_.binding_assertion;
    if (parts.required_parts) {
      for (const HeaderPart& header : parts.required_parts->headers) {
        if (!soap::find_addressing(header.ns) && !soap::find_rm(header.ns)) {
          remarks_.blocks(sibling(about, "RequiredParts"), "names a header that is not sent");
        }
      }
    }
    for (const SelectedElements& selected : parts.elements) {
      switch (selected.use) {
        case SelectedElements::Use::signed_:
          remarks_.differs(sibling(about, "SignedElements"),
                           "is met by signing whole headers and the Body");
          break;
        case SelectedElements::Use::required:
          remarks_.differs(sibling(about, "RequiredElements"), "is left to the application's body");
          break;
        case SelectedElements::Use::encrypted:
        case SelectedElements::Use::content_encrypted:
          break;
      }
    }
  }

  const PolicyRequirements& requirements_;
  const SecurityRequirements& security_;
  const PolicyPreference& preference_;
  Profile& profile_;
  MappingRemarks& remarks_;
};

}  // namespace

void map_security(const PolicyRequirements& requirements,
                  const PolicyPreference& preference,
                  Profile& profile,
                  MappingRemarks& remarks) {
  SecurityMapper(requirements, preference, profile, remarks).map();
}

}  // namespace parley::policy
