#pragma once

#include <string_view>

#include "engine/effects.h"

namespace parley::http {

/// Whether a content type of ours is that of SOAP 1.1, by itself or in a package, whose start-info
/// tells (MTOM, 3.2).
bool is_soap_1_1(std::string_view content_type);

/// The HTTP status of an answer (addressing.md, section 4): a SOAP 1.1 fault is 500 always, a SOAP
/// 1.2 fault 400 where the sender is to blame. The versions are told apart by the content type.
unsigned status_of(engine::AnswerKind kind, std::string_view content_type);

/// Whether an answer is one of the peer's SOAP stack: a SOAP message with any status, or nothing
/// with one of success. Anything else comes from a proxy or a page of errors, and says nothing.
bool is_soap_answer(unsigned status, std::string_view content_type, bool is_empty);

}  // namespace parley::http
