#include "cli/named_profiles.h"

#include <string>

#include "cli/failure.h"

namespace parley::cli {
namespace {

std::vector<NamedProfile> make_profiles() {
  return {
      {"ours", "two programs that both use Parley", {}},
      {"wcf-2005",
       "WCF, wsHttpBinding with reliable session and secure conversation",
       {"sc=2005/02", "rm=1.0", "encrypt_signature=true", "encrypt_rm=false", "layout=strict",
        "confirm_signatures=true", "key_position=short", "answer_ends=true",
        // Eight places on either side, eight repetitions of a message (IB-010 to IB-012).
        "rm.window=8", "rm.buffer=8", "rm.retransmit_tries_max=9",
        // It repeats the oldest message only, so it should learn of a gap at once (IB-025).
        "rm.ack_count=1", "context.context_lifetime_ms=54000000"}},
      {"wcf-2007",
       "WCF, ws2007HttpBinding with reliable session and secure conversation",
       {"encrypt_signature=true", "encrypt_rm=false", "layout=strict", "confirm_signatures=true",
        "key_position=short", "rm.window=8", "rm.buffer=8", "rm.retransmit_tries_max=9",
        "rm.ack_count=1", "context.context_lifetime_ms=54000000"}},
      {"cxf",
       "Apache CXF",
       {// No reference to the context in CreateSequence, none understood (IB-060).
        "sequence_token_reference=false",
        // The order of a sequence is lost behind it, unless one message is under way at a time.
        "rm.window=1",
        // IB-050: every three seconds, doubled, without end; no flow control.
        "rm.retransmit_base_ms=3000", "rm.retransmit_tries_max=0", "rm.retransmit_adaptive=0",
        "rm.buffer_remaining_send=0", "rm.buffer_remaining_read=0", "rm.keep_alive_ms=0",
        "rm.peer_ack_interval_ms=1000"}},
      {"metro",
       "Metro (WSIT), as its samples are set up",
       {"suite=Basic128", "encrypt_signature=true", "encrypt_rm=false",
        // IB-070: every two seconds, three tries of control messages, 32 places.
        "rm.retransmit_base_ms=2000", "rm.retransmit_backoff=1", "rm.retransmit_adaptive=0",
        "rm.lifecycle_tries_max=3", "rm.buffer=32", "rm.window=32",
        // IB-072 and IB-073: a Nack would lose messages, free places are not heeded.
        "rm.nack_send=0", "rm.nack_read=0", "rm.buffer_remaining_send=0",
        "rm.buffer_remaining_read=0"}},
      {"rampart",
       "Axis2 with Rampart and Sandesha2",
       {"sc=2005/02", "rm=1.0", "binding=asymmetric", "reply=addressable",
        // IB-090.
        "rm.peer_ack_interval_ms=3000", "rm.ack_interval_ms=3000", "rm.retransmit_base_ms=6000",
        "rm.retransmit_tries_max=10", "rm.retransmit_adaptive=0", "rm.inactivity_ms=60000",
        "rm.keep_alive_ms=30000", "rm.keep_alive_retry_ms=5000", "rm.tombstone_ms=600000",
        "rm.buffer_remaining_send=0", "rm.buffer_remaining_read=0"}},
  };
}

}  // namespace

std::span<const NamedProfile> named_profiles() {
  static const std::vector<NamedProfile> kProfiles = make_profiles();
  return kProfiles;
}

Settings settings_of(std::string_view name) {
  std::string known;
  for (const NamedProfile& profile : named_profiles()) {
    if (profile.name == name) {
      Settings settings;
      settings.profile.name = name;
      for (const std::string_view value : profile.values) {
        set(settings, std::string(value));
      }
      return settings;
    }
    known += known.empty() ? "" : ", ";
    known += profile.name;
  }
  throw Failure(ExitCode::usage, "--profile " + std::string(name) + ": there are only " + known);
}

}  // namespace parley::cli
