#include <atomic>
#include <future>
#include <map>

#include "host/record_cache.h"
#include "host/task_thread.h"
#include "tests/support/catch_pch.h"

using namespace parley;
using namespace parley::host;
using Value = std::optional<Bytes>;

namespace {

/// A cache over a store that is a map.
struct Place {
  std::map<std::string, Bytes, std::less<>> store;
  int reads = 0;
  bool fails = false;
  std::function<void()> while_reading;
  RecordCache cache{[this](std::string_view name) -> Result<Value> {
    ++reads;
    if (fails) {
      return Error(ErrorCode::io_failed, "test");
    }
    const auto found = store.find(name);
    Value value = found == store.end() ? std::nullopt : Value(found->second);
    if (while_reading) {
      while_reading();
    }
    return value;
  }};

  std::string read(std::string_view name) {
    const auto value = cache.read(name);
    REQUIRE(value);
    return *value ? std::string(as_text(**value)) : "absent";
  }

  void write(const std::string& name, const std::string& text) {
    cache.written({{to_bytes(name), to_bytes(text)}}, cache.generation());
  }

  /// The store has what was written.
  void commit(const std::string& name, const std::string& text) {
    store[name] = to_bytes(text);
    cache.durable({{to_bytes(name), to_bytes(text)}});
  }
};

}  // namespace

TEST_CASE("RecordCache shows what was written before the store has it") {
  Place place;
  place.store["a"] = to_bytes("old");
  CHECK(place.read("a") == "old");
  place.write("a", "new");
  CHECK(place.read("a") == "new");
  place.write("a", "newer");
  place.commit("a", "new");
  CHECK(place.read("a") == "newer");
  place.commit("a", "newer");
  CHECK(place.read("a") == "newer");
  CHECK(place.reads == 1);
  place.cache.written({{to_bytes("a"), std::nullopt}}, place.cache.generation());
  CHECK(place.read("a") == "absent");
}

TEST_CASE("RecordCache asks the store once for what is there, and for what is not") {
  Place place;
  place.store["a"] = to_bytes("x");
  for (int i = 0; i < 3; ++i) {
    CHECK(place.read("a") == "x");
    CHECK(place.read("b") == "absent");
  }
  CHECK(place.reads == 2);
  place.fails = true;
  CHECK(place.cache.read("c").error().code() == ErrorCode::io_failed);
}

TEST_CASE("RecordCache forgets what never became durable, and takes nothing that rests on it") {
  Place place;
  place.store["a"] = to_bytes("durable");
  const std::uint64_t before = place.cache.generation();
  place.write("a", "void");
  place.cache.forget();
  CHECK(place.read("a") == "durable");
  place.cache.written({{to_bytes("a"), to_bytes("of a void read")}}, before);
  CHECK(place.read("a") == "durable");
  place.cache.durable({{to_bytes("a"), to_bytes("late")}});
  CHECK(place.read("a") == "durable");
}

TEST_CASE("RecordCache does not keep a read that a change has overtaken") {
  Place place;
  place.store["a"] = to_bytes("old");
  SECTION("changed elsewhere meanwhile") {
    place.while_reading = [&] {
      place.store["a"] = to_bytes("new");
      place.cache.changed_elsewhere({{to_bytes("a"), to_bytes("new")}});
    };
    CHECK(place.read("a") == "old");
    place.while_reading = nullptr;
    CHECK(place.read("a") == "new");
  }
  SECTION("changed elsewhere afterwards") {
    CHECK(place.read("a") == "old");
    place.store["a"] = to_bytes("new");
    place.cache.changed_elsewhere({{to_bytes("a"), to_bytes("new")}});
    CHECK(place.read("a") == "new");
  }
}

TEST_CASE("RecordCache keeps kKeptBytesMax of durable records, and all that is not durable") {
  Place place;
  const std::string half(RecordCache::kKeptBytesMax / 2 - 1, 'x');
  place.store["a"] = to_bytes(half);
  place.store["b"] = to_bytes(half);
  place.store["c"] = to_bytes("x");
  place.read("a");
  place.read("b");
  place.read("a");
  CHECK(place.reads == 2);
  place.read("c");  // one past: the oldest goes
  place.read("b");
  CHECK(place.reads == 3);
  place.read("a");
  CHECK(place.reads == 4);
  for (const std::string name : {"p", "q", "r"}) {
    place.write(name, half);
  }
  for (const std::string name : {"p", "q", "r"}) {
    CHECK(place.read(name) == half);
  }
  CHECK(place.reads == 4);
}

TEST_CASE("TaskThread runs tasks in order, and something after each round") {
  std::vector<int> order;
  std::atomic<int> rounds = 0;
  TaskThread thread([&] { ++rounds; });
  std::promise<void> done;
  for (int i = 0; i < 100; ++i) {
    thread.post([&, i] { order.push_back(i); });
  }
  thread.post([&] { done.set_value(); });
  done.get_future().wait();
  thread.stop();
  REQUIRE(order.size() == 100);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(rounds <= 101);
}

TEST_CASE("TaskThread ends after the running task, and drops the others") {
  std::promise<void> started;
  std::promise<void> go_on;
  std::atomic<int> ran = 0;
  TaskThread thread;
  thread.post([&] {
    started.set_value();
    go_on.get_future().wait();
    ++ran;
  });
  thread.post([&] { ++ran; });
  started.get_future().wait();
  auto stopping = std::async(std::launch::async, [&] { thread.stop(); });
  while (!thread.is_stopping()) {
  }
  go_on.set_value();
  stopping.get();
  thread.post([&] { ++ran; });
  CHECK(ran == 1);
}

TEST_CASE("TaskThread wakes a task that sleeps when it is stopped") {
  std::promise<void> asleep;
  std::atomic<bool> slept_to_the_end = true;
  TaskThread thread;
  thread.post([&] {
    CHECK(thread.pause(Duration(1)));
    asleep.set_value();
    slept_to_the_end = thread.pause(std::chrono::hours(1));
  });
  asleep.get_future().wait();
  thread.stop();
  CHECK_FALSE(slept_to_the_end);
}
