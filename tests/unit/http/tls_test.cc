#include <cstdlib>
#include <fstream>
#include <iterator>

#include "unit/http/place.h"

using namespace parley;
using namespace parley::http;
using std::chrono::milliseconds;

namespace {

Bytes key_file(const std::string& name) {
  const char* folder = std::getenv("PARLEY_TEST_DATA");
  REQUIRE(folder != nullptr);
  std::ifstream in(std::string(folder) + "/keys/" + name, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  REQUIRE_FALSE(text.empty());
  return to_bytes(text);
}

TlsSettings settings_of(const std::string& name) {
  TlsSettings settings;
  settings.anchors_pem = key_file("ca.pem");
  if (!name.empty()) {
    settings.own_certificates_pem = key_file(name + ".pem");
    settings.own_key_pem = crypto::SecretBytes::take(key_file(name + ".key"));
  }
  return settings;
}

ServerSettings tls_server(const std::string& name, bool wants_certificate = false) {
  TlsSettings tls = settings_of(name);
  if (!wants_certificate) {
    tls.anchors_pem.clear();
  }
  tls.require_client_certificate = wants_certificate;
  ServerSettings settings;
  settings.listen.push_back({"127.0.0.1", 0, TlsContext::for_server(tls).value()});
  return settings;
}

ClientSettings tls_client(const std::string& name = {}) {
  ClientSettings settings;
  settings.tls = TlsContext::for_client(settings_of(name)).value();
  return settings;
}

}  // namespace

TEST_CASE("TLS: the channel is confidential and names the server; connections are kept") {
  Place place(tls_server("server"));
  HttpClient& client = place.make_client(tls_client());
  for (int i = 0; i < 3; ++i) {
    const auto answer = place.ask(place.address("https"), Bytes(100000, 'x'));
    REQUIRE(answer);
    CHECK(answer->response.bytes.size() == 100000);
    CHECK(answer->channel.is_confidential);
    CHECK(answer->channel.peer == "localhost");
  }
  place.on_loop([&] { CHECK(client.connections() == 1); });
  const Request request = place.requests(1).front();
  CHECK(request.channel.is_confidential);
  CHECK(request.channel.peer.empty());
}

TEST_CASE("TLS: a client's certificate names it") {
  Place place(tls_server("server", true));
  place.make_client(tls_client("client"));
  CHECK(place.ask(place.address("https")));
  CHECK(place.requests(1).front().channel.peer.find("client") != std::string::npos);
}

TEST_CASE(
    "TLS: a client without the certificate that is asked for is refused, and so is a stranger") {
  const std::string name = GENERATE(as<std::string>(), "", "stranger");
  CAPTURE(name);
  Place place(tls_server("server", true));
  place.make_client(tls_client(name));
  const auto answer = place.ask(place.address("https"));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code() == ErrorCode::network_failed);
  CHECK(place.request_count() == 0);
}

TEST_CASE("TLS: a server that is a stranger, or has another name, gets no request") {
  SECTION("its own authority") {
    Place place(tls_server("stranger"));
    place.make_client(tls_client());
    const auto answer = place.ask(place.address("https"));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code() == ErrorCode::network_failed);
    CHECK(place.request_count() == 0);
  }
  SECTION("a certificate of our authority for something else") {
    Place place(tls_server("client"));
    place.make_client(tls_client());
    CHECK_FALSE(place.ask(place.address("https")));
    CHECK(place.request_count() == 0);
  }
  SECTION("an authority that is not ours") {
    Place place(tls_server("server"));
    place.make_client({});  // the system's authorities
    CHECK_FALSE(place.ask(place.address("https")));
    CHECK(place.request_count() == 0);
  }
}

TEST_CASE("TLS: what is no handshake, or none that ends, is closed") {
  ServerSettings settings = tls_server("server");
  settings.limits.http_exchange_ms_max = 300;
  Place place(settings);
  RawSocket plain = place.connect();
  REQUIRE(plain.send(post_text("in the clear")));
  CHECK(plain.ends());
  RawSocket silent = place.connect();
  CHECK(silent.ends(milliseconds(5000)));
  CHECK(place.request_count() == 0);
  place.make_client({});
  CHECK_FALSE(place.ask(place.address("http")));
}

TEST_CASE("TLS: keys that do not fit are told at once") {
  TlsSettings mixed = settings_of("server");
  mixed.own_key_pem = crypto::SecretBytes::take(key_file("client.key"));
  CHECK(TlsContext::for_server(mixed).error().code() == ErrorCode::key_unusable);
  TlsSettings none;
  CHECK(TlsContext::for_server(none).error().code() == ErrorCode::key_unusable);
  TlsSettings junk;
  junk.anchors_pem = to_bytes("junk");
  CHECK(TlsContext::for_client(junk).error().code() == ErrorCode::key_unusable);
}
