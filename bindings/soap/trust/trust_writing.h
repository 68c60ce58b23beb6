#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "bindings/soap/security/text_writer.h"
#include "contexts/trust_messages.h"
#include "crypto/secret.h"

namespace parley::soap {

/// Writes the elements of token requests and their answers in canonical form, prefix `wst`.
class TrustWriter {
 public:
  /// Appends to `out`, which outlives this.
  TrustWriter(Bytes& out, contexts::TrustFamily family);

  /// Begins `local_name` with the declaration of `wst` and, unless empty, the Context attribute.
  void open_root(std::string_view local_name, std::string_view context);
  /// Begins `local_name` inside the root, with the Context attribute unless empty.
  void open(std::string_view local_name, std::string_view context = {});
  void close(std::string_view local_name);

  void child(std::string_view local_name, std::string_view text);
  void empty_child(std::string_view local_name);
  void key_size(std::uint32_t bits);
  void entropy(const crypto::SecretBytes& secret);
  /// A BinarySecret of type Nonce or SymmetricKey.
  void binary_secret(const crypto::SecretBytes& secret, bool is_nonce);
  /// The service at `url`, which the token is for.
  void applies_to(std::string_view url);
  /// Who may use the token.
  void primary(std::string_view principal);
  void lifetime(const contexts::Lifetime& lifetime);
  /// The token of a context, with a wsu:Id unless `id` is empty.
  void context_token(const contexts::ContextName& name, std::string_view id);
  /// A reference from anywhere (SC7).
  void context_reference(const contexts::ContextName& name);
  /// A reference inside a message that carries the token.
  void attached_reference(std::string_view id);

 private:
  TextWriter writer_;
  contexts::TrustFamily family_;
};

}  // namespace parley::soap
