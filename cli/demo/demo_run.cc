#include "cli/demo/demo_run.h"

#include <csignal>
#include <cstdio>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/demo/demo_keys.h"
#include "cli/demo/role_settings.h"
#include "cli/failure.h"

namespace parley::cli {
namespace {

constexpr std::chrono::milliseconds kTick{5};
constexpr std::uint64_t kSampleMs = 25;
/// Nothing new delivered or acknowledged for so long: it will not come any more.
constexpr std::uint64_t kStillMsMax = 60000;
constexpr std::uint64_t kServiceEndMsMax = 10000;

volatile std::sig_atomic_t is_interrupted = 0;

void note_interrupt(int) {
  is_interrupted = 1;
}

// A port that nobody listens on now.
std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool is_found = probe >= 0 &&
                        ::bind(probe, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                        ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (probe >= 0) {
    ::close(probe);
  }
  if (!is_found) {
    throw Failure(ExitCode::environment, "there is no free port on 127.0.0.1; free one");
  }
  return ntohs(address.sin_port);
}

std::vector<std::string> role_arguments(Side side,
                                        const DemoSettings& settings,
                                        std::uint16_t port) {
  return {"demo",       std::string(name_of(side)),
          "--folder",   settings.folder,
          "--port",     std::to_string(port),
          "--seed",     std::to_string(settings.seed),
          "--messages", std::to_string(settings.messages)};
}

std::string hex_of(const Board::Count (&words)[4]) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(words[0].load()));
  return text;
}

