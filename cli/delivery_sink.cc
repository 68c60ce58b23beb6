#include "cli/delivery_sink.h"

#include <cstdio>

#include "cli/body_element.h"
#include "cli/file_output.h"
#include "cli/node_flags.h"
#include "cli/printable.h"
#include "crypto/digest.h"

namespace parley::cli {
namespace {

using engine::Delivery;
using host::Handled;

/// EX_TEMPFAIL of sysexits.h.
constexpr int kNotNow = 75;

Handled refuse_request() {
  engine::FaultBody fault;
  fault.sender = true;
  fault.reason = "This service takes one-way messages only.";
  return Handled::refuse(std::move(fault));
}

// "…/Place" or "…/PlaceRequest" is answered by "…/PlaceResponse", as WSDL has it by default.
std::string answer_action(std::string action) {
  constexpr std::string_view kRequest = "Request";
  if (action.ends_with(kRequest)) {
    action.resize(action.size() - kRequest.size());
  }
  return action + "Response";
}

Handled again(const std::string& why) {
  log_line(why + "; the message comes again");
  return Handled::later(Duration::zero());
}

/// Not one of those that may as well be one-way.
bool is_request(const Delivery& delivery) {
  return delivery.expects_reply && !delivery.reply_is_implied;
}

std::string_view name_of_kind(store::TokenKind kind) {
  switch (kind) {
    case store::TokenKind::x509:
      return "x509";
    case store::TokenKind::username:
      return "username";
    case store::TokenKind::saml_1_1:
      return "saml1.1";
    case store::TokenKind::saml_2_0:
      return "saml2.0";
  }
  return {};
}

/// One line each; what a peer wrote cannot begin a line of its own.
std::string text_of(const std::vector<store::SupportingToken>& tokens) {
  std::string text;
  for (const store::SupportingToken& token : tokens) {
    text += std::string(name_of_kind(token.kind)) + '\t' + printable(token.principal) + '\n';
    for (const store::TokenAttribute& attribute : token.attributes) {
      text += "attribute\t" + printable(attribute.name) + '\t' + printable(attribute.qualifier);
      for (const std::string& value : attribute.values) {
        text += '\t' + printable(value);
      }
      text += '\n';
    }
  }
  return text;
}

class FolderSink final : public DeliverySink {
 public:
  explicit FolderSink(std::string folder) : folder_(std::move(folder)) {}

  Handled take(const Delivery& delivery) override {
    if (is_request(delivery)) {
      return refuse_request();
    }
    const std::string name = name_of(delivery.name) + ".xml";
    const Result<void> written =
        write_durably(folder_ + "/" + name, delivery.body, Readers::everybody);
    if (!written) {
      return again(folder_ + "/" + name + ": " + written.error().message());
    }
    std::printf("%s\t%s\t%s\n", name.c_str(), printable(delivery.action).c_str(),
                printable(delivery.message_id).c_str());
    std::fflush(stdout);
    return Handled::done();
  }

 private:
  std::string folder_;
};

class OutputSink final : public DeliverySink {
 public:
  explicit OutputSink(char separator) : separator_(separator) {}

  Handled take(const Delivery& delivery) override {
    if (is_request(delivery)) {
      return refuse_request();
    }
    std::fwrite(delivery.body.data(), 1, delivery.body.size(), stdout);
    std::fputc(separator_, stdout);
    if (std::fflush(stdout) != 0) {
      std::clearerr(stdout);
      return again("standard output cannot be written");
    }
    return Handled::done();
  }

 private:
  char separator_;
};

class CommandSink final : public DeliverySink {
 public:
  CommandSink(std::string command, CommandLimits limits)
      : command_(std::move(command)), limits_(limits) {}

  Handled take(const Delivery& delivery) override {
    auto outcome = run_shell_command(command_, delivery.body, environment_of(delivery), limits_);
    if (!outcome) {
      return again("the command: " + outcome.error().message());
    }
    if (outcome->status == 0) {
      return is_request(delivery) || (delivery.expects_reply && !outcome->output.empty())
                 ? answer(delivery, std::move(outcome->output))
                 : Handled::done();
    }
    const std::string status = "the command ended with status " + std::to_string(outcome->status);
    if (outcome->status == kNotNow || !is_request(delivery)) {
      return again(status);
    }
    log_line(status + "; the request is answered with a fault");
    return fault();
  }

 private:
  std::vector<std::string> environment_of(const Delivery& delivery) const {
    std::vector<std::string> all{
        "PARLEY_DELIVERY=" + name_of(delivery.name),
        "PARLEY_ACTION=" + delivery.action,
        "PARLEY_MESSAGE_ID=" + delivery.message_id,
        "PARLEY_PRINCIPAL=" + delivery.principal,
        "PARLEY_PATH=" + delivery.endpoint,
        "PARLEY_NUMBER=" + std::to_string(delivery.name.number),
        "PARLEY_ATTEMPT=" + std::to_string(delivery.attempt),
        std::string("PARLEY_EXPECTS_REPLY=") + (delivery.expects_reply ? "1" : "0"),
        "PARLEY_TOKENS=" + text_of(delivery.tokens)};
    if (!limits_.secret_variable.empty()) {
      all.push_back(limits_.secret_variable + "=");
    }
    return all;
  }

  static Handled fault() {
    engine::FaultBody fault;
    fault.sender = false;
    fault.reason = "The request could not be processed.";
    return Handled::refuse(std::move(fault));
  }

  static Handled answer(const Delivery& delivery, Bytes output) {
    Result<Bytes> body = body_element(std::move(output), Limits{});
    if (!body) {
      log_line("the command printed no XML element; the request is answered with a fault");
      return fault();
    }
    return Handled::answer(answer_action(delivery.action), std::move(body).value());
  }

  std::string command_;
  CommandLimits limits_;
};

}  // namespace

std::unique_ptr<DeliverySink> make_folder_sink(std::string folder) {
  return std::make_unique<FolderSink>(std::move(folder));
}

std::unique_ptr<DeliverySink> make_output_sink(char separator) {
  return std::make_unique<OutputSink>(separator);
}

std::unique_ptr<DeliverySink> make_command_sink(std::string command, CommandLimits limits) {
  return std::make_unique<CommandSink>(std::move(command), limits);
}

std::string name_of(const engine::DeliveryName& name) {
  const crypto::DigestValue digest =
      crypto::digest(crypto::DigestAlgorithm::sha256, as_bytes(name.sequence));
  char number[32];
  std::snprintf(number, sizeof number, "%020llu", static_cast<unsigned long long>(name.number));
  return std::to_string(name.conversation.value) + "-" + to_hex(digest.view().first(8)) + "-" +
         number;
}

}  // namespace parley::cli
