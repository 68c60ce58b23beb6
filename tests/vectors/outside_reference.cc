#include "tests/vectors/outside_reference.h"

#include <optional>

#include "base/base64.h"
#include "bindings/soap/security/uris.h"
#include "tests/vectors/outside_document.h"
#include "tests/vectors/skips.h"

namespace parley::vectors {
namespace {

constexpr std::string_view kWholeDocument = "#xpointer(/)";

/// The id of "#xpointer(id('…'))".
std::optional<std::string> xpointer_id(std::string_view uri) {
  constexpr std::string_view kStart = "#xpointer(id(";
  if (!uri.starts_with(kStart) || !uri.ends_with("))") || uri.size() < kStart.size() + 5) {
    return std::nullopt;
  }
  const std::string_view quoted = uri.substr(kStart.size(), uri.size() - kStart.size() - 2);
  const char quote = quoted.front();
  if ((quote != '\'' && quote != '"') || quoted.back() != quote) {
    return std::nullopt;
  }
  return std::string(quoted.substr(1, quoted.size() - 2));
}

bool is_xpointer_beyond_id(std::string_view uri) {
  return uri.starts_with("#xpointer(") && uri != kWholeDocument && !xpointer_id(uri);
}

/// A file: as it is, decoded, or as the canonical form of its document.
Bytes octets_of_file(const soap::ReferenceClaim& reference, const std::filesystem::path& file) {
  Bytes octets = read_file(file);
  if (reference.is_contradictory || reference.leaves_out_signature ||
      reference.is_token_reference) {
    throw BadDocument("a transform that no file can have");
  }
  if (reference.is_base64) {
    auto decoded = decode_base64(as_text(octets));
    if (!decoded) {
      throw BadDocument("a file that is not base64");
    }
    octets = std::move(*decoded);
  }
  if (reference.canonical_form) {
    const OutsideDocument outside = parse_outside(std::move(octets));
    octets.clear();
    if (!outside.document ||
        !xml::canonicalize_document(*outside.document, *reference.canonical_form, octets)) {
      throw BadDocument("a file without canonical form");
    }
  }
  return octets;
}

}  // namespace

Bytes referenced_octets(const soap::SignatureClaim& claim,
                        soap::ReferenceClaim reference,
                        const std::filesystem::path& folder) {
  const xml::Document& document = claim.element.document();
  xml::Element target;
  if (!reference.uri.empty() && reference.uri.front() != '#') {
    if (reference.uri.find(':') != std::string_view::npos) {
      throw BadDocument("a Reference to somewhere else");
    }
    return octets_of_file(reference, folder / reference.uri);
  }
  if (!reference.uri.empty() && reference.uri != kWholeDocument) {
    const auto id = xpointer_id(reference.uri);
    target = find_by_id(document, id ? *id : std::string(reference.uri.substr(1)));
    if (!target) {
      throw BadDocument("no element " + std::string(reference.uri));
    }
  }
  reference.keeps_comments = reference.uri.starts_with("#xpointer(");
  Bytes scratch;
  Bytes octets;
  const auto given = soap::digested_octets(
      claim, reference, target, scratch,
      [&octets](ByteView piece) { octets.insert(octets.end(), piece.begin(), piece.end()); });
  if (!given) {
    throw BadDocument("'" + std::string(reference.uri) + "': " + given.error().message());
  }
  return octets;
}

std::string_view skip_of_references(const xml::Element& element) {
  if (const auto algorithm = element.attribute("", "Algorithm")) {
    for (const SkippedAlgorithm& skipped : kSkippedAlgorithms) {
      if (*algorithm == skipped.uri) {
        return skipped.reason;
      }
    }
  }
  if (element.is(soap::uri::kDs, "Reference") &&
      is_xpointer_beyond_id(element.attribute("", "URI").value_or(""))) {
    return kSkipXpointer;
  }
  for (const xml::Element& child : element.children()) {
    if (const std::string_view reason = skip_of_references(child); !reason.empty()) {
      return reason;
    }
  }
  return {};
}

}  // namespace parley::vectors
