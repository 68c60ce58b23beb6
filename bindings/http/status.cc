#include "bindings/http/status.h"

namespace parley::http {

unsigned status_of(engine::AnswerKind kind, std::string_view content_type) {
  switch (kind) {
    case engine::AnswerKind::message:
      return 200;
    case engine::AnswerKind::accepted:
      return 202;
    case engine::AnswerKind::sender_fault:
      return content_type.starts_with("text/xml") ? 500 : 400;
    case engine::AnswerKind::receiver_fault:
      return 500;
    case engine::AnswerKind::unavailable:
      return 503;
  }
  return 500;
}

}  // namespace parley::http
