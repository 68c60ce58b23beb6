#pragma once

#include <filesystem>
#include <string>

#include "base/time.h"
#include "bindings/soap/soap_codec.h"
#include "engine/profile.h"
#include "tests/vectors/suite.h"

namespace parley::vectors {

/// The receiver that a message was made for: what it speaks and requires, by the versions and
/// algorithms that the message shows, and by the context that the index gives. Never by what is
/// wrong with the message.
struct Posture {
  engine::Profile profile;
  std::string content_type;
  WallTime now;             ///< when the message was made, if it says so and that is past
  bool is_secured = false;  ///< protection is required
  /// As likely as that of the profile: where the signature is encrypted, nobody sees its digest.
  /// Empty = there is no other.
  std::string other_suite;

  static Posture of(const Entry& entry, const Bytes& message);
};

/// Keys and anchors: the certificate authority, our own key pair, and the certificates of others,
/// from a folder that holds them under the names ca, server and so on.
soap::Credentials read_credentials(const std::filesystem::path& keys);

}  // namespace parley::vectors
