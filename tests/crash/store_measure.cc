// Measures the store on this machine: durable records a second against the bare disk, what a backlog
// costs in memory and on disk, and how long a recovery takes.
//
//   store_measure [--messages N]
//
// Every figure is given as a ratio to something measured in the same run.

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "crypto/entropy.h"
#include "crypto/sealing.h"
#include "store/key_space.h"
#include "store/leveldb/leveldb_directory.h"

namespace {

using namespace parley;         // NOLINT(google-build-using-namespace): a program of tests
using namespace parley::store;  // NOLINT(google-build-using-namespace)

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Resident memory of this process in bytes.
double resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  statm >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double disk_bytes(const std::string& path) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

struct Opened {
  explicit Opened(const std::string& path) {
    LevelDbDirectory::Options options;
    options.shards = 1;
    directory = LevelDbDirectory::open(path, master, entropy, options).value();
    store = directory->shard(0, entropy).value();
  }

  crypto::SystemEntropy entropy;
  crypto::SealingKey master = crypto::SealingKey::from_bytes(Bytes(32, 7)).value();
  std::unique_ptr<LevelDbDirectory> directory;
  std::unique_ptr<Store> store;
};

class Counter final : public FactSink {
 public:
  Result<void> take(Fact) override {
    ++count;
    return {};
  }

  std::uint64_t count = 0;
};

Fact body_fact(std::uint64_t position, std::size_t size) {
  OutboxBody::Value value;
  value.ticket = Ticket{position};
  value.action = "urn:example:submit";
  value.body = Bytes(size, static_cast<Byte>(position));
  return OutboxBody{ConversationId{1}, Position{position}, std::move(value)};
}

Fact entry_fact(std::uint64_t position) {
  OutboxEntry::Value value;
  value.ticket = Ticket{position};
  value.slot = 1;
  value.number = position;
  value.message_id = "urn:uuid:00000000-0000-4000-8000-" + std::to_string(100000000000 + position);
  return OutboxEntry{ConversationId{1}, Position{position}, std::move(value)};
}

template <class MakeFact>
double write_all(Opened& opened, std::uint64_t count, std::uint64_t per_batch, MakeFact make) {
  Counter ignored;
  const OwnerEpoch epoch = opened.store->recover(ignored).value();
  const auto begin = Clock::now();
  std::uint64_t turn = 0;
  for (std::uint64_t at = 1; at <= count;) {
    Batch batch{epoch, TurnNumber{++turn}, {}, true};
    for (std::uint64_t i = 0; i < per_batch && at <= count; ++i, ++at) {
      batch.facts.push_back(make(at));
    }
    opened.store->submit(std::move(batch));
    for (const CommitOutcome& outcome : opened.store->collect()) {
      outcome.receipt.value();
    }
  }
  return static_cast<double>(count) / seconds_since(begin);
}

// The floor: the same octets appended to one file, flushed as often.
double write_raw(const std::string& path, std::uint64_t count, std::uint64_t per_batch,
                 std::size_t size) {
  const int file = open(path.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600);
  const std::string octets(per_batch * size, 'x');
  const auto begin = Clock::now();
  for (std::uint64_t at = 0; at < count; at += per_batch) {
    if (write(file, octets.data(), octets.size()) != static_cast<ssize_t>(octets.size()) ||
        fdatasync(file) != 0) {
      std::perror("write");
      std::exit(1);
    }
  }
  const double rate = static_cast<double>(count) / seconds_since(begin);
  close(file);
  return rate;
}

void measure(const std::string& folder, std::uint64_t messages) {
  constexpr std::uint64_t kGroup = 64;
  const std::uint64_t durable = messages / 10;
  const double raw = write_raw(folder + "/raw", durable, kGroup, 1100);
  const double raw_one = write_raw(folder + "/raw", durable / 100, 1, 1100);
  double grouped = 0;
  double alone = 0;
  {
    Opened opened(folder + "/durable");
    grouped = write_all(opened, durable, kGroup, [](std::uint64_t p) { return body_fact(p, 1024); });
    alone = write_all(opened, durable / 100, 1, [](std::uint64_t p) { return body_fact(p, 1024); });
  }
  std::printf("1 KiB records, synced batches of 64:  %9.0f records/s, 1/%.1f of the bare disk\n",
              grouped, raw / grouped);
  std::printf("1 KiB records, synced one by one:     %9.0f records/s, 1/%.1f of the bare disk\n",
              alone, raw_one / alone);
  std::printf("batches of 64 against one by one:     %9.1f times\n", grouped / alone);

  {
    Opened opened(folder + "/backlog");
    const double before = resident_bytes();
    write_all(opened, messages, 256, [](std::uint64_t p) { return body_fact(p, 1024); });
    const double grown = resident_bytes() - before;
    const double disk = disk_bytes(folder + "/backlog");
    const double payload = static_cast<double>(messages) * 1024;
    std::printf("backlog of %llu messages of 1 KiB: %.0f MB of memory (%.1f bytes a message), "
                "%.0f MB of disk (%.2f of the payload)\n",
                static_cast<unsigned long long>(messages), grown / 1e6,
                grown / static_cast<double>(messages), disk / 1e6, disk / payload);
  }
  {
    const auto begin = Clock::now();
    Opened opened(folder + "/backlog");
    Counter counter;
    if (!opened.store->recover(counter)) {
      std::exit(1);
    }
    std::printf("opening and recovering it:            %9.3f s, %llu records read\n",
                seconds_since(begin), static_cast<unsigned long long>(counter.count));
  }
  {
    Opened opened(folder + "/state");
    write_all(opened, messages, 1024, entry_fact);
  }
  const auto begin = Clock::now();
  Opened opened(folder + "/state");
  Counter counter;
  if (!opened.store->recover(counter)) {
    std::exit(1);
  }
  const double elapsed = seconds_since(begin);
  std::printf("recovery of %llu small records:    %9.3f s, %.2f us each\n",
              static_cast<unsigned long long>(counter.count), elapsed,
              elapsed * 1e6 / static_cast<double>(counter.count));
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t messages = 1'000'000;
  if (argc == 3 && std::strcmp(argv[1], "--messages") == 0) {
    messages = std::strtoull(argv[2], nullptr, 10);
  }
  std::string folder = (std::filesystem::temp_directory_path() / "parley-measure-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) {
    std::perror("mkdtemp");
    return 1;
  }
  measure(folder, messages);
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return 0;
}
