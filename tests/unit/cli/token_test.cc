#include <sys/stat.h>

#include <chrono>

#include "tests/unit/cli/program_run.h"
#include "unit/soap/saml_text.h"

using namespace parley;
using namespace parley::cli;

namespace {

using Line = std::vector<std::string>;

constexpr const char* kAudience = "urn:parley:orders";

std::string secret_file(const Folder& folder, const std::string& name, const std::string& content) {
  const std::string file = folder.write(name, content);
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  return file;
}

Line profile() {
  return {"--set", "token.x509=signed-endorsing", "--set", "token.username=signed-encrypted",
          "--set", "token.saml2.0=signed"};
}

Line join(Line one, const Line& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

/// What a service tells its command, sent back; it believes assertions that are signed by its own key.
Ran ask(const Folder& folder, const std::string& assertion, const Line& caller) {
  Background service(join(
      {"serve", "--address", "http://127.0.0.1:0/orders", "--audience", kAudience,
       "--assertion-issuer", "https://sts.example=" + data_file("keys/server.pem"), "--users",
       secret_file(folder, "users", "alice:wonderland\n"), "--run",
       "printf \"<Told xmlns='urn:o'>%s</Told>\" \"$PARLEY_TOKENS\"", "--cert",
       data_file("keys/server.pem"), "--key", data_file("keys/server.key"), "--trust",
       data_file("keys/ca.pem")},
      profile()));
  const std::string url = service.wait_for_line("serving ");
  Ran ran = run_parley(
      join({"send", url, "--action", "urn:o/Ask", "--request", "--wait", "5", "--assertion",
            folder.write("assertion.xml", assertion), "--user", "alice", "--password-file",
            secret_file(folder, "password", "wonderland"), "--cert", data_file("keys/client.pem"),
            "--key", data_file("keys/client.key"), "--peer-cert", data_file("keys/server.pem"),
            "--trust", data_file("keys/ca.pem")},
           caller),
      "<Ask xmlns='urn:o'/>");
  ran.err += service.err();
  return ran;
}

std::string assertion_for(const std::string& audience) {
  using namespace std::chrono;
  test::AssertionText what;
  what.issued =
      WallTime{duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count()};
  what.ends = what.issued + minutes(10);
  what.conditions =
      "<s:AudienceRestriction><s:Audience>" + audience + "</s:Audience></s:AudienceRestriction>";
  return test::assertion(what, "server");
}

}  // namespace

TEST_CASE("a command is told who stands behind a message besides") {
  const Folder folder;
  const Ran ran = ask(folder, assertion_for(kAudience), profile());
  INFO(ran.err);
  CHECK(ran.status == 0);
  CHECK(ran.out.find("x509\tx509:") != std::string::npos);
  CHECK(ran.out.find("username\tuser:alice\n") != std::string::npos);
  CHECK(ran.out.find("saml2.0\tsaml:https://sts.example alice\n"
                     "attribute\trole\turn:format\tclerk\tauditor\n") != std::string::npos);
}

TEST_CASE("without the tokens that a service asks for, or with one for somebody else, nothing comes") {
  const Folder folder;
  for (const Ran& ran :
       {ask(folder, assertion_for(kAudience), {}), ask(folder, assertion_for("urn:other"), profile())}) {
    INFO(ran.err);
    CHECK(ran.status != 0);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("files with assertions and their issuers are refused in one line when they cannot be read") {
  for (const Line& line :
       {Line{"send", "http://127.0.0.1:1/x", "--action", "urn:a", "--assertion", "/no/such"},
        Line{"serve", "--address", "http://127.0.0.1:0/t", "--assertion-issuer", "x=/no/such"}}) {
    const Ran ran = run_parley(line);
    INFO(ran.err);
    CHECK(ran.status != 0);
    CHECK(is_one_line(ran.err));
  }
}
