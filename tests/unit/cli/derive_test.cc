#include "tests/unit/cli/program_run.h"

using namespace parley::cli;

namespace {

// From the vectors that hashlib, WSS4J and Mono agree on.
struct Vector {
  std::string secret;
  std::string nonce;
  std::string offset;
  std::string length;
  std::string key;
};

const Vector kVectors[] = {
    {"0b024cf5011ae1f4f10c62b7e5052de5831f0943478323d0435ed2d8d2553844",
     "5a9f8954be03a5ddac270f31b12fa4b8", "0", "1", "f0"},
    {"5fc8f953dc8c57ab556fee93b90e74c20e9af1fab5bec365ceac6e04d2c19401",
     "fc68b9547e9acce0e12af00baf572108", "0", "15", "d1a947fb6a1dba6f5045d57d1c6291"},
    {"1a917c804eeb1be24eec0d32c0589226d956da6fb26c3733a6cb608315d49150",
     "b713d178c23a4c3783decd38bd4905cf", "0", "20", "ab2040639a87e54f485246ffe646919e499d1e2f"},
};

}  // namespace

TEST_CASE("derive agrees with other stacks") {
  for (const Vector& vector : kVectors) {
    const Ran ran =
        run_parley({"derive", "--secret", "hex:" + vector.secret, "--nonce", vector.nonce,
                    "--offset", vector.offset, "--length", vector.length});
    INFO(ran.err);
    CHECK(ran.status == 0);
    CHECK(ran.out == vector.key + "\n");
  }
}

TEST_CASE("derive takes octets in every form, and prints both") {
  const Vector& vector = kVectors[2];
  const Folder folder;
  const std::string base64 = "GpF8gE7rG+JO7A0ywFiSJtlW2m+ybDczpstggxXUkVA=";
  const std::vector<std::string> forms{
      vector.secret,
      "hex:" + vector.secret,
      base64,
      "base64:" + base64,
      "file:" + folder.write("hex", vector.secret + "\n"),
      "file:" + folder.write("base64", base64 + "\n"),
      "file:" + folder.write("raw",
                             "\x1a\x91\x7c\x80\x4e\xeb\x1b\xe2\x4e\xec\x0d\x32\xc0\x58\x92\x26"
                             "\xd9\x56\xda\x6f\xb2\x6c\x37\x33\xa6\xcb\x60\x83\x15\xd4\x91\x50")};
  for (const std::string& form : forms) {
    const Ran ran =
        run_parley({"derive", "--secret", form, "--nonce", vector.nonce, "--length", "20"});
    INFO(form << ran.err);
    CHECK(ran.out == vector.key + "\n");
  }
  const Ran printed = run_parley(
      {"derive", "--secret", vector.secret, "--nonce", vector.nonce, "--length", "20", "--base64"});
  CHECK(printed.out == "qyBAY5qH5U9IUkb/5kaRnkmdHi8=\n");
}

TEST_CASE("a generation counts blocks of the length, and an empty label is a label") {
  const auto derive = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"derive", "--secret", "000102030405", "--nonce", "ff"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_parley(arguments).out;
  };
  CHECK(derive({"--length", "16", "--generation", "2"}) ==
        derive({"--length", "16", "--offset", "32"}));
  CHECK(derive({"--label", ""}) != derive({}));
  CHECK(derive({"--label", "WS-SecureConversationWS-SecureConversation"}) == derive({}));
  CHECK(derive({"--hash", "sha256"}) != derive({}));
}

TEST_CASE("what cannot be derived is status 3, and no secret is repeated") {
  const std::vector<std::vector<std::string>> wrong{
      {"derive", "--secret", "not-octets!"},
      {"derive", "--secret", "hex:0g"},
      {"derive", "--secret", ""},
      {"derive", "--secret", "file:/nonexistent/secret"},
      {"derive", "--secret", "00", "--nonce", "!"},
      {"derive", "--secret", "00", "--length", "0"},
      {"derive", "--secret", "00", "--length", "1048577"},
      {"derive", "--secret", "00", "--offset", "1048577"},
      {"derive", "--secret", "00", "--offset", "1", "--generation", "1"},
      {"derive", "--secret", "00", "--generation", "18446744073709551615"},
  };
  for (const auto& arguments : wrong) {
    const Ran ran = run_parley(arguments);
    INFO(ran.err);
    CHECK(ran.status == 3);
    CHECK(ran.out.empty());
    CHECK(is_one_line(ran.err));
    CHECK(ran.err.find("not-octets!") == std::string::npos);
  }
  CHECK(run_parley({"derive", "--secret", "00", "--length", "1048576"}).status == 0);
}
