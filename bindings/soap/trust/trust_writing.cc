#include "bindings/soap/trust/trust_writing.h"

#include "bindings/soap/addressing_names.h"
#include "bindings/soap/security/token_writer.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/tokens/date_time.h"

namespace parley::soap {

TrustWriter::TrustWriter(Bytes& out, contexts::TrustFamily family)
    : writer_(out), family_(family) {}

void TrustWriter::open_root(std::string_view local_name, std::string_view context) {
  writer_.text("<wst:").text(local_name).text(" xmlns:wst=\"").text(uri::trust(family_).ns);
  writer_.text("\"");
  if (!context.empty()) {
    writer_.text(" Context=\"").attribute(context).text("\"");
  }
  writer_.text(">");
}

void TrustWriter::open(std::string_view local_name, std::string_view context) {
  writer_.text("<wst:").text(local_name);
  if (!context.empty()) {
    writer_.text(" Context=\"").attribute(context).text("\"");
  }
  writer_.text(">");
}

void TrustWriter::close(std::string_view local_name) {
  writer_.text("</wst:").text(local_name).text(">");
}

void TrustWriter::child(std::string_view local_name, std::string_view text) {
  open(local_name);
  writer_.content(text);
  close(local_name);
}

void TrustWriter::empty_child(std::string_view local_name) {
  open(local_name);
  close(local_name);
}

void TrustWriter::key_size(std::uint32_t bits) {
  open("KeySize");
  writer_.number(bits);
  close("KeySize");
}

void TrustWriter::entropy(const crypto::SecretBytes& secret) {
  open("Entropy");
  binary_secret(secret, true);
  close("Entropy");
}

void TrustWriter::binary_secret(const crypto::SecretBytes& secret, bool is_nonce) {
  const uri::Trust& trust = uri::trust(family_);
  writer_.text("<wst:BinarySecret Type=\"")
      .text(is_nonce ? trust.secret_nonce : trust.secret_symmetric)
      .text("\">")
      .base64(secret.view());
  close("BinarySecret");
}

void TrustWriter::applies_to(std::string_view url) {
  writer_.text("<wsp:AppliesTo xmlns:wsp=\"").text(uri::kPolicy04).text("\">");
  writer_.text("<wsa:EndpointReference xmlns:wsa=\"")
      .text(names_of(engine::AddressingVersion::addressing_1_0).ns)
      .text("\"><wsa:Address>");
  writer_.content(url);
  writer_.text("</wsa:Address></wsa:EndpointReference></wsp:AppliesTo>");
}

void TrustWriter::primary(std::string_view principal) {
  open("Participants");
  open("Primary");
  writer_.text("<parley:Principal xmlns:parley=\"").text(uri::kPrincipal).text("\">");
  writer_.content(principal);
  writer_.text("</parley:Principal>");
  close("Primary");
  close("Participants");
}

void TrustWriter::lifetime(const contexts::Lifetime& lifetime) {
  open("Lifetime");
  for (const auto& [name, time] : {std::pair("Created", lifetime.created),
                                   std::pair("Expires", lifetime.expires)}) {
    writer_.text("<wsu:").text(name).text(" xmlns:wsu=\"").text(uri::kWsu).text("\">");
    writer_.text(DateTimeText(time).view()).text("</wsu:").text(name).text(">");
  }
  close("Lifetime");
}

void TrustWriter::context_token(const contexts::ContextName& name, std::string_view id) {
  writer_.text("<wsc:SecurityContextToken xmlns:wsc=\"").text(uri::secure_conversation(family_).ns);
  writer_.text("\"");
  if (!id.empty()) {
    writer_.text(" xmlns:wsu=\"").text(uri::kWsu).text("\" wsu:Id=\"").text(id).text("\"");
  }
  writer_.text("><wsc:Identifier>").content(name.identifier).text("</wsc:Identifier>");
  if (!name.instance.empty()) {
    writer_.text("<wsc:Instance>").content(name.instance).text("</wsc:Instance>");
  }
  writer_.text("</wsc:SecurityContextToken>");
}

void TrustWriter::context_reference(const contexts::ContextName& name) {
  const uri::SecureConversation& family = uri::secure_conversation(family_);
  KeyReference reference;
  reference.form = KeyReference::Form::external;
  reference.target = name.identifier;
  reference.instance = name.instance;
  reference.value_type = family.security_context_token;
  reference.wsc_namespace = family.ns;
  write_reference(writer_, reference);
}

void TrustWriter::attached_reference(std::string_view id) {
  KeyReference reference;
  reference.form = KeyReference::Form::direct;
  reference.target = id;
  reference.value_type = uri::secure_conversation(family_).security_context_token;
  write_reference(writer_, reference);
}

}  // namespace parley::soap
