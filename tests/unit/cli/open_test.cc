#include <algorithm>

#include "tests/unit/cli/program_run.h"

using namespace parley::cli;

namespace {

const std::string kCell = "transcripts/sc13-rm11-x509-s12";

std::vector<std::string> messages_of(const std::string& cell) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(data_file(cell + "/echo"))) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// Everything that the two sides of the recording knew.
std::vector<std::string> keys_of(const std::string& cell) {
  return {"--secrets", data_file(cell + "/index.json"), "--key",   data_file("keys/server.key"),
          "--key",     data_file("keys/client.key"),    "--cert",  data_file("keys/server.pem"),
          "--cert",    data_file("keys/client.pem"),    "--trust", data_file("keys/ca.pem")};
}

std::vector<std::string> joined(std::vector<std::string> a, const std::vector<std::string>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// "base64:…" of the recording's only context.
std::string secret_of(const std::string& cell) {
  const std::string index = read_text(data_file(cell + "/index.json"));
  const std::string begin = "\"secret\": \"";
  const std::size_t at = index.find(begin) + begin.size();
  return index.substr(at, index.find('"', at) - at);
}

}  // namespace

TEST_CASE("open reads recorded conversations of another stack, in both families") {
  for (const std::string cell :
       {"sc13-rm11-x509-s12", "sc13-encryptsignature-s12", "sc05-asymmetric-s11",
        "sc13-rm11-x509-s12-mtom", "sc05-asymmetric-s11-mtom"}) {
    const std::string folder = "transcripts/" + cell;
    const std::vector<std::string> files = messages_of(folder);
    REQUIRE(files.size() >= 4);
    const Ran ran = run_parley(joined(joined({"open"}, files), keys_of(folder)));
    INFO(cell << ran.err);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());
    for (const std::string& file : files) {
      CHECK(holds(ran.out, "== " + file));
    }
    CHECK(holds(ran.out, "Body: signed, encrypted"));
    CHECK(!holds(ran.out, "FAILED"));
  }
}

TEST_CASE("open says which parts were signed and encrypted, and shows the body") {
  const std::string file = messages_of(kCell).at(4);
  const Ran ran = run_parley({"open", file, "--context", "=" + secret_of(kCell)});
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(holds(ran.out, "urn:parley:exchange/Echo"));
  CHECK(holds(ran.out, "number 1"));
  CHECK(holds(ran.out, "Body: signed, encrypted"));
  CHECK(holds(ran.out, "Sequence: signed"));
  CHECK(holds(ran.out, "DerivedKeyToken: NOT signed"));
  CHECK(!holds(ran.out, secret_of(kCell)));
  const Ran body = run_parley({"open", file, "--body", "--context", "=" + secret_of(kCell)});
  CHECK(body.status == 0);
  CHECK(body.out.starts_with("<"));
  CHECK(holds(body.out, "Echo"));
  CHECK(!holds(body.out, "EncryptedData"));
  const Ran envelope =
      run_parley({"open", file, "--envelope", "--context", "=" + secret_of(kCell)});
  CHECK(holds(envelope.out, "Envelope"));
  // The same element, but for the namespaces that it needs where it stands alone.
  CHECK(holds(envelope.out, body.out.substr(body.out.find("<text"))));
}

