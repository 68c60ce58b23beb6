#include "tests/fuzz/targets.h"

#include <utility>
#include <variant>

#include "bindings/soap/inspect.h"
#include "bindings/soap/xml/c14n.h"

namespace parley::fuzz {
namespace {

std::string canonical(const xml::Document& document, xml::C14nMethod method) {
  xml::C14nOptions options;
  options.method = method;
  Bytes out;
  return xml::canonicalize(document.root(), options, out) ? std::string(as_text(out)) : "";
}

/// The exclusive canonical form of an application's body: namespaces that nobody uses are no part
/// of what was signed.
std::string canonical_body(const engine::Message& message) {
  const auto* const body = std::get_if<engine::ApplicationBody>(&message.body);
  if (body == nullptr || body->xml.empty()) {
    return "";
  }
  const auto document = xml::Document::parse(body->xml, Limits{});
  return document ? canonical(*document, xml::C14nMethod::exclusive) : "a body that is no document";
}

}  // namespace

Targets::Targets(const Corpus& corpus, const soap::Credentials& credentials) : corpus_(corpus) {
  auto codec = soap::SoapCodec::make(credentials, soap::CodecSettings{});
  if (!codec) {
    throw vectors::BadVector("unusable keys");
  }
  codec_ = std::move(*codec);
  for (const Seed& seed : corpus.seeds()) {
    if (std::string text = opened_text(seed.message, seed.posture); !text.empty()) {
      genuine_.insert(std::move(text));
    }
  }
  if (genuine_.empty()) {
    throw vectors::BadVector("no message of the corpus opens under a context");
  }
}

std::string Targets::check_document(const Bytes& message) {
  const auto document = xml::Document::parse(message, Limits{});
  if (!document) {
    return "";
  }
  for (const xml::C14nMethod method : {xml::C14nMethod::exclusive, xml::C14nMethod::inclusive_1_0,
                                       xml::C14nMethod::inclusive_1_1}) {
    const std::string once = canonical(*document, method);
    if (once.empty()) {
      continue;  // a relative namespace name has no canonical form (M82)
    }
    const auto again = xml::Document::parse(to_bytes(once), Limits{});
    if (!again || canonical(*again, method) != once) {
      return "a canonical form that is not its own";
    }
  }
  return "";
}

/// What a message says that was opened under a context; empty = it was not.
std::string Targets::opened_text(const Bytes& message, const vectors::Posture& posture) const {
  auto sealed = codec_->parse(message, posture.content_type, posture.profile);
  if (!sealed) {
    return "";
  }
  const auto opened = codec_->open(std::move(*sealed), posture.profile, corpus_, nullptr,
                                   engine::Channel{}, posture.now);
  if (!opened || !std::holds_alternative<engine::ContextProof>(opened->proof)) {
    return "";
  }
  const engine::Addressing& addressing = opened->message.addressing;
  return addressing.action + "\n" + addressing.to + "\n" + addressing.message_id + "\n" +
         canonical_body(opened->message);
}

std::string Targets::check_codec(const Bytes& message, const vectors::Posture& posture) const {
  const std::string text = opened_text(message, posture);
  return text.empty() || genuine_.count(text) != 0 ? "" : "opened, and nobody signed it";
}

std::string Targets::check_inspection(const Bytes& message, const vectors::Posture& posture) {
  soap::InspectSettings settings;
  settings.now = posture.now;
  const soap::InspectReport report =
      soap::inspect(message, posture.content_type, soap::InspectKeys{}, settings);
  return soap::to_text(report).empty() ? "nothing to say" : "";
}

}  // namespace parley::fuzz
