// Kills a process again and again while it commits numbered batches, and looks after each kill whether
// the store kept its promises: all that was acknowledged is there, batches are whole or absent, and
// they are there in order.
//
//   store_crash [--rounds N] [--seed N]
//
// Closing line on stderr: "tally: P passed, F failed"; a round is one kill with its look afterwards.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "store/key_space.h"
#include "store/leveldb/inspector.h"
#include "store/leveldb/leveldb_directory.h"

namespace {

using namespace parley;         // NOLINT(google-build-using-namespace): a program of tests
using namespace parley::store;  // NOLINT(google-build-using-namespace)

constexpr ConversationId kConversation{1};
constexpr std::uint64_t kKept = 40;  // batches whose bodies stay; older ones are deleted

crypto::SealingKey master() { return crypto::SealingKey::from_bytes(Bytes(32, 7)).value(); }

LevelDbDirectory::Options options() {
  LevelDbDirectory::Options options;
  options.shards = 2;
  options.database.write_buffer_bytes = 64 << 10;  // tables and compactions within a round
  return options;
}

std::uint64_t bodies_of(std::uint64_t batch) { return batch % 7 + 1; }

Position position_of(std::uint64_t batch, std::uint64_t body) { return Position{batch * 8 + body}; }

Bytes body_of(std::uint64_t batch, std::uint64_t body) {
  return Bytes(static_cast<std::size_t>((batch * 131 + body * 17) % 3000),
               static_cast<Byte>(batch + body));
}

// Batch n counts to n, writes its bodies and deletes those of batch n - kKept.
std::vector<Fact> facts_of(std::uint64_t batch) {
  std::vector<Fact> facts;
  if (batch == 1) {
    facts.emplace_back(ConversationFact{kConversation, ConversationFact::Value{}});
  }
  OutboxCounters::Value counters;
  counters.last_position = Position{batch};
  facts.emplace_back(OutboxCounters{kConversation, counters});
  for (std::uint64_t i = 0; i < bodies_of(batch); ++i) {
    OutboxBody::Value value;
    value.ticket = Ticket{batch};
    value.body = body_of(batch, i);
    facts.emplace_back(OutboxBody{kConversation, position_of(batch, i), std::move(value)});
  }
  if (batch > kKept) {
    for (std::uint64_t i = 0; i < bodies_of(batch - kKept); ++i) {
      facts.emplace_back(OutboxBody{kConversation, position_of(batch - kKept, i), std::nullopt});
    }
  }
  return facts;
}

class LastBatch final : public FactSink {
 public:
  Result<void> take(Fact fact) override {
    if (const auto* counters = std::get_if<OutboxCounters>(&fact)) {
      number = counters->value->last_position.value;
    }
    return {};
  }

  std::uint64_t number = 0;
};

// The process that is killed. Tells each acknowledged batch as eight octets on descriptor 3.
int commit_for_ever(const std::string& path, std::uint64_t seed) {
  crypto::SystemEntropy entropy;
  auto directory = LevelDbDirectory::open(path, master(), entropy, options());
  if (!directory) {
    return 2;
  }
  auto store = (*directory)->shard(0, entropy);
  LastBatch last;
  const auto epoch = (*store)->recover(last);
  if (!epoch) {
    return 3;
  }
  std::mt19937_64 random(seed);
  std::uint64_t next = last.number + 1;
  for (;;) {
    for (std::uint64_t in_group = 1 + random() % 6; in_group > 0; --in_group, ++next) {
      (*store)->submit(Batch{*epoch, TurnNumber{next}, facts_of(next), true});
    }
    for (const CommitOutcome& outcome : (*store)->collect()) {
      if (!outcome.receipt) {
        return 4;
      }
      const std::uint64_t number = outcome.receipt->turn().value;
      if (write(3, &number, sizeof number) != static_cast<ssize_t>(sizeof number)) {
        return 5;
      }
    }
  }
}

struct Killed {
  bool died_by_kill = false;
  std::uint64_t acknowledged = 0;  ///< highest number heard; 0 = none
  bool is_in_order = true;
};

Killed run_and_kill(const std::string& path, std::uint64_t seed,
                    std::chrono::microseconds life) {
  int ends[2];
  if (pipe(ends) != 0) {
    return {};
  }
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 3);
    const std::string number = std::to_string(seed);
    execl("/proc/self/exe", "store_crash", "--child", path.c_str(), number.c_str(), nullptr);
    _exit(6);
  }
  close(ends[1]);
  std::this_thread::sleep_for(life);
  kill(child, SIGKILL);
  Killed killed;
  std::uint64_t number = 0;
  while (read(ends[0], &number, sizeof number) == static_cast<ssize_t>(sizeof number)) {
    killed.is_in_order =
        killed.is_in_order && (killed.acknowledged == 0 || number == killed.acknowledged + 1);
    killed.acknowledged = number;
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  killed.died_by_kill = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  return killed;
}

