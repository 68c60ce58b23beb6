#include "unit/soap/wire_samples.h"

#include "base/check.h"
#include "bindings/soap/security/algorithms.h"
#include "engine/wire_names.h"
#include "support/external_tool.h"

namespace parley::test {
namespace {

using engine::Message;
using engine::Profile;
using engine::SoapVersion;
using sequences::RmVersion;

constexpr std::string_view kBody =
    "<x:Note xmlns:x='urn:parley:exchange' b=\"2\" a='1'><x:text>1 &lt; 2 &#38; "
    "\xC3\xA4</x:text><empty/></x:Note>";

crypto::SecretBytes secret(Byte value) {
  return crypto::SecretBytes::copy_of(Bytes(32, value));
}

engine::Addressing addressing(std::string_view action = "") {
  engine::Addressing addressing;
  addressing.action = action;
  addressing.to = "http://localhost:9700/exchange?a=1&b=2";
  addressing.message_id = "urn:uuid:00000000-0000-4000-8000-000000000002";
  addressing.reply_to = engine::EndpointReference{std::string(engine::kAnonymousAddress), {}};
  return addressing;
}

engine::EndpointReference endpoint() {
  return {"http://localhost:9701/acks", to_bytes("<p:Slot xmlns:p=\"urn:p\" n=\"1\">7</p:Slot>")};
}

template <class Body>
Message with_body(Body body) {
  Message message;
  message.addressing = addressing();
  message.body = std::move(body);
  return message;
}

void add_reliable_messaging(std::vector<Sample>& samples, const Profile& profile) {
  const RmVersion rm = *profile.rm;
  const bool is_1_1 = rm == RmVersion::rm_1_1;
  engine::CreateSequence create;
  create.acks_to = endpoint();
  create.expires = Duration(60'500);
  create.offer.emplace();
  create.offer->identifier = "urn:uuid:00000000-0000-4000-8000-0000000000ff";
  create.offer->expires = Duration(60'000);
  create.offer->endpoint = endpoint();
  create.offer->incomplete_behavior = "NoDiscard";
  if (profile.sc) {
    create.context_identifier = std::string(kContextId);
  }
  Message creation = with_body(create);
  creation.rm.uses_sequence_str = profile.sc.has_value();
  samples.push_back({"CreateSequence", std::move(creation)});

  engine::CreateSequenceResponse created;
  created.identifier = "urn:uuid:00000000-0000-4000-8000-000000000003";
  created.expires = Duration(60'000);
  created.incomplete_behavior = "DiscardFollowingFirstGap";
  created.accept_acks_to = endpoint();
  samples.push_back({"CreateSequenceResponse", with_body(created)});

  using Kind = engine::SequenceLifecycle::Kind;
  for (const Kind kind :
       {Kind::terminate, Kind::close, Kind::close_response, Kind::terminate_response}) {
    if (is_1_1 || kind == Kind::terminate) {
      Message message = with_body(engine::SequenceLifecycle{kind, created.identifier, 41});
      message.rm.acknowledgements = {{"urn:s", {{1, 41}}, {}, true, std::nullopt}};
      samples.push_back({"lifecycle", std::move(message)});
    }
  }

  samples.push_back({"MakeConnection",
                     with_body(engine::MakeConnection{std::string(engine::kPolledPrefix) + "1", {}})});
  Message fetched = with_body(engine::ApplicationBody{to_bytes("<a></a>")});
  fetched.addressing.action = "urn:parley:exchange/Note";
  fetched.addressing.pending = true;
  samples.push_back({"what a poll brings", std::move(fetched)});

  Message acknowledgement = with_body(engine::ApplicationBody{});
  acknowledgement.rm.acknowledgements = {{"urn:s", {{1, 3}, {5, 9}}, {}, false, 8}};
  samples.push_back({"SequenceAcknowledgement", std::move(acknowledgement)});
  Message nothing = with_body(engine::ApplicationBody{});
  nothing.rm.acknowledgements = {{"urn:s", {}, {}, false, std::nullopt}};
  samples.push_back({"nothing acknowledged", std::move(nothing)});
  Message missing = with_body(engine::ApplicationBody{});
  missing.rm.acknowledgements = {{"urn:s", {}, {4, 7}, false, std::nullopt}};
  samples.push_back({"Nack", std::move(missing)});
  Message request = with_body(engine::ApplicationBody{});
  request.rm.ack_requests = {"urn:s"};
  samples.push_back({"AckRequested", std::move(request)});
  if (!is_1_1) {
    Message last = with_body(engine::ApplicationBody{});
    last.rm.sequence = engine::SequenceHeader{"urn:s", 42, true};
    samples.push_back({"LastMessage", std::move(last)});
  }

  engine::Fault fault;
  fault.code = ErrorCode::sequence_unknown;
  fault.sequence_identifier = "urn:s";
  samples.push_back({"UnknownSequence", with_body(fault)});
  fault.code = ErrorCode::acknowledgement_invalid;
  fault.acknowledgement = engine::AcknowledgementHeader{"urn:s", {{5, 2}}, {}, false, std::nullopt};
  samples.push_back({"InvalidAcknowledgement", with_body(fault)});
}

void add_trust(std::vector<Sample>& samples, contexts::TrustFamily family) {
  using contexts::TrustOperation;
  for (const TrustOperation operation :
       {TrustOperation::issue, TrustOperation::renew, TrustOperation::cancel}) {
    contexts::TokenRequest request;
    request.family = family;
    request.operation = operation;
    request.context = "urn:request";
    if (operation != TrustOperation::cancel) {
      request.entropy = secret(1);
      request.key_bits = 256;
      request.lifetime = contexts::Lifetime{kNow, kNow + Duration(3'600'000)};
    }
    if (operation != TrustOperation::issue) {
      request.target = contexts::ContextName{std::string(kContextId), "urn:instance"};
    }
    samples.push_back({"token request", with_body(std::move(request))});

    contexts::TokenResponse response;
    response.family = family;
    response.operation = operation;
    response.context = "urn:request";
    response.cancelled = operation == TrustOperation::cancel;
    if (!response.cancelled) {
      response.token = contexts::ContextName{std::string(kContextId), "urn:instance"};
      response.computed_key = true;
      response.entropy = secret(2);
      response.key_bits = 256;
      response.lifetime = contexts::Lifetime{kNow, kNow + Duration(3'600'000)};
    }
    samples.push_back({"token response", with_body(std::move(response))});
  }
  contexts::TokenRequest scoped;
  scoped.family = family;
  scoped.entropy = secret(1);
  scoped.applies_to = "http://h/s";
  samples.push_back({"request of a token service", with_body(std::move(scoped))});
  contexts::TokenResponse told;
  told.family = family;
  told.token = contexts::ContextName{std::string(kContextId), {}};
  told.proof_secret = secret(2);
  told.key_bits = 256;
  told.applies_to = "http://h/s";
  told.primary = "user:alice";
  samples.push_back({"response that nobody asked for", with_body(std::move(told))});
}

void add_faults(std::vector<Sample>& samples) {
  engine::Fault fault;
  fault.code = ErrorCode::context_unknown;
  samples.push_back({"BadContextToken", with_body(fault)});
  fault.code = ErrorCode::version_mismatch;
  samples.push_back({"VersionMismatch", with_body(fault)});
  fault.code = ErrorCode::must_understand;
  fault.subcode_namespace = "urn:header";
  fault.subcode = "Header";
  samples.push_back({"MustUnderstand", with_body(fault)});
  fault = engine::Fault();
  fault.code = ErrorCode::internal_failure;
  samples.push_back({"bare fault", with_body(fault)});
  engine::Fault own;
  own.subcode_namespace = "urn:app";
  own.subcode = "OutOfStock";
  own.reason = "none left & none will come";
  own.detail = to_bytes("<d xmlns='urn:d'/>");
  samples.push_back({"fault of the application", with_body(own)});
}

}  // namespace

engine::Message application_message(const Profile& profile, std::string_view body) {
  Message message;
  message.addressing = addressing("urn:parley:exchange/Note");
  message.addressing.relates_to = "urn:uuid:00000000-0000-4000-8000-000000000001";
  message.addressing.fault_to = endpoint();
  message.addressing.from = engine::EndpointReference{"http://localhost:9701/me", {}};
  if (profile.rm) {
    message.rm.sequence =
        engine::SequenceHeader{"urn:uuid:00000000-0000-4000-8000-000000000003", 41, false};
    message.rm.acknowledgements = {
        {"urn:uuid:00000000-0000-4000-8000-000000000004", {{1, 3}, {5, 5}}, {}, false, 100}};
    message.rm.ack_requests = {"urn:uuid:00000000-0000-4000-8000-000000000003"};
  }
  message.body = engine::ApplicationBody{to_bytes(body)};
  return message;
}

std::vector<Sample> samples(const Profile& profile) {
  std::vector<Sample> samples;
  samples.push_back({"application", application_message(profile, kBody)});
  Message empty = application_message(profile, "");
  samples.push_back({"empty body", std::move(empty)});
  if (profile.rm) {
    add_reliable_messaging(samples, profile);
  }
  if (profile.sc) {
    add_trust(samples, *profile.sc);
  }
  add_faults(samples);
  return samples;
}

std::vector<Profile> version_profiles() {
  std::vector<Profile> profiles;
  for (const SoapVersion soap : {SoapVersion::soap_1_1, SoapVersion::soap_1_2}) {
    for (const auto addressing : {engine::AddressingVersion::addressing_2004_08,
                                  engine::AddressingVersion::addressing_1_0}) {
      for (const RmVersion rm : {RmVersion::rm_1_0, RmVersion::rm_1_1}) {
        for (const auto sc :
             {contexts::TrustFamily::feb_2005, contexts::TrustFamily::oasis_200512}) {
          Profile profile;
          profile.soap = soap;
          profile.addressing = addressing;
          profile.rm = rm;
          profile.sc = sc;
          profiles.push_back(profile);
        }
      }
    }
  }
  return profiles;
}

std::vector<Profile> shape_profiles() {
  std::vector<Profile> profiles;
  for (const bool derived : {true, false}) {
    Profile profile;
    profile.derived_keys = derived;
    profile.protect = engine::Protection::sign;
    profiles.push_back(profile);
    profile.protect = engine::Protection::sign_encrypt;
    profiles.push_back(profile);
    profile.encrypt_signature = true;
    profiles.push_back(profile);
    profile.encrypt_signature = false;
    profile.order = engine::ProtectionOrder::encrypt_before_sign;
    profiles.push_back(profile);
  }
  return profiles;
}

std::vector<Profile> key_profiles() {
  std::vector<Profile> profiles;
  for (const auto protect : {engine::Protection::sign, engine::Protection::sign_encrypt}) {
    for (const auto sc : {contexts::TrustFamily::feb_2005, contexts::TrustFamily::oasis_200512}) {
      Profile plain;
      plain.protect = protect;
      plain.sc = sc;
      Profile implied = plain;
      implied.derivation = engine::KeyDerivation::implied;
      profiles.push_back(implied);
      for (const auto position :
           {engine::KeyPosition::generation, engine::KeyPosition::short_form}) {
        Profile profile = plain;
        profile.key_position = position;
        profiles.push_back(profile);
      }
      Profile labelled = plain;
      labelled.key_label = "a <label>";
      profiles.push_back(labelled);
      for (const auto layout :
           {engine::HeaderLayout::strict, engine::HeaderLayout::lax_timestamp_first,
            engine::HeaderLayout::lax_timestamp_last}) {
        Profile profile = plain;
        profile.layout = layout;
        profiles.push_back(profile);
      }
    }
  }
  return profiles;
}

std::vector<Profile> suite_profiles() {
  std::vector<Profile> profiles;
  for (const soap::AlgorithmSuite& suite : soap::suites()) {
    if (suite.is_read_only()) {
      continue;
    }
    Profile profile;
    profile.suite = suite.name;
    profiles.push_back(profile);
    if (suite.digest != crypto::DigestAlgorithm::sha1) {
      profile.sha256_mac = true;
      profiles.push_back(profile);
    }
  }
  return profiles;
}

std::string describe(const Profile& profile) {
  std::string text = profile.soap == SoapVersion::soap_1_1 ? "SOAP 1.1" : "SOAP 1.2";
  text += profile.addressing == engine::AddressingVersion::addressing_1_0 ? ", addressing 1.0"
                                                                          : ", addressing 2004/08";
  if (profile.rm) {
    text += *profile.rm == RmVersion::rm_1_0 ? ", RM 1.0" : ", RM 1.1";
  }
  if (profile.sc) {
    text += *profile.sc == contexts::TrustFamily::feb_2005 ? ", SC 2005/02" : ", SC 1.3";
  }
  text += ", " + profile.suite + (profile.sha256_mac ? " (SHA-256 MAC)" : "");
  text += profile.protect == engine::Protection::sign ? ", signed" : ", signed and encrypted";
  text += profile.order == engine::ProtectionOrder::encrypt_before_sign ? ", encrypted first" : "";
  text += profile.encrypt_signature ? ", signature encrypted" : "";
  text += profile.derived_keys ? "" : ", no derived keys";
  text += profile.derivation == engine::KeyDerivation::implied ? ", implied keys" : "";
  text += ", position " + std::to_string(static_cast<int>(profile.key_position));
  text += ", layout " + std::to_string(static_cast<int>(profile.layout));
  text += profile.key_label.empty() ? "" : ", label";
  return text;
}

contexts::LiveKey context_key(const Profile& profile, std::string instance) {
  const soap::AlgorithmSuite* const suite = soap::find_suite(profile.suite);
  PARLEY_CHECK(suite != nullptr);
  auto key = contexts::LiveKey::make({std::string(kContextId), std::move(instance)},
                                     profile.sc.value_or(contexts::TrustFamily::oasis_200512),
                                     crypto::SecretBytes::copy_of(Bytes(suite->secret_octets, 7)),
                                     kNow + std::chrono::hours(1));
  return std::move(key).value();
}

soap::Credentials client_credentials() {
  const auto keys = source_folder() / "tests" / "data" / "keys";
  soap::Credentials credentials;
  credentials.own_certificates_pem = read_file(keys / "client.pem");
  credentials.own_key_pem = crypto::SecretBytes::take(read_file(keys / "client.key"));
  credentials.peer_certificate_pem = read_file(keys / "server.pem");
  credentials.anchors_pem = read_file(keys / "ca.pem");
  return credentials;
}

soap::Credentials server_credentials() {
  const auto keys = source_folder() / "tests" / "data" / "keys";
  soap::Credentials credentials;
  credentials.own_certificates_pem = read_file(keys / "server.pem");
  credentials.own_key_pem = crypto::SecretBytes::take(read_file(keys / "server.key"));
  credentials.anchors_pem = read_file(keys / "ca.pem");
  return credentials;
}

}  // namespace parley::test
