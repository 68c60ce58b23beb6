#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "bindings/soap/part_selection.h"
#include "bindings/soap/policy/policy_names.h"
#include "bindings/soap/policy/xpath_reader.h"
#include "bindings/soap/security/uris.h"
#include "engine/encrypted_parts.h"
#include "unit/soap/message_text.h"
#include "unit/soap/open_fixture.h"
#include "unit/soap/open_text.h"

// Headers and elements that are encrypted by themselves (WS-SecurityPolicy 1.2, sections 4.2
// and 4.3; message-security.md, M49 to M54).

using namespace parley;
using engine::EncryptedParts;
using engine::Protection;

namespace {

constexpr const char* kOrder =
    "<o:Order xmlns:o=\"urn:o\" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">"
    "<o:Item a='x > y'>a chair</o:Item><!-- note -->"
    "<o:Pay><o:Card o:no=\"1\">4111</o:Card><o:Card/></o:Pay>"
    "<o:Note>quiet</o:Note><plain>seen</plain></o:Order>";

EncryptedParts parts_of(const std::string& headers,
                        const std::string& elements,
                        const std::string& contents) {
  return {engine::parse_part_names(headers).value(), engine::parse_body_paths(elements).value(),
          engine::parse_body_paths(contents).value()};
}

/// What is selected, as written; contents between bars.
std::string selected(const std::string& elements, const std::string& contents = {}) {
  const auto document = xml::Document::parse(to_bytes(kOrder), Limits()).value();
  std::string text;
  for (const soap::SelectedPart& part :
       soap::select_parts(document.root(), parts_of({}, elements, contents))) {
    const std::string bar = part.is_content ? "|" : "";
    text += (text.empty() ? "" : " ") + bar + std::string(part.element.local_name()) + bar;
  }
  return text;
}

/// Every shape of protection in which parts may have to be hidden.
std::vector<engine::Profile> shapes() {
  std::vector<engine::Profile> all;
  for (const Protection protect : {Protection::sign, Protection::sign_encrypt}) {
    engine::Profile profile;
    profile.protect = protect;
    all.push_back(profile);
    profile.encrypt_signature = true;
    all.push_back(profile);
    profile.encrypt_signature = false;
    profile.order = engine::ProtectionOrder::encrypt_before_sign;
    all.push_back(profile);
    profile.order = engine::ProtectionOrder::sign_before_encrypt;
    profile.derived_keys = false;
    all.push_back(profile);
    profile.derived_keys = true;
    profile.supporting.username = engine::SupportingUse::signed_encrypted;
    all.push_back(profile);
    profile.supporting = {};
    profile.soap = engine::SoapVersion::soap_1_1;
    profile.sc = contexts::TrustFamily::feb_2005;
    profile.rm = sequences::RmVersion::rm_1_0;
    profile.suite = "Basic256GCM";
    all.push_back(profile);
  }
  return all;
}

class Sides {
 public:
  explicit Sides(const engine::Profile& profile) : pair_(profile) {
    soap::Credentials client = test::client_credentials();
    client.user = soap::UserCredential{"alice", crypto::SecretBytes::copy_of(as_bytes("w"))};
    pair_.client = soap::SoapCodec::make(client, {}).value();
    soap::Credentials service = test::server_credentials();
    service.users.password = [](std::string_view) {
      return std::optional(crypto::SecretBytes::copy_of(as_bytes("w")));
    };
    pair_.server = soap::SoapCodec::make(service, {}).value();
  }

  Bytes wire(const std::string& body = kOrder) {
    message = test::application_message(pair_.profile, body);
    message.rm.sequence = {"urn:sequence", 3, false};
    return pair_.protect(message).bytes;
  }

  Result<engine::OpenedMessage> open(const Bytes& wire) { return pair_.open(wire); }

  engine::Profile& profile() { return pair_.profile; }

  engine::Message message;

