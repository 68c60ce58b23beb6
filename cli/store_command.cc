#include <charconv>
#include <cstdio>

#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/master_key_flags.h"
#include "cli/printable.h"
#include "cli/store_text.h"

namespace parley::cli {
namespace {

// What the three have in common: a store that is there, opened for looking at it.
class StoreLook : public Command {
 public:
  void declare(Flags& flags) override {
    flags.text("STORE", "", path_, "the store's folder", Need::required);
    key_.declare(flags);
  }

  ExitCode run() final {
    crypto::SystemEntropy entropy;
    store::LevelDbDirectory::Options options;
    options.database.create_if_missing = false;
    const crypto::SealingKey key = key_.load(path_, entropy);
    const auto directory =
        need(store::LevelDbDirectory::open(path_, key, entropy, options), "store " + path_);
    return look(store::Inspector(*directory));
  }

 protected:
  virtual ExitCode look(const store::Inspector& inspector) = 0;

  const std::string& path() const { return path_; }

  static void print(const std::string& text) { std::fputs(printable(text, true).c_str(), stdout); }

 private:
  std::string path_;
  MasterKeyFlags key_;
};

class ListLook final : public StoreLook {
 public:
  std::string name() const override { return "ls"; }

  std::string summary() const override { return "List the conversations of a store"; }

 protected:
  ExitCode look(const store::Inspector& inspector) override {
    print(to_text(need(inspector.list(), "store " + path())));
    return ExitCode::done;
  }
};

class ShowLook final : public StoreLook {
 public:
  std::string name() const override { return "show"; }

  std::string summary() const override {
    return "Show the context, sequences, ranges and outbox of a conversation; never a secret";
  }

  void declare(Flags& flags) override {
    StoreLook::declare(flags);
    flags.text("CONVERSATION", "", which_,
               "its number; 'SHARD/NUMBER' outside shard 0; all if not given");
  }

 protected:
  ExitCode look(const store::Inspector& inspector) override {
    if (!which_.empty()) {
      show(inspector, which_);
      return ExitCode::done;
    }
    for (const auto& summary : need(inspector.list(), "store " + path())) {
      show(inspector,
           std::to_string(summary.shard) + "/" + std::to_string(summary.conversation.value));
    }
    return ExitCode::done;
  }

 private:
  void show(const store::Inspector& inspector, const std::string& which) {
    const std::size_t slash = which.find('/');
    const std::uint64_t shard = slash == std::string::npos ? 0 : number(which.substr(0, slash));
    const store::ConversationId conversation{
        number(slash == std::string::npos ? which : which.substr(slash + 1))};
    if (shard > UINT32_MAX) {
      throw Failure(ExitCode::usage,
                    "CONVERSATION: there is no such shard; 'parley store ls' lists them");
    }
    const auto contents = inspector.show(static_cast<std::uint32_t>(shard), conversation);
    if (!contents && contents.error().code() == ErrorCode::not_found) {
      throw Failure(ExitCode::input,
                    "conversation " + which + ": there is none; 'parley store ls' lists them");
    }
    print(to_text(static_cast<std::uint32_t>(shard), conversation,
                  need(contents, "store " + path())));
  }

  static std::uint64_t number(const std::string& text) {
    std::uint64_t value = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || stop != text.data() + text.size()) {
      throw Failure(ExitCode::usage, "CONVERSATION: it takes NUMBER or SHARD/NUMBER");
    }
    return value;
  }

  std::string which_;
};

class VerifyLook final : public StoreLook {
 public:
  std::string name() const override { return "verify"; }

  std::string summary() const override {
    return "Open every record of a store and check what belongs together";
  }

 protected:
  ExitCode look(const store::Inspector& inspector) override {
    const store::Verification found = inspector.verify();
    print(to_text(found));
    if (found.problem_count != 0) {
      throw Failure(ExitCode::unsound, path() + ": " + std::to_string(found.problem_count) +
                                           " records are damaged; restore a copy of the store");
    }
    return ExitCode::done;
  }
};

class StoreCommand final : public Command {
 public:
  std::string name() const override { return "store"; }

  std::string summary() const override { return "Look at what a store holds: ls, show, verify"; }

  std::string details() const override {
    return "The store must not be in use. Nothing is changed, and no secret is shown.";
  }

  void declare(Flags&) override {}

  std::vector<std::unique_ptr<Command>> commands() override {
    std::vector<std::unique_ptr<Command>> below;
    below.push_back(std::make_unique<ListLook>());
    below.push_back(std::make_unique<ShowLook>());
    below.push_back(std::make_unique<VerifyLook>());
    return below;
  }

  ExitCode run() override {
    throw Failure(ExitCode::usage, "which look? see 'parley store --help'");
  }
};

}  // namespace

std::unique_ptr<Command> make_store_command() {
  return std::make_unique<StoreCommand>();
}

}  // namespace parley::cli
