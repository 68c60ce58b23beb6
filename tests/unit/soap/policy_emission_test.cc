#include "bindings/soap/policy/policy_emission.h"

#include <array>
#include <string>

#include <catch2/catch.hpp>

#include "bindings/soap/policy/policy_choice.h"
#include "bindings/soap/policy/policy_writer.h"
#include "bindings/soap/policy/profile_mapping.h"
#include "bindings/soap/policy/requirement_reader.h"
#include "bindings/soap/policy/wsdl_reader.h"
#include "bindings/soap/policy/wsdl_writer.h"
#include "bindings/soap/xml/document.h"
#include "support/external_tool.h"

// What we tell of ourselves: it is read again as what it was made from, and is valid by the
// published schemas.

using namespace parley;
using namespace parley::policy;
using contexts::TrustFamily;
using engine::Bootstrap;
using engine::BootstrapBinding;
using engine::Profile;
using engine::Protection;
using sequences::RmVersion;

namespace {

struct Credential {
  Bootstrap bootstrap;
  BootstrapBinding binding;
};

/// Every token that goes along with messages, and what else a policy tells of headers.
void add_with_tokens(std::vector<Profile>& all) {
  using engine::SupportingUse;
  const auto add = [&](auto change) {
    for (const auto sc : {TrustFamily::feb_2005, TrustFamily::oasis_200512}) {
      for (const bool is_tls : {false, true}) {
        Profile profile;
        profile.sc = sc;
        if (is_tls) {
          profile.bootstrap = Bootstrap::x509_https;
          profile.binding = BootstrapBinding::transport;
          profile.protect = Protection::transport;
        }
        change(profile);
        // 1.1 has no names for these.
        const bool is_told = sc == TrustFamily::oasis_200512 ||
                             (!engine::is_encrypted(profile.supporting.saml_2_0) &&
                              profile.derivation == engine::KeyDerivation::tokens);
        if (is_told) {
          all.push_back(profile);
        }
      }
    }
  };
  for (const auto use : {SupportingUse::endorsing, SupportingUse::signed_endorsing}) {
    add([&](Profile& profile) { profile.supporting.x509 = use; });
  }
  for (const auto use :
       {SupportingUse::signed_token, SupportingUse::signed_encrypted, SupportingUse::endorsing,
        SupportingUse::signed_endorsing, SupportingUse::signed_endorsing_encrypted}) {
    add([&](Profile& profile) { profile.supporting.saml_2_0 = use; });
  }
  add([](Profile& profile) {
    profile.supporting = {SupportingUse::endorsing, SupportingUse::signed_encrypted,
                          SupportingUse::signed_token, SupportingUse::none};
  });
  add([](Profile& profile) {
    profile.supporting.username = SupportingUse::signed_encrypted;
    profile.password = engine::PasswordForm::digest;
  });
  add([](Profile& profile) {
    if (profile.protect != Protection::transport) {
      profile.protect = Protection::sign;
      profile.encrypted_parts.headers = {{"urn:h", ""}, {"urn:i", "Name"}};
      profile.encrypted_parts.elements = {{{{true, false, {"urn:o", "Card"}}}}};
      if (profile.sc == TrustFamily::oasis_200512) {  // 1.1 has no name for it
        profile.encrypted_parts.contents = {
            {{{false, false, {"urn:o", "Order"}}, {false, true, {}}}}};
      }
    }
  });
  add([](Profile& profile) { profile.confirm_signatures = true; });
  add([](Profile& profile) {
    profile.confirm_messages = profile.protect != Protection::transport;
  });
  add([](Profile& profile) { profile.context_token = false; });
  add([](Profile& profile) { profile.layout = engine::HeaderLayout::lax_timestamp_last; });
  add([](Profile& profile) { profile.derivation = engine::KeyDerivation::implied; });
}

/// Every profile that a policy can tell apart and that makes sense.
std::vector<Profile> profiles() {
  std::vector<Profile> all;
  constexpr std::array kCredentials{
      Credential{Bootstrap::x509, BootstrapBinding::symmetric},
      Credential{Bootstrap::x509, BootstrapBinding::asymmetric},
      Credential{Bootstrap::username_cert, BootstrapBinding::symmetric},
      Credential{Bootstrap::username_https, BootstrapBinding::transport},
      Credential{Bootstrap::x509_https, BootstrapBinding::transport}};
  for (const auto sc : {TrustFamily::feb_2005, TrustFamily::oasis_200512}) {
    for (const auto rm : {std::optional<RmVersion>(), std::optional(RmVersion::rm_1_0),
                          std::optional(RmVersion::rm_1_1)}) {
      for (const Credential& credential : kCredentials) {
        Profile profile;
        profile.sc = sc;
        profile.rm = rm;
        profile.bootstrap = credential.bootstrap;
        profile.binding = credential.binding;
        if (credential.binding == BootstrapBinding::transport) {
          profile.protect = Protection::transport;
          all.push_back(profile);
          continue;
        }
        all.push_back(profile);
        profile.protect = Protection::sign;
        profile.derived_keys = false;
        profile.encrypt_signature = true;
        all.push_back(profile);
        profile.protect = Protection::sign_encrypt;
        profile.order = engine::ProtectionOrder::encrypt_before_sign;
        profile.suite = "Basic128";
        profile.rm_settings.in_order = false;
        all.push_back(profile);
        profile.encrypt_rm = false;  // WP-100: asked for message by message
        all.push_back(profile);
      }
      for (const Credential& credential : kCredentials) {
        Profile profile;
        profile.sc = sc;
        profile.rm = rm;
        profile.bootstrap = Bootstrap::issued;
        profile.issuer_bootstrap = credential.bootstrap;
        profile.issuer = "http://tokens.example/a?b&c";
        profile.binding = credential.binding;
        if (credential.binding == BootstrapBinding::transport) {
          profile.protect = Protection::transport;
        }
        all.push_back(profile);
      }
    }
  }
  add_with_tokens(all);
  Profile plain;
  plain.sc.reset();
  plain.bootstrap = Bootstrap::none;
  plain.protect = Protection::none;
  all.push_back(plain);
  plain.reply = engine::ReplyMode::polled;  // MC-050
  all.push_back(plain);
  plain.reply = engine::ReplyMode::anonymous;
  plain.mtom = true;
  all.push_back(plain);
  plain.mtom = false;
  plain.rm = RmVersion::rm_1_0;
  plain.addressing = engine::AddressingVersion::addressing_2004_08;
  all.push_back(plain);
  return all;
}

Bytes text_of(const Profile& profile, Language language) {
  const auto policy = policy_of({&profile, 1}, language);
  REQUIRE(policy);
  Bytes text;
  write_policy(text, *policy, Nesting::compact, "P");
  return text;
}

OfferedService service_of(std::vector<Profile> spoken) {
  OfferedService service;
  service.target_namespace = "urn:s";
  service.name = "Orders";
  service.port_type = "OrdersPort";
  service.operations = {
      {"Place", {"urn:s/Place", {"urn:s", "Place"}}, std::nullopt},
      {"Ask", {"urn:s/Ask", {"urn:s", "Ask"}}, OfferedMessage{"urn:s/Told", {"urn:s", "Told"}}}};
  const bool is_tls = spoken.front().protect == Protection::transport;
  service.endpoints = {{"Port", is_tls ? "https://h/s?a=1&b=2" : "http://h/s?a=1&b=2",
                        std::move(spoken), std::nullopt}};
  return service;
}

/// The first endpoint of a written description, with what it points into.
struct Described {
  PolicyDocuments documents;
  ServiceDescription services;

