#include "tests/hostile/expectation.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>


namespace parley::vectors {
namespace {

using soap::FaultDialect;
using soap::FaultVocabulary;

bool contains_any(const std::string& text, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&text](std::string_view word) {
    return text.find(word) != std::string::npos;
  });
}

struct Prefix {
  std::string_view text;
  FaultVocabulary vocabulary;
};

constexpr std::array<Prefix, 10> kPrefixes{{
    {"wsse", FaultVocabulary::security},
    {"wsu", FaultVocabulary::security},
    {"wsc", FaultVocabulary::secure_conversation},
    {"wst", FaultVocabulary::trust},
    {"wsa", FaultVocabulary::addressing},
    {"wsrm", FaultVocabulary::rm},
    {"wsmc", FaultVocabulary::make_connection},
    {"soap", FaultVocabulary::soap},
    {"soap11", FaultVocabulary::soap},
    {"soap12", FaultVocabulary::soap},
}};

/// Runs of letters, digits and colons.
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ':') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

}  // namespace

Expectation::Expectation(const Json& expected) {
  std::string outcome = expected.text("outcome");
  std::transform(outcome.begin(), outcome.end(), outcome.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  may_reject_ = contains_any(outcome, {"reject", "refused", "unknownsequence", "not treated"});
  may_accept_ = contains_any(outcome, {"accepted", "ignored", "read as", "read correctly", "passed",
                                       "delivered", "answered", "sent only", "treated", "capped"});
  no_sequence_ = contains_any(outcome, {"no sequence", "not treated as a sequence"});
  if (!may_accept_ && !may_reject_) {
    throw BadVector("unknown outcome '" + outcome + "'");
  }
  constexpr std::string_view kAs = "accepted as ";
  if (outcome.starts_with(kAs)) {
    const std::string digits = outcome.substr(kAs.size());
    if (!digits.empty() && digits.size() < 19 &&
        digits.find_first_not_of("0123456789") == std::string::npos) {
      number_ = std::stoull(digits);
    }
  }
  may_tell_any_ = expected["faults_any_of"].items().empty();
  for (const Json& fault : expected["faults_any_of"].items()) {
    add_faults(fault.as_text());
  }
}

Expectation::Face Expectation::face_of(ErrorCode code) {
  const soap::FaultForm form = soap::fault_form(code, FaultDialect{});
  if (!form.local_name.empty()) {
    return {form.vocabulary, std::string(form.local_name)};
  }
  return {FaultVocabulary::soap, form.blames_sender ? "Sender" : "Receiver"};
}

/// "soap:Client / soap12:Sender", "wsu:MessageExpired (or wsse:InvalidSecurity)", "MustUnderstand",
/// "transport error (HTTP 400) or soap:Client".
void Expectation::add_faults(const std::string& words) {
  bool is_known = false;
  for (const std::string& word : words_of(words)) {
    const std::size_t colon = word.find(':');
    if (colon != std::string::npos) {
      add_fault(std::string_view(word).substr(0, colon), std::string_view(word).substr(colon + 1));
      is_known = true;
    } else if (word == "MustUnderstand" || word == "VersionMismatch") {
      add_fault("soap", word);
      is_known = true;
    }
  }
  if (!is_known) {
    throw BadVector("unknown fault '" + words + "'");
  }
}

void Expectation::add_fault(std::string_view prefix, std::string_view local_name) {
  const auto row = std::find_if(kPrefixes.begin(), kPrefixes.end(),
                                [=](const Prefix& one) { return one.text == prefix; });
  if (row == kPrefixes.end()) {
    return;  // a fault that we never tell
  }
  if (local_name == "Client" || local_name == "Sender") {
    faults_.emplace(FaultVocabulary::soap, "Sender");
    return;
  }
  const std::string_view ns = soap::fault_namespace(row->vocabulary, FaultDialect{});
  const ErrorCode code = soap::error_of_fault(ns, local_name);
  faults_.insert(code == ErrorCode::peer_fault ? Face{row->vocabulary, local_name} : face_of(code));
}

Verdict Expectation::judge(const Observed& observed) const {
  if (observed.opened_connection) {
    return failed("a connection to where the message said");
  }
  if (no_sequence_ && observed.began_sequence) {
    return failed("a sequence came into being");
  }
  if (observed.outcome == Observed::Outcome::accepted) {
    if (!may_accept_) {
      return failed("accepted");
    }
    return expect(!number_ || observed.number == number_, "another number was read");
  }
  const Face face = face_of(observed.fault);
  const std::string told = face.second + " (" + std::string(name_of(observed.fault)) +
                           (observed.why.empty() ? "" : ", " + observed.why) + ")";
  if (!may_reject_) {
    return failed("rejected with " + told);
  }
  // Where the code alone is named, it may have any subcode.
  const bool is_sender = soap::fault_form(observed.fault, FaultDialect{}).blames_sender &&
                         faults_.count(Face{FaultVocabulary::soap, "Sender"}) != 0;
  return expect(faults_.empty() || is_sender || faults_.count(face) != 0,
                "rejected with another fault: " + told);
}

}  // namespace parley::vectors
