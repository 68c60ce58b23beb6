#pragma once

#include "base/result.h"
#include "bindings/soap/xml/document.h"
#include "contexts/trust_messages.h"
#include "engine/message.h"
#include "engine/profile.h"
#include "sequences/rm_settings.h"

// The bodies that make and end sequences (reliable-messaging.md, sections 2.1, 2.2 and 2.7). Children
// may come in any order; foreign ones are passed over, ours at most once.

namespace parley::soap {

struct RmDialect {
  sequences::RmVersion rm = sequences::RmVersion::rm_1_1;
  engine::AddressingVersion addressing = engine::AddressingVersion::addressing_1_0;
  contexts::TrustFamily trust = contexts::TrustFamily::oasis_200512;
};

/// Errors: malformed_envelope, malformed_value, invalid_addressing.
Result<engine::CreateSequence> read_create_sequence(const xml::Element& element,
                                                    const RmDialect& dialect);

/// As above. An Accept whose AcksTo is the none address declines (RM-023).
Result<engine::CreateSequenceResponse> read_create_sequence_response(const xml::Element& element,
                                                                     const RmDialect& dialect);

/// Any of CloseSequence, TerminateSequence and their responses, of which 1.0 has one only. Errors:
/// malformed_envelope, malformed_value, number_rollover.
Result<engine::SequenceLifecycle> read_lifecycle(const xml::Element& element,
                                                 const RmDialect& dialect);

/// The local name of a lifecycle body, which is also the end of its action (RM-001).
std::string_view name_of(engine::SequenceLifecycle::Kind kind);

// Each appends its element with all namespaces and tells whether what was written is canonical (it is
// but for reference parameters).

bool append_create_sequence(Bytes& out, const engine::CreateSequence& body,
                            const RmDialect& dialect);
bool append_create_sequence_response(Bytes& out, const engine::CreateSequenceResponse& body,
                                     const RmDialect& dialect);
bool append_lifecycle(Bytes& out, const engine::SequenceLifecycle& body, const RmDialect& dialect);

}  // namespace parley::soap
