#include "cli/description_source.h"

#include <chrono>
#include <utility>

#include "bindings/http/fetch.h"
#include "bindings/http/url.h"
#include "cli/failure.h"
#include "cli/node_flags.h"

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
    http::ClientSettings settings;
    settings.limits = limits_;
    settings.limits.envelope_bytes_max = octets_left_;
    settings.limits.http_exchange_ms_max = time_left();
    settings.tls = tls_;
    const http::Response response = need(http::fetch(address, settings), "--wsdl " + address);
    if (response.status != 200) {
      throw Failure(ExitCode::peer, "--wsdl " + address + ": HTTP status " +
                                        std::to_string(response.status) +
                                        "; give the address of a WSDL document");
    }
    octets_left_ -= response.bytes.size();
    need(out.add(name, need(xml::Document::parse(response.bytes, limits_), "--wsdl " + address)),
         "--wsdl " + address);
  }

 private:
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
  source.add(address, address, *fetched.documents);
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
