#include "host/service_metadata.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "bindings/http/status.h"
#include "bindings/soap/policy/metadata_request.h"
#include "bindings/soap/policy/policy_emission.h"

namespace parley::host {
namespace {

constexpr std::string_view kMexSuffix = "/mex";

bool is_wsdl(std::string_view query) {
  // As clients of every stack ask for it.
  constexpr std::string_view kSpellings[] = {"wsdl", "WSDL", "singleWsdl"};
  return std::find(std::begin(kSpellings), std::end(kSpellings), query) != std::end(kSpellings);
}

std::string origin_of(const NodeSettings& settings) {
  if (settings.listen.empty()) {
    return {};
  }
  const http::ListenAddress& first = settings.listen.front();
  const std::string host =
      first.host.find(':') == std::string::npos ? first.host : '[' + first.host + ']';
  return (first.tls ? "https://" : "http://") + host + ':' + std::to_string(first.port);
}

}  // namespace

Result<ServiceMetadata> ServiceMetadata::make(const NodeSettings& settings) {
  ServiceMetadata metadata;
  metadata.limits_ = settings.limits;
  metadata.origin_ = origin_of(settings);
  for (const Service& service : settings.services) {
    if (!service.description) {
      continue;
    }
    const auto profile = std::find_if(
        settings.profiles.begin(), settings.profiles.end(), [&](const engine::Profile& one) {
          return service.profile.empty() || one.name == service.profile;
        });
    if (profile == settings.profiles.end()) {
      return Error(ErrorCode::not_found, "a service names no profile");
    }
    if (!policy::policy_of({&*profile, 1}, policy::usual_language(*profile))) {
      continue;
    }
    metadata.services_[service.path] = {*service.description, *profile};
    PARLEY_TRY(metadata.wsdl_of(service.path, {}));
  }
  return metadata;
}

Result<Bytes> ServiceMetadata::wsdl_of(const std::string& path, const std::string& origin) const {
  const Described& described = services_.at(path);
  const Description& description = described.description;
  policy::OfferedService service = description.service;
  policy::OfferedEndpoint endpoint;
  endpoint.port = description.port;
  endpoint.address = !description.address.empty() ? description.address
                                                  : (origin.empty() ? origin_ : origin) + path;
  endpoint.profiles = {described.profile};
  endpoint.language = description.language;
  service.endpoints = {std::move(endpoint)};
  return policy::write_wsdl(service);
}

std::optional<http::Response> ServiceMetadata::document(const http::DocumentRequest& asked) const {
  if (services_.find(asked.path) == services_.end() || !is_wsdl(asked.query)) {
    return std::nullopt;
  }
  auto wsdl = wsdl_of(asked.path, asked.origin);
  if (!wsdl) {
    return http::Response{500, {}, {}};
  }
  return http::Response{200, "text/xml; charset=utf-8", std::move(*wsdl)};
}

std::optional<http::Response> ServiceMetadata::answer(http::Request& request) const {
  std::string path = request.path;
  if (services_.find(path) == services_.end()) {
    if (!path.ends_with(kMexSuffix)) {
      return std::nullopt;
    }
    path.resize(path.size() - kMexSuffix.size());
    if (services_.find(path) == services_.end()) {
      return std::nullopt;
    }
  } else if (!policy::says_that_it_asks(request.content_type, request.soap_action)) {
    return std::nullopt;
  }
  policy::MetadataAnswer answer = policy::answer_metadata_request(
      std::move(request.bytes), request.content_type,
      [&]() -> Result<std::vector<policy::MetadataSection>> {
        PARLEY_ASSIGN_OR_RETURN(Bytes wsdl, wsdl_of(path, request.origin));
        return std::vector<policy::MetadataSection>{
            {std::string(policy::uri::kWsdl),
             services_.at(path).description.service.target_namespace, std::move(wsdl)}};
      },
      limits_);
  const unsigned status = http::status_of(answer.kind, answer.content_type);
  return http::Response{status, std::move(answer.content_type), std::move(answer.bytes)};
}

}  // namespace parley::host
