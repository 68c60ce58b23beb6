#include "bindings/soap/policy/metadata_request.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/envelope.h"
#include "bindings/soap/fault_table.h"
#include "bindings/soap/media_type.h"
#include "bindings/soap/message_layout.h"
#include "bindings/soap/message_reading.h"
#include "engine/message.h"

namespace parley::policy {
namespace {

using engine::AddressingVersion;
using engine::AnswerKind;
using engine::SoapVersion;

/// What a request and its answer have in common.
struct Exchange {
  /// Versions only: neither security nor sequences.
  engine::Profile profile;
  engine::Message answer;
};

/// An envelope that comes in a media type of its own version.
struct Opened {
  std::unique_ptr<xml::Document> document;  ///< which the envelope points into
  soap::Envelope envelope;
};

Result<Opened> open(Bytes wire, const soap::MediaType& media, const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(xml::Document document, xml::Document::parse(std::move(wire), limits));
  Opened opened;
  opened.document = std::make_unique<xml::Document>(std::move(document));
  PARLEY_ASSIGN_OR_RETURN(opened.envelope, soap::read_envelope(*opened.document));
  return opened.envelope.soap == media.soap
             ? Result<Opened>(std::move(opened))
             : Error(ErrorCode::version_mismatch, "media type of another version");
}

Result<void> read(Bytes wire,
                  std::string_view content_type,
                  const std::function<Result<std::vector<MetadataSection>>()>& sections,
                  const Limits& limits,
                  Exchange& exchange) {
  PARLEY_ASSIGN_OR_RETURN(const soap::MediaType media, soap::read_media_type(content_type));
  exchange.profile.soap = media.soap;
  PARLEY_ASSIGN_OR_RETURN(const Opened opened, open(std::move(wire), media, limits));
  const soap::Envelope& envelope = opened.envelope;
  exchange.profile.addressing = envelope.addressing.value_or(AddressingVersion::addressing_1_0);
  PARLEY_ASSIGN_OR_RETURN(const engine::Addressing asked, soap::read_addressing_of(envelope));
  exchange.answer.addressing.relates_to = asked.message_id;
  PARLEY_TRY(soap::check_understood(envelope, {envelope.addressing, std::nullopt, false, false}));
  const auto action = metadata_answer_action(asked.action);
  if (!action) {
    return Error(ErrorCode::action_not_supported, "metadata request");
  }
  const auto leads_back = [](const std::optional<engine::EndpointReference>& reference) {
    return !reference ||
           reference->address == soap::names_of(AddressingVersion::addressing_1_0).anonymous;
  };
  if (!leads_back(asked.reply_to) || !leads_back(asked.fault_to)) {
    return Error(ErrorCode::invalid_addressing, "metadata is given on the same connection");
  }
  PARLEY_ASSIGN_OR_RETURN(const xml::Element body, soap::body_child(envelope));
  PARLEY_ASSIGN_OR_RETURN(std::vector<MetadataSection> told, sections());
  told.erase(std::remove_if(
                 told.begin(), told.end(),
                 [&](const MetadataSection& section) { return !asks_for(body, section.dialect); }),
             told.end());
  exchange.answer.addressing.action = *action;
  exchange.answer.body = engine::ApplicationBody{write_metadata(told)};
  return {};
}

}  // namespace

Result<engine::WireMessage> write_metadata_request(const std::string& address,
                                                   const std::string& message_id,
                                                   engine::SoapVersion soap,
                                                   const Limits& limits) {
  engine::Profile profile;
  profile.soap = soap;
  profile.rm.reset();
  profile.sc.reset();
  engine::Message message;
  message.addressing.action = kTransferGet;
  message.addressing.to = address;
  message.addressing.message_id = message_id;
  message.addressing.reply_to = engine::EndpointReference{
      std::string(soap::names_of(AddressingVersion::addressing_1_0).anonymous), {}};
  PARLEY_ASSIGN_OR_RETURN(const auto layout,
                          soap::MessageLayout::make(message, profile, false, limits));
  return engine::WireMessage{layout.plain(), soap::write_media_type(soap, layout.action()),
                             soap == SoapVersion::soap_1_1 ? layout.action() : std::string(),
                             nullptr};
}

Result<std::vector<MetadataSection>> read_metadata_answer(Bytes wire,
                                                          std::string_view content_type,
                                                          const std::string& message_id,
                                                          const Limits& limits) {
  PARLEY_ASSIGN_OR_RETURN(const soap::MediaType media, soap::read_media_type(content_type));
  PARLEY_ASSIGN_OR_RETURN(const Opened opened, open(std::move(wire), media, limits));
  if (soap::is_fault(opened.envelope)) {
    return Error(ErrorCode::peer_fault, "metadata");
  }
  PARLEY_ASSIGN_OR_RETURN(const engine::Addressing said,
                          soap::read_addressing_of(opened.envelope));
  if (said.relates_to != message_id) {
    return Error(ErrorCode::invalid_addressing, "the answer to something else");
  }
  PARLEY_ASSIGN_OR_RETURN(const xml::Element body, soap::body_child(opened.envelope));
  return read_metadata(body);
}

bool says_that_it_asks(std::string_view content_type, std::string_view soap_action) {
  if (metadata_answer_action(soap_action)) {
    return true;
  }
  const auto media = soap::read_media_type(content_type);
  return media && metadata_answer_action(media->action);
}

MetadataAnswer answer_metadata_request(
    Bytes wire,
    std::string_view content_type,
    const std::function<Result<std::vector<MetadataSection>>()>& sections,
    const Limits& limits) {
  Exchange exchange;
  exchange.profile.rm.reset();
  exchange.profile.sc.reset();
  MetadataAnswer answer;
  const Result<void> outcome = read(std::move(wire), content_type, sections, limits, exchange);
  if (!outcome) {
    engine::Fault fault;
    fault.code = outcome.error().code();
    const bool blames_sender =
        soap::fault_form(fault.code, soap::dialect_of(exchange.profile)).blames_sender;
    answer.kind = blames_sender ? AnswerKind::sender_fault : AnswerKind::receiver_fault;
    exchange.answer.addressing.action.clear();
    exchange.answer.body = std::move(fault);
  }
  const auto layout = soap::MessageLayout::make(exchange.answer, exchange.profile, false, limits);
  if (!layout) {  // a document of ours that is no element
    return {AnswerKind::unavailable, {}, {}};
  }
  answer.content_type = soap::write_media_type(exchange.profile.soap, layout->action());
  answer.bytes = layout->plain();
  return answer;
}

}  // namespace parley::policy
