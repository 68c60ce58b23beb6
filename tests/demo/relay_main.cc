#include <csignal>
#include <cstdio>
#include <string>
#include <thread>

#include <CLI/CLI.hpp>

#include "cli/relay/relay.h"

namespace {

/// "host:port"
bool split(const std::string& target, parley::cli::RelaySettings& settings) {
  const std::size_t colon = target.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return false;
  }
  settings.target_host = target.substr(0, colon);
  return CLI::detail::lexical_cast(target.substr(colon + 1), settings.target_port);
}

}  // namespace

int main(int argc, char** argv) {
  parley::cli::RelaySettings settings;
  auto& faults = settings.faults;
  std::string target;
  CLI::App app("A bad network in front of one HTTP server, until it is terminated.", "relay");
  app.add_option("--listen", settings.listen_port, "port to listen on, on loopback")->required();
  app.add_option("--to", target, "HOST:PORT of the server")->required();
  app.add_option("--seed", faults.seed, "repeats the schedule of faults");
  app.add_option("--drop", faults.drop_permille,
                 "requests, and responses, that are lost, per mille");
  app.add_option("--duplicate", faults.duplicate_permille, "requests that come twice, per mille");
  app.add_option("--cut", faults.cut_permille, "messages cut off in the middle, per mille");
  app.add_flag("--spare-answers", faults.spares_answers, "only requests suffer");
  app.add_option("--late", faults.late_permille, "messages held back, per mille");
  CLI11_PARSE(app, argc, argv);
  if (!split(target, settings)) {
    std::fprintf(stderr, "relay: --to takes HOST:PORT\n");
    return 2;
  }

  // Signals are taken by waiting for them, so that the counts can be told at the end.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  auto relay = parley::cli::Relay::listen(settings);
  if (!relay) {
    std::fprintf(stderr, "relay: %s\n", relay.error().message().c_str());
    return 1;
  }
  std::thread carrier([&] { (*relay)->run(); });
  int which = 0;
  sigwait(&ends, &which);
  (*relay)->stop();
  carrier.join();
  const auto counts = (*relay)->counts();
  std::fprintf(stderr, "relay: %llu requests, %llu dropped, %llu duplicated, %llu cut, %llu late\n",
               static_cast<unsigned long long>(counts.requests),
               static_cast<unsigned long long>(counts.dropped),
               static_cast<unsigned long long>(counts.duplicated),
               static_cast<unsigned long long>(counts.cut),
               static_cast<unsigned long long>(counts.late));
  return 0;
}
