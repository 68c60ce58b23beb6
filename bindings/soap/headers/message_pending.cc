#include "bindings/soap/headers/message_pending.h"

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/mc_names.h"

namespace parley::soap {

Result<std::optional<bool>> read_message_pending(std::span<const xml::Element> blocks) {
  std::optional<bool> is_pending;
  for (const xml::Element& block : blocks) {
    if (!block.is(kMc, "MessagePending") || is_reference_parameter(block)) {
      continue;
    }
    if (is_pending) {
      return Error(ErrorCode::malformed_envelope, "two MessagePending");
    }
    const auto value = block.attribute("", "pending");
    PARLEY_ASSIGN_OR_RETURN(is_pending, value ? read_boolean(*value) : Result<bool>(false));
  }
  return is_pending;
}

void write_message_pending(BlockWriter& writer, bool is_pending) {
  writer.write_text_block("wsmc", kMc, "MessagePending", "", false,
                          is_pending ? " pending=\"true\"" : " pending=\"false\"");
}

}  // namespace parley::soap