 private:
  test::Pair pair_;
};

const EncryptedParts& everything() {
  static const EncryptedParts kParts = parts_of(
      "{http://schemas.xmlsoap.org/ws/2005/02/rm}* "
      "{http://docs.oasis-open.org/ws-rx/wsrm/200702}* "
      "{urn:h}Other",
      "//{urn:o}Pay", "/{urn:o}Order/{urn:o}Note //plain");
  return kParts;
}

using Places = std::variant<policy::SelectedPlaces, std::string>;

Places read(const std::string& text, const std::string& version = {}) {
  policy::SelectedElements selection;
  selection.path.text = text;
  selection.path.prefixes = {{"s", "http://www.w3.org/2003/05/soap-envelope"},
                             {"s1", "http://schemas.xmlsoap.org/soap/envelope/"},
                             {"o", "urn:o"}};
  selection.version = version;
  return policy::read_xpath(selection);
}

/// The paths, or "body", or why it is not read.
std::string paths_in(const std::string& text, const std::string& version = {}) {
  const Places places = read(text, version);
  if (const auto* const why = std::get_if<std::string>(&places)) {
    return *why;
  }
  const auto& found = std::get<policy::SelectedPlaces>(places);
  return (found.body ? "body " : "") + engine::to_text(found.paths);
}

}  // namespace

TEST_CASE("Paths and names are written as they are read, and nothing else is read") {
  for (const char* path : {"/{urn:o}Order", "//{urn:o}Card", "/*/plain//*", "/a /b //c"}) {
    const auto read = engine::parse_body_paths(path);
    REQUIRE(read);
    CHECK(engine::to_text(*read) == path);
  }
  for (const char* path :
       {"Order", "/", "//", "/a/", "///a", "/{urn:o", "/{}a", "/{urn:o}", "/{urn:o}*", "/o:a",
        "/a[1]", "/@a", "/text()", "/a|/b", "/..", "//.", "/1a", "/<a>", "/a b"}) {
    CAPTURE(path);
    CHECK_FALSE(engine::parse_body_paths(path));
  }
  for (const char* name : {"{urn:o}Order", "{urn:o}*", "{urn:o}a {urn:p}b"}) {
    const auto read = engine::parse_part_names(name);
    REQUIRE(read);
    CHECK(engine::to_text(*read) == name);
  }
  for (const char* name : {"Order", "*", "{urn:o}", "{urn:o}a/b", "{urn:o}a,{urn:o}b"}) {
    CAPTURE(name);
    CHECK_FALSE(engine::parse_part_names(name));
  }
  CHECK(engine::parse_body_paths("")->empty());
  const auto steps = [](std::size_t count) {
    std::string path;
    for (std::size_t i = 0; i < count; ++i) {
      path += "/a";
    }
    return engine::parse_body_paths(path).has_value();
  };
  CHECK(steps(engine::BodyPath::kStepsMax));
  CHECK_FALSE(steps(engine::BodyPath::kStepsMax + 1));
  const auto paths = [](std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
      text += "/a ";
    }
    return engine::parse_body_paths(text).has_value();
  };
  CHECK(paths(EncryptedParts::kPartsMax));
  CHECK_FALSE(paths(EncryptedParts::kPartsMax + 1));
}

TEST_CASE("A path selects what XPath does, and of nested parts the outer one") {
  CHECK(selected("/{urn:o}Order").substr(0, 5) == "Order");
  CHECK(selected("/{urn:o}Order/{urn:o}Pay/{urn:o}Card") == "Card Card");
  CHECK(selected("//{urn:o}Card") == "Card Card");
  CHECK(selected("/{urn:o}Order//{urn:o}Card") == "Card Card");
  CHECK(selected("//{urn:o}Order//{urn:o}Card") == "Card Card");
  CHECK(selected("/*/plain") == "plain");
  CHECK(selected("/*/*/*") == "Card Card");
  CHECK(selected("/{urn:o}Card").empty());
  CHECK(selected("/{urn:o}Order/{urn:o}Card").empty());
  CHECK(selected("//{urn:o}plain").empty());
  CHECK(selected("//{urn:o}Card //{urn:o}Pay") == "Pay");
  CHECK(selected("", "//{urn:o}Card") == "|Card|");  // the other one has no content
  CHECK(selected("//{urn:o}Card", "//{urn:o}Pay") == "|Pay|");
  CHECK(selected("//{urn:o}Pay", "//{urn:o}Pay") == "Pay");
  CHECK(selected("//*").substr(0, 5) == "Order");
  CHECK(selected("", "") == "");
}

