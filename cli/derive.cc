#include <cstdio>

#include "base/base64.h"
#include "cli/commands.h"
#include "cli/failure.h"
#include "cli/octets_argument.h"
#include "kdf/derived_key.h"

namespace parley::cli {
namespace {

// What a peer may ask for is bounded tightly; what an operator asks for only against a slip.
Limits operator_limits() {
  Limits limits;
  limits.derived_key_offset_max = 1 << 20;
  limits.derived_key_length_max = 1 << 20;
  limits.derived_key_label_bytes_max = 1 << 16;
  limits.derived_key_nonce_bytes_max = 1 << 16;
  return limits;
}

class DeriveCommand final : public Command {
 public:
  std::string name() const override { return "derive"; }

  std::string summary() const override {
    return "Compute a derived key of WS-SecureConversation: P_SHA1 or P_SHA256";
  }

  std::string details() const override {
    return "Prints the octets [offset, offset + length) of P(secret, label + nonce) in "
           "hexadecimal. "
           "A generation counts blocks of the length and excludes an offset. A secret on the "
           "command "
           "line is seen by every user of the machine; file:NAME is not.";
  }

  void declare(Flags& flags) override {
    flags.text("--secret", "OCTETS", secret_, std::string("the secret: ") + kOctetsForms,
               Need::required);
    flags.choice("--hash", {"sha1", "sha256"}, hash_, "hash of the HMAC");
    flags.text("--label", "TEXT", spec_.label,
               "in place of the default label, " + std::string(kdf::kDefaultLabel));
    flags.text("--nonce", "OCTETS", nonce_, "the nonce, in the same forms; none if not given");
    flags.number("--offset", spec_.offset, "octets to pass over");
    flags.number("--generation", spec_.generation, "blocks of the length to pass over");
    flags.number("--length", spec_.length,
                 "octets to print (" + std::to_string(kdf::kDefaultLength) + ")");
    flags.toggle("--base64", as_base64_, "print base64");
  }

  ExitCode run() override {
    const crypto::SecretBytes secret = read_octets(secret_, "--secret");
    if (secret.empty()) {
      throw Failure(ExitCode::input, "--secret: it is empty; give at least one octet");
    }
    if (spec_.offset && spec_.generation) {
      throw Failure(ExitCode::input,
                    "--offset and --generation exclude each other; give one of them");
    }
    if (!nonce_.empty()) {
      const crypto::SecretBytes nonce = read_octets(nonce_, "--nonce");
      spec_.nonce.assign(nonce.view().begin(), nonce.view().end());
    }
    const kdf::PShaSource source(secret.view(), hash_ == "sha1" ? kdf::PShaSource::Hash::sha1
                                                                : kdf::PShaSource::Hash::sha256);
    const auto key = kdf::derive_key(source, spec_, operator_limits());
    if (!key) {
      throw Failure(ExitCode::input,
                    "a length, offset or generation is out of range; give a length from 1 and an "
                    "offset up to 1048576 octets");
    }
    std::printf("%s\n", (as_base64_ ? to_base64(key->view()) : to_hex(key->view())).c_str());
    return ExitCode::done;
  }

 private:
  std::string secret_;
  std::string hash_ = "sha1";
  std::string nonce_;
  bool as_base64_ = false;
  kdf::DerivedKeySpec spec_;
};

}  // namespace

std::unique_ptr<Command> make_derive_command() {
  return std::make_unique<DeriveCommand>();
}

}  // namespace parley::cli
