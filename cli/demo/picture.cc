#include <algorithm>
#include <cstdio>

#include "cli/demo/outcome.h"
#include "cli/demo/panel.h"

namespace parley::cli {
namespace {

constexpr double kWidth = 1290;
constexpr double kHeight = 890;
constexpr std::string_view kClient = "#2563eb";
constexpr std::string_view kService = "#059669";
constexpr std::string_view kAcknowledged = "#93c5fd";
constexpr std::string_view kResent = "#ea580c";
constexpr std::string_view kDuplicate = "#7c3aed";
constexpr std::string_view kKill = "#dc2626";

// How far apart two samples are that give a rate: short enough to see a kill, long enough to be
// smooth.
constexpr double kRateSeconds = 0.5;

struct Rates {
  std::vector<Sample> samples;  ///< counts per second
  double highest = 0;
};

Rates rates_of(const std::vector<Sample>& samples) {
  Rates rates;
  std::size_t before = 0;
  for (const Sample& now : samples) {
    while (now.second - samples[before].second > kRateSeconds) {
      ++before;
    }
    const Sample& then = samples[before];
    const double time = now.second - then.second;
    if (time < kRateSeconds / 2) {
      continue;
    }
    const auto rate = [time](std::uint64_t a, std::uint64_t b) {
      return static_cast<std::uint64_t>(static_cast<double>(a - b) / time);
    };
    Sample per_second;
    per_second.second = now.second;
    per_second.delivered = rate(now.delivered, then.delivered);
    per_second.resent = rate(now.resent, then.resent);
    per_second.duplicates = rate(now.duplicates, then.duplicates);
    rates.samples.push_back(per_second);
    for (const std::uint64_t one :
         {per_second.delivered, per_second.resent, per_second.duplicates}) {
      rates.highest = std::max(rates.highest, static_cast<double>(one));
    }
  }
  return rates;
}

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

std::string style(std::string_view before, std::string_view colour, std::string_view after = {}) {
  return std::string(before) + std::string(colour) + std::string(after);
}

void draw_title(Svg& svg, const DemoOutcome& outcome) {
  const bool is_kept = outcome.problems().empty();
  constexpr std::string_view kSmall = "font-size:13px;fill:#475569";
  const RelayCounts& network = outcome.network;
  char seconds[32];
  std::snprintf(seconds, sizeof seconds, "%.1f s", outcome.seconds);
  svg.text(80, 36,
           grouped(outcome.messages) + " messages, a bad network, " +
               std::to_string(outcome.kills_client + outcome.kills_service) + " kills: " +
               (is_kept ? "none lost, none doubled, none out of order" : "the promise was broken"),
           style("font-size:20px;font-weight:bold;fill:", is_kept ? "#0f172a" : kKill));
  svg.text(80, 57,
           "seed " + std::to_string(outcome.seed) + ", " + seconds + ". Of " +
               grouped(network.requests) + " requests and their answers the network lost " +
               grouped(network.dropped) + ", doubled " + grouped(network.duplicated) +
               ", cut off " + grouped(network.cut) + ", held back " + grouped(network.late) + ".",
           kSmall);
  svg.text(80, 75,
           "The client sent " + grouped(outcome.resent) + " again; the service dropped " +
               grouped(outcome.duplicates) +
               " duplicates. Every message is signed and encrypted with keys of its own.",
           kSmall);
}

std::string tip_of(const Life& life) {
  char words[128];
  std::snprintf(words, sizeof words, "%s: started at %.2f s, %s, %s at %.2f s",
                std::string(name_of(life.side)).c_str(), life.started,
                life.recovered > 0 ? "recovered" : "died while it recovered",
                life.was_killed ? "killed" : "ended", life.ended);
  return words;
}

// A bar for each life: pale while it recovers, full while it works; a cross where it was killed.
void draw_lives(Svg& svg, const TimeAxis& axis, const std::vector<Life>& lives, double top) {
  for (const Side side : {Side::client, Side::service}) {
    const double y = side == Side::client ? top : top + 26;
    const std::string_view colour = side == Side::client ? kClient : kService;
    svg.text(axis.left - 8, y + 13, name_of(side), "font-size:13px;fill:#334155", "end");
    for (const Life& life : lives) {
      if (life.side != side) {
        continue;
      }
      const double works = life.recovered > 0 ? life.recovered : life.ended;
      svg.rectangle(axis.x(life.started), y, axis.x(works) - axis.x(life.started), 18,
                    style("fill:", colour, ";opacity:.3"), tip_of(life));
      svg.rectangle(axis.x(works), y, axis.x(life.ended) - axis.x(works), 18,
                    style("fill:", colour, ";opacity:.8"), tip_of(life));
    }
  }
}

void draw_kills(
    Svg& svg, const TimeAxis& axis, const std::vector<Life>& lives, double top, double bottom) {
  for (const Life& life : lives) {
    if (!life.was_killed) {
      continue;
    }
    const double x = axis.x(life.ended);
    const double y = top + (life.side == Side::client ? 9 : 35);
    const std::string thick = style("stroke-width:2.5;stroke:", kKill);
    svg.line(x, top - 4, x, bottom,
             style("stroke-width:1;opacity:.45;stroke:", kKill,
                   life.side == Side::client ? "" : ";stroke-dasharray:5 3"));
    svg.line(x - 6, y - 6, x + 6, y + 6, thick);
    svg.line(x - 6, y + 6, x + 6, y - 6, thick);
  }
}

}  // namespace

std::string to_svg(const DemoOutcome& outcome) {
  const std::vector<Sample>& samples = outcome.timeline.samples;
  const TimeAxis axis{80, 960, std::max(outcome.seconds, 0.1)};
  constexpr double kLivesTop = 96;
  constexpr double kBottom = 850;
  Svg svg(kWidth, kHeight);
  draw_title(svg, outcome);
  draw_lives(svg, axis, outcome.timeline.lives, kLivesTop);
  svg.text(axis.left + axis.width + 16, kLivesTop + 13, "✕ killed (SIGKILL)",
           style("font-size:13px;fill:", kKill));
  svg.text(axis.left + axis.width + 16, kLivesTop + 39, "pale: recovering",
           "font-size:13px;fill:#64748b");

  Panel progress(svg, axis, 178, 290, number(outcome.messages), "messages so far");
  progress.filled(
      samples, [](const Sample& s) { return number(s.acknowledged); },
      style("opacity:.45;fill:", kAcknowledged));
  progress.curve(
      samples, [](const Sample& s) { return number(s.sent); },
      style("stroke-width:3.5;stroke:", kClient));
  progress.curve(
      samples, [](const Sample& s) { return number(s.delivered); },
      style("stroke-width:1.8;stroke:", kService));
  progress.legend("sent, by the client", kClient);
  progress.legend("delivered, by the service", kService);
  progress.legend("acknowledged, to the client", kAcknowledged);

  const auto under_way = [](const Sample& s) { return number(s.sent) - number(s.acknowledged); };
  const auto waiting = [](const Sample& s) { return number(s.accepted) - number(s.delivered); };
  double highest = 0;
  for (const Sample& sample : samples) {
    highest = std::max({highest, under_way(sample), waiting(sample)});
  }
  Panel window(svg, axis, 520, 130, highest, "messages under way");
  window.filled(samples, under_way, style("opacity:.45;fill:", kAcknowledged));
  window.curve(samples, under_way, style("stroke-width:1.5;stroke:", kClient));
  window.curve(samples, waiting, style("stroke-width:1.5;stroke:", kService));
  window.legend("sent, not acknowledged", kClient);
  window.legend("accepted, wait for others", kService);

  const Rates rates = rates_of(samples);
  Panel speed(svg, axis, 700, 140, rates.highest, "messages per second");
  speed.curve(
      rates.samples, [](const Sample& s) { return number(s.delivered); },
      style("stroke-width:1.8;stroke:", kService));
  speed.curve(
      rates.samples, [](const Sample& s) { return number(s.resent); },
      style("stroke-width:1.5;stroke:", kResent));
  speed.curve(
      rates.samples, [](const Sample& s) { return number(s.duplicates); },
      style("stroke-width:1.5;stroke:", kDuplicate));
  speed.legend("delivered", kService);
  speed.legend("sent again", kResent);
  speed.legend("duplicates dropped", kDuplicate);

  draw_kills(svg, axis, outcome.timeline.lives, kLivesTop, kBottom - 10);
  return std::move(svg).finish();
}

}  // namespace parley::cli
