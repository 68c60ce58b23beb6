#include "bindings/soap/policy/rm_mapping.h"

#include <algorithm>

namespace parley::policy {

void agree_on_times(const RmRequirements& theirs, sequences::RmSettings& settings) {
  if (theirs.inactivity_ms && *theirs.inactivity_ms > 0) {
    settings.inactivity_ms = settings.inactivity_ms == 0  // never
                                 ? *theirs.inactivity_ms
                                 : std::min(settings.inactivity_ms, *theirs.inactivity_ms);
    // A sign of life has to be asked for before the time is over.
    settings.keep_alive_ms = std::min(settings.keep_alive_ms, settings.inactivity_ms / 2);
  }
  if (theirs.acknowledgement_ms) {
    settings.peer_ack_interval_ms = *theirs.acknowledgement_ms;
    if (settings.retransmit_base_ms <= *theirs.acknowledgement_ms) {  // WP-064
      settings.retransmit_base_ms = *theirs.acknowledgement_ms + settings.retransmit_margin_ms;
      settings.retransmit_max_ms =
          std::max(settings.retransmit_max_ms, settings.retransmit_base_ms);
    }
  }
}

void map_rm(const PolicyRequirements& requirements,
            engine::Profile& profile,
            MappingRemarks& remarks) {
  if (!requirements.rm) {
    profile.rm.reset();
    for (const MessageRequirements& message : requirements.messages) {
      if (message.needs_rm) {  // WP-033
        remarks.blocks({std::string(uri::kRmp10), "RMAssertion"},
                       "is asked for the messages of " + message.operation +
                           " only; sequences carry all messages of an endpoint or none");
        return;
      }
    }
    return;
  }
  const RmRequirements& rm = *requirements.rm;
  profile.rm = rm.version;
  agree_on_times(rm, profile.rm_settings);
  if (rm.assurance) {
    profile.rm_settings.assurance = *rm.assurance;
    profile.rm_settings.in_order = rm.in_order;
  } else if (rm.in_order) {
    profile.rm_settings.in_order = true;
  }
  if (rm.sequence_transport_security) {
    remarks.blocks({std::string(uri::kRmp11), "SequenceTransportSecurity"},
                   "wants sequences bound to the TLS session; they can be bound to a context only");
  }
  // 1.1 says whether sequences are bound by a reference, and a peer that did not ask for it may not
  // understand it. 1.0 has no way to say it; the reference does no harm there.
  if (rm.version == sequences::RmVersion::rm_1_1) {
    profile.sequence_token_reference = rm.sequence_str;
  }
  profile.sequence_token_reference = profile.sequence_token_reference && profile.sc.has_value();
}

}  // namespace parley::policy
