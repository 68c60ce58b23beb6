#include <thread>

#include <sys/stat.h>

#include "host/credential_files.h"
#include "host/file_access.h"
#include "host/master_key.h"
#include "host/user_files.h"
#include "unit/host/temporary_folder.h"

using namespace parley;
using namespace parley::host;

namespace {

const std::string kHex = "000102030405060708090a0b0c0d0e0f101112131415161718191A1B1C1D1E1F";

mode_t mode_of(const std::string& file) {
  struct stat status {};

  REQUIRE(stat(file.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

ErrorCode failure_of(const MasterKeySource& source) {
  crypto::SystemEntropy entropy;
  const auto key = load_master_key(source, entropy);
  REQUIRE_FALSE(key);
  return key.error().code();
}

}  // namespace

TEST_CASE("A master key file is made once, with mode 0600, and read from then on") {
  const TemporaryFolder folder;
  crypto::SystemEntropy entropy;
  MasterKeySource source;
  source.file = folder.file("store.key");
  const auto made = load_master_key(source, entropy);
  REQUIRE(made);
  CHECK(made->is_new);
  CHECK(mode_of(source.file) == 0600);
  const auto read = load_master_key(source, entropy);
  REQUIRE(read);
  CHECK_FALSE(read->is_new);
  CHECK(made->key.bytes().equals(read->key.bytes()));
  CHECK(folder.read("store.key").size() == 65);
  CHECK(std::distance(std::filesystem::directory_iterator(folder.file("")), {}) == 1);
}

TEST_CASE("Many that make the master key at once all get the same one") {
  const TemporaryFolder folder;
  std::vector<std::optional<MasterKey>> keys(8);
  std::vector<std::thread> threads;
  for (auto& key : keys) {
    threads.emplace_back([&] {
      crypto::SystemEntropy entropy;
      MasterKeySource source;
      source.file = folder.file("key");
      key = std::move(load_master_key(source, entropy)).value();
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  int made = 0;
  for (const auto& key : keys) {
    made += key->is_new ? 1 : 0;
    CHECK(key->key.bytes().equals(keys[0]->key.bytes()));
  }
  CHECK(made == 1);
}

TEST_CASE("A master key is 64 hexadecimal digits, wherever it comes from") {
  const TemporaryFolder folder;
  crypto::SystemEntropy entropy;
  const Bytes expected = from_hex(kHex).value();
  MasterKeySource source;
  SECTION("a file, with and without a line break") {
    for (const std::string& content : {kHex, kHex + "\n", kHex + "\r\n"}) {
      folder.write("key", content);
      chmod(folder.file("key").c_str(), 0400);
      source.file = folder.file("key");
      const auto key = load_master_key(source, entropy);
      REQUIRE(key);
      CHECK(Bytes(key->key.bytes().view().begin(), key->key.bytes().view().end()) == expected);
      std::filesystem::remove(source.file);
    }
  }
  SECTION("the environment") {
    setenv("PARLEY_HOST_TEST_KEY", kHex.c_str(), 1);
    source.environment = "PARLEY_HOST_TEST_KEY";
    const auto key = load_master_key(source, entropy);
    REQUIRE(key);
    CHECK(Bytes(key->key.bytes().view().begin(), key->key.bytes().view().end()) == expected);
  }
  SECTION("a callback") {
    source.callback = [&] { return crypto::SealingKey::from_bytes(expected); };
    source.file = folder.file("not-made");
    REQUIRE(load_master_key(source, entropy));
    CHECK_FALSE(std::filesystem::exists(source.file));
    source.callback = [] { return Result<crypto::SealingKey>(Error(ErrorCode::timed_out)); };
    CHECK(failure_of(source) == ErrorCode::timed_out);
  }
}

TEST_CASE("What is no master key is refused") {
  const TemporaryFolder folder;
  MasterKeySource source;
  CHECK(failure_of(source) == ErrorCode::invalid_argument);
  source.environment = "PARLEY_HOST_TEST_NO_SUCH_VARIABLE";
  CHECK(failure_of(source) == ErrorCode::key_unusable);
  source.environment.clear();
  source.file = folder.file("key");
  for (const std::string& content :
       {std::string(), kHex.substr(1), kHex + "0", kHex.substr(1) + "g", ' ' + kHex.substr(1)}) {
    CAPTURE(content);
    folder.write("key", content);
    chmod(source.file.c_str(), 0600);
    CHECK(failure_of(source) == ErrorCode::key_unusable);
  }
  folder.write("key", std::string(1000, '0'));
  CHECK(failure_of(source) == ErrorCode::too_large);
  folder.write("key", kHex);
  for (const mode_t mode : {0640U, 0604U, 0620U, 0666U}) {
    chmod(source.file.c_str(), mode);
    CHECK(failure_of(source) == ErrorCode::key_unusable);
  }
  source.file = folder.file("");
  CHECK(failure_of(source) == ErrorCode::io_failed);
  source.file = folder.file("no/such/folder/key");
  CHECK(failure_of(source) == ErrorCode::io_failed);
}

TEST_CASE("Credentials are read from the files that are named") {
  const TemporaryFolder folder;
  folder.write("certificate", "CERT");
  folder.write("key", "KEY");
  CredentialFiles files;
  files.certificate = folder.file("certificate");
  files.key = folder.file("key");
  const auto credentials = read_credentials(files);
  REQUIRE(credentials);
  CHECK(as_text(credentials->own_certificates_pem) == "CERT");
  CHECK(as_text(credentials->own_key_pem->view()) == "KEY");
  CHECK(credentials->anchors_pem.empty());
  const auto tls = read_tls(files);
  REQUIRE(tls);
  CHECK(as_text(tls->own_certificates_pem) == "CERT");
  CHECK(as_text(tls->own_key_pem->view()) == "KEY");

  for (std::string CredentialFiles::*member :
       {&CredentialFiles::certificate, &CredentialFiles::key, &CredentialFiles::peer_certificate,
        &CredentialFiles::trust, &CredentialFiles::revoked}) {
    CredentialFiles missing;
    missing.*member = folder.file("missing");
    CHECK(read_credentials(missing).error().code() == ErrorCode::io_failed);
  }
}

TEST_CASE("A file at its limit is read, and one octet more is too large") {
  const TemporaryFolder folder;
  folder.write("file", std::string(100, 'x'));
  CHECK(read_file(folder.file("file"), 100).value().size() == 100);
  CHECK(read_file(folder.file("file"), 99).error().code() == ErrorCode::too_large);
  CHECK(read_file(folder.file(""), 100).error().code() == ErrorCode::io_failed);
  CHECK(write_new_secret_file(folder.file("file"), as_bytes("y")).error().code() ==
        ErrorCode::already_exists);
  CHECK(folder.read("file") == std::string(100, 'x'));
}

TEST_CASE("A password is the content of its file but for one line break at the end") {
  const TemporaryFolder folder;
  const auto password_in = [&](const std::string& content) {
    folder.write("password", content);
    chmod(folder.file("password").c_str(), 0600);
    const auto password = read_password(folder.file("password"));
    return password ? std::string(as_text(password->view()))
                    : '!' + std::string(name_of(password.error().code()));
  };
  CHECK(password_in("wonder land") == "wonder land");
  CHECK(password_in("wonderland\n") == "wonderland");
  CHECK(password_in("wonderland\r\n") == "wonderland");
  CHECK(password_in("wonderland\n\n") == "wonderland\n");
  CHECK(password_in("\n") == "!key_unusable");
  CHECK(password_in(std::string(4096, 'x')) == std::string(4096, 'x'));
  CHECK(password_in(std::string(4097, 'x')) == "!too_large");
  folder.write("password", "wonderland");
  chmod(folder.file("password").c_str(), 0640);
  CHECK(read_password(folder.file("password")).error().code() == ErrorCode::key_unusable);
  CHECK(read_password(folder.file("no such")).error().code() == ErrorCode::io_failed);
}

TEST_CASE("Users are one name and one password a line, in a file that nobody else may read") {
  const TemporaryFolder folder;
  const std::string file = folder.file("users");
  const auto write = [&](const std::string& content) {
    folder.write("users", content);
    chmod(file.c_str(), 0600);
  };
  write("alice:wonderland\n\nbob:with:colon \r\ncarol:x");
  const auto users = read_users(file);
  REQUIRE(users);
  const auto password_of = [&](std::string_view name) {
    const auto password = users->password(name);
    return password ? std::string(as_text(password->view())) : "nobody";
  };
  CHECK(password_of("alice") == "wonderland");
  CHECK(password_of("bob") == "with:colon ");
  CHECK(password_of("carol") == "x");
  CHECK(password_of("") == "nobody");
  CHECK(password_of("dave") == "nobody");
  for (const char* content : {"alice", ":wonderland", "alice:", "alice:a\nalice:b"}) {
    CAPTURE(content);
    write(content);
    CHECK(read_users(file).error().code() == ErrorCode::key_unusable);
  }
  chmod(file.c_str(), 0644);
  CHECK(read_users(file).error().code() == ErrorCode::key_unusable);
  CHECK(read_users(folder.file("no such")).error().code() == ErrorCode::io_failed);
}
