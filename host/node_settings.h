#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "bindings/http/http_server.h"
#include "bindings/http/wire_tap.h"
#include "bindings/soap/policy/wsdl_writer.h"
#include "bindings/soap/soap_codec.h"
#include "contexts/context_settings.h"
#include "contexts/trust_messages.h"
#include "engine/effects.h"
#include "engine/engine.h"
#include "engine/engine_settings.h"
#include "engine/profile.h"
#include "host/master_key.h"

namespace parley::host {

/// The application's own records, as a handler sees them: what it reads is what all handlers before
/// it wrote, and what it writes becomes durable in one batch with the end of its delivery. So a
/// message changes the records exactly once, whatever crashes.
class Records {
 public:
  virtual ~Records() = default;

  /// Nothing if there is no such record. Errors: store_corrupt, io_failed, store_poisoned.
  virtual Result<std::optional<Bytes>> read(std::string_view name) = 0;

  virtual void write(std::string_view name, Bytes value) = 0;
  virtual void erase(std::string_view name) = 0;
};

/// How a handler ends a delivery.
struct Handled {
  std::optional<engine::Reply> reply;
  std::optional<Duration> retry_after;

  /// It is dealt with; nothing to say. A request that expects an answer gets a fault for it, unless
  /// nothing but the want of a ReplyTo made it one (Delivery::reply_is_implied).
  static Handled done() { return {}; }

  /// The answer to a delivery that expects one; for any other the same as `done`.
  static Handled answer(std::string action, Bytes body) {
    return {engine::Reply{std::move(action), std::move(body), std::nullopt}, std::nullopt};
  }

  /// The answer is a SOAP fault; `detail` may be empty.
  static Handled refuse(engine::FaultBody fault, Bytes detail = {}) {
    return {engine::Reply{{}, std::move(detail), std::move(fault)}, std::nullopt};
  }

  /// Not now: deliver it again later (zero = as the settings say). Its writes are dropped.
  static Handled later(Duration delay) { return {std::nullopt, delay}; }
};

/// Called on the node's handler thread, one delivery after the other. May block; may call the node,
/// but for the calls that wait for another delivery. After a crash the same delivery may come
/// again, with none of its writes in place; an exception counts as `later`.
using Handler = std::function<Handled(const engine::Delivery&, Records&)>;

/// What everybody may know of a service. It is told without proof of anything, to whoever asks.
struct Description {
  policy::OfferedService service;  ///< its messages; the endpoint is added
  std::string port = "Port";       ///< a name for the endpoint
  /// URL under which clients reach it; empty = the scheme, the Host and the port by which whoever
  /// asks has reached it.
  std::string address;
  /// Of the policy; none = the usual one of the profile.
  std::optional<policy::Language> language;
};

/// Where, and as what, a node is reached.
struct Service {
  std::string path;     ///< "/orders"
  std::string profile;  ///< name of one of the profiles; empty = the first
  /// None = nothing is told of it; nor is anything whose profile no policy can tell.
  std::optional<Description> description;
  /// Who may tell of contexts that were not asked for here: token services (bootstrap issued), whose
  /// word on the caller is taken, and callers that make their own (creates_context). Credentials by
  /// name: `principal_of` a certificate, or "user:" and a name.
  std::vector<std::string> token_services;
  std::vector<std::string> context_creators;
  /// Not empty: this is a token service, for the services at these URLs, and nothing else. It needs
  /// their certificates (Credentials::peer_certificates_pem), and they its, as token_services.
  std::vector<std::string> issues_for;
  /// URLs under which clients reach it, as they write them. Not empty: a request that is addressed
  /// (wsa:To) to another one is refused, so that no other service that clients trust can pass on what
  /// was sent to it; over TLS the client's certificate has to sign the address, which not every stack
  /// does. Empty = nothing is asked.
  std::vector<std::string> urls;
};

/// The key of a security context, in the clear.
struct ExposedSecret {
  std::string identifier;
  std::string instance;
  std::string token_type;  ///< URI, tells the version of WS-SecureConversation
  Bytes secret;
};

/// DANGEROUS: shows every message and the secrets that protect them, to whoever sets it. For tests,
/// and for finding out why two stacks disagree; never in service. On the shard's thread.
struct DangerousTaps {
  http::WireTap message;
  std::function<void(const ExposedSecret&)> secret;  ///< once for each key, when it is first used
};

/// What a node is made of. Only `store` and `credentials` have to be thought about.
struct NodeSettings {
  /// Folder of the LevelDB store, made when there is none. Empty = in memory: all is lost with the
  /// process, and nothing outlives a crash.
  std::string store;
  /// Nothing set = the file `<store>.key` beside the folder, made when there is none.
  MasterKeySource master_key;

  soap::Credentials credentials;
  soap::CodecSettings codec;
  std::vector<engine::Profile> profiles{engine::Profile{}};

  std::vector<Service> services;
  std::vector<http::ListenAddress> listen;
  /// For profiles with addressable replies: where peers reach this node with answers to what it
  /// sends. A URL whose host and port lead to one of `listen`; below its path every conversation
  /// gets a path of its own.
  std::string reply_address;
  /// Callers may have answers sent to addresses that begin with one of these, where the profile of
  /// the service admits addresses at all. Name your partners, each with the slash after its host.
  std::vector<std::string> answer_prefixes{"http://", "https://"};
  std::shared_ptr<http::TlsContext> client_tls;  ///< for https addresses; null = system authorities

  /// By action; the empty action = all others. What no handler takes is answered with the fault
  /// ActionNotSupported, or, when nothing is expected, dropped with a line in the log.
  std::map<std::string, Handler> handlers;
  /// Answers that no call of `request` waits for.
  Handler reply_handler;

  std::function<void(const engine::Event&)> on_event;  ///< on the shard's thread: be quick
  std::function<void(const store::ReportFact::Value&)> on_report;  ///< on the handler thread
  std::function<void(std::string_view line)> log;  ///< any thread; no secrets, no bodies

  DangerousTaps dangerous_taps;

  engine::EngineSettings engine;
  contexts::ContextSettings contexts;
  Limits limits;

  std::uint64_t calls_max = 4096;      ///< calls of the application that wait for the shard
  std::uint64_t exchanges_max = 1024;  ///< requests of peers that wait for their answers
  std::uint64_t connections_per_peer_max = 64;
  Duration exchange_timeout{30000};  ///< a request of ours without an answer is given up after
  std::uint64_t reopen_max = 5;      ///< tries to reopen a failed store before the node stays down
  Duration reopen_pause{500};        ///< before the first; doubles
};

}  // namespace parley::host
