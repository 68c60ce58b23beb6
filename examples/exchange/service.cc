#include <csignal>
#include <cstdio>
#include <iostream>
#include <map>

#include <poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "description.h"
#include "exchange_body.h"
#include "json_lines.h"
#include "options.h"
#include "tally.h"

namespace exchange {
namespace {

using parley::Delivery;
using parley::Handled;
using parley::Records;

constexpr std::string_view kFault = "!fault ";

Handled bad_request(const Delivery& delivery) {
  if (!delivery.expects_reply) {
    std::cerr << "peer: dropped a one-way message that is none of the service's\n";
    return Handled::done();
  }
  return Handled::refuse({true, {}, {}, "This is no request of the exchange service."});
}

/// What a handler does when a record cannot be read: the message comes again.
Handled try_again() {
  return Handled::later(std::chrono::seconds(1));
}

/// Each endpoint counts for itself.
std::string tally_name(const Delivery& delivery, const std::string& sender) {
  return "tally " + delivery.endpoint + ' ' + sender;
}

parley::Result<Tally> read_tally(Records& records, const std::string& name) {
  PARLEY_ASSIGN_OR_RETURN(const auto record, records.read(name));
  if (!record) {
    return Tally();
  }
  const auto tally = Tally::from_record(*record);
  return tally ? parley::Result<Tally>(*tally)
               : parley::Error(parley::ErrorCode::store_corrupt, "tally");
}

Handled echo(const Delivery& delivery, Records&) {
  const auto fields = Fields::in(delivery.body, "Echo");
  const auto text = fields ? fields->text("text") : std::nullopt;
  if (!text) {
    return bad_request(delivery);
  }
  if (text->starts_with(kFault)) {
    return Handled::refuse({true, {}, {}, text->substr(kFault.size())});
  }
  return Handled::answer(action_of("EchoResponse"), body_of("EchoResponse", {{"text", *text}}));
}

Handled note(const Delivery& delivery, Records& records) {
  const auto fields = Fields::in(delivery.body, "Note");
  const auto sender = fields ? fields->text("sender") : std::nullopt;
  const auto number = fields ? fields->number("number") : std::nullopt;
  const auto text = fields ? fields->text("text") : std::nullopt;
  if (!sender || !number || !text) {
    return bad_request(delivery);
  }
  const std::string name = tally_name(delivery, *sender);
  auto tally = read_tally(records, name);
  if (!tally) {
    return try_again();
  }
  tally->add(*number, *text);
  records.write(name, tally->to_record());
  return Handled::done();
}

Handled total(const Delivery& delivery, Records& records) {
  const auto fields = Fields::in(delivery.body, "Total");
  const auto sender = fields ? fields->text("sender") : std::nullopt;
  if (!sender) {
    return bad_request(delivery);
  }
  const auto tally = read_tally(records, tally_name(delivery, *sender));
  if (!tally) {
    return try_again();
  }
  return Handled::answer(action_of("TotalResponse"),
                         body_of("TotalResponse", {{"count", std::to_string(tally->count())},
                                                   {"digest", tally->digest()}}));
}

/// What is offered, and where.
struct Offer {
  std::map<std::string, std::string> urls;
  std::vector<Cell> issued;  ///< those of them that have a token service
  bool has_plain = false;
  bool has_tls = false;
};

std::uint16_t port_of(const Options& options, bool is_over_tls) {
  return static_cast<std::uint16_t>(options.port + (is_over_tls ? 1 : 0));
}

/// Profiles and paths of the cells. A cell that was not asked for by name may be left out.
Offer add_cells(const Options& options, parley::NodeSettings& settings) {
  Offer offer;
  settings.profiles.clear();
  for (const Cell& cell : chosen_cells(options)) {
    try {
      settings.profiles.push_back(profile_of(cell));
    } catch (const Refusal& refusal) {
      if (!options.cell_ids.empty()) {
        throw;
      }
      std::cerr << "peer: left out: " << refusal.what() << '\n';
      continue;
    }
    const bool is_over_tls = cell.is_over_tls();
    (is_over_tls ? offer.has_tls : offer.has_plain) = true;
    offer.urls[cell.id] = (is_over_tls ? "https://" : "http://") + options.host + ':' +
                          std::to_string(port_of(options, is_over_tls)) + '/' + cell.id;
    parley::host::Service service{'/' + cell.id, cell.id, description(offer.urls[cell.id])};
    if (cell.is_issued()) {
      offer.issued.push_back(cell);
      settings.profiles.back().issuer = issuer_of(offer.urls[cell.id]);
      service.token_services = {
          made_or_refused(parley::principal_of(certificate_of("sts")), "sts.pem")};
    }
    settings.services.push_back(std::move(service));
  }
  if (offer.urls.empty()) {
    throw Refusal("none of the cells is spoken");
  }
  return offer;
}

/// Where to listen: one port for plain HTTP, the next for TLS, each only if something is there.
std::vector<parley::http::ListenAddress> addresses_of(const Options& options, const Offer& offer) {
  std::vector<parley::http::ListenAddress> addresses;
  if (offer.has_plain) {
    addresses.push_back({options.host, port_of(options, false), nullptr});
  }
  if (offer.has_tls) {
    addresses.push_back({options.host, port_of(options, true), tls_of("server")});
  }
  return addresses;
}

/// The token services of the cells: another party, two ports further on.
std::unique_ptr<parley::Node> start_issuer(const Options& options, const Offer& offer) {
  parley::NodeSettings settings = issuer_settings(options);
  Offer listening;
  for (const Cell& cell : offer.issued) {
    const std::string& url = offer.urls.at(cell.id);
    settings.profiles.push_back(profile_of_issuer(cell));
    settings.credentials.peer_certificates_pem[url] = certificate_of("server");
    parley::host::Service service{"/tokens/" + cell.id, cell.id, std::nullopt};
    service.issues_for = {url};
    settings.services.push_back(std::move(service));
    (cell.is_over_tls() ? listening.has_tls : listening.has_plain) = true;
  }
  Options there = options;
  there.port = static_cast<std::uint16_t>(options.port + 2);
  settings.listen = addresses_of(there, listening);
  return made_or_refused(parley::Node::start(std::move(settings)), "the token service");
}

/// Until standard input closes, or a signal comes that was blocked before.
void wait_for_end(const sigset_t& signals) {
  const int signalled = signalfd(-1, &signals, SFD_CLOEXEC);
  while (true) {
    pollfd waits[] = {{STDIN_FILENO, POLLIN, 0}, {signalled, POLLIN, 0}};
    if (poll(waits, 2, -1) < 0) {
      continue;
    }
    char block[4096];
    const bool has_ended = waits[0].revents != 0 && read(STDIN_FILENO, block, sizeof block) <= 0;
    if (has_ended || waits[1].revents != 0) {
      close(signalled);
      return;
    }
  }
}

}  // namespace

int serve(const Options& options) {
  // Before the first thread, which would else inherit the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  parley::NodeSettings settings = node_settings(options, "server");
  const Offer offer = add_cells(options, settings);
  settings.listen = addresses_of(options, offer);
  settings.handlers[action_of("Echo")] = echo;
  settings.handlers[action_of("Note")] = note;
  settings.handlers[action_of("Total")] = total;
  auto node = parley::Node::start(std::move(settings));
  if (!node) {
    std::cerr << "peer: " << node.error().message() << '\n';
    return 1;
  }
  const auto issuer =
      offer.issued.empty() ? std::unique_ptr<parley::Node>() : start_issuer(options, offer);
  std::puts(ready_line(offer.urls).c_str());
  std::fflush(stdout);
  wait_for_end(signals);
  if (issuer) {
    issuer->stop();
  }
  (*node)->stop();
  return 0;
}

}  // namespace exchange
