#include <atomic>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "bindings/http/url.h"
#include "cli/commands.h"
#include "cli/delivery_sink.h"
#include "cli/description_flags.h"
#include "cli/failure.h"
#include "cli/issuer_flags.h"
#include "cli/node_flags.h"
#include "cli/token_flags.h"
#include "host/node.h"

namespace parley::cli {
namespace {

struct Place {
  http::ListenAddress listen;
  std::string path;
  std::string url;  ///< as given
};

std::uint16_t port_of(const http::Url& url, const std::string& address) {
  try {
    const unsigned long port = std::stoul(url.port);
    if (port <= UINT16_MAX) {
      return static_cast<std::uint16_t>(port);
    }
  } catch (const std::exception&) {
  }
  throw Failure(ExitCode::usage, "--address " + address + ": the port is out of range");
}

class ServeCommand final : public Command {
 public:
  std::string name() const override { return "serve"; }

  std::string summary() const override {
    return "Offer a service: put each message into a folder, on standard output, or into a command";
  }

  std::string details() const override {
    return "Runs until SIGTERM or SIGINT. With --store every message that was acknowledged is kept "
           "until it was dealt with, whatever crashes. Into a folder each arrives exactly once, in "
           "order: a file of its own, whole or not at all, under a name that a repetition would "
           "have "
           "too. Standard output and commands get each at least once: again only if a crash comes "
           "between the end of the work and its being remembered. A command gets the body on "
           "standard input and what it is about in PARLEY_DELIVERY, PARLEY_ACTION, "
           "PARLEY_MESSAGE_ID, PARLEY_PRINCIPAL, PARLEY_PATH, PARLEY_NUMBER, PARLEY_ATTEMPT, "
           "PARLEY_EXPECTS_REPLY (0 or 1) and PARLEY_TOKENS (a line for each token that the profile "
           "asks for besides: kind and who, between tabs; then one for each of its attributes: "
           "attribute, name, namespace or format, and the values); it prints the answer to a request; none, if the message "
           "names no ReplyTo and "
           "may as well be one-way. Its exit status 0 "
           "means done, 75 not now; otherwise a request is answered with a fault, and a one-way "
           "message comes again. GET of the address with '?wsdl', and WS-MetadataExchange, give a "
           "description of the service with its policy to everybody. "
           "With --issue-for it is a token service: it takes no messages, and gives contexts for "
           "the services that it names to whoever its profile admits.";
  }

  void declare(Flags& flags) override {
    flags.texts("--address", "URL", addresses_,
                "where to listen: http:// or https://, an IP address, port (0 = any) and path",
                Need::required);
    flags.texts("--addressed-to", "URL", own_urls_,
                "refuse requests whose wsa:To is none of these (none given = it may be anything); over "
                "TLS a caller's certificate has to sign it");
    flags.text("--into", "DIR", folder_, "write each message to a file in this folder");
    flags.text("--run", "COMMAND", command_, "run this shell command for each message");
    flags.number("--run-seconds", run_seconds_, "a command that takes longer is killed");
    flags.texts(
        "--answers-to", "PREFIX", answer_prefixes_,
        "callers may have answers sent to URLs that begin so (--reply addressable; none given "
        "= any)");
    flags.toggle("--null", null_,
                 "a zero octet after each body on standard output, not a line break");
    flags.number("--count", count_, "end after so many messages; 0 = never");
    description_.declare(flags);
    node_.declare(flags, NodeFlags::Role::service);
    issuer_.declare_for_service(flags);
    tokens_.declare_for_service(flags);
  }

  ExitCode run() override {
    // Taken by waiting for them, so that what is under way can be ended well.
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, nullptr);

