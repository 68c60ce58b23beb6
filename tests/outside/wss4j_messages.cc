// Messages for WSS4J, and from it: `write DIR` writes one in every suite and family and of every
// bootstrap, with what a receiver has to know; `open DIR` opens what WSS4J has made of the same.

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "base/base64.h"
#include "bindings/soap/message_layout.h"
#include "bindings/soap/security/algorithms.h"
#include "support/external_tool.h"
#include "tests/support/cell_pair.h"
#include "tests/vectors/json.h"
#include "unit/soap/message_text.h"
#include "unit/soap/saml_text.h"
#include "unit/soap/wire_samples.h"

namespace {

using namespace parley;
using engine::Profile;

constexpr std::string_view kContent = "what is said";

std::filesystem::path keys_folder() {
  return test::source_folder() / "tests" / "data" / "keys";
}

/// `assertion`: what goes along with messages of the client.
std::unique_ptr<soap::SoapCodec> codec_of(const std::string& side, std::string assertion = {}) {
  soap::CodecSettings settings;
  settings.allow_rsa_1_5 = true;
  soap::Credentials credentials = test::cell_credentials(side, keys_folder());
  credentials.assertion_issuers = {{test::key_file("server.pem"), "https://sts.example"}};
  credentials.assertion = [assertion = std::move(assertion)] {
    return std::optional(to_bytes(assertion));
  };
  return soap::SoapCodec::make(credentials, settings).value();
}

engine::Message message_of(const Profile& profile) {
  return test::application_message(
      profile, "<n:Note xmlns:n=\"urn:n\"><n:Text>" + std::string(kContent) + "</n:Text></n:Note>");
}

using engine::SupportingUse;

SupportingUse use_of_assertion(const Profile& profile) {
  return std::max(profile.supporting.saml_1_1, profile.supporting.saml_2_0);
}

std::size_t tokens_of(const Profile& profile) {
  return (profile.supporting.x509 != SupportingUse::none ? 1U : 0U) +
         (profile.supporting.username != SupportingUse::none ? 1U : 0U) +
         (use_of_assertion(profile) != SupportingUse::none ? 1U : 0U);
}

/// As the profile wants it; empty = it wants none.
std::string assertion_for(const Profile& profile) {
  if (use_of_assertion(profile) == SupportingUse::none) {
    return {};
  }
  test::AssertionText what;
  what.kind = profile.supporting.saml_1_1 != SupportingUse::none ? store::TokenKind::saml_1_1
                                                                 : store::TokenKind::saml_2_0;
  what.issued = test::kNow;
  what.ends = test::kNow + std::chrono::minutes(20);
  if (engine::is_endorsing(use_of_assertion(profile))) {
    what.method = "holder-of-key";
    what.holder_pem = "client";
  }
  return test::assertion(what, "server");
}

/// Every token that goes along, in every way.
std::vector<Profile> token_profiles() {
  std::vector<Profile> profiles;
  const auto add = [&](engine::SupportingUses tokens) {
    for (const bool hides_signature : {false, true}) {
      Profile profile;
      profile.supporting = tokens;
      profile.encrypt_signature = hides_signature;
      profiles.push_back(profile);
    }
  };
  const auto none = SupportingUse::none;
  add({SupportingUse::endorsing, none, none, none});
  add({SupportingUse::signed_endorsing, SupportingUse::signed_encrypted, none, none});
  add({none, SupportingUse::signed_encrypted, none, none});
  for (const auto use :
       {SupportingUse::signed_token, SupportingUse::signed_encrypted, SupportingUse::endorsing,
        SupportingUse::signed_endorsing, SupportingUse::signed_endorsing_encrypted}) {
    add({none, none, use, none});
    add({none, none, none, use});
  }
  add({SupportingUse::endorsing, SupportingUse::signed_encrypted, none, SupportingUse::signed_token});
  return profiles;
}

/// Headers and elements that are encrypted by themselves, in every way.
std::vector<Profile> part_profiles() {
  const engine::PartName id{"http://www.w3.org/2005/08/addressing", "MessageID"};  // there is no other
  const engine::BodyPath text{{{true, false, {"urn:n", "Text"}}}};
  const engine::BodyPath note{{{false, false, {"urn:n", "Note"}}}};
  std::vector<Profile> profiles;
  for (const engine::EncryptedParts& parts :
       {engine::EncryptedParts{{id}, {}, {}}, engine::EncryptedParts{{}, {text}, {}},
        engine::EncryptedParts{{}, {}, {note}}, engine::EncryptedParts{{id}, {note}, {}}}) {
    for (const auto protect : {engine::Protection::sign, engine::Protection::sign_encrypt}) {
      for (const auto order : {engine::ProtectionOrder::sign_before_encrypt,
                               engine::ProtectionOrder::encrypt_before_sign}) {
        Profile profile;
        profile.encrypted_parts = parts;
        profile.protect = protect;
        profile.order = order;
        profiles.push_back(profile);
      }
    }
  }
  return profiles;
}

/// As WSS4J is told of them: how, namespace and name, between bars.
std::string text_of(const Profile& profile) {
  const engine::EncryptedParts& parts = profile.encrypted_parts;
  std::string text = profile.protect == engine::Protection::sign_encrypt ? "Body" : "";
  const auto add = [&](const char* how, const engine::PartName& name) {
    text += (text.empty() ? "" : " ") + std::string(how) + '|' + name.ns + '|' + name.name;
  };
  for (const engine::PartName& header : parts.headers) {
    add("Header", header);
  }
  if (profile.protect == engine::Protection::sign) {
    for (const engine::BodyPath& path : parts.elements) {
      add("Element", path.steps.back().element);
    }
    for (const engine::BodyPath& path : parts.contents) {
      add("Content", path.steps.back().element);
    }
  }
  return text;
}

/// Every suite in both families, every shape of protection, every token, and parts.
std::vector<Profile> context_profiles() {
  std::vector<Profile> profiles;
  for (Profile profile : test::suite_profiles()) {
    for (const auto family :
         {contexts::TrustFamily::feb_2005, contexts::TrustFamily::oasis_200512}) {
      profile.sc = family;
      profiles.push_back(profile);
    }
  }
  for (const Profile& profile : test::shape_profiles()) {
    profiles.push_back(profile);
  }
  for (const Profile& profile : token_profiles()) {
    profiles.push_back(profile);
  }
  for (const Profile& profile : part_profiles()) {
    profiles.push_back(profile);
  }
  return profiles;
}

std::vector<Profile> bootstrap_profiles() {
  using engine::Bootstrap;
  using engine::BootstrapBinding;
  std::vector<Profile> profiles;
  for (const auto& [bootstrap, binding] :
       {std::pair(Bootstrap::x509, BootstrapBinding::symmetric),
        std::pair(Bootstrap::x509, BootstrapBinding::asymmetric),
        std::pair(Bootstrap::username_cert, BootstrapBinding::symmetric)}) {
    for (const char* suite :
         {"Basic256", "Basic128", "Basic256Rsa15", "Basic256Sha256", "Basic256GCM", "Basic192"}) {
      Profile profile;
      profile.bootstrap = bootstrap;
      profile.binding = binding;
      profile.suite = suite;
      profiles.push_back(profile);
    }
  }
  return profiles;
}

void write_file(const std::filesystem::path& file, ByteView content) {
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(content.data()),
            static_cast<std::streamsize>(content.size()));
  if (!out.good()) {
    throw std::runtime_error("cannot write " + file.string());
  }
}

