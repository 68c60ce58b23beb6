#include "bindings/soap/message_layout.h"

#include <algorithm>
#include <array>
#include <variant>

#include "bindings/soap/fault_body.h"
#include "bindings/soap/headers/addressing.h"
#include "bindings/soap/headers/message_pending.h"
#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/make_connection.h"
#include "bindings/soap/mc_names.h"
#include "bindings/soap/rm_bodies.h"
#include "bindings/soap/rm_names.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/trust/token_request.h"
#include "bindings/soap/trust/token_response.h"
#include "bindings/soap/xml/c14n.h"
#include "bindings/soap/xml/document.h"

namespace parley::soap {
namespace {

constexpr std::string_view kTail = "</s:Body></s:Envelope>";
constexpr std::string_view kBodyClose = "</s:Body>";
constexpr std::string_view kHeaderClose = "</s:Header>";

RmDialect rm_dialect_of(const engine::Profile& profile) {
  const FaultDialect dialect = dialect_of(profile);
  return {dialect.rm, dialect.addressing, dialect.trust};
}

/// The action of a message that was given none (RM-001, RM-002).
struct ActionOf {
  const engine::Message& message;
  const FaultDialect dialect;

  std::string_view operator()(const engine::ApplicationBody& /*body*/) const {
    const RmNames& names = names_of(dialect.rm);
    if (message.rm.sequence && message.rm.sequence->last_message) {
      return names.last_message;
    }
    return message.rm.acknowledgements.empty() ? names.ack_requested
                                               : names.sequence_acknowledgement;
  }

  std::string_view operator()(const engine::CreateSequence& /*body*/) const {
    return names_of(dialect.rm).create_sequence;
  }

  std::string_view operator()(const engine::CreateSequenceResponse& /*body*/) const {
    return names_of(dialect.rm).create_sequence_response;
  }

  std::string_view operator()(const engine::SequenceLifecycle& body) const {
    const RmNames& names = names_of(dialect.rm);
    switch (body.kind) {
      case engine::SequenceLifecycle::Kind::close:
        return names.close_sequence;
      case engine::SequenceLifecycle::Kind::close_response:
        return names.close_sequence_response;
      case engine::SequenceLifecycle::Kind::terminate:
        return names.terminate_sequence;
      case engine::SequenceLifecycle::Kind::terminate_response:
        return names.terminate_sequence_response;
    }
    return {};
  }

  std::string_view operator()(const contexts::TokenRequest& body) const {
    return request_action(body);
  }

  std::string_view operator()(const contexts::TokenResponse& body) const {
    return response_action(body);
  }

  std::string_view operator()(const engine::Fault& body) const { return action_of(body, dialect); }

  std::string_view operator()(const engine::MakeConnection& /*body*/) const {
    return kMakeConnectionAction;
  }
};

/// Appends the content of the Body; tells whether it surely is canonical as it stands there.
struct AppendBody {
  Bytes& out;
  const engine::Profile& profile;

  bool operator()(const engine::ApplicationBody& body) const {
    out.insert(out.end(), body.xml.begin(), body.xml.end());
    return body.xml.empty();
  }

  bool operator()(const engine::CreateSequence& body) const {
    return append_create_sequence(out, body, rm_dialect_of(profile));
  }

  bool operator()(const engine::CreateSequenceResponse& body) const {
    return append_create_sequence_response(out, body, rm_dialect_of(profile));
  }

  bool operator()(const engine::SequenceLifecycle& body) const {
    return append_lifecycle(out, body, rm_dialect_of(profile));
  }

  bool operator()(const contexts::TokenRequest& body) const {
    append_token_request(out, body);
    return false;  // declares wsu once more below the Body, which has it for its Id
  }

  bool operator()(const contexts::TokenResponse& body) const {
    append_token_response(out, body);
    return false;
  }

  bool operator()(const engine::Fault& body) const {
    append_fault(out, body, dialect_of(profile));
    return false;  // declares the namespace of SOAP once more
  }