  explicit Described(const OfferedService& service) {
    auto wsdl = write_wsdl(service);
    REQUIRE(wsdl);
    auto document = xml::Document::parse(std::move(*wsdl), Limits());
    REQUIRE(document);
    REQUIRE(documents.add("urn:wsdl", std::move(*document)));
    auto read = read_services(documents);
    REQUIRE(read);
    services = std::move(*read);
    REQUIRE(services.endpoints.size() == 1);
  }
};

PolicyPreference admit_all() {
  PolicyPreference preference;
  preference.sc.emplace_back(std::nullopt);
  return preference;
}

/// What two peers agree on, as text.
std::string agreed(const Profile& profile) {
  std::string text = std::to_string(static_cast<int>(profile.soap)) +
                     std::to_string(static_cast<int>(profile.addressing)) +
                     std::to_string(profile.rm ? static_cast<int>(*profile.rm) : 9) +
                     std::to_string(profile.sc ? static_cast<int>(*profile.sc) : 9) +
                     std::to_string(static_cast<int>(profile.protect)) +
                     std::to_string(static_cast<int>(profile.reply)) +
                     std::to_string(profile.mtom);
  if (profile.sc) {
    text += std::to_string(static_cast<int>(profile.bootstrap)) +
            std::to_string(static_cast<int>(profile.binding)) + profile.suite +
            std::to_string(static_cast<int>(profile.layout)) +
            std::to_string(profile.confirm_signatures) +
            std::to_string(profile.confirm_messages) + std::to_string(profile.context_token) +
            std::to_string(static_cast<int>(profile.supporting.x509)) +
            std::to_string(static_cast<int>(profile.supporting.username)) +
            std::to_string(static_cast<int>(profile.supporting.saml_1_1)) +
            std::to_string(static_cast<int>(profile.supporting.saml_2_0));
    if (profile.bootstrap == Bootstrap::issued) {
      text += std::to_string(static_cast<int>(profile.issuer_bootstrap)) + profile.issuer;
    }
  }
  if (profile.sc && profile.protect != Protection::transport) {
    text += std::to_string(static_cast<int>(profile.order)) +
            std::to_string(profile.encrypt_signature) + std::to_string(profile.derived_keys) +
            std::to_string(static_cast<int>(profile.derivation)) +
            std::to_string(profile.encrypt_rm);
  }
  if (profile.rm == RmVersion::rm_1_1) {
    text += std::to_string(profile.rm_settings.in_order);
  }
  return text;
}

}  // namespace

