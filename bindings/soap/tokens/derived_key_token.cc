#include "bindings/soap/tokens/derived_key_token.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "bindings/soap/lexical.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/xml/base64.h"

namespace parley::soap {
namespace {

Error invalid(const char* place) {
  return Error(ErrorCode::token_invalid, place);
}

/// xs:nonNegativeInteger, bounded long before it could overflow; the numbers of a derived key are
/// small.
Result<std::uint64_t> read_small_number(std::string_view raw) {
  std::string_view text = trim(raw);
  if (text.starts_with('+')) {
    text.remove_prefix(1);
  }
  if (text.empty() || text.size() > 9) {
    return invalid("number of a derived key");
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') {
      return invalid("number of a derived key");
    }
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

Result<Bytes> read_nonce(std::string_view text, const Limits& limits) {
  // Base64 of the longest nonce, with room for line breaks: a longer text is not even decoded
  // (DK10).
  if (text.size() > limits.derived_key_nonce_bytes_max * 2) {
    return invalid("Nonce is above derived_key_nonce_bytes_max");
  }
  auto nonce = xml::decode_base64(text);
  if (!nonce || nonce->size() > limits.derived_key_nonce_bytes_max) {
    return invalid("Nonce");
  }
  return std::move(*nonce);
}

Result<std::string> read_label(const xml::Element& element, const Limits& limits) {
  const std::string_view source = element.source();
  if (source.size() > limits.derived_key_label_bytes_max * 8) {
    return invalid("Label is above derived_key_label_bytes_max");
  }
  std::string label = element.text();
  if (label.size() > limits.derived_key_label_bytes_max) {
    return invalid("Label is above derived_key_label_bytes_max");
  }
  return label;
}

Result<void> read_child(const xml::Element& child, const Limits& limits, DerivedKeyToken& token) {
  const std::string_view name = child.local_name();
  std::optional<std::uint64_t>* number = name == "Generation" ? &token.spec.generation
                                         : name == "Offset"   ? &token.spec.offset
                                         : name == "Length"   ? &token.spec.length
                                                              : nullptr;
  if (number != nullptr) {
    if (number->has_value()) {
      return invalid("repeated child of a derived key");
    }
    std::string scratch;
    PARLEY_ASSIGN_OR_RETURN(*number, read_small_number(child.text_view(scratch)));
  } else if (name == "Label") {
    if (token.spec.label) {
      return invalid("repeated child of a derived key");
    }
    PARLEY_ASSIGN_OR_RETURN(token.spec.label, read_label(child, limits));
  }
  return {};  // Properties are ignored, as nearly everybody does (DK4)
}

}  // namespace

bool is_derived_key_token(const xml::Element& element) {
  return element && element.local_name() == "DerivedKeyToken" &&
         uri::find_secure_conversation(element.namespace_uri()) != nullptr;
}

Result<DerivedKeyToken> read_derived_key_token(const xml::Element& element, const Limits& limits) {
  const std::string_view ns = element.namespace_uri();
  const uri::SecureConversation& family = *uri::find_secure_conversation(ns);
  auto algorithm = element.attribute("", "Algorithm");
  if (!algorithm) {
    algorithm = element.attribute(ns, "Algorithm");  // as one stack writes it (DK2)
  }
  if (algorithm && *algorithm != family.p_sha1) {
    return Error(ErrorCode::algorithm_unsupported, "derivation");
  }
  DerivedKeyToken token;
  bool has_nonce = false;
  for (const xml::Element& child : element.children()) {
    if (child.is(uri::kWsse, "SecurityTokenReference")) {
      if (token.reference) {
        return invalid("repeated child of a derived key");
      }
      token.reference = child;
    } else if (child.is(ns, "Nonce")) {
      if (std::exchange(has_nonce, true)) {
        return invalid("repeated child of a derived key");
      }
      std::string scratch;
      PARLEY_ASSIGN_OR_RETURN(token.spec.nonce, read_nonce(child.text_view(scratch), limits));
    } else if (child.namespace_uri() == ns) {
      PARLEY_TRY(read_child(child, limits, token));
    }
  }
  if (token.spec.generation && token.spec.offset) {
    return invalid("Generation and Offset together");
  }
  return token;
}

Result<std::optional<kdf::DerivedKeySpec>> read_implied_derived_key(const xml::Element& reference,
                                                                    const Limits& limits) {
  if (reference.attributes().empty()) {
    return std::optional<kdf::DerivedKeySpec>();
  }
  for (const uri::SecureConversation& family : uri::kSecureConversation) {
    const auto nonce = reference.attribute(family.ns, "Nonce");
    const auto length = reference.attribute(family.ns, "Length");
    if (!nonce && !length) {
      continue;
    }
    if (!nonce) {
      return invalid("Length without Nonce");
    }
    kdf::DerivedKeySpec spec;
    PARLEY_ASSIGN_OR_RETURN(spec.nonce, read_nonce(*nonce, limits));
    if (length) {
      PARLEY_ASSIGN_OR_RETURN(spec.length, read_small_number(*length));
    }
    return std::optional(std::move(spec));
  }
  return std::optional<kdf::DerivedKeySpec>();
}

}  // namespace parley::soap
