#include "tests/cells/played_peers.h"

#include <utility>

#include "tests/vectors/json.h"

namespace parley::test {
namespace {

std::filesystem::path keys_folder() {
  return std::filesystem::path(PARLEY_SOURCE_DIR) / "tests/data/keys";
}

}  // namespace

engine::Profile plain_profile(sequences::RmVersion rm, engine::SoapVersion soap) {
  engine::Profile profile;
  profile.soap = soap;
  profile.rm = rm;
  profile.sc.reset();
  profile.bootstrap = engine::Bootstrap::none;
  profile.protect = engine::Protection::none;
  return profile;
}

// --- the client
// -----------------------------------------------------------------------------------

PlayedClient::PlayedClient(Stack stack, const engine::Profile& profile)
    : pair(profile, keys_folder()), text(stack, profile) {}

std::string PlayedClient::Got::acknowledged() const {
  if (report.rm.acknowledgements.size() != 1) {
    return {};
  }
  const engine::AcknowledgementHeader& header = report.rm.acknowledgements.front();
  std::string ranges;
  for (const auto& [lower, upper] : header.ranges) {
    ranges += (ranges.empty() ? "" : " ") + std::to_string(lower) + "-" + std::to_string(upper);
  }
  return ranges + (header.final ? ", final" : "");
}

PlayedClient::Got PlayedClient::give_text(const std::string& message) {
  Got got;
  got.reaction = pair.give_service(to_bytes(message), text.content_type(), {});
  if (got.reaction.answer && !got.reaction.answer->bytes.empty()) {
    got.text = as_text(got.reaction.answer->bytes);
    got.report = soap::inspect(got.reaction.answer->bytes, "", {}, {});
  }
  return got;
}

PlayedClient::Got PlayedClient::give(const PeerText::Parts& parts) {
  return give_text(text.message(parts));
}

std::string PlayedClient::create(const std::string& offer) {
  const Got got = give({.action = "/CreateSequence", .body = text.create(offer)});
  const std::size_t body = got.text.find("CreateSequenceResponse xmlns");
  return body == std::string::npos ? "" : between(got.text.substr(body), "Identifier>", "<");
}

PlayedClient::Got PlayedClient::tell(const std::string& identifier,
                                     std::uint64_t number,
                                     bool last,
                                     const std::string& more) {
  return give({.action = "urn:parley:exchange/Note",
               .rm_headers = text.sequence(identifier, number, last) + more,
               .body = PeerText::note(),
               .reply_to = "none"});
}

PlayedClient::Got PlayedClient::ask(const std::string& identifier, std::uint64_t number) {
  return give({.action = "urn:parley:exchange/Echo",
               .rm_headers = text.sequence(identifier, number),
               .body = PeerText::note()});
}

// --- the service
// ----------------------------------------------------------------------------------

PlayedService::PlayedService(Stack stack, const engine::Profile& profile)
    : pair(profile, keys_folder()), text(stack, profile) {}

std::optional<PlayedService::Request> PlayedService::next_if_any() {
  std::optional<CellPair::Sent> sent = pair.next();
  if (!sent) {
    return std::nullopt;
  }
  Request request{*std::move(sent), {}, {}};
  request.text = as_text(request.sent.bytes);
  request.report = soap::inspect(request.sent.bytes, "", {}, {});
  return request;
}

PlayedService::Request PlayedService::next() {
  std::optional<Request> request = next_if_any();
  if (!request) {
    throw vectors::BadVector("our client sends nothing");
  }
  return *std::move(request);
}

CellPair::Reaction PlayedService::answer(const Request& request, PeerText::Parts parts) {
  if (parts.relates_to.empty()) {
    parts.relates_to = request.report.addressing.message_id;
  }
  parts.reply_to.clear();
  return pair.give_client(request.sent.request, to_bytes(text.message(parts)), text.content_type(),
                          {});
}

CellPair::Reaction PlayedService::accept(const Request& request) {
  return pair.give_client(request.sent.request, {}, {}, {});
}

std::string PlayedService::create(const std::string& accept) {
  const Request request = next();
  (void)answer(request,
               {.action = "/CreateSequenceResponse", .body = text.created("urn:created", accept)});
  return between(request.text.substr(request.text.find("Offer>")), "Identifier>", "<");
}

}  // namespace parley::test