TEST_CASE("WP-090 to WP-094: a policy that we write is read as the profile that it was made from") {
  for (const Profile& profile : profiles()) {
    const Described described(service_of({profile}));
    const auto choice = choose(described.services.endpoints.front(), admit_all());
    REQUIRE(choice);
    for (const std::string& word : choice->words) {
      UNSCOPED_INFO(word);
    }
    REQUIRE(choice->profile);
    CHECK(agreed(*choice->profile) == agreed(profile));
    CHECK(choice->profile->encrypted_parts == profile.encrypted_parts);
  }
}

TEST_CASE("WA-051: where answers may go to an address too, a caller is free to say where") {
  Profile profile;
  profile.reply = engine::ReplyMode::addressable;
  const Described described(service_of({profile}));
  for (const auto wanted : {engine::ReplyMode::anonymous, engine::ReplyMode::addressable}) {
    PolicyPreference preference;
    preference.habits.reply = wanted;
    const auto choice = choose(described.services.endpoints.front(), preference);
    REQUIRE((choice && choice->profile));
    CHECK(choice->profile->reply == wanted);
  }
}

TEST_CASE("A description tells messages, actions and the address as they are") {
  const Described described(service_of({Profile()}));
  const EndpointDescription& endpoint = described.services.endpoints.front();
  CHECK(endpoint.port == "Port");
  CHECK(endpoint.address == "http://h/s?a=1&b=2");
  CHECK(endpoint.soap == engine::SoapVersion::soap_1_2);
  REQUIRE(endpoint.operations.size() == 2);
  CHECK(endpoint.operations[0].name == "Place");
  CHECK(endpoint.operations[0].input.action == "urn:s/Place");
  CHECK_FALSE(endpoint.operations[0].output);
  REQUIRE(endpoint.operations[1].output);
  CHECK(endpoint.operations[1].output->action == "urn:s/Told");
  CHECK(endpoint.operations[1].output->element == QualifiedName{"urn:s", "Told"});
}

TEST_CASE("WP-074 and WP-025: several profiles are alternatives, and the preferred one is picked") {
  Profile older;
  older.rm = RmVersion::rm_1_0;
  const Described described(service_of({Profile(), older}));
  PolicyPreference preference;
  auto choice = choose(described.services.endpoints.front(), preference);
  REQUIRE((choice && choice->profile));
  CHECK(choice->profile->rm == RmVersion::rm_1_1);
  preference.rm = {RmVersion::rm_1_0};
  choice = choose(described.services.endpoints.front(), preference);
  REQUIRE((choice && choice->profile));
  CHECK(choice->profile->rm == RmVersion::rm_1_0);
}

