#include "cli/issuer_flags.h"

#include <algorithm>

#include "bindings/http/url.h"
#include "cli/failure.h"
#include "cli/small_file.h"
#include "host/credential_files.h"

namespace parley::cli {
namespace {

std::string principal_in(const std::string& flag, const std::string& path) {
  return need(host::principal_of(file_for(flag, path)), flag + " " + path);
}

}  // namespace

void IssuerFlags::declare_for_caller(Flags& flags) {
  flags.text("--token-service", "URL", url_,
             "who gives contexts for the service (--set bootstrap=issued)");
  flags.text("--token-service-cert", "FILE", certificate_, "its certificate (PEM)");
}

void IssuerFlags::declare_for_service(Flags& flags) {
  flags.texts("--contexts-from", "FILE", token_services_,
              "take contexts that the token service with this certificate has made (--set "
              "bootstrap=issued)");
  flags.text("--token-service", "URL", url_, "its address, for the description of the service");
  flags.texts("--creator", "WHO", creators_,
              "take contexts that this caller makes itself: a file with its certificate, or "
              "user:NAME");
  flags.texts("--issue-for", "URL=FILE", issues_for_,
              "be a token service: make contexts for the service at this URL, which has this "
              "certificate");
}

void IssuerFlags::apply_to_caller(host::NodeSettings& settings) const {
  engine::Profile& profile = settings.profiles.front();
  if (profile.bootstrap != engine::Bootstrap::issued || !profile.sc) {
    if (!url_.empty() || !certificate_.empty()) {
      throw Failure(ExitCode::usage,
                    "--token-service is for contexts that one gives; set bootstrap=issued");
    }
    return;
  }
  if (!url_.empty()) {
    profile.issuer = url_;
  }
  if (!http::parse_url(profile.issuer)) {
    throw Failure(ExitCode::usage,
                  "bootstrap issued needs the address of who gives the contexts; "
                  "give --token-service URL");
  }
  if (!certificate_.empty()) {
    settings.credentials.peer_certificates_pem[profile.issuer] =
        file_for("--token-service-cert", certificate_);
  }
}

void IssuerFlags::apply_to_services(host::NodeSettings& settings) const {
  std::vector<std::string> token_services;
  std::vector<std::string> creators;
  std::vector<std::string> issues_for;
  if (!url_.empty()) {
    settings.profiles.front().issuer = url_;
  }
  for (const std::string& path : token_services_) {
    token_services.push_back(principal_in("--contexts-from", path));
  }
  for (const std::string& who : creators_) {
    creators.push_back(who.starts_with("user:") ? who : principal_in("--creator", who));
  }
  for (const std::string& target : issues_for_) {
    const std::size_t equals = target.rfind('=');
    const std::string url = target.substr(0, equals);
    if (equals == std::string::npos || !http::parse_url(url)) {
      throw Failure(ExitCode::usage, "--issue-for " + target +
                                         ": it takes a URL and a file, as "
                                         "http://127.0.0.1:8080/orders=server.pem");
    }
    settings.credentials.peer_certificates_pem[url] =
        file_for("--issue-for", target.substr(equals + 1));
    issues_for.push_back(url);
  }
  for (host::Service& service : settings.services) {
    service.token_services = token_services;
    service.context_creators = creators;
    service.issues_for = issues_for;
  }
}

}  // namespace parley::cli
