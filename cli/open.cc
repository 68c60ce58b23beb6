#include <chrono>
#include <cstdio>
#include <map>

#include <unistd.h>

#include "bindings/soap/inspect.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/message_file.h"
#include "cli/octets_argument.h"
#include "cli/printable.h"
#include "cli/secrets_file.h"

namespace parley::cli {
namespace {

constexpr std::size_t kKeyFileMax = std::size_t{1} << 20;

WallTime wall_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::system_clock::now().time_since_epoch())
              .count()};
}

void append(Bytes& all, const Bytes& more) {
  all.insert(all.end(), more.begin(), more.end());
}

class OpenCommand final : public Command {
 public:
  std::string name() const override { return "open"; }

  std::string summary() const override {
    return "Open messages by hand: parse, verify, decrypt, and say what they hold";
  }

  std::string details() const override {
    return "For when two stacks disagree. A message is an envelope, or a recorded HTTP message "
           "with "
           "its head. Every version is read, whatever Parley itself would accept. Without keys the "
           "structure alone is shown. Several messages of one conversation, in their order, open "
           "each other: an answer under the keys of its request needs that request before it. "
           "Times "
           "are shown, and checked only if asked for. A secret on the command line is seen by "
           "every "
           "user of the machine; file:NAME is not.";
  }

  void declare(Flags& flags) override {
    flags.texts("FILE", "", files_, "messages; - = standard input", Need::required);
    flags.texts("--context", "ID=OCTETS", contexts_,
                std::string("the secret of a context, empty ID = of any: ") + kOctetsForms);
    flags.texts("--secrets", "FILE", secrets_, "secrets.jsonl or index.json of a recording");
    flags.texts("--key", "FILE", keys_, "private key (PEM) that something is encrypted for");
    flags.texts("--cert", "FILE", certificates_,
                "certificates (PEM): of the keys, and others that a message refers to");
    flags.texts("--trust", "FILE", anchors_,
                "authorities (PEM); without them signers are only named");
    flags.texts("--raw-key", "OCTETS", raw_keys_, "a key as it is, in the forms of --context");
    flags.texts("--user", "NAME=PASSWORD", users_, "a password to check or derive from");
    flags.texts("--request", "FILE", requests_, "a request that the message answers; not shown");
    flags.text("--content-type", "TYPE", content_type_, "of messages without a head");
    flags.toggle("--check-times", check_times_,
                 "a message that is too old or too new is not sound");
    flags.toggle("--body", body_only_, "print only the body, decrypted");
    flags.toggle("--envelope", envelope_only_, "print only the whole message, decrypted");
  }

  ExitCode run() override {
    if (body_only_ && envelope_only_) {
      throw Failure(ExitCode::usage, "--body and --envelope exclude each other; give one of them");
    }
    soap::InspectKeys keys = read_keys();
    soap::InspectSettings settings;
    settings.now = wall_now();
    settings.check_times = check_times_;
    for (const std::string& file : requests_) {
      last_request_ = inspect(file, keys, settings).exchange_keys;
    }
    std::string first_problem;
    std::size_t unsound = 0;
    for (const std::string& file : files_) {
      const soap::InspectReport report = inspect(file, keys, settings);
      show(file, report);
      if (!report.is_clean() && ++unsound == 1) {
        first_problem = file + ": " + report.problems.front();
      }
    }
    if (unsound != 0) {
      throw Failure(
          ExitCode::unsound,
          first_problem +
              (unsound == 1 ? "" : "; and " + std::to_string(unsound - 1) + " more messages"));
    }
    return ExitCode::done;
  }

 private:
  soap::InspectKeys read_keys() const {
    soap::InspectKeys keys;
    for (const std::string& argument : contexts_) {
      const std::size_t equals = argument.find('=');
      if (equals == std::string::npos) {
        throw Failure(ExitCode::usage, "--context: it takes ID=OCTETS");
      }
      keys.contexts.push_back(
          {argument.substr(0, equals), "", read_octets(argument.substr(equals + 1), "--context")});
    }
    for (const std::string& file : secrets_) {
      for (soap::InspectKeys::Context& context : read_secrets(file)) {
        keys.contexts.push_back(std::move(context));
      }
    }
    for (const std::string& file : certificates_) {
      append(keys.certificates_pem, read_input(file, kKeyFileMax));
    }
    for (const std::string& file : keys_) {
      keys.key_pairs.push_back({{}, read_secret_input(file, kKeyFileMax)});
    }
    for (const std::string& file : anchors_) {
      append(keys.anchors_pem, read_input(file, kKeyFileMax));
    }
    for (const std::string& argument : raw_keys_) {
      keys.raw_keys.push_back(read_octets(argument, "--raw-key"));
    }
    for (const std::string& argument : users_) {
      const std::size_t equals = argument.find('=');
      if (equals == std::string::npos) {
        throw Failure(ExitCode::usage, "--user: it takes NAME=PASSWORD");
      }
      keys.users.push_back({argument.substr(0, equals),
                            crypto::SecretBytes::copy_of(as_bytes(argument.substr(equals + 1)))});
    }
    return keys;
  }

  // Once by itself; and if that fails, once more as the answer to an earlier message.
  soap::InspectReport inspect(const std::string& file,
                              soap::InspectKeys& keys,
                              const soap::InspectSettings& settings) {
    const MessageFile message = read_message(file);
    const std::string& type = message.content_type.empty() ? content_type_ : message.content_type;
    soap::InspectReport report = soap::inspect(message.envelope, type, keys, settings);
    if (!report.is_clean()) {
      const auto asked = asked_.find(report.addressing.relates_to);
      const auto answers = asked != asked_.end() ? asked->second : last_request_;
      if (answers) {
        keys.answers = answers;
        report = soap::inspect(message.envelope, type, keys, settings);
        keys.answers.reset();
      }
    }
    if (report.exchange_keys && !report.addressing.message_id.empty()) {
      asked_[report.addressing.message_id] = report.exchange_keys;
    }
    return report;
  }

  void show(const std::string& file, const soap::InspectReport& report) const {
    if (body_only_ || envelope_only_) {
      const Bytes& shown = body_only_ ? report.body : report.envelope;
      if (::isatty(STDOUT_FILENO) == 1) {
        std::printf("%s\n", printable(as_text(shown), true).c_str());
      } else {
        std::fwrite(shown.data(), 1, shown.size(), stdout);
      }
      return;
    }
    if (files_.size() > 1) {
      std::printf("== %s\n", printable(file).c_str());
    }
    std::printf("%s", printable(soap::to_text(report), true).c_str());
  }

  std::vector<std::string> files_;
  std::vector<std::string> contexts_;
  std::vector<std::string> secrets_;
  std::vector<std::string> keys_;
  std::vector<std::string> certificates_;
  std::vector<std::string> anchors_;
  std::vector<std::string> raw_keys_;
  std::vector<std::string> users_;
  std::vector<std::string> requests_;
  std::string content_type_;
  bool check_times_ = false;
  bool body_only_ = false;
  bool envelope_only_ = false;

  /// Keys of the messages so far, by MessageID, for their answers.
  std::map<std::string, std::shared_ptr<const engine::ExchangeKeys>> asked_;
  std::shared_ptr<const engine::ExchangeKeys> last_request_;
};

}  // namespace

std::unique_ptr<Command> make_open_command() {
  return std::make_unique<OpenCommand>();
}

}  // namespace parley::cli