TEST_CASE("More parts than a message may have encrypted are refused before it is taken") {
  const Limits limits;
  const auto code = [&](std::size_t count) {
    std::string body = "<a>";
    for (std::size_t i = 0; i < count; ++i) {
      body += "<b/>";
    }
    engine::Profile profile;
    profile.encrypted_parts = parts_of("", "//b", "");
    const auto codec = soap::SoapCodec::make({}, {}).value();
    const auto checked = codec->check_body(to_bytes(body + "</a>"), profile);
    return checked ? ErrorCode::internal_failure : checked.error().code();
  };
  CHECK(code(limits.encrypted_items_max / 2) == ErrorCode::internal_failure);
  CHECK(code(limits.encrypted_items_max / 2 + 1) == ErrorCode::limit_exceeded);
}

TEST_CASE("Parts go hidden and come as they were, in every shape of protection") {
  for (const engine::Profile& shape : shapes()) {
    CAPTURE(test::describe(shape));
    Sides sides(shape);
    sides.profile().encrypted_parts = everything();
    const Bytes wire = sides.wire();
    for (const char* secret : {"4111", "quiet", "seen", "urn:sequence", "alice"}) {
      CAPTURE(secret);
      CHECK(test::text(wire).find(secret) == std::string::npos);
    }
    CHECK((test::text(wire).find("a chair") != std::string::npos) ==
          (shape.protect == Protection::sign));
    const auto opened = sides.open(wire);
    if (!opened) {
      FAIL(opened.error().message());
    }
    CHECK(test::text_of(opened->message) ==
          test::text_on_the_wire(sides.message, shape, sides.message.addressing.action));
  }
}

TEST_CASE("A message with none of the parts in it goes as without them") {
  engine::Profile profile;
  profile.protect = Protection::sign;
  profile.encrypted_parts = parts_of("{urn:h}*", "//{urn:o}Absent", "");
  Sides sides(profile);
  const Bytes wire = sides.wire();
  CHECK(test::text(wire).find("EncryptedData") == std::string::npos);
  CHECK(sides.open(wire));
}

TEST_CASE("A message that has a part in clear is refused, whichever it is") {
  for (const engine::Profile& shape : shapes()) {
    CAPTURE(test::describe(shape));
    for (int which = 0; which < 3; ++which) {
      const bool is_hidden_anyway = which > 0 && shape.protect == Protection::sign_encrypt;
      CAPTURE(which);
      Sides sides(shape);
      EncryptedParts less = everything();
      which == 0 ? less.headers.clear() : (which == 1 ? less.elements : less.contents).pop_back();
      sides.profile().encrypted_parts = less;
      const Bytes wire = sides.wire();
      sides.profile().encrypted_parts = everything();
      const auto opened = sides.open(wire);
      CHECK(opened.has_value() == is_hidden_anyway);
      CHECK((opened || opened.error().code() == ErrorCode::security_missing));
    }
  }
}

TEST_CASE("Faults, and what carries a sequence along, may have everything in clear") {
  engine::Profile profile;
  profile.protect = Protection::sign;
  const auto is_taken = [&](engine::Body body) {
    test::Pair pair(profile);
    engine::Message message = test::application_message(profile, "<a/>");
    message.addressing.action.clear();
    message.rm.acknowledgements = {{"urn:sequence", {{1, 2}}, {}, false, {}}};
    message.body = std::move(body);
    const Bytes wire = pair.protect(message).bytes;
    pair.profile.encrypted_parts = everything();
    return pair.open(wire).has_value();
  };
  CHECK(is_taken(engine::Fault{.code = ErrorCode::sequence_unknown}));
  CHECK(
      is_taken(engine::SequenceLifecycle{engine::SequenceLifecycle::Kind::terminate, "urn:s", {}}));
  CHECK(is_taken(engine::ApplicationBody()));
}

