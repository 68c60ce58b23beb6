#include <atomic>
#include <charconv>
#include <cstdio>
#include <utility>

#include "bindings/http/url.h"
#include "cli/commands.h"
#include "cli/description_source.h"
#include "cli/failure.h"
#include "cli/issuer_flags.h"
#include "cli/token_flags.h"
#include "cli/node_flags.h"
#include "cli/sending.h"
#include "cli/service_choice.h"

namespace parley::cli {
namespace {

constexpr Duration kCloseLimit = std::chrono::seconds(10);

// What the reports of a run come to.
class Losses {
 public:
  void note(const store::ReportFact::Value& report) {
    if (report.kind == store::ReportKind::conversation_ended) {
      return;
    }
    ++count_;
    const std::string what = report.ticket.value == 0
                                 ? "the conversation"
                                 : "message " + std::to_string(report.ticket.value);
    log_line(what + ": " + words_of(report.kind) + ": " + std::string(text_of(report.reason)));
  }

  std::uint64_t count() const { return count_; }

 private:
  static std::string words_of(store::ReportKind kind) {
    switch (kind) {
      case store::ReportKind::outcome_unknown:
        return "it is not known whether it arrived";
      case store::ReportKind::not_delivered:
        return "it did not arrive";
      case store::ReportKind::answer_lost:
        return "it arrived, its answer is lost";
      case store::ReportKind::delivery_refused:
        return "a delivery was refused too often";
      case store::ReportKind::context_lost:
        return "its security context was lost";
      case store::ReportKind::sequence_ended:
        return "its sequence ended before its time";
      case store::ReportKind::conversation_ended:
        break;
    }
    return "it has ended";
  }

  std::atomic<std::uint64_t> count_ = 0;
};

class SendCommand final : public Command {
 public:
  std::string name() const override { return "send"; }

  std::string summary() const override {
    return "Send messages to a service, and print what it answers";
  }

  std::string details() const override {
    return "A body is one XML element: a file, or with --lines or --null a part of one. With "
           "--wsdl no URL need be given: what stands first is taken for one if it begins with "
           "http. --profile and --set then say what is preferred where the policy leaves a choice, "
           "and what it says nothing about. With "
           "--store "
           "what was accepted outlives a crash, and the same command later goes on with what "
           "waits; "
           "with --resume it may be given the same input again, or a longer one: the n-th body of "
           "the "
           "input is the n-th message of the conversation, and none is sent twice. Answers are "
           "printed "
           "in the order of the requests; each is kept until it was printed.";
  }

  void declare(Flags& flags) override {
    flags.text("URL", "", url_, "address of the service; with --wsdl that of the description");
    flags.texts("FILE", "", files_, "bodies; - or none = standard input");
    flags.text("--action", "URI", sending_.action, "what the messages are (wsa:Action)",
               Need::required);
    flags.toggle("--request", sending_.expects_reply, "wait for answers, and print them");
    flags.toggle("--lines", lines_, "each line is a body");
    flags.toggle("--null", null_, "bodies end with a zero octet; so do answers");
    flags.toggle("--resume", sending_.resumes, "the input is that of the last run, or longer");
    flags.toggle("--nothing", nothing_, "read no input: only go on with what waits in the store");
    flags.number("--wait", wait_seconds_, "seconds for an answer, or for the last acknowledgement");
    flags.text("--wsdl", "URL", wsdl_,
               "speak as the policy in this description of the service demands; where there is none, "
               "the service there is asked for it (WS-MetadataExchange)");
    flags.text("--port", "NAME", port_, "the endpoint in the description (the first that will do)");
    flags.texts(
        "--admit", "NAME=VALUE", admitted_,
        "take a policy with rm=none, sc=none, suite=NAME or the like, if there is no better");
    flags.text(
        "--reply-address", "URL", reply_address_,
        "listen here for answers that come by themselves (--reply addressable): http://, an IP "
        "address, port and path");
    flags.toggle("--close", close_, "end the conversation at the end (always without --store)");
    node_.declare(flags, NodeFlags::Role::client);
    issuer_.declare_for_caller(flags);
    tokens_.declare_for_caller(flags);
  }

  ExitCode run() override {
    sort_arguments();
    check_usage();
    host::NodeSettings settings = node_.settings();
    if (!wsdl_.empty()) {
      speak_as_described(settings);
    }
    NodeFlags::check_spoken(settings);
    issuer_.apply_to_caller(settings);
    tokens_.apply_to_caller(settings);
    if (need(http::parse_url(url_), "URL " + url_).is_tls) {
      settings.client_tls = client_tls();
    }
    if (!reply_address_.empty()) {
      settings.listen = {listen_address()};
      settings.reply_address = reply_address_;
    }
    Losses losses;
    settings.on_report = [&](const store::ReportFact::Value& report) { losses.note(report); };
    sending_.limits = settings.limits;
    sending_.wait = std::chrono::seconds(std::min<std::uint64_t>(wait_seconds_, 86400));
    sending_.separator = null_ ? '\0' : '\n';
    BodyReader reader(files_, separator(), settings.limits.envelope_bytes_max);
    const auto node = need(host::Node::start(std::move(settings)), "the client");
    host::Conversation conversation = need(node->conversation(url_), "conversation with " + url_);
    Sending sending(*node, conversation, sending_);
    if (!nothing_) {
      sending.run(reader);
    }
    const Result<void> settled = conversation.wait_settled(sending_.wait);
    if (settled && (close_ || !node_.has_store())) {
      static_cast<void>(conversation.close(kCloseLimit));
    }
    node->stop();
    return conclude(sending, settled, losses);
  }

