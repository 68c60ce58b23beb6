#include "bindings/soap/headers/sequence_acknowledgement.h"

#include <limits>

#include "bindings/soap/headers/reading.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/rm_names.h"

namespace parley::soap {
namespace {

using sequences::RmVersion;

Error invalid(const char* place) {
  return Error(ErrorCode::acknowledgement_invalid, place);
}

Result<std::uint64_t> read_bound(const xml::Element& range, std::string_view name) {
  const auto text = range.attribute("", name);
  if (!text) {
    return invalid("acknowledgement range");
  }
  auto number = read_number(*text);
  if (!number) {
    return invalid("acknowledgement range");
  }
  return *number;
}

/// xs:int, not negative; anything else says nothing (RM-121: as if absent).
std::optional<std::int32_t> read_buffer_remaining(const xml::Element& element) {
  const auto text = read_text(element);
  const auto number = text ? read_number(*text) : Result<std::uint64_t>(text.error());
  if (!number || *number > static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max())) {
    return std::nullopt;
  }
  return static_cast<std::int32_t>(*number);
}

/// What stood in the element besides what the engine's form keeps.
struct Seen {
  bool identifier = false;
  bool none = false;
  std::uint64_t entries = 0;
};

Result<void> read_child(const xml::Element& child,
                        engine::AcknowledgementHeader& header,
                        Seen& seen,
                        const Limits& limits) {
  const std::string_view name = child.local_name();
  if (name == "Identifier") {
    auto identifier = read_iri(child);
    if (!identifier || std::exchange(seen.identifier, true)) {
      return invalid("acknowledgement identifier");
    }
    header.identifier = std::move(identifier).value();
    return {};
  }
  if (name == "AcknowledgementRange" || name == "Nack") {
    if (++seen.entries > limits.ack_ranges_max) {
      return invalid("acknowledgement ranges");
    }
  }
  if (name == "AcknowledgementRange") {
    PARLEY_ASSIGN_OR_RETURN(const std::uint64_t lower, read_bound(child, "Lower"));
    PARLEY_ASSIGN_OR_RETURN(const std::uint64_t upper, read_bound(child, "Upper"));
    header.ranges.emplace_back(lower, upper);
  } else if (name == "Nack") {
    const auto text = read_text(child);
    const auto number = text ? read_number(*text) : Result<std::uint64_t>(text.error());
    if (!number) {
      return invalid("nack");
    }
    header.nacks.push_back(*number);
  } else if (name == "None") {
    seen.none = true;
  } else if (name == "Final") {
    header.final = true;
  } else {
    return invalid("acknowledgement");
  }
  return {};
}

}  // namespace

Result<engine::AcknowledgementHeader> read_sequence_acknowledgement(const xml::Element& element,
                                                                    RmVersion version,
                                                                    const Limits& limits) {
  engine::AcknowledgementHeader header;
  Seen seen;
  for (const xml::Element& child : element.children()) {
    if (child.namespace_uri() == element.namespace_uri()) {
      PARLEY_TRY(read_child(child, header, seen, limits));
    } else if (child.is(kNetRm, "BufferRemaining")) {
      header.buffer_remaining = read_buffer_remaining(child);
    }
  }
  if (!seen.identifier || (seen.entries == 0 && !seen.none)) {
    return invalid("acknowledgement");
  }
  const bool is_1_0 = version == RmVersion::rm_1_0;
  if (!header.nacks.empty() && (header.final || seen.none || (!header.ranges.empty() && !is_1_0))) {
    return invalid("acknowledgement");
  }
  if (is_1_0 && (header.final || seen.none)) {
    // The engine's form of "nothing" is no range; None itself came with 1.1, and one stack writes
    // it beside ranges whatever the version.
    header.final = false;
  }
  if (is_1_0 && header.ranges == std::vector<engine::NumberRange>{{0, 0}}) {
    header.ranges.clear();  // RM-043
  }
  return header;
}

void append_acknowledgement_content(Bytes& out,
                                    const engine::AcknowledgementHeader& header,
                                    RmVersion version) {
  append_child(out, "wsrm", "Identifier", header.identifier);
  for (const auto& [lower, upper] : header.ranges) {
    append(out, "<wsrm:AcknowledgementRange Lower=\"");
    append_number(out, lower);
    append(out, "\" Upper=\"");
    append_number(out, upper);
    append(out, "\"></wsrm:AcknowledgementRange>");
  }
  // The schema has one or the other, and what was accepted says more (RM-050).
  const bool has_nacks = header.ranges.empty() && !header.nacks.empty();
  if (has_nacks) {
    for (const std::uint64_t number : header.nacks) {
      append(out, "<wsrm:Nack>");
      append_number(out, number);
      append(out, "</wsrm:Nack>");
    }
  } else if (header.ranges.empty()) {
    append(out, version == RmVersion::rm_1_0 ? "<wsrm:AcknowledgementRange Lower=\"0\" Upper=\"0\">"
                                               "</wsrm:AcknowledgementRange>"
                                             : "<wsrm:None></wsrm:None>");
  }
  if (header.final && !has_nacks && version == RmVersion::rm_1_1) {
    append(out, "<wsrm:Final></wsrm:Final>");
  }
  if (header.buffer_remaining) {
    append(out, "<netrm:BufferRemaining xmlns:netrm=\"");
    append(out, kNetRm);
    append(out, "\">");
    append_number(out, static_cast<std::uint64_t>(std::max(0, *header.buffer_remaining)));
    append(out, "</netrm:BufferRemaining>");
  }
}

void write_sequence_acknowledgement(BlockWriter& writer,
                                    const engine::AcknowledgementHeader& header,
                                    RmVersion version) {
  writer.open("wsrm", names_of(version).ns, "SequenceAcknowledgement");  // RM-052
  append_acknowledgement_content(writer.out(), header, version);
  writer.close("wsrm", "SequenceAcknowledgement");
}

}  // namespace parley::soap