bool complain(const char* what, std::uint64_t number) {
  std::printf("  %s (batch %llu)\n", what, static_cast<unsigned long long>(number));
  return false;
}

// Every body of every batch up to `last` that has not been deleted is there, and no other.
bool look(const std::string& path, std::uint64_t acknowledged, std::uint64_t& last) {
  crypto::SystemEntropy entropy;
  auto directory = LevelDbDirectory::open(path, master(), entropy, options());
  if (!directory) {
    return complain(std::string(name_of(directory.error().code())).c_str(), 0);
  }
  auto store = (*directory)->shard(0, entropy);
  LastBatch found;
  if (!(*store)->recover(found)) {
    return complain("recovery failed", 0);
  }
  if (found.number < acknowledged) {
    return complain("an acknowledged batch is lost", acknowledged);
  }
  last = found.number;
  std::uint64_t bodies = 0;
  for (std::uint64_t batch = last > kKept ? last - kKept + 1 : 1; batch <= last; ++batch) {
    for (std::uint64_t i = 0; i < bodies_of(batch); ++i, ++bodies) {
      const auto fact = (*store)->read(outbox_body_key(kConversation, position_of(batch, i)));
      if (!fact || std::get<OutboxBody>(*fact).value->body != body_of(batch, i)) {
        return complain("a batch is not whole", batch);
      }
    }
  }
  const Verification verified = Inspector(**directory).verify();
  const auto counted = verified.records.find(KeyKind::outbox_body);
  if (verified.problem_count != 0 ||
      (counted == verified.records.end() ? 0 : counted->second) != bodies) {
    return complain("the store holds what no batch put there", last);
  }
  return true;
}

int run(std::uint64_t rounds, std::uint64_t seed) {
  std::string folder = (std::filesystem::temp_directory_path() / "parley-crash-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("mkdtemp");
    return 2;
  }
  std::printf("seed %llu\n", static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  std::uint64_t passed = 0;
  std::uint64_t failed = 0;
  std::uint64_t before = 0;
  std::uint64_t last = 0;
  for (std::uint64_t round = 1; round <= rounds; ++round) {
    const Killed killed =
        run_and_kill(folder + "/store", random(), std::chrono::microseconds(random() % 80'000));
    const std::uint64_t acknowledged = std::max(before, killed.acknowledged);
    const bool is_good = killed.died_by_kill && killed.is_in_order &&
                         look(folder + "/store", acknowledged, last) && last >= before;
    (is_good ? passed : failed) += 1;
    if (!is_good) {
      std::printf("  round %llu\n", static_cast<unsigned long long>(round));
    }
    before = last;
  }
  std::printf("%llu batches committed\n", static_cast<unsigned long long>(last));
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  std::fflush(stdout);
  std::fprintf(stderr, "tally: %llu passed, %llu failed\n",
               static_cast<unsigned long long>(passed), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::strcmp(argv[1], "--child") == 0) {
    return commit_for_ever(argv[2], std::strtoull(argv[3], nullptr, 10));
  }
  std::uint64_t rounds = 40;
  std::uint64_t seed = 1;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::strcmp(argv[i], "--rounds") == 0) {
      rounds = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (std::strcmp(argv[i], "--seed") == 0) {
      seed = std::strtoull(argv[i + 1], nullptr, 10);
    }
  }
  return run(rounds, seed);
}
