#include "cli/demo/ledger.h"

#include <charconv>

namespace parley::cli {
namespace {

constexpr std::string_view kTotalsRecord = "totals";

Error malformed() {
  return Error(ErrorCode::malformed_value, "demo ledger");
}

// What stands in the attribute.
Result<std::string_view> attribute(std::string_view xml, std::string_view name) {
  const std::string begin = " " + std::string(name) + "=\"";
  const std::size_t at = xml.find(begin);
  const std::size_t end = at == std::string_view::npos ? at : xml.find('"', at + begin.size());
  if (end == std::string_view::npos) {
    return malformed();
  }
  return xml.substr(at + begin.size(), end - at - begin.size());
}

Result<std::uint64_t> number(std::string_view xml, std::string_view name) {
  PARLEY_ASSIGN_OR_RETURN(const std::string_view text, attribute(xml, name));
  std::uint64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size()) {
    return malformed();
  }
  return value;
}

}  // namespace

std::string to_xml(const Totals& totals) {
  std::string xml = "<d:Totals xmlns:d=\"urn:parley:demo\"";
  const auto add = [&](const char* name, const std::string& value) {
    xml += std::string(" ") + name + "=\"" + value + "\"";
  };
  add("count", std::to_string(totals.count));
  add("digest", to_hex(totals.digest.view()));
  add("disordered", std::to_string(totals.disordered));
  add("doubled", std::to_string(totals.doubled));
  add("highest", std::to_string(totals.highest));
  return xml + "></d:Totals>";
}

Result<Totals> read_totals(std::string_view xml) {
  Totals totals;
  PARLEY_ASSIGN_OR_RETURN(totals.count, number(xml, "count"));
  PARLEY_ASSIGN_OR_RETURN(totals.disordered, number(xml, "disordered"));
  PARLEY_ASSIGN_OR_RETURN(totals.doubled, number(xml, "doubled"));
  PARLEY_ASSIGN_OR_RETURN(totals.highest, number(xml, "highest"));
  PARLEY_ASSIGN_OR_RETURN(const std::string_view hex, attribute(xml, "digest"));
  PARLEY_ASSIGN_OR_RETURN(const Bytes digest, from_hex(hex));
  if (digest.size() != totals.digest.view().size()) {
    return malformed();
  }
  totals.digest = ChainDigest(digest);
  return totals;
}

Result<Totals> totals_of(host::Records& records) {
  PARLEY_ASSIGN_OR_RETURN(const std::optional<Bytes> stored, records.read(kTotalsRecord));
  return stored ? read_totals(as_text(*stored)) : Totals{};
}

Result<Totals> enter(const Bytes& note, host::Records& records) {
  const std::optional<std::uint64_t> number = number_of_note(note);
  if (!number) {
    return malformed();
  }
  PARLEY_ASSIGN_OR_RETURN(Totals totals, totals_of(records));
  const std::string name = "note/" + std::to_string(*number);
  PARLEY_ASSIGN_OR_RETURN(const std::optional<Bytes> known, records.read(name));
  ++totals.count;
  totals.doubled += known ? 1 : 0;
  totals.disordered += *number < totals.highest ? 1 : 0;
  totals.highest = std::max(totals.highest, *number);
  totals.digest.add(*number, text_of_note(note));
  records.write(name, to_bytes(std::to_string(totals.count)));
  records.write(kTotalsRecord, to_bytes(to_xml(totals)));
  return totals;
}

}  // namespace parley::cli
