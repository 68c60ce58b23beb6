#include "unit/soap/message_text.h"

#include <sstream>

#include "base/check.h"
#include "bindings/soap/addressing_names.h"
#include "bindings/soap/fault_table.h"
#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"

namespace parley::test {
namespace {

using engine::Message;
using sequences::RmVersion;

/// Writes "name=value;" for what is there.
class Text {
 public:
  Text& add(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      out_ << name << '=' << value << ";\n";
    }
    return *this;
  }

  Text& add(std::string_view name, std::uint64_t value) {
    return add(name, value == 0 ? "" : std::to_string(value));
  }

  Text& add(std::string_view name, const std::optional<Duration>& value) {
    return add(name, value ? std::to_string(value->count()) : "");
  }

  Text& add(std::string_view name, const std::optional<crypto::SecretBytes>& value) {
    return add(name, value ? to_hex(value->view()) : "");
  }

  Text& add(std::string_view name, const std::optional<engine::EndpointReference>& value) {
    return add(name, value
                         ? value->address + " " + std::string(as_text(value->reference_parameters))
                         : "");
  }

  Text& add(std::string_view name, const std::optional<contexts::Lifetime>& value) {
    return add(
        name,
        value ? std::to_string(value->created.ms) + "-" + std::to_string(value->expires.ms) : "");
  }

  Text& add(std::string_view name, const std::optional<contexts::ContextName>& value) {
    return add(name, value ? value->identifier + " " + value->instance : "");
  }

  Text& add(const engine::AcknowledgementHeader& header) {
    add("acknowledged", header.identifier);
    for (const auto& [lower, upper] : header.ranges) {
      add("lower", lower).add("upper", upper);
    }
    for (const std::uint64_t number : header.nacks) {
      add("nack", number);
    }
    return add("final", header.final ? "yes" : "")
        .add("buffer", header.buffer_remaining ? std::to_string(*header.buffer_remaining) : "");
  }

  std::string str() const { return out_.str(); }

 private:
  std::ostringstream out_;
};

std::string canonical(const Bytes& body) {
  if (body.empty()) {
    return "nothing";
  }
  const auto document = xml::Document::parse(body, Limits());
  PARLEY_CHECK(document.has_value());
  Bytes out;
  PARLEY_CHECK(xml::canonicalize(document->root(), {}, out).has_value());
  return std::string(as_text(out));
}

struct AddBody {
  Text& text;

  void operator()(const engine::ApplicationBody& body) const {
    text.add("body", canonical(body.xml));
  }

  void operator()(const engine::CreateSequence& body) const {
    text.add("create, acks to", body.acks_to).add("expires", body.expires);
    if (body.offer) {
      text.add("offer", body.offer->identifier).add("endpoint", body.offer->endpoint);
      text.add("expires", body.offer->expires).add("behavior", body.offer->incomplete_behavior);
    }
    text.add("context", body.context_identifier.value_or(""));
  }

  void operator()(const engine::CreateSequenceResponse& body) const {
    text.add("created", body.identifier).add("expires", body.expires);
    text.add("behavior", body.incomplete_behavior).add("accept", body.accept_acks_to);
  }

  void operator()(const engine::MakeConnection& body) const {
    text.add("poll", body.address).add("unsupported", as_text(body.unsupported));
  }

  void operator()(const engine::SequenceLifecycle& body) const {
    text.add("lifecycle", soap::name_of(body.kind)).add("identifier", body.identifier);
    text.add("last", body.last_number.value_or(0));
  }

  void operator()(const contexts::TokenRequest& body) const {
    text.add("request", body.context).add("operation", static_cast<std::uint64_t>(body.operation));
    text.add("entropy", body.entropy).add("bits", std::uint64_t{body.key_bits});
    text.add("lifetime", body.lifetime).add("target", body.target);
  }

  void operator()(const contexts::TokenResponse& body) const {
    text.add("response", body.context).add("operation", static_cast<std::uint64_t>(body.operation));
    text.add("token", body.token).add("computed", body.computed_key ? "yes" : "");
    text.add("proof", body.proof_secret).add("entropy", body.entropy);
    text.add("bits", std::uint64_t{body.key_bits}).add("lifetime", body.lifetime);
    text.add("cancelled", body.cancelled ? "yes" : "");
  }

  void operator()(const engine::Fault& fault) const {
    text.add("fault", name_of(fault.code)).add("sequence", fault.sequence_identifier);
    if (fault.code == ErrorCode::peer_fault) {
      text.add("subcode", fault.subcode_namespace + " " + fault.subcode);
      text.add("reason", fault.reason);
    }
    if (fault.acknowledgement) {
      text.add(*fault.acknowledgement);
    }
    text.add("max", fault.max_number);
  }
};

void fit(engine::RmHeaders& rm, RmVersion version) {
  const bool is_1_1 = version == RmVersion::rm_1_1;
  for (engine::AcknowledgementHeader& header : rm.acknowledgements) {
    header.final = header.final && is_1_1;
  }
  rm.uses_sequence_str = rm.uses_sequence_str && is_1_1;
}

/// Takes away from a body what its versions cannot say.
struct FitBody {
  const engine::Profile& profile;

