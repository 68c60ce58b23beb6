#include "bindings/soap/headers/rm_headers.h"

#include <algorithm>

#include "bindings/soap/headers/ack_requested.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/headers/sequence.h"
#include "bindings/soap/headers/sequence_acknowledgement.h"
#include "bindings/soap/rm_names.h"

namespace parley::soap {
namespace {

Result<void> take_acknowledgement(const xml::Element& block, sequences::RmVersion version,
                                  const Limits& limits, engine::RmHeaders& headers) {
  PARLEY_ASSIGN_OR_RETURN(engine::AcknowledgementHeader header,
                          read_sequence_acknowledgement(block, version, limits));
  const auto same = [&](const engine::AcknowledgementHeader& other) {
    return other.identifier == header.identifier;
  };
  if (std::any_of(headers.acknowledgements.begin(), headers.acknowledgements.end(), same)) {
    return Error(ErrorCode::acknowledgement_invalid, "two acknowledgements");
  }
  headers.acknowledgements.push_back(std::move(header));
  return {};
}

Result<void> take_block(const xml::Element& block, sequences::RmVersion version,
                        const Limits& limits, engine::RmHeaders& headers) {
  const std::string_view name = block.local_name();
  if (name == "Sequence") {
    if (headers.sequence) {
      return Error(ErrorCode::malformed_envelope, "two sequences");
    }
    PARLEY_ASSIGN_OR_RETURN(headers.sequence, read_sequence(block, version));
  } else if (name == "SequenceAcknowledgement") {
    PARLEY_TRY(take_acknowledgement(block, version, limits, headers));
  } else if (name == "AckRequested") {
    PARLEY_ASSIGN_OR_RETURN(std::string identifier, read_ack_requested(block, version));
    headers.ack_requests.push_back(std::move(identifier));
  } else if (version == sequences::RmVersion::rm_1_1 && name == "UsesSequenceSTR") {
    headers.uses_sequence_str = true;
  } else if (version == sequences::RmVersion::rm_1_1 && name == "UsesSequenceSSL") {
    // No transport of ours vouches for one TLS session (RM-180).
    return Error(ErrorCode::must_understand, "UsesSequenceSSL");
  }
  return {};
}

}  // namespace

Result<engine::RmHeaders> read_rm_headers(std::span<const xml::Element> blocks,
                                          sequences::RmVersion version, const Limits& limits) {
  engine::RmHeaders headers;
  std::uint64_t count = 0;
  for (const xml::Element& block : blocks) {
    const auto its_version = find_rm(block.namespace_uri());
    if (!its_version || is_reference_parameter(block)) {
      continue;
    }
    if (*its_version != version) {
      return Error(ErrorCode::malformed_envelope, "two versions of reliable messaging");
    }
    if (++count > limits.ack_ranges_max) {
      return Error(ErrorCode::limit_exceeded, "reliable messaging headers");
    }
    PARLEY_TRY(take_block(block, version, limits, headers));
  }
  return headers;
}

void write_rm_headers(BlockWriter& writer, const engine::RmHeaders& headers,
                      sequences::RmVersion version) {
  if (headers.uses_sequence_str && version == sequences::RmVersion::rm_1_1) {
    writer.write_text_block("wsrm", names_of(version).ns, "UsesSequenceSTR", "", true);  // RM-170
  }
  if (headers.sequence) {
    write_sequence(writer, *headers.sequence, version);
  }
  for (const engine::AcknowledgementHeader& acknowledgement : headers.acknowledgements) {
    write_sequence_acknowledgement(writer, acknowledgement, version);
  }
  for (const std::string& identifier : headers.ack_requests) {
    write_ack_requested(writer, identifier, version);
  }
}

}  // namespace parley::soap
