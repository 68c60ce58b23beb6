#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/policy/metadata_exchange.h"
#include "engine/codec.h"
#include "engine/effects.h"
#include "engine/profile.h"

namespace parley::policy {

/// Whether a message says at its edge that it asks for metadata: by the action in its Content-Type,
/// or by its SOAPAction. Either may be empty.
bool says_that_it_asks(std::string_view content_type, std::string_view soap_action);

/// What goes back on the back-channel.
struct MetadataAnswer {
  engine::AnswerKind kind = engine::AnswerKind::message;
  std::string content_type;
  Bytes bytes;
};

/// Asks for all metadata of `address` (WS-Transfer's Get), with WS-Addressing 1.0 as every stack has it
/// there. Errors: those of writing a message.
Result<engine::WireMessage> write_metadata_request(const std::string& address,
                                                   const std::string& message_id,
                                                   engine::SoapVersion soap,
                                                   const Limits& limits);

/// The documents in the answer to the request with that MessageID. Nothing proves them. Errors:
/// peer_fault for a fault; invalid_addressing for the answer to something else; those of reading a
/// message and of read_metadata.
Result<std::vector<MetadataSection>> read_metadata_answer(Bytes wire,
                                                          std::string_view content_type,
                                                          const std::string& message_id,
                                                          const Limits& limits);

/// Answers a SOAP message that should ask for metadata, in its own versions of SOAP and
/// WS-Addressing. Nothing of it is believed, and the answer goes nowhere but back: a ReplyTo with
/// an address is a fault, and so is every other message. `sections` is called at most once, for a
/// request that is sound; what it fails with is told as a fault of the service.
MetadataAnswer answer_metadata_request(
    Bytes wire,
    std::string_view content_type,
    const std::function<Result<std::vector<MetadataSection>>()>& sections,
    const Limits& limits);

}  // namespace parley::policy