TEST_CASE("without the secret, or with another, a message is not sound: status 1") {
  const std::string file = messages_of(kCell).at(4);
  for (const auto& keys : std::vector<std::vector<std::string>>{
           {}, {"--context", "=hex:000102030405060708090a0b0c0d0e0f"}}) {
    const Ran ran = run_parley(joined({"open", file}, keys));
    INFO(ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(is_one_line(ran.err));
    CHECK(holds(ran.out, "FAILED"));
    // The structure is shown all the same.
    CHECK(holds(ran.out, "urn:parley:exchange/Echo"));
  }
}

TEST_CASE("an answer opens with the request before it") {
  const std::vector<std::string> files = messages_of(kCell);
  const std::vector<std::string> keys{"--key", data_file("keys/server.key"), "--cert",
                                      data_file("keys/server.pem")};
  CHECK(run_parley(joined({"open", files.at(1)}, keys)).status == 1);
  CHECK(run_parley(joined({"open", files.at(1), "--request", files.at(0)}, keys)).status == 0);
  CHECK(run_parley(joined({"open", files.at(0), files.at(1)}, keys)).status == 0);
}

TEST_CASE(
    "open takes a bare envelope, a recorded head with either line break, and standard input") {
  const std::string recorded = read_text(messages_of(kCell).at(4));
  const std::size_t head = recorded.find("<");
  const std::string envelope = recorded.substr(head);
  const std::vector<std::string> keys{"--context", "=" + secret_of(kCell)};
  const Folder folder;
  CHECK(run_parley(joined({"open", folder.write("bare.xml", envelope)}, keys)).status == 0);
  CHECK(run_parley(joined({"open", "-"}, keys), recorded).status == 0);
  CHECK(run_parley(joined({"open", "-"}, keys), "\xef\xbb\xbf" + envelope).status == 0);
  const std::string unix_head = "POST / HTTP/1.1\nContent-Type: application/soap+xml\n\n";
  CHECK(run_parley(joined({"open", "-"}, keys), unix_head + envelope).status == 0);
}

TEST_CASE("a changed octet makes a message unsound") {
  std::string recorded = read_text(messages_of(kCell).at(4));
  const std::vector<std::string> keys{"--context", "=" + secret_of(kCell)};
  REQUIRE(run_parley(joined({"open", "-"}, keys), recorded).status == 0);
  const std::size_t at = recorded.find("urn:parley:exchange/Echo</");
  REQUIRE(at != std::string::npos);
  recorded[at + 4] = 'q';
  const Ran ran = run_parley(joined({"open", "-"}, keys), recorded);
  CHECK(ran.status == 1);
  CHECK(is_one_line(ran.err));
}

TEST_CASE(
    "a package (MTOM) is opened as the envelope that it was, and is unsound where it is changed") {
  const std::string cell = kCell + "-mtom";
  const std::string recorded = read_text(messages_of(cell).at(4));
  const std::vector<std::string> keys{"--context", "=" + secret_of(cell)};
  REQUIRE(holds(recorded, "xop:Include"));
  const Ran whole = run_parley(joined({"open", "-", "--envelope"}, keys), recorded);
  CHECK(whole.status == 0);
  CHECK(holds(whole.out, "Envelope"));
  CHECK(!holds(whole.out, "Include"));
  const std::size_t end = recorded.rfind("\r\n--");
  std::string changed = recorded;
  changed[end - 1] = static_cast<char>(changed[end - 1] ^ 1);
  const Ran unsound = run_parley(joined({"open", "-"}, keys), changed);
  CHECK(unsound.status == 1);
  CHECK(is_one_line(unsound.err));
  const Ran cut = run_parley(joined({"open", "-"}, keys), recorded.substr(0, end));
  CHECK(cut.status == 1);
  CHECK(is_one_line(cut.err));
  CHECK(holds(cut.out, "package: "));
}

TEST_CASE("what is no message is unsound or no input, in one line") {
  for (const std::string text :
       {"", "hello", "<a>", "<a/>", "POST / HTTP/1.1\r\n\r\n", "<!DOCTYPE a><a/>"}) {
    const Ran ran = run_parley({"open", "-"}, text);
    INFO(text << ran.err);
    CHECK(ran.status == 1);
    CHECK(is_one_line(ran.err));
  }
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"open", "/nonexistent/message"},
                                             {"open", "-", "--key", "/nonexistent/key"},
                                             {"open", "-", "--secrets", "/nonexistent/secrets"},
                                             {"open", "-", "--secrets", "/dev/null"},
                                             {"open", "-", "--raw-key", "!"}}) {
    const Ran ran = run_parley(arguments, "<a/>");
    INFO(ran.err);
    CHECK(ran.status == 3);
    CHECK(is_one_line(ran.err));
  }
}