    const std::unique_ptr<DeliverySink> sink = make_sink();
    std::atomic<std::uint64_t> taken = 0;
    host::NodeSettings settings = node_.settings();
    NodeFlags::check_spoken(settings);
    const std::vector<Place> places = add_places(settings);
    if (!answer_prefixes_.empty()) {
      settings.answer_prefixes = answer_prefixes_;
    }
    issuer_.apply_to_services(settings);
    tokens_.apply_to_services(addresses_, settings);
    if (issuer_.is_issuer()) {
      settings.client_tls = need(http::TlsContext::for_client(node_.tls()), "TLS with --trust");
    } else {
      describe(settings);
    }
    settings.handlers[""] = [&](const engine::Delivery& delivery, host::Records&) {
      host::Handled handled = sink->take(delivery);
      taken += handled.retry_after ? 0 : 1;
      return handled;
    };
    settings.on_report = [](const store::ReportFact::Value& report) {
      if (report.kind != store::ReportKind::conversation_ended) {
        log_line("conversation " + std::to_string(report.conversation.value) + ": " +
                 std::string(parley::text_of(report.reason)));
      }
    };
    const auto node = need(host::Node::start(std::move(settings)), "the service");
    tell_places(places, node->ports());
    const timespec pause{0, 50'000'000};
    while (::sigtimedwait(&ends, nullptr, &pause) < 0 && (count_ == 0 || taken < count_)) {
    }
    node->stop();
    return ExitCode::done;
  }

 private:
  std::unique_ptr<DeliverySink> make_sink() const {
    if (!folder_.empty() && !command_.empty()) {
      throw Failure(ExitCode::usage, "--into and --run exclude each other; give one of them");
    }
    if (!folder_.empty()) {
      std::error_code failed;
      std::filesystem::create_directories(folder_, failed);
      if (failed) {
        throw Failure(ExitCode::input, "--into " + folder_ + ": " + failed.message() +
                                           "; name a folder that can be written");
      }
      return make_folder_sink(folder_);
    }
    if (!command_.empty()) {
      CommandLimits limits;
      limits.secret_variable = node_.master_key_variable();
      limits.time = std::chrono::seconds(std::min<std::uint64_t>(run_seconds_, 86400));
      return make_command_sink(command_, limits);
    }
    return make_output_sink(null_ ? '\0' : '\n');
  }

  std::vector<Place> add_places(host::NodeSettings& settings) const {
    std::vector<Place> places;
    for (const std::string& address : addresses_) {
      const auto url = http::parse_url(address);
      if (!url) {
        throw Failure(ExitCode::usage,
                      "--address " + address + ": it takes a URL, as http://127.0.0.1:8080/orders");
      }
      Place place;
      place.listen.host = url->host == "localhost" ? "127.0.0.1" : url->host;
      place.listen.port = port_of(*url, address);
      place.path = url->target;
      place.url = address;
      if (url->is_tls) {
        place.listen.tls =
            need(http::TlsContext::for_server(node_.tls()), "TLS with --cert and --key");
      }
      settings.listen.push_back(place.listen);
      settings.services.push_back({.path = place.path});
      settings.services.back().urls = own_urls_;
      places.push_back(std::move(place));
    }
    return places;
  }

  void describe(host::NodeSettings& settings) const {
    const auto description = description_.description(settings.profiles.front());
    if (description && !description->address.empty() && settings.services.size() > 1) {
      throw Failure(ExitCode::usage, "--public-address names one service; give one --address");
    }
    for (host::Service& service : settings.services) {
      service.description = description;
    }
  }

  static void tell_places(const std::vector<Place>& places,
                          const std::vector<std::uint16_t>& ports) {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place& place = places[i];
      const bool is_ipv6 = place.listen.host.find(':') != std::string::npos;
      log_line("serving " + std::string(place.listen.tls ? "https://" : "http://") +
               (is_ipv6 ? "[" + place.listen.host + "]" : place.listen.host) + ":" +
               std::to_string(ports.at(i)) + place.path);
    }
  }

  std::vector<std::string> addresses_;
  std::vector<std::string> own_urls_;
  std::vector<std::string> answer_prefixes_;
  std::string folder_;
  std::string command_;
  std::uint64_t run_seconds_ = 60;
  bool null_ = false;
  std::uint64_t count_ = 0;
  DescriptionFlags description_;
  NodeFlags node_;
  IssuerFlags issuer_;
  TokenFlags tokens_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace parley::cli
