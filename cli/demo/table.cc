#include <algorithm>
#include <cstdarg>
#include <cstdio>

#include "cli/demo/outcome.h"

namespace parley::cli {
namespace {

[[gnu::format(printf, 2, 3)]] void add(std::string& out, const char* format, ...) {
  char line[256];
  std::va_list arguments;
  va_start(arguments, format);
  const int size = std::vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  out.append(line, std::min(static_cast<std::size_t>(size), sizeof line - 1));
}

void row(std::string& out, const char* name, const std::string& value) {
  add(out, "  %-32s %18s\n", name, value.c_str());
}

// "1.23 s" of the middle one, and of the slowest.
std::string spread(std::vector<double> seconds) {
  if (seconds.empty()) {
    return "-";
  }
  std::sort(seconds.begin(), seconds.end());
  char text[64];
  std::snprintf(text, sizeof text, "%.2f s (%.2f s)", seconds[seconds.size() / 2], seconds.back());
  return text;
}

void add_recovery(std::string& out, const Timeline& timeline, Side side) {
  std::vector<double> recovering;
  std::vector<double> working;
  bool is_first = true;
  for (const Life& life : timeline.lives) {
    if (life.side != side) {
      continue;
    }
    if (!is_first && life.recovered > 0) {
      recovering.push_back(life.recovered - life.started);
    }
    if (!is_first && life.progressed > 0) {
      working.push_back(life.progressed - life.started);
    }
    is_first = false;
  }
  const std::string name(name_of(side));
  row(out, ("  " + name + ": store recovered").c_str(), spread(recovering));
  row(out, ("  " + name + ": first message").c_str(), spread(working));
}

void add_cost(std::string& out, const DemoOutcome::Cost& cost) {
  add(out, "\n  cost of one message, µs %16s %10s %10s\n", "bare crypto", "Parley", "ratio");
  add(out, "    protect %28.1f %10.1f %9.1fx\n", cost.bare_protect_us, cost.protect_us,
      cost.protect_us / cost.bare_protect_us);
  add(out, "    open    %28.1f %10.1f %9.1fx\n", cost.bare_open_us, cost.open_us,
      cost.open_us / cost.bare_open_us);
}

}  // namespace

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::vector<std::string> DemoOutcome::problems() const {
  std::vector<std::string> found;
  const auto check = [&](bool is_well, const std::string& otherwise) {
    if (!is_well) {
      found.push_back(otherwise);
    }
  };
  check(lost == 0, grouped(lost) + " messages were lost");
  check(doubled == 0, grouped(doubled) + " messages were delivered twice");
  check(disordered == 0, grouped(disordered) + " messages were out of order");
  check(digests_agree, "the digests of client and service differ");
  check(contexts == 1, "the client established " + grouped(contexts) + " contexts, not one");
  check(sequences_agree, "the conversation did not stay on its sequences");
  check(reported_losses == 0, grouped(reported_losses) + " losses were reported");
  check(kills_client >= kills_wanted && kills_service >= kills_wanted,
        "not every kill of the plan took place");
  return found;
}

std::string to_table(const DemoOutcome& outcome) {
  std::string out;
  row(out, "sent", grouped(outcome.messages));
  row(out, "delivered", grouped(outcome.delivered));
  row(out, "lost", grouped(outcome.lost));
  row(out, "doubled", grouped(outcome.doubled));
  row(out, "out of order", grouped(outcome.disordered));
  row(out, "digest, by the client", outcome.digest_of_client);
  row(out, "digest, by the service", outcome.digest_of_service);
  out += '\n';
  row(out, "sent again", grouped(outcome.resent));
  row(out, "duplicates dropped", grouped(outcome.duplicates));
  row(out, "undone by a kill and repeated", grouped(outcome.undone));
  row(out, "requests through the network", grouped(outcome.network.requests));
  row(out, "  lost, also answers", grouped(outcome.network.dropped));
  row(out, "  doubled", grouped(outcome.network.duplicated));
  row(out, "  cut off", grouped(outcome.network.cut));
  row(out, "  held back", grouped(outcome.network.late));
  out += '\n';
  row(out, "kills, client + service",
      grouped(outcome.kills_client) + " + " + grouped(outcome.kills_service));
  row(out, "contexts, sequences", grouped(outcome.contexts) + ", " + grouped(outcome.sequences));
  row(out, "from start, median (longest):", "");
  add_recovery(out, outcome.timeline, Side::client);
  add_recovery(out, outcome.timeline, Side::service);
  add(out, "\n  %s messages in %.1f s, %.0f a second\n", grouped(outcome.messages).c_str(),
      outcome.seconds, static_cast<double>(outcome.messages) / std::max(outcome.seconds, 0.001));
  add_cost(out, outcome.cost);
  return out;
}

}  // namespace parley::cli