TEST_CASE("Expressions of policies are read as far as they are paths of names") {
  CHECK(paths_in("/s:Envelope/s:Body/o:Order/o:Card") == "/{urn:o}Order/{urn:o}Card");
  CHECK(paths_in(" /s1:Envelope / s1:Body //o:Card ") == "//{urn:o}Card");
  CHECK(paths_in("//o:Card") == "//{urn:o}Card");
  CHECK(paths_in("//s:Body/o:Order") == "/{urn:o}Order");
  CHECK(paths_in("/s:Envelope//o:Card") == "//{urn:o}Card");
  CHECK(paths_in("s:Body/o:Order/*") == "/{urn:o}Order/*");  // from the envelope
  CHECK(paths_in("//o:Card | //plain") == "//{urn:o}Card //plain");
  CHECK(paths_in("//*[local-name()='Card' and namespace-uri() = \"urn:o\"]") == "//{urn:o}Card");
  CHECK(paths_in("/s:Envelope/s:Body") == "body ");
  CHECK(paths_in("//o:Card", "http://www.w3.org/TR/1999/REC-xpath-19991116") == "//{urn:o}Card");

  const std::string other = "uses more of XPath than paths of names";
  for (const char* text :
       {"", "/", "//", "//o:Card/", "//o:Card[1]", "//o:*", "//@no", "//o:Card/@no",
        "//o:Card/text()", "//child::o:Card", "count(//o:Card)", "//o:Card or 1", "//o:Card[@no]",
        "//..", "//o:Card[local-name()=Card]", "| //o:Card"}) {
    CAPTURE(text);
    CHECK(paths_in(text) == other);
  }
  CHECK(paths_in("//*[local-name()='Card']") ==
        "selects by other conditions than local-name() and namespace-uri() together");
  CHECK(paths_in("//x:Card") == "uses a prefix that is not declared");
  CHECK(paths_in("/o:Order") == "selects something that is no message of SOAP");
  CHECK(paths_in("/s:Envelope/s:Header/o:Token") ==
        "selects in headers, which are encrypted as blocks (EncryptedParts)");
  CHECK(paths_in("/s:Envelope/o:Order") == "selects outside the Body");
  CHECK(paths_in("o:Order") == "selects outside the Body");
  CHECK(paths_in("//o:Card", "2.0") == "selects by another version of XPath than 1.0");
  std::string deep;
  for (std::size_t i = 0; i <= engine::BodyPath::kStepsMax; ++i) {
    deep += "//o:a";
  }
  CHECK(paths_in(deep) == "selects by too long a path");
  std::string wide = "//a";
  for (int i = 0; i < 16; ++i) {
    wide += "|//a";
  }
  CHECK(paths_in(wide) == "selects by too many paths");
}

TEST_CASE("A path that is written as an expression is read as the same") {
  for (const char* text : {"/{urn:o}Order//{urn:p}Card", "//*/plain", "/{urn:o}a/{urn:o}b"}) {
    const auto path = engine::parse_body_paths(text)->front();
    for (const auto soap : {engine::SoapVersion::soap_1_1, engine::SoapVersion::soap_1_2}) {
      policy::SelectedElements selection;
      selection.path = policy::write_xpath(path, soap, policy::uri::kSp12);
      const Places places = policy::read_xpath(selection);
      REQUIRE(std::holds_alternative<policy::SelectedPlaces>(places));
      CHECK(std::get<policy::SelectedPlaces>(places).paths == std::vector{path});
    }
  }
}