  bool operator()(const engine::MakeConnection& body) const {
    append_make_connection(out, body);
    return true;
  }
};

/// What looks like an attribute with an Id of ours.
bool may_have_reserved_id(std::string_view text) {
  return text.find(kReservedIdPrefix) != std::string_view::npos ||
         text.find("wss-") != std::string_view::npos;
}

bool has_reserved_id(const xml::Document& document) {
  constexpr std::array<std::string_view, 3> kIdNames{"Id", "ID", "AssertionID"};
  for (std::size_t i = 0; i < document.size(); ++i) {
    for (const xml::Attribute& attribute :
         document.at(static_cast<xml::NodeIndex>(i)).attributes()) {
      const bool is_id =
          std::find(kIdNames.begin(), kIdNames.end(), attribute.local_name) != kIdNames.end();
      const std::string value = is_id ? xml::unescape(attribute.raw, true) : std::string();
      if (value.starts_with(kReservedIdPrefix) || value.starts_with("wss-")) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

Result<MessageLayout> MessageLayout::make(const engine::Message& message,
                                          const engine::Profile& profile,
                                          bool for_signing,
                                          const Limits& limits) {
  MessageLayout layout;
  engine::Addressing addressing = message.addressing;
  if (addressing.action.empty()) {
    addressing.action = std::visit(ActionOf{message, dialect_of(profile)}, message.body);
  }
  layout.action_ = addressing.action;
  layout.soap_ns_ = names_of(profile.soap).ns;

  Bytes& head = layout.head_;
  head.reserve(4096);
  append(head, "<s:Envelope xmlns:s=\"");
  append(head, names_of(profile.soap).ns);
  append(head, "\"><s:Header>");
  BlockWriter writer(head, profile.soap, for_signing);
  write_addressing(writer, addressing, profile.addressing);
  if (profile.rm) {
    write_rm_headers(writer, message.rm, *profile.rm);
  }
  if (addressing.pending) {
    write_message_pending(writer, *addressing.pending);
  }
  if (const auto* fault = std::get_if<engine::Fault>(&message.body)) {
    write_fault_blocks(writer, *fault, dialect_of(profile));
  }
  layout.blocks_ = writer.take_blocks();
  PARLEY_TRY(layout.write_body(message.body, profile, for_signing, limits));
  if (for_signing) {
    PARLEY_TRY(layout.compute_canonical_blocks(limits));
  }
  return layout;
}

MessageLayout::~MessageLayout() {
  crypto::wipe(body_);
  crypto::wipe(canonical_body_);
}

Result<void> MessageLayout::write_body(const engine::Body& body,
                                       const engine::Profile& profile,
                                       bool for_signing,
                                       const Limits& limits) {
  middle_ = kHeaderClose;
  body_open_at_ = middle_.size();
  middle_ += "<s:Body";
  if (for_signing) {
    // In canonical form with the Id: digested with the content.
    middle_ += " xmlns:s=\"";
    middle_ += names_of(profile.soap).ns;
    middle_ += "\" xmlns:wsu=\"";
    middle_ += uri::kWsu;
    middle_ += "\" wsu:Id=\"";
    middle_ += kBodyId;
    middle_ += "\"";
  }
  middle_ += ">";
  const bool is_canonical = std::visit(AppendBody{body_, profile}, body);
  return is_canonical || !for_signing ? Result<void>() : compute_canonical_body(limits);
}

Result<void> MessageLayout::compute_canonical_body(const Limits& limits) {
  const std::string_view open = std::string_view(middle_).substr(body_open_at_);
  PARLEY_ASSIGN_OR_RETURN(auto form,
                          canonical_element(as_bytes(open), body_, as_bytes(kBodyClose), limits));
  canonical_body_ = form ? std::move(*form) : Bytes();
  return {};
}

Result<void> MessageLayout::compute_canonical_blocks(const Limits& limits) {
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    if (blocks_[i].is_canonical || blocks_[i].id.empty()) {
      continue;
    }
    const ByteView octets = written(blocks_[i]);
    auto document = xml::Document::parse(Bytes(octets.begin(), octets.end()), limits);
    if (!document) {
      return Error(ErrorCode::body_invalid, "header");
    }
    ComputedForm& form = computed_.emplace_back(ComputedForm{i, {}});
    PARLEY_TRY(xml::canonicalize(document->root(), {}, form.canonical));
  }
  return {};
}

Result<void> MessageLayout::hide(const engine::EncryptedParts& parts,
                                 bool in_body,
                                 const Limits& limits) {
  limits_ = &limits;
  if (in_body) {
    PARLEY_ASSIGN_OR_RETURN(pieces_, find_hidden(body_, parts, limits));
  }
  std::size_t shown = 0;  // octets of the head that stand in the visible one, or are hidden
  for (WrittenBlock& block : blocks_) {
    block.is_hidden = !block.id.empty() && names_header(parts.headers, block.ns, block.local_name);
    if (block.is_hidden) {
      append(visible_head_, as_text(ByteView(head_).subspan(shown, block.begin - shown)));
      shown = block.end;
    }
  }
  if (shown != 0) {
    append(visible_head_, as_text(ByteView(head_).subspan(shown)));
  }
  return {};
}

ByteView MessageLayout::written(const WrittenBlock& block) const {
  return ByteView(head_).subspan(block.begin, block.end - block.begin);
}

std::vector<SignedPart> MessageLayout::signed_parts() const {
  std::vector<SignedPart> parts;
  parts.reserve(blocks_.size());
  auto computed = computed_.begin();
  for (std::size_t i = 0; i < blocks_.size(); ++i) {
    const WrittenBlock& block = blocks_[i];
    if (block.id.empty()) {
      continue;
    }
    const bool is_computed = computed != computed_.end() && computed->block == i;
    SignedPart& part = parts.emplace_back();
    part.id = block.id;
    part.canonical = is_computed ? ByteView((computed++)->canonical) : written(block);
    part.is_destination = block.local_name == "To";
    part.hidden = block.is_hidden ? written(block) : ByteView();
    part.must_understand = block.must_understand;
  }
  return parts;
}

UnprotectedEnvelope MessageLayout::envelope(const std::vector<SignedPart>& parts) const {
  UnprotectedEnvelope envelope;
  envelope.head = visible_head_.empty() ? head_ : visible_head_;
  envelope.middle = as_bytes(middle_);
  envelope.body = body_;
  envelope.tail = as_bytes(kTail);
  envelope.soap_prefix = "s";
  envelope.soap_ns = soap_ns_;
  envelope.headers = parts;
  envelope.hidden_pieces = pieces_;
  envelope.limits = limits_;
  envelope.body_id = kBodyId;
  envelope.body_open = envelope.middle.subspan(body_open_at_);
  envelope.body_close = as_bytes(kBodyClose);
  envelope.body_canonical =
      canonical_body_.empty()
          ? envelope.body
          : ByteView(canonical_body_)
                .subspan(envelope.body_open.size(),
                         canonical_body_.size() - envelope.body_open.size() - kBodyClose.size());
  return envelope;
}

Bytes MessageLayout::plain() const {
  Bytes out;
  out.reserve(head_.size() + middle_.size() + body_.size() + kTail.size());
  out.insert(out.end(), head_.begin(), head_.end());
  append(out, middle_);
  out.insert(out.end(), body_.begin(), body_.end());
  append(out, kTail);
  return out;
}

Result<void> check_application_body(ByteView body, const Limits& limits) {
  const Error invalid(ErrorCode::body_invalid, "body");
  auto document = xml::Document::parse(Bytes(body.begin(), body.end()), limits);
  if (!document || document->root().source().size() != body.size() ||
      document->has_duplicate_ids()) {
    return invalid;
  }
  if (may_have_reserved_id(as_text(body)) && has_reserved_id(*document)) {
    return invalid;
  }
  return {};
}

}  // namespace parley::soap
