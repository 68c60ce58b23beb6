#include "tests/sim/content.h"

#include <charconv>

namespace parley::sim {
namespace {

const PlannedMessage* find(const Plan& plan, MessageName name) {
  if (name.conversation >= plan.workloads.size() || name.ticket == 0 ||
      name.ticket > plan.workloads[name.conversation].size()) {
    return nullptr;
  }
  return &plan.workloads[name.conversation][name.ticket - 1];
}

Bytes make(const Plan& plan, MessageName name, std::string_view kind, std::uint64_t size) {
  std::string text;
  text.append(kind).append(" ").append(to_text(name)).append(" ");
  Random random(plan.seed * 1000003 + name.conversation * 4099 + name.ticket);
  for (std::uint64_t i = 0; i < size; ++i) {
    text.push_back(static_cast<char>('a' + random.below(26)));
  }
  return to_bytes(text);
}

std::optional<MessageName> parse(std::string_view text, std::string_view kind) {
  if (!text.starts_with(kind) || text.size() <= kind.size()) {
    return std::nullopt;
  }
  text.remove_prefix(kind.size() + 1);
  MessageName name;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, name.conversation);
  if (first.ptr == end || *first.ptr != '/') {
    return std::nullopt;
  }
  const auto second = std::from_chars(first.ptr + 1, end, name.ticket);
  if (second.ec != std::errc()) {
    return std::nullopt;
  }
  return name;
}

bool is_same(ByteView a, const Bytes& b) {
  return as_text(a) == as_text(b);
}

}  // namespace

Bytes body_of(const Plan& plan, MessageName name) {
  const PlannedMessage* message = find(plan, name);
  return make(plan, name, "message", message == nullptr ? 0 : message->size);
}

Bytes reply_body_of(const Plan& plan, MessageName name) {
  const PlannedMessage* message = find(plan, name);
  return make(plan, name, "reply", message == nullptr ? 0 : message->size / 2);
}

std::optional<MessageName> name_of_body(const Plan& plan, ByteView body) {
  const auto name = parse(as_text(body), "message");
  const bool is_whole = name && find(plan, *name) != nullptr && is_same(body, body_of(plan, *name));
  return is_whole ? name : std::nullopt;
}

std::optional<MessageName> name_of_reply(const Plan& plan, ByteView body) {
  const auto name = parse(as_text(body), "reply");
  const bool is_whole =
      name && find(plan, *name) != nullptr && is_same(body, reply_body_of(plan, *name));
  return is_whole ? name : std::nullopt;
}

std::string to_text(MessageName name) {
  return std::to_string(name.conversation) + "/" + std::to_string(name.ticket);
}

}  // namespace parley::sim