TEST_CASE("What stands in the way is told with what would admit it") {
  Profile weak;
  weak.suite = "TripleDes";
  const Described described(service_of({weak}));
  const auto choice = choose(described.services.endpoints.front(), {});
  REQUIRE(choice);
  CHECK_FALSE(choice->profile);
  std::string words;
  for (const std::string& word : choice->words) {
    words += word + '\n';
  }
  CHECK(words.find("sp:TripleDes is no suite that is admitted here; expected: Basic256GCM") !=
        std::string::npos);
  CHECK(words.find("admitted by suite=TripleDes") != std::string::npos);
}

TEST_CASE("Parts that a profile cannot hide so are told") {
  Profile profile;
  profile.protect = Protection::sign;
  profile.encrypted_parts.elements = {{{{true, false, {"urn:o", "Card"}}}}};
  const auto policy = policy_of({&profile, 1}, Language::policy_1_5);
  REQUIRE(policy);
  PolicyRequirements requirements =
      read_requirements(policy->alternatives.front(), Matching::strict);
  const auto remarks = [&] {
    std::string text;
    for (const PolicyRemark& remark : map_to_profile({}, requirements, {}).remarks) {
      text += remark.stands_in_the_way ? remark.assertion.local_name + ' ' + remark.what + '\n' : "";
    }
    return text;
  };
  CHECK(remarks().empty());

  PartList headers;
  headers.headers = {{"urn:h", "Ticket"}};
  requirements.messages.resize(2);
  requirements.messages.front().security.parts.encrypted_parts = headers;
  CHECK(remarks() == "EncryptedParts names a header of some messages and not of others; a profile "
                     "encrypts it in all\n");
  requirements.messages.back().security.parts.encrypted_parts = headers;
  CHECK(remarks().empty());

  auto& elements = requirements.security.parts.elements;
  elements.front().path.text = "//*[1]";
  CHECK(remarks() == "EncryptedElements uses more of XPath than paths of names\n");
  elements.front().path.text = "s:Body";
  elements.front().path.prefixes = {{"s", "http://www.w3.org/2003/05/soap-envelope"}};
  CHECK(remarks() == "EncryptedElements selects the Body, whose content alone can be encrypted\n");
  elements.front().use = SelectedElements::Use::content_encrypted;
  CHECK(remarks().empty());
  CHECK(map_to_profile({}, requirements, {}).profile.protect == Protection::sign_encrypt);
  elements.push_back(elements.front());
  elements.back().path.text = "//Card";
  CHECK(remarks() == "EncryptedElements selects elements of a Body that is encrypted, too; nothing "
                     "is encrypted twice\n");
}

TEST_CASE("What we hide ourselves stays hidden, whatever a policy says or leaves out") {
  const engine::BodyPath card{{{true, false, {"urn:o", "Card"}}}};
  const engine::BodyPath note{{{true, false, {"urn:o", "Note"}}}};
  Profile spoken;
  spoken.protect = Protection::sign;
  spoken.encrypted_parts.elements = {card};
  PolicyPreference preference;
  preference.habits.encrypted_parts = {{{"urn:h", "Own"}}, {note, card}, {note}};
  const auto chosen = [&] {
    const Described described(service_of({spoken}));
    const auto choice = choose(described.services.endpoints.front(), preference);
    REQUIRE((choice && choice->profile));
    std::string words;
    for (const std::string& word : choice->words) {
      words += word + '\n';
    }
    return std::pair(*choice->profile, words);
  };
  const auto [profile, words] = chosen();
  CHECK(profile.encrypted_parts.headers == preference.habits.encrypted_parts.headers);
  CHECK(profile.encrypted_parts.elements == std::vector{card, note});
  CHECK(profile.encrypted_parts.contents == std::vector{note});
  CHECK(words.find("encrypted by themselves are headers {urn:h}Own, elements //{urn:o}Card "
                   "//{urn:o}Note, contents of elements //{urn:o}Note\n") != std::string::npos);

  spoken.encrypted_parts = {};
  CHECK(chosen().first.encrypted_parts.elements == std::vector{note, card});
  spoken.protect = Protection::sign_encrypt;
  CHECK(chosen().first.encrypted_parts.elements.empty());  // the Body hides them
  CHECK(chosen().first.encrypted_parts.headers.size() == 1);
}

