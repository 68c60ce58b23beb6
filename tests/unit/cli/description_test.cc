#include <set>
#include <sstream>
#include <string>

#include "tests/unit/cli/program_run.h"

using namespace parley::cli;

namespace {

std::vector<std::string> keys(const std::string& who) {
  std::vector<std::string> flags{"--cert",  data_file("keys/" + who + ".pem"),
                                 "--key",   data_file("keys/" + who + ".key"),
                                 "--trust", data_file("keys/ca.pem")};
  if (who == "client") {
    flags.insert(flags.end(), {"--peer-cert", data_file("keys/server.pem")});
  }
  return flags;
}

std::vector<std::string> join(std::vector<std::string> one, const std::vector<std::string>& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

/// A service that describes a one-way message and a request.
class Service {
 public:
  explicit Service(const std::vector<std::string>& more = {})
      : program_(join(join({"serve", "--address", "http://127.0.0.1:0/orders", "--operation",
                            "Place urn:o/Place {urn:o}Place", "--operation",
                            "Ask urn:o/Ask {urn:o}Ask urn:o/Told {urn:o}Told", "--run",
                            "echo \"<Told xmlns='urn:o'/>\""},
                           keys("server")),
                      more)),
        url_(program_.wait_for_line("serving ")) {}

  std::string wsdl() const { return url_ + "?wsdl"; }

  const std::string& url() const { return url_; }

 private:
  Background program_;
  std::string url_;
};

Ran send(const Service& service, const std::vector<std::string>& more, const std::string& body) {
  return run_parley(join(join({"send", "--wsdl", service.wsdl()}, keys("client")), more), body);
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("send speaks as the description of a service demands, and says what it picked") {
  const Service service({"--set", "suite=Basic128Sha256", "--set", "ordered=false"});
  const Ran ran = send(service, {"--action", "urn:o/Place"}, "<Place xmlns='urn:o'/>");
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(has(ran.err, "Port: picked alternative 1 of 1"));
  CHECK(has(ran.err, "suite Basic128Sha256"));
  CHECK(has(ran.err, "ExactlyOnce in any order"));
  const Ran asked = send(service, {"--action", "urn:o/Ask", "--request"}, "<Ask xmlns='urn:o'/>");
  CHECK(asked.status == 0);
  CHECK(has(asked.out, "Told"));
}

TEST_CASE("send asks a service itself where there is no document (WS-MetadataExchange)") {
  const Service service({"--set", "suite=Basic128Sha256", "--set", "token.x509=endorsing"});
  const auto speaks = [&](const std::string& address) {
    return run_parley(join({"send", "--wsdl", address, "--action", "urn:o/Place", "--wait", "20"},
                           keys("client")),
                      "<Place xmlns='urn:o'/>");
  };
  for (const char* path : {"", "/mex"}) {
    const Ran ran = speaks(service.url() + path);
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(has(ran.err, "suite Basic128Sha256"));
    CHECK(has(ran.err, "besides go along a certificate, endorsing"));
  }
  const Service silent({"--describe", "none"});
  const Ran nothing = speaks(silent.url());
  INFO(nothing.err);
  CHECK(nothing.status != 0);
  CHECK(has(nothing.err, "no answer to WS-MetadataExchange"));
}

TEST_CASE("send takes what stands first for a file, unless it is an address") {
  const Service service;
  const Folder folder;
  const std::string file = folder.write("body.xml", "<Place xmlns='urn:o'/>");
  CHECK(send(service, {"--action", "urn:o/Place", file}, "").status == 0);
  // The address of the caller counts more than that of the description.
  const Ran elsewhere = send(
      service, {"--action", "urn:o/Place", "--wait", "1", "http://127.0.0.1:1/orders", file}, "");
  CHECK(elsewhere.status == 6);
}

TEST_CASE("send refuses what a description does not fit, in one line that says what to do") {
  const Service service;
  const auto refused = [&](const std::vector<std::string>& more, int status,
                           const std::string& words) {
    const Ran ran = send(service, more, "<Ask xmlns='urn:o'/>");
    INFO(ran.err);
    CHECK(ran.status == status);
    CHECK(has(ran.err, words));
  };
  refused({"--action", "urn:o/Ask"}, 2, "operation Ask has an answer; give --request");
  refused({"--action", "urn:o/Place", "--request"}, 2, "operation Place has no answer");
  refused({"--action", "urn:o/Ask", "--request", "--port", "Other"}, 2,
          "the description has only Port");
  refused({"--action", "urn:o/Ask", "--admit", "rm"}, 2, "it takes rm=, sc= or suite=");
  refused({"--action", "urn:o/Ask", "--admit", "suite=Rot13"}, 2, "there is no such value");
  const Ran other = send(service, {"--action", "urn:o/Other"}, "<x/>");
  CHECK(has(other.err, "no operation with the action urn:o/Other, only urn:o/Place, urn:o/Ask"));
}

TEST_CASE("send does without a context only if it is told to") {
  const Service service({"--set", "sc=none", "--set", "bootstrap=none", "--set", "protect=none"});
  const Ran refused = send(service, {"--action", "urn:o/Place"}, "<Place xmlns='urn:o'/>");
  CHECK(refused.status == 5);
  CHECK(has(refused.err, "messages without a context are not admitted here; admitted by sc=none"));
  const Ran admitted =
      send(service, {"--action", "urn:o/Place", "--admit", "sc=none"}, "<Place xmlns='urn:o'/>");
  INFO(admitted.err);
  CHECK(admitted.status == 0);
}

TEST_CASE("a service tells nothing of itself if it is told so") {
  const Service service({"--describe", "none"});
  const Ran ran = send(service, {"--action", "urn:o/Place"}, "<Place xmlns='urn:o'/>");
  CHECK(ran.status == 5);
  CHECK(has(ran.err, "HTTP status 405"));
}

TEST_CASE(
    "every named profile is printed as values that --set takes, and can be refused in words") {
  const Ran list = run_parley({"profiles"});
  CHECK(list.status == 0);
  std::set<std::string> prints;
  for (const std::string name : {"ours", "wcf-2005", "wcf-2007", "cxf", "metro", "rampart"}) {
    CAPTURE(name);
    CHECK(has(list.out, name));
    const Ran ran = run_parley({"profiles", name});
    CHECK(ran.status == 0);
    CHECK(prints.insert(ran.out).second);
    // Every value is taken; then it is the address that is refused, or what is not spoken.
    std::vector<std::string> line{"serve", "--address", "nowhere"};
    std::istringstream values(ran.out);
    for (std::string value; std::getline(values, value);) {
      line.insert(line.end(), {"--set", value});
    }
    const Ran set = run_parley(line);
    CHECK(set.status == 2);
    CHECK_FALSE(has(set.err, "--set"));
    CHECK((has(set.err, "--address nowhere") || has(set.err, "is not spoken")));
  }
  CHECK(run_parley({"profiles", "ours", "--all"}).out.size() >
        run_parley({"profiles", "ours"}).out.size());
  CHECK(run_parley({"profiles", "nobody"}).status == 2);
}