/// Of the signature of the message, not of an assertion that stands before it.
std::size_t references_in(std::string_view text) {
  std::size_t count = 0;
  const std::size_t begin = std::min(text.find("Id=\"wss-sig\""), text.size());
  const std::size_t end = text.find("</ds:SignedInfo>", begin);
  for (std::size_t at = text.find("<ds:Reference ", begin); at < end;
       at = text.find("<ds:Reference ", at + 1)) {
    ++count;
  }
  return count;
}

/// What WSS4J has to know of a message. `references` are those of its Signature; 0 = count them.
std::string properties_of(const Profile& profile,
                          const contexts::LiveKey* key,
                          const Bytes& wire,
                          std::size_t references) {
  const soap::AlgorithmSuite& suite = *soap::find_suite(profile.suite);
  std::string text = "what=" + test::describe(profile) + "\n";
  text += "content=" + std::string(kContent) + "\n";
  text += "signed=" + std::to_string(references != 0 ? references : references_in(as_text(wire))) +
          "\n";
  text += std::string("family=") +
          (profile.sc == contexts::TrustFamily::feb_2005 ? "2005/02" : "1.3") + "\n";
  text += "digest=" + std::string(soap::row_of(suite.digest).uri) + "\n";
  text +=
      "mac=" + std::string(soap::mac_row(suite.signature_digest(profile.sha256_mac)).uri) + "\n";
  text += "cipher=" + std::string(soap::row_of(suite.cipher).uri) + "\n";
  text += "signature.length=" + std::to_string(suite.signature_key_octets) + "\n";
  text += "encryption.length=" + std::to_string(suite.encryption_key_octets) + "\n";
  const SupportingUse assertion = use_of_assertion(profile);
  if (tokens_of(profile) != 0) {
    const bool has_user = profile.supporting.username != SupportingUse::none;
    const int signatures = 1 + (profile.supporting.x509 != SupportingUse::none ? 1 : 0) +
                           (engine::is_endorsing(assertion) ? 1 : 0);
    text += "tokens=" + std::to_string(signatures) + (has_user ? " 1" : " 0") +
            (assertion != SupportingUse::none ? " 1" : " 0") + "\n";
    text += has_user ? "user=alice\n" : "";
    text += assertion == SupportingUse::none                       ? ""
            : profile.supporting.saml_1_1 != SupportingUse::none ? "saml=1.1\n"
                                                                   : "saml=2.0\n";
    text += engine::is_encrypted(assertion) ? "saml.hidden=1\n" : "";
  }
  if (key != nullptr) {
    text += "hidden=" + text_of(profile) + "\n";
    text += "identifier=" + key->name().identifier + "\n";
    text += "secret=" + to_base64(key->secret().view()) + "\n";
  }
  return text;
}