bool are_equal(const Board::Count (&a)[4], const Board::Count (&b)[4]) {
  for (std::size_t i = 0; i < 4; ++i) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace

DemoRun::DemoRun(const DemoSettings& settings)
    : settings_(settings),
      files_(settings.folder),
      kills_(plan_kills(settings.seed, settings.messages, settings.kills)),
      progress_(settings.messages) {
  make_demo_keys(files_);
  RelaySettings network;
  network.target_port = free_port();
  network.faults.seed = settings.seed;
  relay_ = need(Relay::listen(network), "the network between");
  begin_ms_ = moved_ms_ = shared_clock_ms();
  service_ = std::make_unique<Player>(Side::service,
                                      role_arguments(Side::service, settings, network.target_port),
                                      files_, begin_ms_);
  client_ = std::make_unique<Player>(
      Side::client, role_arguments(Side::client, settings, relay_->port()), files_, begin_ms_);
  relay_thread_ = std::thread([this] { relay_->run(); });
}

DemoRun::~DemoRun() {
  relay_->stop();
  relay_thread_.join();
}

void DemoRun::play() {
  struct sigaction note {};

  note.sa_handler = note_interrupt;
  ::sigaction(SIGINT, &note, nullptr);
  ::sigaction(SIGTERM, &note, nullptr);
  service_->start(begin_ms_);
  client_->start(begin_ms_);
  while (!client_->has_ended()) {
    std::this_thread::sleep_for(kTick);
    const std::uint64_t now_ms = shared_clock_ms();
    service_->tick(now_ms);
    client_->tick(now_ms);
    carry_out_kills(now_ms);
    take_sample(now_ms);
    check_movement(now_ms);
    if (is_interrupted != 0) {
      throw Failure(ExitCode::unfinished, "interrupted");
    }
  }
  seconds_ = samples_.back().second;
  let_service_end();
  progress_.finish();
}

void DemoRun::carry_out_kills(std::uint64_t now_ms) {
  if (kills_.empty() || service_->board().delivered < kills_.front().at_message) {
    return;
  }
  const Kill& kill = kills_.front();
  if (kill_due_ms_ == 0) {
    kill_due_ms_ = now_ms + static_cast<std::uint64_t>(kill.delay.count());
  }
  Player& victim = kill.victim == Side::client ? *client_ : *service_;
  if (now_ms < kill_due_ms_ || !victim.is_ready_to_die()) {
    return;
  }
  victim.kill(kill, now_ms);
  kills_.erase(kills_.begin());
  kill_due_ms_ = 0;
}

void DemoRun::take_sample(std::uint64_t now_ms) {
  Sample sample;
  sample.second = static_cast<double>(now_ms - begin_ms_) / 1000;
  if (!samples_.empty() && sample.second - samples_.back().second < kSampleMs / 1000.0 &&
      !client_->has_ended()) {
    return;
  }
  const Board& client = client_->board();
  const Board& service = service_->board();
  // The question at the end is a message too; the picture is about the others.
  const auto bounded = [this](std::uint64_t value) { return std::min(value, settings_.messages); };
  sample.delivered = bounded(service.delivered);
  sample.accepted = bounded(service.accepted);
  sample.acknowledged = bounded(client.acknowledged);
  sample.sent = bounded(client.sent);
  sample.resent = client.resent;
  sample.duplicates = service.duplicates;
  samples_.push_back(sample);
  if (sequences_at_first_ == 0 && sample.delivered > 0) {
    sequences_at_first_ = client.sequences;
  }
  progress_.show(sample, client_->kills(), service_->kills());
}

void DemoRun::check_movement(std::uint64_t now_ms) {
  const std::size_t count = samples_.size();
  const bool has_moved = count < 2 ||
                         samples_[count - 1].delivered != samples_[count - 2].delivered ||
                         samples_[count - 1].acknowledged != samples_[count - 2].acknowledged;
  if (has_moved) {
    moved_ms_ = now_ms;
  } else if (now_ms - moved_ms_ > kStillMsMax) {
    throw Failure(ExitCode::unsound,
                  "nothing has moved for a minute; the logs and stores are in " + settings_.folder);
  }
}

void DemoRun::let_service_end() {
  service_->terminate();
  const std::uint64_t limit_ms = shared_clock_ms() + kServiceEndMsMax;
  while (!service_->has_ended()) {
    std::this_thread::sleep_for(kTick);
    service_->tick(shared_clock_ms());
    if (shared_clock_ms() > limit_ms) {
      throw Failure(ExitCode::unsound,
                    "the service does not end; see " + files_.log(Side::service));
    }
  }
}

DemoOutcome DemoRun::outcome() const {
  const Board& client = client_->board();
  const Board& service = service_->board();
  DemoOutcome outcome;
  outcome.seed = settings_.seed;
  outcome.messages = settings_.messages;
  outcome.seconds = seconds_;
  outcome.delivered = client.total_count;
  outcome.doubled = client.total_doubled;
  outcome.disordered = client.total_disordered;
  const std::uint64_t distinct = outcome.delivered - outcome.doubled;
  outcome.lost = settings_.messages - std::min(distinct, settings_.messages);
  outcome.digest_of_client = hex_of(client.digest_of_client);
  outcome.digest_of_service = hex_of(client.digest_of_service);
  outcome.digests_agree =
      client.total_is_known != 0 && are_equal(client.digest_of_client, client.digest_of_service);
  outcome.resent = client.resent;
  outcome.duplicates = service.duplicates;
  outcome.undone = service.handled - std::min<std::uint64_t>(service.handled, outcome.delivered);
  outcome.contexts = client.contexts;
  outcome.sequences = client.sequences;
  outcome.sequences_agree = client.sequences == sequences_at_first_;
  outcome.reported_losses = client.losses + service.losses;
  outcome.kills_client = client_->kills();
  outcome.kills_service = service_->kills();
  outcome.kills_wanted = settings_.kills;
  outcome.network = relay_->counts();
  outcome.timeline.samples = samples_;
  outcome.timeline.lives = service_->lives();
  outcome.timeline.lives.insert(outcome.timeline.lives.end(), client_->lives().begin(),
                                client_->lives().end());
  return outcome;
}

}  // namespace parley::cli
