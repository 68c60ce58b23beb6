#pragma once

#include <string>
#include <string_view>

#include "engine/profile.h"

namespace parley::test {

/// Who writes a message: each stack has its own prefixes and its own order of headers.
enum class Stack : std::uint8_t { wcf, cxf, metro, sandesha2 };

std::string_view name_of(Stack stack);

/// Writes envelopes as another stack does, in the versions of a profile, by hand. In what it is
/// given, "r:" and "a:" are the prefixes of reliable messaging and addressing.
class PeerText {
 public:
  PeerText(Stack stack, const engine::Profile& profile);

  struct Parts {
    std::string action;      ///< a URI; one that begins with '/' is of reliable messaging
    std::string rm_headers;  ///< header blocks
    std::string body;
    std::string relates_to;
    std::string reply_to = "anonymous";  ///< "anonymous", "none", or absent if empty
  };

  std::string message(const Parts& parts);

  // Header blocks and bodies.
  std::string sequence(const std::string& identifier,
                       std::uint64_t number,
                       bool last = false) const;
  /// `ranges` as "1-3 5-5".
  std::string acknowledgement(const std::string& identifier,
                              std::string_view ranges,
                              const std::string& more = "") const;
  std::string create(const std::string& offer, const std::string& more = "") const;
  std::string created(const std::string& identifier, const std::string& accept) const;
  /// Close, Terminate and their answers.
  std::string lifecycle(const std::string& name,
                        const std::string& identifier,
                        const std::string& more = "") const;
  /// A fault of this namespace, as SOAP 1.2 has it.
  std::string fault(const std::string& ns,
                    const std::string& subcode,
                    const std::string& detail = "") const;

  std::string content_type() const;

  const std::string& rm() const { return rm_; }

  const std::string& anonymous() const { return anonymous_; }

  /// Of the message that was written last.
  const std::string& message_id() const { return message_id_; }

  static std::string note() { return "<Note xmlns=\"urn:parley:exchange\"><text>n</text></Note>"; }

 private:
  bool is_1_1() const { return profile_.rm == sequences::RmVersion::rm_1_1; }

  std::string with_own_prefixes(std::string text) const;

  Stack stack_;
  engine::Profile profile_;
  std::string soap_;
  std::string wsa_;
  std::string rm_;
  std::string anonymous_;
  std::string none_;
  std::string message_id_;
  int count_ = 0;
};

/// What stands between two strings, first of all; empty = nowhere.
std::string between(std::string_view text, std::string_view begin, std::string_view end);

}  // namespace parley::test
