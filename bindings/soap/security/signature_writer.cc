#include "bindings/soap/security/signature_writer.h"

namespace parley::soap {
SignatureWriter::SignatureWriter(TextWriter& writer, std::string_view id, const SignatureRow& algorithm,
                                 crypto::DigestAlgorithm digest)
    : writer_(writer), algorithm_(algorithm), digest_(digest), begin_(writer.position()) {
  writer.text("<ds:Signature xmlns:ds=\"").text(uri::kDs).text("\" Id=\"").text(id).text("\">");
  // The namespace stands here once more, so that SignedInfo is its own canonical form.
  signed_info_begin_ = writer.position();
  writer.text("<ds:SignedInfo xmlns:ds=\"").text(uri::kDs).text("\">");
  signed_info_tag_end_ = writer.position();
  writer.text("<ds:CanonicalizationMethod Algorithm=\"").text(uri::kExcC14n);
  writer.text("\"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm=\"");
  writer.text(algorithm.uri).text("\"></ds:SignatureMethod>");
}

void SignatureWriter::add_reference(std::string_view id, ByteView digest) {
  add_reference(id, false, digest);
}

void SignatureWriter::add_token_reference(std::string_view id, const crypto::DigestValue& digest) {
  add_reference(id, true, digest.view());
}

void SignatureWriter::add_reference(std::string_view id,
                                    bool is_token,
                                    ByteView digest) {
  writer_.text("<ds:Reference URI=\"#").attribute(id);
  writer_.text("\"><ds:Transforms><ds:Transform Algorithm=\"");
  if (is_token) {
    writer_.text(uri::kStrTransform).text("\"><wsse:TransformationParameters xmlns:wsse=\"");
    writer_.text(uri::kWsse).text("\"><ds:CanonicalizationMethod Algorithm=\"");
    writer_.text(uri::kExcC14n);
    writer_.text("\"></ds:CanonicalizationMethod></wsse:TransformationParameters>");
  } else {
    writer_.text(uri::kExcC14n).text("\">");
  }
  writer_.text("</ds:Transform></ds:Transforms><ds:DigestMethod Algorithm=\"");
  writer_.text(row_of(digest_).uri).text("\"></ds:DigestMethod><ds:DigestValue>");
  writer_.base64(digest).text("</ds:DigestValue></ds:Reference>");
}

Bytes SignatureWriter::sign(const crypto::HmacKey& key, const KeyReference& reference) {
  const crypto::DigestValue value = key.mac(end_signed_info());
  end(value.view(), reference);
  return {value.view().begin(), value.view().end()};
}

Result<Bytes> SignatureWriter::sign(const crypto::PrivateKey& key, const KeyReference& reference) {
  auto value = key.sign(algorithm_.scheme, algorithm_.digest, end_signed_info());
  if (!value) {
    return Error(ErrorCode::key_unusable, "signing");
  }
  end(*value, reference);
  return std::move(*value);
}

crypto::DigestValue SignatureWriter::digest_of_element() const {
  const ByteView all(writer_.out());
  crypto::Digest running(digest_);
  running.update(all.subspan(begin_, signed_info_begin_ - begin_));
  running.update(as_bytes("<ds:SignedInfo>"));
  running.update(all.subspan(signed_info_tag_end_, end_ - signed_info_tag_end_));
  return running.finish();
}

ByteView SignatureWriter::end_signed_info() {
  writer_.text("</ds:SignedInfo>");
  return writer_.since(signed_info_begin_);
}

void SignatureWriter::end(ByteView value, const KeyReference& reference) {
  writer_.text("<ds:SignatureValue>").base64(value).text("</ds:SignatureValue><ds:KeyInfo>");
  write_reference(writer_, reference);
  writer_.text("</ds:KeyInfo></ds:Signature>");
  end_ = writer_.position();
}

}  // namespace parley::soap
