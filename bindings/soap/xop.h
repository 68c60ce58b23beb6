#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/limits.h"
#include "base/result.h"
#include "bindings/soap/media_type.h"
#include "crypto/entropy.h"

// XOP packages (MTOM): an envelope whose base64 stands beside it as octets, in a MIME multipart.
// What is signed, digested and decrypted is the envelope with its base64 back in place, never the
// package.

namespace parley::soap {

/// An envelope as it was before it was packed.
struct UnpackedMessage {
  Bytes envelope;
  MediaType media;
};

/// Reads a multipart/related message: a XOP package, or one that holds a SOAP envelope and nothing
/// else. Every xop:Include makes room for the base64 of the part that it names; each part is named
/// once. Errors: media_type_unsupported for attachments, which is what nothing includes, and for
/// other transfer encodings; malformed_value for what is no such message (RFC 2046, XOP 1.0);
/// limit_exceeded; those of the gate.
Result<UnpackedMessage> unpack(Bytes package, const ContentType& type, const Limits& limits);

struct PackedMessage {
  Bytes package;
  std::string content_type;
};

/// Packs an envelope of ours. What becomes parts: in a Body in clear the text of each element with
/// an xmime:contentType attribute, if it is canonical base64 and long enough to gain by it; and the
/// CipherValue of an encrypted Body, if `moves_ciphertext`: CXF cannot verify what signs one that
/// was moved. Errors: those of the gate.
Result<PackedMessage> pack(Bytes envelope,
                           engine::SoapVersion soap,
                           std::string_view action,
                           bool moves_ciphertext,
                           crypto::Entropy& entropy,
                           const Limits& limits);

}  // namespace parley::soap