  void operator()(engine::ApplicationBody&) const {}

  void operator()(engine::CreateSequence& body) const {
    if (body.offer && profile.rm == RmVersion::rm_1_0) {
      body.offer->endpoint.reset();
      body.offer->incomplete_behavior.clear();
    }
  }

  void operator()(engine::CreateSequenceResponse& body) const {
    if (profile.rm == RmVersion::rm_1_0) {
      body.incomplete_behavior.clear();
    }
  }

  void operator()(engine::SequenceLifecycle& body) const {
    using Kind = engine::SequenceLifecycle::Kind;
    const bool has_last = body.kind == Kind::close || body.kind == Kind::terminate;
    if (!has_last || profile.rm == RmVersion::rm_1_0) {
      body.last_number.reset();
    }
  }

  void operator()(engine::MakeConnection&) const {}

  void operator()(contexts::TokenRequest&) const {}

  void operator()(contexts::TokenResponse&) const {}

  void operator()(engine::Fault& fault) const {
    if (fault.code == ErrorCode::peer_fault) {
      return;
    }
    const soap::FaultDialect dialect = soap::dialect_of(profile);
    const soap::FaultForm form = soap::fault_form(fault.code, dialect);
    fault.code =
        soap::error_of_fault(soap::fault_namespace(form.vocabulary, dialect), form.local_name);
    if (fault.code == ErrorCode::peer_fault) {  // a bare code tells its reason only
      fault.subcode_namespace.clear();
      fault.subcode.clear();
      fault.reason = form.reason;
    }
  }
};

Text header_text(const Message& message) {
  Text text;
  const engine::Addressing& addressing = message.addressing;
  text.add("to", addressing.to).add("id", addressing.message_id);
  text.add("relates", addressing.relates_to).add("reply", addressing.reply_to);
  text.add("fault", addressing.fault_to).add("from", addressing.from);
  text.add("pending", addressing.pending ? (*addressing.pending ? "yes" : "no") : "");
  if (message.rm.sequence) {
    text.add("sequence", message.rm.sequence->identifier);
    text.add("number", message.rm.sequence->number);
    text.add("last", message.rm.sequence->last_message ? "yes" : "");
  }
  for (const engine::AcknowledgementHeader& header : message.rm.acknowledgements) {
    text.add(header);
  }
  for (const std::string& request : message.rm.ack_requests) {
    text.add("asked", request);
  }
  text.add("str", message.rm.uses_sequence_str ? "yes" : "");
  return text;
}

engine::Body copy_of(const engine::Body& body);

struct CopyBody {
  template <class Kind>
  engine::Body operator()(const Kind& body) const {
    return body;
  }

  engine::Body operator()(const contexts::TokenRequest& body) const {
    contexts::TokenRequest copy;
    copy.family = body.family;
    copy.operation = body.operation;
    copy.context = body.context;
    if (body.entropy) {
      copy.entropy = body.entropy->clone();
    }
    copy.key_bits = body.key_bits;
    copy.lifetime = body.lifetime;
    copy.target = body.target;
    return copy;
  }

  engine::Body operator()(const contexts::TokenResponse& body) const {
    contexts::TokenResponse copy;
    copy.family = body.family;
    copy.operation = body.operation;
    copy.context = body.context;
    copy.token = body.token;
    copy.computed_key = body.computed_key;
    if (body.proof_secret) {
      copy.proof_secret = body.proof_secret->clone();
    }
    if (body.entropy) {
      copy.entropy = body.entropy->clone();
    }
    copy.key_bits = body.key_bits;
    copy.lifetime = body.lifetime;
    copy.cancelled = body.cancelled;
    return copy;
  }
};

engine::Body copy_of(const engine::Body& body) {
  return std::visit(CopyBody(), body);
}

}  // namespace

std::string text_of(const Message& message) {
  Text text = header_text(message);
  text.add("action", message.addressing.action);
  std::visit(AddBody{text}, message.body);
  return text.str();
}

std::string text_on_the_wire(const Message& message,
                             const engine::Profile& profile,
                             std::string_view action) {
  Message fitted;
  fitted.addressing = message.addressing;
  fitted.addressing.action = action;
  fitted.rm = message.rm;
  if (profile.rm) {
    fit(fitted.rm, *profile.rm);
  }
  fitted.body = copy_of(message.body);
  std::visit(FitBody{profile}, fitted.body);
  return text_of(fitted);
}

}  // namespace parley::test
