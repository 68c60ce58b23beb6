#include <algorithm>
#include <cstdlib>
#include <span>

#include "cell.h"

namespace exchange {
namespace {

using namespace parley::engine;
using parley::contexts::TrustFamily;
using parley::sequences::DeliveryAssurance;
using parley::sequences::RmVersion;

/// What one value of one field means. What has no row is not spoken.
struct Row {
  const char* field;
  std::string Cell::*member;
  const char* value;
  void (*apply)(Profile&);
};

void as_it_is(Profile&) {}

template <SoapVersion version>
void soap(Profile& profile) {
  profile.soap = version;
}

template <AddressingVersion version>
void wsa(Profile& profile) {
  profile.addressing = version;
}

template <bool value>
void ordered(Profile& profile) {
  profile.rm_settings.in_order = value;
}

template <Protection value>
void protect(Profile& profile) {
  profile.protect = value;
}

template <ProtectionOrder value>
void order(Profile& profile) {
  profile.order = value;
}

template <bool value>
void encrypt_signature(Profile& profile) {
  profile.encrypt_signature = value;
}

template <ReplyMode replies, ReplyMode acks>
void reply(Profile& profile) {
  profile.reply = replies;
  profile.acks = acks;
}

template <bool value>
void derived(Profile& profile) {
  profile.derived_keys = value;
}

#define FIELD(name) #name, &Cell::name
#define SUITE(name) {FIELD(suite), name, [](Profile& profile) { profile.suite = name; }}
#define SUITES(base) SUITE(base), SUITE(base "Rsa15"), SUITE(base "Sha256"), SUITE(base "Sha256Rsa15")
// clang-format off
constexpr Row kRows[] = {
    {FIELD(soap), "1.1", soap<SoapVersion::soap_1_1>},
    {FIELD(soap), "1.2", soap<SoapVersion::soap_1_2>},
    {FIELD(wsa), "2004/08", wsa<AddressingVersion::addressing_2004_08>},
    {FIELD(wsa), "1.0", wsa<AddressingVersion::addressing_1_0>},
    {FIELD(rm), "none", [](Profile& profile) { profile.rm.reset(); }},
    {FIELD(rm), "1.0", [](Profile& profile) { profile.rm = RmVersion::rm_1_0; }},
    {FIELD(rm), "1.1", [](Profile& profile) { profile.rm = RmVersion::rm_1_1; }},
    {FIELD(assurance), "none", as_it_is},
    {FIELD(assurance), "ExactlyOnce", [](Profile& profile) { profile.rm_settings.assurance = DeliveryAssurance::exactly_once; }},
    {FIELD(ordered), "true", ordered<true>},
    {FIELD(ordered), "false", ordered<false>},
    {FIELD(sc), "none", [](Profile& profile) { profile.sc.reset(); }},
    {FIELD(sc), "2005/02", [](Profile& profile) { profile.sc = TrustFamily::feb_2005; }},
    {FIELD(sc), "1.3", [](Profile& profile) { profile.sc = TrustFamily::oasis_200512; }},
    {FIELD(bootstrap), "none", [](Profile& profile) { profile.bootstrap = Bootstrap::none; }},
    {FIELD(bootstrap), "x509", [](Profile& profile) { profile.bootstrap = Bootstrap::x509; }},
    {FIELD(bootstrap), "username-cert", [](Profile& profile) { profile.bootstrap = Bootstrap::username_cert; }},
    {FIELD(bootstrap), "username-https", [](Profile& profile) { profile.bootstrap = Bootstrap::username_https; }},
    {FIELD(bootstrap), "x509-https", [](Profile& profile) { profile.bootstrap = Bootstrap::x509_https; }},
    {FIELD(bootstrap), "issued", [](Profile& profile) { profile.bootstrap = Bootstrap::issued; }},
    {FIELD(binding), "none", as_it_is},
    {FIELD(binding), "symmetric", [](Profile& profile) { profile.binding = BootstrapBinding::symmetric; }},
    {FIELD(binding), "asymmetric", [](Profile& profile) { profile.binding = BootstrapBinding::asymmetric; }},
    {FIELD(binding), "transport", [](Profile& profile) { profile.binding = BootstrapBinding::transport; }},
    {FIELD(protect), "none", protect<Protection::none>},
    {FIELD(protect), "transport", protect<Protection::transport>},
    {FIELD(protect), "sign", protect<Protection::sign>},
    {FIELD(protect), "sign+encrypt", protect<Protection::sign_encrypt>},
    {FIELD(order), "none", as_it_is},
    {FIELD(order), "sign-before-encrypt", order<ProtectionOrder::sign_before_encrypt>},
    {FIELD(order), "encrypt-before-sign", order<ProtectionOrder::encrypt_before_sign>},
    {FIELD(encrypt_signature), "false", encrypt_signature<false>},
    {FIELD(encrypt_signature), "true", encrypt_signature<true>},
    {FIELD(suite), "none", as_it_is},
    SUITES("Basic256"),
    SUITES("Basic192"),
    SUITES("Basic128"),
    SUITES("Basic256GCM"),
    SUITES("Basic192GCM"),
    SUITES("Basic128GCM"),
    {FIELD(derived), "false", derived<false>},
    {FIELD(derived), "true", derived<true>},
    {FIELD(reply), "anonymous", reply<ReplyMode::anonymous, ReplyMode::anonymous>},
    {FIELD(reply), "addressable", reply<ReplyMode::addressable, ReplyMode::addressable>},
    {FIELD(reply), "addressable, acknowledgements anonymous", reply<ReplyMode::addressable, ReplyMode::anonymous>},
    {FIELD(reply), "anonymous, acknowledgements addressable", reply<ReplyMode::anonymous, ReplyMode::addressable>},
    {FIELD(reply), "polled", reply<ReplyMode::polled, ReplyMode::polled>},
    {FIELD(reply), "polled, acknowledgements anonymous", reply<ReplyMode::polled, ReplyMode::anonymous>},
};

// clang-format on
#undef FIELD
#undef SUITE
#undef SUITES

/// What excludes each other, or comes together only.
struct Rule {
  bool (*breaks)(const Cell&);
  const char* why;
};

constexpr Rule kRules[] = {
    {[](const Cell& cell) { return (cell.sc == "none") != (cell.bootstrap == "none"); },
     "a security context needs a bootstrap, and a bootstrap makes a security context"},
    {[](const Cell& cell) { return (cell.sc == "none") != (cell.protect == "none"); },
     "messages are protected under a security context, and only there"},
    {[](const Cell& cell) { return (cell.sc == "none") != (cell.suite == "none"); },
     "a suite goes with a security context"},
    {[](const Cell& cell) { return !cell.is_issued() && cell.bootstrap.ends_with("-https") != (cell.binding == "transport"); },
     "a bootstrap over TLS has the transport binding, and no other has"},
    {[](const Cell& cell) { return cell.bootstrap == "username-cert" && cell.binding != "symmetric"; },
     "a user's name and a certificate go together in the symmetric binding"},
    {[](const Cell& cell) { return cell.protect == "transport" && cell.binding != "transport"; },
     "messages that TLS protects need a context that was established over TLS"},
    {[](const Cell& cell) { return cell.is_reliable() != (cell.assurance != "none"); },
     "an assurance is one of reliable messaging"},
};

/// What programs of a name want besides, and no field says.
struct Habit {
  const char* peer;
  void (*apply)(Profile&);
};

/// They take a sequence only if it names its context, and its own messages only if they are signed and
/// not encrypted.
void bind_sequences(Profile& profile) {
  profile.sequence_token_reference = true;
  profile.encrypt_rm = false;
}

constexpr Habit kHabits[] = {{"metro", bind_sequences}, {"wcf", bind_sequences}};

std::string values_of(std::string Cell::*member) {
  std::string values;
  for (const Row& row : kRows) {
    if (row.member == member) {
      values += values.empty() ? row.value : std::string(", ") + row.value;
    }
  }
  return values;
}

}  // namespace

Profile profile_of(const Cell& cell) {
  Profile profile;
  profile.name = cell.id;
  // Most peers send none, and a sequence belongs to the context that created it all the same.
  profile.sequence_token_reference = false;
  for (const Row& row : kRows) {
    const std::string& value = cell.*row.member;
    if (value == row.value) {
      row.apply(profile);
      continue;
    }
    const bool is_known = std::any_of(std::begin(kRows), std::end(kRows), [&](const Row& other) {
      return other.member == row.member && other.value == value;
    });
    if (!is_known) {
      throw Refusal("cell " + cell.id + ": " + row.field + " \"" + value +
                    "\" is not spoken (spoken: " + values_of(row.member) + ")");
    }
  }
  for (const Rule& rule : kRules) {
    if (rule.breaks(cell)) {
      throw Refusal("cell " + cell.id + ": " + rule.why);
    }
  }
  if (cell.is_over_tls()) {
    profile.issuer_bootstrap = Bootstrap::x509_https;
  }
  for (const Habit& habit : kHabits) {
    if (cell.peer.starts_with(habit.peer)) {
      habit.apply(profile);
    }
  }
  if (cell.is_foreign() && profile.rm_settings.in_order) {
    // Some peers keep the order of a sequence and lose it on the way to their service (CXF), unless one
    // message is under way at a time.
    profile.rm_settings.window = 1;
  }
  return profile;
}

Profile profile_of_issuer(const Cell& cell) {
  Cell asked = cell;
  asked.bootstrap = cell.is_over_tls() ? "x509-https" : "x509";
  return profile_of(asked);
}

std::string issuer_of(const std::string& url) {
  constexpr std::size_t kScheme = 3;  // "://"
  const std::size_t host = url.find("://") + kScheme;
  const std::size_t path = std::min(url.find('/', host), url.size());
  const std::size_t colon = url.rfind(':', path);
  if (url.find("://") == std::string::npos || colon == std::string::npos || colon < host) {
    throw Refusal("the token service is found by the port in --url, which has none; give --issuer");
  }
  const int port = std::atoi(url.c_str() + colon + 1) + 2;
  return url.substr(0, colon + 1) + std::to_string(port) + "/tokens" + url.substr(path);
}

}  // namespace exchange
