#include "tests/vectors/rm_elements.h"

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "bindings/soap/headers/ack_requested.h"
#include "bindings/soap/headers/reading.h"
#include "bindings/soap/headers/sequence.h"
#include "bindings/soap/headers/sequence_acknowledgement.h"
#include "bindings/soap/lexical.h"

namespace parley::vectors {
namespace {

using soap::RmDialect;

std::uint64_t number_of(const Json& value) {
  const auto number = soap::read_number(value.as_text());
  if (!number) {
    throw BadVector("a number that is none");
  }
  return *number;
}

std::string identifier_of(const Json& expected) {
  return expected.has("Identifier") ? std::string(soap::trim(expected.text("Identifier"))) : "";
}

bool same_identifier(const Json& expected, const std::string& identifier) {
  return !expected.has("Identifier") || identifier_of(expected) == identifier;
}

bool same_flag(const Json& expected, std::string_view name, bool is_set) {
  return expected.has(name) == is_set;
}

/// PT0S is "never", as is nothing.
bool same_expires(const Json& expected, const std::optional<Duration>& expires) {
  const std::string text = expected.text_or("Expires", "PT0S");
  const auto wanted = soap::read_duration(text);
  return wanted && *wanted == expires.value_or(Duration(0));
}

/// What was written, read again.
class Again {
 public:
  explicit Again(Bytes octets) {
    auto document = xml::Document::parse(std::move(octets), Limits{});
    if (!document) {
      throw BadVector("what was written is no document");
    }
    document_ = std::move(document).value();
  }

  xml::Element root() const { return document_->root(); }

