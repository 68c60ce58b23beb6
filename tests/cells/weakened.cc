#include "tests/cells/weakened.h"

#include <functional>
#include <utility>

#include "base/base64.h"
#include "tests/vectors/json.h"

namespace parley::test {
namespace {

constexpr std::string_view kDay = "2027-01-15T";

/// Local name of an element.
std::string name_of(std::string_view element) {
  const std::string_view tag = element.substr(1, element.find_first_of(" >") - 1);
  return std::string(tag.substr(tag.find(':') + 1));
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// Writes one weakened message after the other.
class Weakening {
 public:
  Weakening(const Bytes& wire, const Forger& forger, const engine::Profile& profile)
      : wire_(wire),
        forger_(forger),
        profile_(profile),
        is_over_tls_(engine::needs_confidential_channel(profile)),
        good_(wire, forger) {}

  std::vector<Weakened> run();

 private:
  using Change = std::function<void(ForgedMessage&)>;

  void on_the_way(const std::string& name,
                  const Change& change,
                  std::string fault = "InvalidSecurity") {
    ForgedMessage message(wire_, forger_);
    change(message);
    all_.push_back({name, message.as_it_is(), std::move(fault)});
  }

  void by_the_sender(const std::string& name,
                     const Change& change,
                     std::string fault = "InvalidSecurity") {
    ForgedMessage message(wire_, forger_);
    change(message);
    all_.push_back({name, message.signed_anew(), std::move(fault)});
  }

  void without_parts();
  void without_signatures();
  void other_times();
  void in_clear();
  void weaker_algorithms();

  const Bytes& wire_;
  const Forger& forger_;
  const engine::Profile& profile_;
  bool is_over_tls_;
  ForgedMessage good_;
  std::vector<Weakened> all_;
};

void Weakening::without_parts() {
  for (const std::string& id : good_.signed_ids()) {
    if (is_over_tls_ && name_of(good_.element(id)) == "To") {
      continue;  // M98: nothing but the Timestamp has to be signed over TLS
    }
    const bool is_there = good_.has(id);  // else it is encrypted
    const std::string name = is_there ? name_of(good_.element(id)) : id;
    on_the_way("the Reference to " + name + " is removed",
               [&](ForgedMessage& message) { message.unsign(id); });
    by_the_sender(name + " is not signed", [&](ForgedMessage& message) { message.unsign(id); });
    if (!is_there) {
      continue;
    }
    // What cannot even be read as a message has a fault of its own, whoever sent it.
    const std::string fault = name == "Body"     ? "malformed"
                              : name == "Action" ? "MessageAddressingHeaderRequired"
                                                 : "InvalidSecurity";
    on_the_way(
        name + " is removed", [&](ForgedMessage& message) { message.remove(id); }, fault);
  }
}

void Weakening::without_signatures() {
  on_the_way("there is no Security header", [](ForgedMessage& message) {
    std::string& text = message.text();
    const std::size_t begin = text.find("<wsse:Security ");
    const std::string_view end = "</wsse:Security>";
    text.erase(begin, text.find(end) + end.size() - begin);
  });
  for (const auto& [id, data] :
       {std::pair("wss-sig", "wss-ed-sig"), std::pair("wss-endorse", "wss-ed-endorse")}) {
    if (good_.has(id)) {
      on_the_way(std::string("there is no Signature ") + id,
                 [id = id, data = data](ForgedMessage& message) {
                   message.unlist(data);
                   message.remove(id);
                 });
    }
  }
  if (good_.has("wss-user") || good_.has("wss-ed-user")) {
    by_the_sender("there is no UsernameToken", [&](ForgedMessage& message) {
      const bool is_encrypted = message.has("wss-ed-user");
      message.unlist("wss-ed-user");
      message.remove(is_encrypted ? "wss-ed-user" : "wss-user");
      if (is_encrypted) {
        message.unsign("wss-user");
      }
    });
  }
}

void Weakening::other_times() {
  const std::size_t begin = good_.text().find("wsu:Id=\"wss-ts");
  const std::string& text = good_.text();
  const std::string id = text.substr(begin + 8, text.find('"', begin + 8) - begin - 8);
  const bool is_signed = good_.has("wss-sig");
  const auto at = [&](std::string_view day) {
    return [&, day](ForgedMessage& message) {
      std::string timestamp = message.element(id);
      replace_all(timestamp, kDay, day);
      message.replace(id, timestamp);
      if (is_signed) {
        message.digest_anew(id);
      }
    };
  };
  by_the_sender("it has expired", at("2027-01-14T"));
  by_the_sender("it is from the future", at("2027-01-16T"));
  by_the_sender("there is no Timestamp", [&](ForgedMessage& message) {
    if (is_signed) {
      message.unsign(id);
    }
    message.remove(id);
  });
}

void Weakening::in_clear() {
  const bool is_encrypted_first = profile_.order == engine::ProtectionOrder::encrypt_before_sign;
  if (good_.has("wss-ed-body")) {
    by_the_sender("the Body is in clear", [&](ForgedMessage& message) {
      message.decrypt("wss-ed-body");
      if (is_encrypted_first) {
        message.digest_anew(good_.body_id());
      }
    });
  }
  if (good_.has("wss-ed-user")) {
    by_the_sender("the password is in clear", [&](ForgedMessage& message) {
      message.decrypt("wss-ed-user");
      if (is_encrypted_first) {
        replace_all(message.text(), "#wss-ed-user", "#wss-user");
        message.digest_anew("wss-user");
      }
    });
  }
}

void Weakening::weaker_algorithms() {
  if (!good_.has("wss-sig")) {
    return;
  }
  constexpr std::string_view kMore = "http://www.w3.org/2001/04/xmldsig-more#";
  const auto method = [](ForgedMessage& message, std::string_view name, const std::string& uri) {
    std::string& text = message.text();
    const std::string tag = "<ds:" + std::string(name) + " Algorithm=\"";
    for (std::size_t at = text.find(tag, text.find(" Id=\"wss-sig\"")); at != std::string::npos;
         at = text.find(tag, at + 1)) {
      const std::size_t begin = at + tag.size();
      text.replace(begin, text.find('"', begin) - begin, uri);
      if (name == "SignatureMethod") {
        break;
      }
    }
  };
  const bool is_mac = good_.element("wss-sig").find("#hmac-sha") != std::string::npos;
  // Of what was decrypted a stranger learns no more than that it is wrong (M58).
  const std::string fault = profile_.encrypt_signature ? "InvalidSecurity" : "UnsupportedAlgorithm";
  by_the_sender(
      "it is signed with MD5",
      [&](ForgedMessage& message) {
        method(message, "SignatureMethod", std::string(kMore) + (is_mac ? "hmac-md5" : "rsa-md5"));
      },
      fault);
  by_the_sender(
      "the digests are MD5",
      [&](ForgedMessage& message) { method(message, "DigestMethod", std::string(kMore) + "md5"); },
      fault);
  if (is_mac) {
    by_the_sender("the MAC is cut short", [&](ForgedMessage& message) {
      std::string& text = message.text();
      const std::string_view end = "</ds:SignatureMethod>";
      text.insert(text.find(end, text.find(" Id=\"wss-sig\"")),
                  "<ds:HMACOutputLength>80</ds:HMACOutputLength>");
    });
  }
}

std::vector<Weakened> Weakening::run() {
  without_signatures();
  without_parts();
  other_times();
  in_clear();
  weaker_algorithms();
  return std::move(all_);
}

}  // namespace

Forger forger_of(const TappedCodec& codec,
                 const Bytes& wire,
                 const engine::Profile& profile,
                 const std::string& side,
                 const std::filesystem::path& keys) {
  const auto key = [&](const std::string& name) {
    return crypto::PrivateKey::from_pem(vectors::read_file(keys / (name + ".key"))).value();
  };
  Forger forger;
  forger.suite = soap::find_suite(profile.suite);
  forger.sha256_mac = profile.sha256_mac;
  forger.secret = codec.secret_of(wire);
  forger.own = key(side);
  forger.receiver = key(side == "client" ? "server" : "client");
  return forger;
}

std::vector<Weakened> weakened(const Bytes& wire,
                               const Forger& forger,
                               const engine::Profile& profile) {
  return Weakening(wire, forger, profile).run();
}

}  // namespace parley::test
