#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/interval_set.h"
#include "tests/sim/network.h"

namespace parley::sim {

/// Reads everything that leaves the two sides, and what lies on their disks at that moment, and
/// checks what verification.md, 3 promises about it.
class Watch final : public Network::Watcher {
 public:
  explicit Watch(const Timeline& timeline) : timeline_(timeline) {}

  void sent(const Site& from, ByteView bytes) override;

  /// What its messages may speak of, even if a later turn has deleted it by the time they leave.
  void committed(const Station::Released& turn);

  /// The site has come back: what it had acknowledged it still has (S19).
  void recovered(const Site& site);

  /// It has lost its disk, so it may.
  void forgotten(const Site& site);

  std::uint64_t retransmissions() const { return retransmissions_; }

 private:
  struct Sent {
    std::string message_id;
    std::size_t body = 0;  ///< hash
  };

  struct Acknowledged {
    const Site* by = nullptr;
    IntervalSet ranges;
    bool is_final = false;
  };

  void check_number(const engine::Message& message);
  void check_acknowledgement(const Site& from, const engine::AcknowledgementHeader& header);
  void trace(const Site& from, const engine::Message& message) const;

  const Timeline& timeline_;
  std::map<std::pair<std::string, std::uint64_t>, Sent> sent_;
  std::map<std::string, Acknowledged> acknowledged_;
  std::set<std::string> terminated_;
  std::map<std::string, IntervalSet> committed_;  ///< received, as last seen on a disk
  std::uint64_t retransmissions_ = 0;
};

}  // namespace parley::sim