TEST_CASE("A policy cannot name more parts than there may be, nor what is no name") {
  Profile profile;
  profile.protect = Protection::sign;
  const auto policy = policy_of({&profile, 1}, Language::policy_1_5);
  REQUIRE(policy);
  PolicyRequirements requirements =
      read_requirements(policy->alternatives.front(), Matching::strict);
  const auto is_possible = [&](std::size_t count, const std::string& ns) {
    PartList& list = requirements.security.parts.encrypted_parts.emplace();
    for (std::size_t i = 0; i < count; ++i) {
      list.headers.push_back({ns, "N" + std::to_string(i)});
    }
    return map_to_profile({}, requirements, {}).is_possible();
  };
  CHECK(is_possible(engine::EncryptedParts::kPartsMax, "urn:h"));
  CHECK_FALSE(is_possible(engine::EncryptedParts::kPartsMax + 1, "urn:h"));
  CHECK_FALSE(is_possible(1, "urn:h}N {urn:i"));
  CHECK_FALSE(is_possible(1, "http://www.w3.org/2005/08/addressing"));
}

TEST_CASE("What cannot be spoken gives way to an alternative that can") {
  Profile older;
  older.rm = RmVersion::rm_1_0;
  const Described described(service_of({Profile(), older}));
  PolicyPreference preference;
  preference.unspoken = [](const Profile& profile) {
    return profile.rm == RmVersion::rm_1_1 ? std::vector<std::string>{"not that"}
                                           : std::vector<std::string>();
  };
  const auto choice = choose(described.services.endpoints.front(), preference);
  REQUIRE((choice && choice->profile));
  CHECK(choice->profile->rm == RmVersion::rm_1_0);
  CHECK(choice->words.back() == "alternative 1 cannot be used: not that");
}

TEST_CASE("WP-003: every policy that we write is valid by the schemas, in both languages") {
  const auto shared = test::shared_folder();
  if (shared.empty() || !test::has_tool("xmllint")) {
    return;
  }
  const auto folder = shared / "schemas";
  const test::TemporaryFolder temporary;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kSchemas{{
      {"http://www.w3.org/ns/ws-policy", "ws-policy-1.5.xsd"},
      {"http://schemas.xmlsoap.org/ws/2004/09/policy", "ws-policy-200409.xsd"},
      {uri::kSp11, "ws-securitypolicy-200507.xsd"},
      {uri::kSp12, "ws-securitypolicy-1.2.xsd"},
      {uri::kRmp10, "wsrm-policy-200502.xsd"},
      {uri::kRmp11, "wsrmp-200702.xsd"},
      {uri::kNetRmp, "netrm-policy-200702.xsd"},
  }};
  std::string schema = "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'>";
  for (const auto& [ns, file] : kSchemas) {
    schema += "<xs:import namespace='" + std::string(ns) + "' schemaLocation='" +
              (folder / file).string() + "'/>";
  }
  temporary.write("all.xsd", as_bytes(schema + "</xs:schema>"));
  const auto judge = [&](const std::vector<std::string>& files) {
    std::vector<std::string> command{
        "env",
        "XML_CATALOG_FILES=" + (folder / "catalog-security.xml").string() + " " +
            (folder / "catalog-rm.xml").string(),
        "xmllint",
        "--nonet",
        "--noout",
        "--schema",
        temporary.path("all.xsd")};
    command.insert(command.end(), files.begin(), files.end());
    const test::ToolResult result = test::run_tool(temporary, command);
    return result.status == 0 ? std::string() : result.errors.substr(0, 4000);
  };
  std::vector<std::string> files;
  for (const Profile& profile : profiles()) {
    for (const Language language : {Language::policy_2004_09, Language::policy_1_5}) {
      if (profile.sc == TrustFamily::feb_2005 && language == Language::policy_1_5) {
        continue;  // the schema of security policy 1.1 knows the older language alone
      }
      files.push_back(
          temporary.write(std::to_string(files.size()) + ".xml", text_of(profile, language)));
    }
  }
  CHECK(judge(files) == "");

  std::string broken(as_text(text_of(Profile(), Language::policy_1_5)));
  const std::string what = "<sp:Header Namespace=";
  REQUIRE(broken.find(what) != std::string::npos);
  broken.replace(broken.find(what), what.size(), "<sp:Header Namespase=");
  CHECK(judge({temporary.write("broken.xml", as_bytes(broken))}) != "");
}