 private:
  std::optional<xml::Document> document_;
};

std::string check_sequence(const xml::Element& element,
                           const Json& expected,
                           const RmDialect& dialect) {
  const auto header = soap::read_sequence(element, dialect.rm);
  if (!header) {
    return header.error().message();
  }
  const bool has_number = expected.has("MessageNumber");
  return same_identifier(expected, header->identifier) && has_number &&
                 number_of(expected["MessageNumber"]) == header->number &&
                 same_flag(expected, "LastMessage", header->last_message)
             ? ""
             : "another Sequence";
}

std::vector<engine::NumberRange> ranges_of(const Json& expected) {
  std::vector<engine::NumberRange> ranges;
  for (const Json& range : expected["ranges"].items()) {
    if (range.items().size() != 2) {
      throw BadVector("a range without two ends");
    }
    ranges.emplace_back(number_of(range.items()[0]), number_of(range.items()[1]));
  }
  return ranges;
}

std::string check_acknowledgement(const xml::Element& element,
                                  const Json& expected,
                                  const RmDialect& dialect) {
  const auto header = soap::read_sequence_acknowledgement(element, dialect.rm, Limits{});
  if (!header) {
    return header.error().message();
  }
  std::vector<std::uint64_t> nacks;
  for (const Json& nack : expected["nacks"].items()) {
    nacks.push_back(number_of(nack));
  }
  const bool is_none = header->ranges.empty() && header->nacks.empty();
  return same_identifier(expected, header->identifier) && ranges_of(expected) == header->ranges &&
                 nacks == header->nacks && same_flag(expected, "Final", header->final) &&
                 same_flag(expected, "None", is_none)
             ? ""
             : "another SequenceAcknowledgement";
}

std::string check_ack_requested(const xml::Element& element,
                                const Json& expected,
                                const RmDialect& dialect) {
  const auto identifier = soap::read_ack_requested(element, dialect.rm);
  if (!identifier) {
    return identifier.error().message();
  }
  return same_identifier(expected, *identifier) ? "" : "another AckRequested";
}

std::string check_create(const xml::Element& element,
                         const Json& expected,
                         const RmDialect& dialect) {
  const auto body = soap::read_create_sequence(element, dialect);
  if (!body) {
    return body.error().message();
  }
  Bytes out;
  soap::append_create_sequence(out, *body, dialect);
  const Again again(std::move(out));
  const auto second = soap::read_create_sequence(again.root(), dialect);
  const bool same = second && second->acks_to == body->acks_to &&
                    second->expires == body->expires &&
                    second->context_identifier == body->context_identifier &&
                    second->offer.has_value() == body->offer.has_value() &&
                    (!body->offer || (second->offer->identifier == body->offer->identifier &&
                                      second->offer->expires == body->offer->expires));
  return !same ? "another CreateSequence when written"
         : same_expires(expected, body->expires) &&
                 same_flag(expected, "Offer", body->offer.has_value())
             ? ""
             : "another CreateSequence";
}

std::string check_response(const xml::Element& element,
                           const Json& expected,
                           const RmDialect& dialect) {
  const auto body = soap::read_create_sequence_response(element, dialect);
  if (!body) {
    return body.error().message();
  }
  Bytes out;
  soap::append_create_sequence_response(out, *body, dialect);
  const Again again(std::move(out));
  const auto second = soap::read_create_sequence_response(again.root(), dialect);
  const bool same = second && second->identifier == body->identifier &&
                    second->expires == body->expires &&
                    second->accept_acks_to == body->accept_acks_to;
  return !same ? "another CreateSequenceResponse when written"
         : same_identifier(expected, body->identifier) && same_expires(expected, body->expires) &&
                 same_flag(expected, "Accept", body->accept_acks_to.has_value())
             ? ""
             : "another CreateSequenceResponse";
}

std::string check_lifecycle(const xml::Element& element,
                            const Json& expected,
                            const RmDialect& dialect) {
  const auto body = soap::read_lifecycle(element, dialect);
  if (!body) {
    return body.error().message();
  }
  Bytes out;
  soap::append_lifecycle(out, *body, dialect);
  const Again again(std::move(out));
  const auto second = soap::read_lifecycle(again.root(), dialect);
  const bool same = second && second->kind == body->kind &&
                    second->identifier == body->identifier &&
                    second->last_number == body->last_number;
  const bool has_last = expected.has("LastMsgNumber");
  return !same ? "another lifecycle message when written"
         : same_identifier(expected, body->identifier) &&
                 has_last == body->last_number.has_value() &&
                 (!has_last || number_of(expected["LastMsgNumber"]) == *body->last_number)
             ? ""
             : "another lifecycle message";
}

std::string check_identifier(const xml::Element& element,
                             const Json& expected,
                             const RmDialect& /*dialect*/) {
  const auto text = soap::read_iri(element);
  return text && same_identifier(expected, *text) ? "" : "another Identifier";
}

/// Nothing stands in it that anybody needs to read.
std::string check_nothing(const xml::Element& /*element*/,
                          const Json& /*expected*/,
                          const RmDialect& /*dialect*/) {
  return "";
}

struct Check {
  std::string_view element;
  std::string (*run)(const xml::Element&, const Json&, const RmDialect&);
};

constexpr std::array<Check, 12> kChecks{{
    {"Sequence", check_sequence},
    {"SequenceAcknowledgement", check_acknowledgement},
    {"AckRequested", check_ack_requested},
    {"CreateSequence", check_create},
    {"CreateSequenceResponse", check_response},
    {"CloseSequence", check_lifecycle},
    {"CloseSequenceResponse", check_lifecycle},
    {"TerminateSequence", check_lifecycle},
    {"TerminateSequenceResponse", check_lifecycle},
    {"Identifier", check_identifier},
    {"UsesSequenceSTR", check_nothing},
    {"SequenceFault", check_nothing},
}};

}  // namespace

std::string check_rm_element(const xml::Element& element,
                             const Json& expected,
                             const RmDialect& dialect) {
  for (const Check& check : kChecks) {
    if (check.element == element.local_name()) {
      return check.run(element, expected, dialect);
    }
  }
  throw BadVector("unknown element " + std::string(element.local_name()));
}

}  // namespace parley::vectors
