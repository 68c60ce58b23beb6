#include <sys/stat.h>

#include "tests/unit/cli/program_run.h"

using namespace parley::cli;

namespace {

using Line = std::vector<std::string>;

Line join(Line one, const Line& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

Line keys() {
  return {"--cert",  data_file("keys/server.pem"), "--key", data_file("keys/server.key"),
          "--trust", data_file("keys/ca.pem")};
}

/// A file of a user's, that nobody else may read.
std::string secret_file(const Folder& folder, const std::string& name, const std::string& content) {
  const std::string file = folder.write(name, content);
  REQUIRE(chmod(file.c_str(), 0600) == 0);
  return file;
}

Line profile(const std::string& bootstrap) {
  const bool is_over_tls = bootstrap.ends_with("https");
  Line set{"--set", "bootstrap=" + bootstrap};
  if (is_over_tls) {
    set = join(set, {"--set", "binding=transport", "--set", "protect=transport"});
  }
  return set;
}

/// A service that knows alice and bob.
class Service {
 public:
  Service(const Folder& folder, const std::string& scheme, const Line& set)
      : program_(join(join({"serve", "--address", scheme + "://127.0.0.1:0/orders", "--users",
                            secret_file(folder, "users", "alice:wonderland\nbob:builder\n"),
                            "--run", "echo \"<Told xmlns='urn:o'>$PARLEY_PRINCIPAL</Told>\""},
                           keys()),
                      set)),
        url_(program_.wait_for_line("serving ")) {}

  const std::string& url() const { return url_; }

 private:
  Background program_;
  std::string url_;
};

Ran ask(const Folder& folder,
        const Service& service,
        const std::string& user,
        const std::string& password,
        const Line& set) {
  return run_parley(
      join({"send", service.url(), "--action", "urn:o/Ask", "--request", "--user", user,
            "--password-file", secret_file(folder, "password", password + "\n"), "--peer-cert",
            data_file("keys/server.pem"), "--trust", data_file("keys/ca.pem")},
           set),
      "<Ask xmlns='urn:o'/>");
}

}  // namespace

TEST_CASE("a context is established by name and password, under a certificate and over TLS") {
  for (const std::string bootstrap : {"username-cert", "username-https"}) {
    for (const std::string password : {"password=text", "password=digest"}) {
      CAPTURE(bootstrap, password);
      const Folder folder;
      const Line set = join(profile(bootstrap), {"--set", password});
      const Service service(folder, bootstrap.ends_with("https") ? "https" : "http", set);
      const Ran ran = ask(folder, service, "bob", "builder", set);
      INFO(ran.err);
      CHECK(ran.status == 0);
      CHECK(ran.out.find("user:bob") != std::string::npos);
    }
  }
}

TEST_CASE("a wrong password and an unknown name fail alike") {
  const Folder folder;
  const Line set = profile("username-cert");
  const Service service(folder, "http", set);
  const Line quick = join(set, {"--wait", "2"});
  const Ran wrong = ask(folder, service, "alice", "builder", quick);
  const Ran unknown = ask(folder, service, "mallory", "builder", quick);
  INFO(wrong.err);
  CHECK(wrong.status == 6);
  CHECK(unknown.status == wrong.status);
  CHECK(unknown.err == wrong.err);
  CHECK(wrong.err.find("builder") == std::string::npos);
}

TEST_CASE("files with passwords are refused in one line when others may read them") {
  const Folder folder;
  const std::string file = folder.write("open", "alice:wonderland\n");
  REQUIRE(chmod(file.c_str(), 0644) == 0);
  const auto refused = [](const Ran& ran, int status, const std::string& words) {
    INFO(ran.err);
    CHECK(ran.status == status);
    CHECK(is_one_line(ran.err));
    CHECK(ran.err.find(words) != std::string::npos);
    CHECK(ran.err.find("wonderland") == std::string::npos);
  };
  const Line serve{"serve", "--address", "http://127.0.0.1:0/orders"};
  const Line send{"send", "http://127.0.0.1:1/orders", "--action", "urn:o/Ask"};
  refused(run_parley(join(serve, {"--users", file})), 3, "others may read");
  refused(run_parley(join(send, {"--user", "alice", "--password-file", file})), 3,
          "others may read");
  refused(run_parley(join(send, {"--user", "alice"})), 2, "give both");
  refused(run_parley(join(serve, {"--users", folder.file("no such")})), 3, "No such file");
}

TEST_CASE("suites with the old key transport are spoken only if both sides are told to") {
  const Folder folder;
  const Line suite = join(profile("username-cert"), {"--set", "suite=Basic256Rsa15"});
  const Ran refused = run_parley(join({"serve", "--address", "http://127.0.0.1:0/orders"}, suite));
  CHECK(refused.status == 2);
  CHECK(refused.err.find("--rsa-1.5") != std::string::npos);
  const Line set = join(suite, {"--rsa-1.5"});
  const Service service(folder, "http", set);
  const Ran ran = ask(folder, service, "alice", "wonderland", set);
  INFO(ran.err);
  CHECK(ran.status == 0);
}

namespace {

Line client_keys(const std::string& peer) {
  return {"--cert",      data_file("keys/client.pem"), "--key",   data_file("keys/client.key"),
          "--peer-cert", data_file("keys/" + peer),    "--trust", data_file("keys/ca.pem")};
}

Line asking(const std::string& url) {
  return {"send", url, "--action", "urn:o/Ask", "--request", "--wait", "20"};
}

/// A service that says who calls; its own certificate stands for that of the token service too.
Line serving(const Line& more) {
  return join(join({"serve", "--address", "http://127.0.0.1:0/orders", "--run",
                    "echo \"<Told xmlns='urn:o'>$PARLEY_PRINCIPAL</Told>\""},
                   keys()),
              more);
}

}  // namespace

TEST_CASE("a token service gives a context to whoever shows a name, for a service that trusts it") {
  const Folder folder;
  Background service(
      serving({"--set", "bootstrap=issued", "--contexts-from", data_file("keys/server.pem")}));
  const std::string url = service.wait_for_line("serving ");
  Background tokens(
      join({"serve", "--address", "http://127.0.0.1:0/tokens", "--set", "bootstrap=username-cert",
            "--users", secret_file(folder, "users", "alice:wonderland\n"), "--issue-for",
            url + "=" + data_file("keys/server.pem")},
           keys()));
  const std::string issuer = tokens.wait_for_line("serving ");
  const Line send = join(
      asking(url), {"--set", "bootstrap=issued", "--set", "issuer_bootstrap=username-cert",
                    "--token-service", issuer, "--token-service-cert", data_file("keys/server.pem"),
                    "--trust", data_file("keys/ca.pem"), "--user", "alice", "--password-file",
                    secret_file(folder, "password", "wonderland")});
  const Ran ran = run_parley(send, "<Ask xmlns='urn:o'/>");
  INFO(ran.err << service.err() << tokens.err());
  CHECK(ran.status == 0);
  CHECK(ran.out.find("user:alice") != std::string::npos);
}

TEST_CASE("a caller makes its context itself, where the service names it") {
  Background service(serving({"--creator", data_file("keys/client.pem")}));
  const std::string url = service.wait_for_line("serving ");
  const Line set{"--set", "creates_context=true"};
  const Ran ran =
      run_parley(join(join(asking(url), client_keys("server.pem")), set), "<Ask xmlns='urn:o'/>");
  INFO(ran.err << service.err());
  CHECK(ran.status == 0);
  CHECK(ran.out.find("x509:") != std::string::npos);
}

TEST_CASE("what belongs to a token service is refused where none is meant") {
  const Line send{"send", "http://127.0.0.1:1/x", "--action", "urn:a"};
  for (const Line& more :
       {Line{"--token-service", "http://127.0.0.1:1/t"}, Line{"--set", "bootstrap=issued"},
        Line{"--set", "bootstrap=issued", "--set", "creates_context=true"}}) {
    const Ran ran = run_parley(join(send, more));
    INFO(ran.err);
    CHECK(ran.status == 2);
    CHECK(is_one_line(ran.err));
  }
  const Ran astray =
      run_parley({"serve", "--address", "http://127.0.0.1:0/t", "--issue-for", "http://h/s"});
  CHECK(astray.status == 2);
}
