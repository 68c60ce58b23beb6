#include "bindings/soap/inspect.h"

#include <algorithm>
#include <utility>

#include "bindings/soap/envelope.h"
#include "bindings/soap/fault_body.h"
#include "bindings/soap/headers/addressing.h"
#include "bindings/soap/headers/rm_headers.h"
#include "bindings/soap/inspect_keys.h"
#include "bindings/soap/lexical.h"
#include "bindings/soap/media_type.h"
#include "bindings/soap/security/coverage.h"
#include "bindings/soap/security/opener.h"
#include "bindings/soap/security/uris.h"
#include "bindings/soap/soap_versions.h"
#include "bindings/soap/xop.h"

namespace parley::soap {
namespace {

/// One look at one message.
class Inspection {
 public:
  using Unlisted = OpenSettings::Unlisted;

  Inspection(InspectReport& report, const InspectSettings& settings, Unlisted unlisted)
      : report_(report), settings_(settings), unlisted_(unlisted) {}

  void run(ByteView bytes, std::string_view content_type, const KeyMaterial& material) {
    std::optional<MediaType> media;
    Bytes wire(bytes.begin(), bytes.end());
    if (!content_type.empty() && !take_content_type(content_type, media, wire)) {
      return;
    }
    auto document = xml::Document::parse(std::move(wire), settings_.limits);
    if (!document) {
      problem("document", document.error());
      return;
    }
    document_.emplace(std::move(*document));
    if (!read_frame(media)) {
      return;
    }
    if (envelope_.security) {
      open(material);
    }
    report_.envelope = xml::self_contained(document_->root());
    read_headers();
    read_parts();
    read_body();
  }

 private:
  void problem(std::string_view where, const Error& error) {
    report_.problems.push_back(std::string(where) + ": " + error.message());
  }

  bool take_content_type(std::string_view content_type,
                         std::optional<MediaType>& media,
                         Bytes& wire);
  bool read_frame(const std::optional<MediaType>& media);
  void take_other_security();
  void open(const KeyMaterial& material);
  void take_finding(const SecurityFinding& finding);
  void read_headers();
  void read_parts();
  InspectedPart part_of(const xml::Element& element, const Coverage& coverage) const;
  bool was_encrypted(const xml::Element& element) const;
  void read_body();