std::string name_of(std::size_t number) {
  std::string digits = std::to_string(number);
  return std::string(3 - digits.size(), '0') + digits;
}

int write(const std::filesystem::path& folder) {
  crypto::SystemEntropy entropy;
  std::size_t number = 0;
  for (const Profile& profile : context_profiles()) {
    const auto codec = codec_of("client", assertion_for(profile));
    const contexts::LiveKey key = test::context_key(profile);
    engine::ProtectWith with;
    with.context = &key;
    const auto wire =
        codec->protect(message_of(profile), profile, with, test::kNow, entropy).value();
    Profile shown = profile;  // the same parts, where they can be counted
    shown.encrypt_signature = false;
    const auto clear =
        codec->protect(message_of(profile), shown, with, test::kNow, entropy).value();
    const std::string name = name_of(number++);
    write_file(folder / (name + ".xml"), wire.bytes);
    write_file(
        folder / (name + ".properties"),
        as_bytes(properties_of(profile, &key, wire.bytes, references_in(as_text(clear.bytes)))));
    const bool is_answered = profile.derived_keys && !profile.encrypt_signature &&
                             (profile.protect == engine::Protection::sign_encrypt ||
                              !profile.encrypted_parts.empty()) &&
                             profile.order == engine::ProtectionOrder::sign_before_encrypt &&
                             profile.supporting.x509 == SupportingUse::none &&
                             !engine::is_endorsing(use_of_assertion(profile));
    if (is_answered) {
      const auto layout =
          soap::MessageLayout::make(message_of(profile), profile, false, Limits()).value();
      write_file(folder / (name + ".plain.xml"), layout.plain());
    }
  }
  const auto codec = codec_of("client");
  for (const Profile& profile : bootstrap_profiles()) {
    engine::ProtectWith with;
    with.bootstrap = true;
    const auto wire =
        codec->protect(message_of(profile), profile, with, test::kNow, entropy).value();
    const std::string name = name_of(number++);
    write_file(folder / (name + ".xml"), wire.bytes);
    write_file(folder / (name + ".properties"),
               as_bytes(properties_of(profile, nullptr, wire.bytes, 0)));
  }
  return 0;
}

int open(const std::filesystem::path& folder) {
  const auto codec = codec_of("server");
  std::size_t number = 0;
  int opened = 0;
  int failed = 0;
  for (const Profile& profile : context_profiles()) {
    const std::filesystem::path file = folder / (name_of(number++) + ".wss4j.xml");
    if (!std::filesystem::exists(file)) {
      continue;
    }
    const contexts::LiveKey key = test::context_key(profile);
    const auto fail = [&](const std::string& why) {
      std::printf("%s: %s\n", test::describe(profile).c_str(), why.c_str());
      ++failed;
    };
    auto sealed = codec->parse(vectors::read_file(file), "", profile);
    if (!sealed) {
      fail(sealed.error().message());
      continue;
    }
    // WSS4J writes the time of now.
    const auto now =
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch());
    const auto message = codec->open(std::move(*sealed), profile, test::OneKey(&key), nullptr, {},
                                     WallTime{now.count()});
    if (!message) {
      fail(message.error().message());
      continue;
    }
    const engine::Message said = message_of(profile);
    if (test::text_of(message->message) !=
        test::text_on_the_wire(said, profile, said.addressing.action)) {
      fail("says something else");
      continue;
    }
    // WSS4J leaves it in clear, and then it counts for nothing: whoever reads it could show it himself.
    const std::size_t in_clear = use_of_assertion(profile) == SupportingUse::signed_token ? 1 : 0;
    if (message->tokens.size() != tokens_of(profile) - in_clear) {
      fail("tokens are missing");
      continue;
    }
    ++opened;
  }
  std::printf("opened %d, failed %d\n", opened, failed);
  return failed == 0 && opened != 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char* argv[]) {
  const std::string_view mode = argc == 3 ? argv[1] : "";
  if (mode != "write" && mode != "open") {
    std::fprintf(stderr, "usage: wss4j_messages write|open DIR\n");
    return 2;
  }
  try {
    return mode == "write" ? write(argv[2]) : open(argv[2]);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "wss4j_messages: %s\n", problem.what());
    return 2;
  }
}