 private:
  /// With --wsdl the address may be left out, and then what stands in its place is a file.
  void sort_arguments() {
    if (!wsdl_.empty() && !url_.empty() && !url_.starts_with("http")) {
      files_.insert(files_.begin(), std::exchange(url_, {}));
    }
  }

  std::shared_ptr<http::TlsContext> client_tls() const {
    return need(http::TlsContext::for_client(node_.tls()), "TLS with --trust");
  }

  void speak_as_described(host::NodeSettings& settings) {
    const bool is_tls = need(http::parse_url(wsdl_), "--wsdl " + wsdl_).is_tls;
    const FetchedDescription description =
        fetch_description(wsdl_, settings.limits, is_tls ? client_tls() : nullptr);
    for (const std::string& warning : description.services.warnings) {
      log_line("description: " + warning);
    }
    engine::Profile& profile = settings.profiles.front();
    ServiceChoice choice = choose_service(description.services.endpoints, port_,
                                          preference_of(profile, admitted_, settings.codec));
    check_action(*choice.endpoint, sending_.action, sending_.expects_reply);
    profile = std::move(choice.profile);
    if (url_.empty()) {
      url_ = choice.address;
    }
  }

  void check_usage() const {
    if (lines_ && null_) {
      throw Failure(ExitCode::usage, "--lines and --null exclude each other; give one of them");
    }
    if (!node_.has_store() && (sending_.resumes || nothing_)) {
      throw Failure(ExitCode::usage, "--resume and --nothing need what --store remembers; give it");
    }
    if (wsdl_.empty() && (!port_.empty() || !admitted_.empty())) {
      throw Failure(ExitCode::usage, "--port and --admit are about a description; give --wsdl");
    }
    if (wsdl_.empty() && url_.empty()) {
      throw Failure(ExitCode::usage, "give the URL of the service, or of its description (--wsdl)");
    }
    if (!url_.empty() && !http::parse_url(url_)) {
      throw Failure(ExitCode::usage, "URL " + url_ + ": it is not an http or https address");
    }
  }

  http::ListenAddress listen_address() const {
    const auto url = http::parse_url(reply_address_);
    std::uint16_t port = 0;
    if (!url || url->is_tls ||
        std::from_chars(url->port.data(), url->port.data() + url->port.size(), port).ec !=
            std::errc()) {
      throw Failure(ExitCode::usage, "--reply-address " + reply_address_ +
                                         ": it takes a URL, as http://127.0.0.1:8081/replies");
    }
    http::ListenAddress listen;
    listen.host = url->host == "localhost" ? "127.0.0.1" : url->host;
    listen.port = port;
    return listen;
  }

  BodyReader::Separator separator() const {
    if (lines_) {
      return BodyReader::Separator::line;
    }
    return null_ ? BodyReader::Separator::zero : BodyReader::Separator::none;
  }

  ExitCode conclude(const Sending& sending,
                    const Result<void>& settled,
                    const Losses& losses) const {
    if (losses.count() != 0) {
      throw Failure(ExitCode::undelivered, "not everything arrived; see the lines above");
    }
    if (!settled && settled.error().code() == ErrorCode::timed_out) {
      throw Failure(
          ExitCode::unfinished,
          node_.has_store()
              ? "not all was acknowledged in time; the same command with --nothing goes on"
              : "not all was acknowledged in time, and without --store it is lost; give "
                "more time with --wait");
    }
    need(settled, "the conversation");
    log_line(std::to_string(sending.sent()) + " sent and acknowledged" +
             (sending.skipped() != 0
                  ? ", " + std::to_string(sending.skipped()) + " were sent before"
                  : ""));
    if (sending.faults() != 0) {
      throw Failure(ExitCode::peer,
                    std::to_string(sending.faults()) +
                        " requests were answered with a fault; see the lines above");
    }
    return ExitCode::done;
  }

  std::string url_;
  std::string wsdl_;
  std::string port_;
  std::vector<std::string> admitted_;
  std::vector<std::string> files_;
  SendingSettings sending_;
  bool lines_ = false;
  bool null_ = false;
  bool nothing_ = false;
  bool close_ = false;
  std::string reply_address_;
  std::uint64_t wait_seconds_ = 60;
  NodeFlags node_;
  IssuerFlags issuer_;
  TokenFlags tokens_;
};

}  // namespace

std::unique_ptr<Command> make_send_command() {
  return std::make_unique<SendCommand>();
}

}  // namespace parley::cli