  InspectReport& report_;
  const InspectSettings& settings_;
  Unlisted unlisted_;
  std::optional<xml::Document> document_;
  Envelope envelope_;
  OpenedSecurity opened_;
};

/// A Security header for another role is none of ours, but an operator wants to see into it.
void Inspection::take_other_security() {
  if (envelope_.security || !envelope_.header) {
    return;
  }
  envelope_.security = envelope_.header.child(uri::kWsse, "Security");
  if (envelope_.security) {
    const SoapNames& soap = names_of(envelope_.soap);
    report_.security_role = envelope_.security.attribute(soap.ns, soap.role_attribute).value_or("");
  }
}

/// Unpacks what comes in a package; whether there is an envelope to look at. What else is wrong
/// with a content type is a problem, but hides nothing.
bool Inspection::take_content_type(std::string_view content_type,
                                   std::optional<MediaType>& media,
                                   Bytes& wire) {
  const auto type = read_content_type(content_type);
  if (type && type->is_multipart()) {
    auto unpacked = unpack(std::move(wire), *type, settings_.limits);
    if (!unpacked) {
      problem("package", unpacked.error());
      return false;
    }
    wire = std::move(unpacked->envelope);
    media = std::move(unpacked->media);
    return true;
  }
  auto read = type ? read_media_type(*type) : Result<MediaType>(type.error());
  if (read) {
    media = std::move(*read);
  } else {
    problem("content type", read.error());
  }
  return true;
}

bool Inspection::read_frame(const std::optional<MediaType>& media) {
  auto envelope = read_envelope(*document_);
  if (!envelope) {
    problem("envelope", envelope.error());
    return false;
  }
  envelope_ = std::move(*envelope);
  report_.soap = envelope_.soap;
  take_other_security();
  if (media && media->soap != envelope_.soap) {
    problem("content type", Error(ErrorCode::version_mismatch));
  }
  return true;
}

void Inspection::open(const KeyMaterial& material) {
  OpenSettings settings{
      settings_.limits, AlgorithmPolicy::all(), {}, settings_.now, settings_.default_label};
  settings.algorithms.allow_rsa_1_5(settings_.allow_rsa_1_5);
  settings.timestamps.is_checked = settings_.check_times;
  settings.timestamps.clock_skew = settings_.clock_skew;
  settings.generic_signatures = !material.raw_keys.empty();
  settings.unlisted = unlisted_;
  Workspace workspace;
  Opener opener(*document_, envelope_, material, settings, workspace);
  std::vector<SecurityFinding> findings;
  opener.inspect(findings);
  opened_ = opener.take_opened();
  for (const SecurityFinding& finding : findings) {
    take_finding(finding);
  }
  report_.exchange_keys = opened_.carried.empty() ? nullptr : opened_.carried.front();
  if (opened_.timestamp) {
    report_.timestamp_created = opened_.timestamp->created_element.text();
    if (const xml::Element expires = opened_.timestamp->expires_element) {
      report_.timestamp_expires = expires.text();
    }
  }
  std::optional<contexts::ContextName> context = opened_.named_context;
  for (const VerifiedSignature& signature : opened_.signatures) {
    if (signature.signer.kind == Signer::Kind::context) {
      context = signature.signer.context;
    }
  }
  if (context) {
    report_.context_identifier = context->identifier;
    report_.context_instance = context->instance;
  }
  // What was encrypted may have changed the frame.
  if (!opened_.decrypted.empty()) {
    auto envelope = read_envelope(*document_);
    if (envelope) {
      const xml::Element security = envelope_.security;
      envelope_ = std::move(*envelope);
      envelope_.security = security;
    } else {
      problem("envelope after decryption", envelope.error());
    }
  }
}

void Inspection::take_finding(const SecurityFinding& finding) {
  const std::string failure = finding.failure ? finding.failure->message() : std::string();
  std::string where;
  switch (finding.kind) {
    case SecurityFinding::Kind::token:
      report_.tokens.push_back({finding.what, finding.key, failure});
      where = finding.what;
      break;
    case SecurityFinding::Kind::signature:
      report_.signatures.push_back({finding.what, finding.key, failure, finding.parts});
      where = "signature";
      break;
    case SecurityFinding::Kind::encryption:
      report_.encryptions.push_back({finding.what, finding.key,
                                     finding.parts.empty() ? std::string() : finding.parts.front(),
                                     failure});
      where = "decryption";
      break;
  }
  if (finding.failure) {
    problem(where, *finding.failure);
  }
}

void Inspection::read_headers() {
  report_.addressing_version = envelope_.addressing;
  report_.rm_version = envelope_.rm;
  if (envelope_.addressing) {
    auto addressing = read_addressing(envelope_.blocks, *envelope_.addressing);
    if (addressing) {
      report_.addressing = std::move(*addressing);
    } else {
      problem("addressing", addressing.error());
    }
  }
  if (envelope_.rm) {
    auto rm = read_rm_headers(envelope_.blocks, *envelope_.rm, settings_.limits);
    if (rm) {
      report_.rm = std::move(*rm);
    } else {
      problem("reliable messaging", rm.error());
    }
  }
  const Result<void> understood = check_understood(
      envelope_, {.addressing = envelope_.addressing, .rm = envelope_.rm, .security = true});
  if (!understood) {
    problem("header", understood.error());
  }
}

bool Inspection::was_encrypted(const xml::Element& element) const {
  return std::any_of(
      opened_.decrypted.begin(), opened_.decrypted.end(), [&](const DecryptedPart& part) {
        return part.element == element || (!part.element && part.parent == element) ||
               (part.parent == element && element == envelope_.body);
      });
}

InspectedPart Inspection::part_of(const xml::Element& element, const Coverage& coverage) const {
  InspectedPart part;
  part.name = element.local_name();
  part.name_space = element.namespace_uri();
  part.id = element.attribute(uri::kWsu, "Id").value_or("");
  if (part.id.empty()) {
    part.id = element.attribute("", "Id").value_or("");
  }
  const auto mandatory = element.attribute(names_of(envelope_.soap).ns, "mustUnderstand");
  const Result<bool> is_mandatory = mandatory ? read_boolean(*mandatory) : Result<bool>(false);
  part.must_understand = is_mandatory && *is_mandatory;
  part.is_signed = coverage.covers(element);
  part.was_encrypted = was_encrypted(element);
  return part;
}

void Inspection::read_parts() {
  const Coverage coverage(opened_);
  for (const xml::Element& block : envelope_.blocks) {
    report_.parts.push_back(part_of(block, coverage));
  }
  if (envelope_.security) {
    for (const xml::Element& child : envelope_.security.children()) {
      report_.parts.push_back(part_of(child, coverage));
      report_.parts.back().is_security_child = true;
    }
  }
  report_.parts.push_back(part_of(envelope_.body, coverage));
  for (const DecryptedPart& part : opened_.decrypted) {
    const bool is_inside =
        part.element && part.parent != envelope_.header && part.parent != envelope_.security;
    if (is_inside) {
      report_.parts.push_back(part_of(part.element, coverage));
    }
  }
}

void Inspection::read_body() {
  const auto child = body_child(envelope_);
  if (!child) {
    problem("body", child.error());
    return;
  }
  if (!*child) {
    return;
  }
  report_.body_element = child->local_name();
  report_.body_namespace = child->namespace_uri();
  report_.body = xml::self_contained(*child);
  if (child->is(names_of(envelope_.soap).ns, "Fault")) {
    auto fault = read_fault(*child, envelope_.sequence_fault, settings_.limits);
    if (fault) {
      report_.fault = std::move(*fault);
    } else {
      problem("fault", fault.error());
    }
  }
}

}  // namespace

InspectReport inspect(ByteView envelope,
                      std::string_view content_type,
                      const InspectKeys& keys,
                      const InspectSettings& settings) {
  std::vector<std::string> key_problems;
  InspectKeyring keyring(keys, key_problems);
  // A context without a name may be the one that is meant, and what no list names may have been
  // encrypted before or after it was signed: each is tried, and a clean report ends it.
  std::vector<OpenSettings::Unlisted> orders{OpenSettings::Unlisted::refuse};
  if (!keys.raw_keys.empty()) {
    orders = {OpenSettings::Unlisted::decrypt_first, OpenSettings::Unlisted::decrypt_last};
  }
  std::optional<InspectReport> report;
  for (std::size_t i = 0; i == 0 || i < keyring.unnamed(); ++i) {
    keyring.use_unnamed(i);
    for (const OpenSettings::Unlisted unlisted : orders) {
      InspectReport attempt;
      attempt.problems = key_problems;
      Inspection(attempt, settings, unlisted).run(envelope, content_type, keyring.material());
      if (attempt.is_clean()) {
        return attempt;
      }
      if (!report) {
        report = std::move(attempt);
      }
    }
  }
  return std::move(*report);
}

}  // namespace parley::soap
