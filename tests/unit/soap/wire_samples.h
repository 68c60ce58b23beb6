#pragma once

#include <string>
#include <vector>

#include "bindings/soap/soap_codec.h"
#include "contexts/live_key.h"
#include "crypto/entropy.h"
#include "engine/codec.h"
#include "engine/message.h"
#include "engine/profile.h"
#include "support/one_key.h"

// Messages and profiles that every test of whole messages walks over.

namespace parley::test {

inline constexpr WallTime kNow{1'800'000'000'000};
inline constexpr std::string_view kContextId = "urn:uuid:00000000-0000-4000-8000-00000000c0de";

/// One message of each kind that `profile` knows, with a name for failures.
struct Sample {
  std::string name;
  engine::Message message;
};

std::vector<Sample> samples(const engine::Profile& profile);

/// An application's message with every header that may stand beside it.
engine::Message application_message(const engine::Profile& profile, std::string_view body);

/// Every combination of versions: SOAP, addressing, reliable messaging, secure conversation.
std::vector<engine::Profile> version_profiles();

/// Every way of protection that differs in shape: signed only, both orders, encrypted signature,
/// with and without derived keys.
std::vector<engine::Profile> shape_profiles();

/// Every way to derive keys and every layout, signed only and encrypted too, in both families.
std::vector<engine::Profile> key_profiles();

/// Every algorithm suite that is written, with either MAC.
std::vector<engine::Profile> suite_profiles();

/// In words, for failures.
std::string describe(const engine::Profile& profile);

/// The key of a context, as large as the suite wants.
contexts::LiveKey context_key(const engine::Profile& profile, std::string instance = "");

/// The test certificates, as one side and the other hold them.
soap::Credentials client_credentials();
soap::Credentials server_credentials();

}  // namespace parley::test
