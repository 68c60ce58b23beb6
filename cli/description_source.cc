#include "cli/description_source.h"

#include <chrono>
#include <utility>

#include "bindings/http/fetch.h"
#include "bindings/http/url.h"
#include "bindings/soap/policy/metadata_request.h"
#include "cli/failure.h"
#include "cli/node_flags.h"
#include "crypto/entropy.h"

namespace parley::cli {
namespace {

constexpr std::chrono::seconds kTimeMax{60};

class Source {
 public:
  Source(const Limits& limits, std::shared_ptr<http::TlsContext> tls)
      : octets_left_(limits.envelope_bytes_max),
        limits_(limits),
        tls_(std::move(tls)),
        end_(std::chrono::steady_clock::now() + kTimeMax) {}

  /// Adds the document at `address` under the name by which others refer to it.
  void add(const std::string& name, const std::string& address, policy::PolicyDocuments& out) {
    const http::Response response = need(http::fetch(address, settings()), "--wsdl " + address);
    if (response.status != 200) {
      throw Failure(ExitCode::peer, "--wsdl " + address + ": HTTP status " +
                                        std::to_string(response.status) +
                                        "; give the address of a WSDL document");
    }
    take(response.bytes);
    need(out.add(name, need(xml::Document::parse(response.bytes, limits_), "--wsdl " + address)),
         "--wsdl " + address);
  }

  /// The same of the first document; if there is none, what the service at the address itself tells in
  /// SOAP (WS-MetadataExchange).
  void add_first(const std::string& address, policy::PolicyDocuments& out) {
    const http::Response response = need(http::fetch(address, settings()), "--wsdl " + address);
    take(response.bytes);
    auto document = response.status == 200 ? xml::Document::parse(response.bytes, limits_)
                                           : Result<xml::Document>(Error(ErrorCode::not_found));
    if (document && document->root().local_name() == "definitions") {
      need(out.add(address, std::move(*document)), "--wsdl " + address);
      return;
    }
    for (const auto soap : {engine::SoapVersion::soap_1_2, engine::SoapVersion::soap_1_1}) {
      if (add_metadata(address, soap, out)) {
        return;
      }
    }
    throw Failure(ExitCode::peer,
                  "--wsdl " + address + ": HTTP status " + std::to_string(response.status) +
                      (response.status == 200 ? " without a WSDL document" : "") +
                      ", and no answer to WS-MetadataExchange; give the address of a WSDL document, "
                      "or of a service that tells its metadata");
  }

 private:
  bool add_metadata(const std::string& address,
                    engine::SoapVersion soap,
                    policy::PolicyDocuments& out) {
    crypto::SystemEntropy entropy;
    const std::string id = crypto::fresh_uuid_urn(entropy);
    auto asked = need(policy::write_metadata_request(address, id, soap, limits_), "--wsdl");
    http::Post post;
    post.address = address;
    post.content_type = std::move(asked.content_type);
    post.soap_action = std::move(asked.soap_action);
    post.bytes = std::move(asked.bytes);
    const auto answer = http::exchange(std::move(post), settings());
    if (!answer || answer->status != 200) {
      return false;
    }
    take(answer->bytes);
    const auto sections =
        policy::read_metadata_answer(answer->bytes, answer->content_type, id, limits_);
    bool has_wsdl = false;
    for (std::size_t i = 0; sections && i < sections->size(); ++i) {
      const policy::MetadataSection& section = (*sections)[i];
      auto document = need(xml::Document::parse(section.document, limits_), "--wsdl " + address);
      has_wsdl = has_wsdl || document.root().local_name() == "definitions";
      need(out.add(address + "#section" + std::to_string(i), std::move(document)),
           "--wsdl " + address);
    }
    return has_wsdl;
  }

  http::ClientSettings settings() const {
    http::ClientSettings settings;
    settings.limits = limits_;
    settings.limits.envelope_bytes_max = octets_left_;
    settings.limits.http_exchange_ms_max = time_left();
    settings.tls = tls_;
    return settings;
  }

  void take(const Bytes& octets) { octets_left_ -= std::min<std::uint64_t>(octets.size(), octets_left_); }

  std::uint64_t time_left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end_ - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      throw Failure(ExitCode::peer, "--wsdl: its documents took longer than a minute");
    }
    return std::min<std::uint64_t>(static_cast<std::uint64_t>(left.count()),
                                   limits_.http_exchange_ms_max);
  }

  std::uint64_t octets_left_;
  const Limits limits_;
  const std::shared_ptr<http::TlsContext> tls_;
  const std::chrono::steady_clock::time_point end_;
};

}  // namespace

FetchedDescription fetch_description(const std::string& address,
                                     const Limits& limits,
                                     const std::shared_ptr<http::TlsContext>& tls) {
  FetchedDescription fetched;
  fetched.documents = std::make_unique<policy::PolicyDocuments>();
  Source source(limits, tls);
  source.add_first(address, *fetched.documents);
  while (true) {
    fetched.services = need(policy::read_services(*fetched.documents), "--wsdl " + address);
    if (fetched.services.missing_imports.empty()) {
      return fetched;
    }
    for (const std::string& import : fetched.services.missing_imports) {
      const auto url = http::resolve_url(address, import);
      if (!url || (address.starts_with("https:") && !url->starts_with("https:"))) {
        throw Failure(ExitCode::peer,
                      "--wsdl " + address + ": it imports " + import + ", which is not fetched");
      }
      source.add(import, *url, *fetched.documents);
    }
  }
}

}  // namespace parley::cli
