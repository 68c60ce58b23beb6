#include "bindings/http/fetch.h"
#include "bindings/soap/policy/metadata_exchange.h"
#include "unit/host/node_place.h"
#include "unit/http/raw_client.h"

using namespace parley;
using namespace parley::host;

namespace {

Description orders() {
  Description description;
  description.service.target_namespace = "urn:o";
  description.service.name = "Orders";
  description.service.port_type = "OrdersType";
  description.service.operations = {{"Place", {"urn:o/Place", {"urn:o", "Place"}}, std::nullopt}};
  return description;
}

/// A service with a description at "/service", and one without at "/silent".
struct DescribedNode {
  NodePlace place{"service"};
  Received received;

  explicit DescribedNode(Description description = orders()) {
    place.configure = [this, description](NodeSettings& settings) {
      settings.services = {{"/service", {}, description}, {"/silent", {}, std::nullopt}};
      settings.listen = {{}};
      settings.handlers["urn:note"] = received.handler();
    };
    place.start();
  }

  std::string base() const { return "http://localhost:" + std::to_string(place.port()); }

  http::Response get(const std::string& target) const {
    const auto answer = http::fetch(base() + target, {});
    REQUIRE(answer);
    return *answer;
  }

  /// The whole answer to a POST.
  std::string post(const std::string& target, const std::string& action) const {
    const std::string body =
        "<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope' "
        "xmlns:a='http://www.w3.org/2005/08/addressing'><s:Header><a:Action>" +
        action + "</a:Action></s:Header><s:Body/></s:Envelope>";
    http::RawSocket socket = http::RawSocket::connected_to(place.port());
    REQUIRE(socket.send("POST " + target +
                        " HTTP/1.1\r\nHost: there:81\r\nContent-Type: application/soap+xml; "
                        "action=\"" +
                        action + "\"\r\nContent-Length: " + std::to_string(body.size()) +
                        "\r\n\r\n" + body));
    return socket.read_message();
  }
};

std::string text_of(const http::Response& response) {
  return std::string(as_text(response.bytes));
}

}  // namespace

TEST_CASE("A service with a description gives it to whoever asks, with the address that was used") {
  const DescribedNode node;
  for (const std::string query : {"?wsdl", "?WSDL", "?singleWsdl"}) {
    const http::Response answer = node.get("/service" + query);
    CHECK(answer.status == 200);
    CHECK(answer.content_type == "text/xml; charset=utf-8");
    CHECK(text_of(answer).find("location=\"" + node.base() + "/service\"") != std::string::npos);
    CHECK(text_of(answer).find("RMAssertion") != std::string::npos);
  }
  CHECK(node.get("/service").status == 404);
  CHECK(node.get("/service?wsd").status == 404);
  CHECK(node.get("/silent?wsdl").status == 404);
  CHECK(node.get("/other?wsdl").status == 404);
}

TEST_CASE("A service says the address and the language of policy that it was told to") {
  Description description = orders();
  description.address = "https://orders.example/in";
  description.language = policy::Language::policy_2004_09;
  const DescribedNode node(description);
  const std::string wsdl = text_of(node.get("/service?wsdl"));
  CHECK(wsdl.find("location=\"https://orders.example/in\"") != std::string::npos);
  CHECK(wsdl.find("http://schemas.xmlsoap.org/ws/2004/09/policy") != std::string::npos);
  CHECK(wsdl.find("http://www.w3.org/ns/ws-policy") == std::string::npos);
}

TEST_CASE("Metadata is exchanged in SOAP at the service and beside it, and nowhere else") {
  const DescribedNode node;
  const std::string get(policy::kTransferGet);
  for (const std::string target : {"/service", "/service/mex"}) {
    const std::string answer = node.post(target, get);
    CHECK(http::status_in(answer) == "200");
    CHECK(answer.find("location=\"http://there:81/service\"") != std::string::npos);
  }
  CHECK(http::status_in(node.post("/service/mex", "urn:other")) == "400");
  CHECK(http::status_in(node.post("/other/mex", get)) == "404");
  CHECK(http::status_in(node.post("/silent/mex", get)) == "404");
  // Whatever it asks for, a service without a description judges it as any other message.
  CHECK(node.post("/silent", get).find("Metadata") == std::string::npos);
}

TEST_CASE("What is asked of a description leaves the service as it was") {
  DescribedNode node;
  node.get("/service?wsdl");
  NodePlace client("client");
  client.start();
  const auto conversation = client.node().conversation(node.place.address());
  REQUIRE(conversation);
  Conversation talking = *conversation;
  REQUIRE(talking.send("urn:note", to_bytes("1")));
  CHECK(node.received.comes_to(1));
  node.post("/service", std::string(policy::kTransferGet));
  REQUIRE(talking.send("urn:note", to_bytes("2")));
  CHECK(node.received.comes_to(2));
  CHECK(node.place.node().conversations().size() == 1);
}

TEST_CASE("A profile that no policy can tell leaves its service without a description") {
  NodePlace place("service");
  place.configure = [&](NodeSettings& settings) {
    settings.profiles.front().bootstrap = engine::Bootstrap::issued;
    settings.services = {{"/service", {}, orders()}};
    settings.listen = {{}};
  };
  place.start();
  const auto answer = http::fetch(place.address() + "?wsdl", {});
  REQUIRE(answer);
  CHECK(answer->status == 405);
}

TEST_CASE("A description that cannot be written is told when the node starts") {
  for (const std::string name : {"", "two words", "1st"}) {
    NodePlace place("service");
    place.configure = [&](NodeSettings& settings) {
      Description description = orders();
      description.service.name = name;
      settings.services = {{"/service", {}, description}};
      settings.listen = {{}};
    };
    const auto started = place.try_start();
    REQUIRE_FALSE(started);
    CHECK(started.error().code() == ErrorCode::invalid_argument);
  }
}
