// On which threads map runs its function, and that its elements do not depend on it.

#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tables.hpp"

namespace test_map {

using namespace tanuki;
using test::all;
using test::counting;
using test::Fragile;
using test::numbers;

namespace {

/// Which threads call it: it waits for as many as are expected, though not for ever.
class Watch {
 public:
  Example operator()(Example example) const {
    std::unique_lock lock(state_->mutex);
    state_->threads.insert(std::this_thread::get_id());
    state_->arrived.notify_all();
    const auto all_there = [&] { return state_->threads.size() >= state_->expected; };
    if (!state_->late) state_->late = !state_->arrived.wait_for(lock, std::chrono::seconds(10), all_there);
    return example;
  }

  /// Whether a pass calls it on so many threads, none of them the caller's own.
  bool sees(std::size_t expected, const Dataset& dataset, Index epoch) const {
    state_->threads.clear();
    state_->expected = expected;
    state_->late = false;
    all(dataset, epoch);
    return state_->threads.size() == expected && !state_->threads.contains(std::this_thread::get_id());
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable arrived;
    std::set<std::thread::id> threads;
    std::size_t expected = 0;
    bool late = false;
  };
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

Example number(float x) { return {Tensor<Cpu>(Shape{1}, {x}), {}}; }

/// 0 … count - 1; then nothing, or an error. Fails where two threads ask at once, and where one asks behind the end.
Dataset generated(int count, bool broken = false) {
  return Dataset::from_generator([=](Index) {
    const auto asked = std::make_shared<std::atomic<int>>(0);
    return [=, next = 0]() mutable -> std::optional<Example> {
      if (asked->fetch_add(1) != 0) fail("two ask at once, or behind the end");
      if (next == count && broken) fail("broken");
      if (next == count) return std::nullopt;
      asked->store(0);
      return number(float(next++));
    };
  });
}

Example plus_noise(Example example, Random random) {
  std::this_thread::sleep_for(std::chrono::microseconds(int(example.x.data()[0]) * 37 % 11 * 30));
  example.x.data()[0] += random.uniform(0);
  return example;
}

}  // namespace

TEST_CASE("map has threads of its own behind any step") {
  const Watch watch;
  const Dataset streams[] = {generated(20), generated(20).batch(2), counting(20).batch(2),
                             counting(20).batch(2).unbatch(), counting(8).repeat(3)};
  for (const Dataset& stream : streams) {
    CHECK(watch.sees(4, stream.map(watch, 4), 0));
    CHECK(watch.sees(1, stream.map(watch).prefetch(1), 0));
  }
}

TEST_CASE("the elements of a stream are the same, and in order, on any number of threads") {
  const Dataset streams[] = {generated(40), generated(40).batch(3),
                             counting(40).shuffle(1).batch(3).unbatch(), counting(9).repeat(4),
                             counting(0).batch(2)};
  for (const Dataset& stream : streams) {
    for (const Index epoch : {0, 3}) {
      const auto expected = all(stream.map(plus_noise, 7), epoch);
      for (int workers : {1, 2, 7})
        REQUIRE(all(stream.map(plus_noise, 7, workers).prefetch(2), epoch) == expected);
    }
  }
  REQUIRE(all(generated(40).map([](Example e) { return e; }, 5)) == numbers(0, 40));
}

TEST_CASE("what is thrown on a map's threads comes at its place, and ends the pass") {
  const auto until = [](Iterator& pass) {
    Index count = 0;
    try {
      while (pass.next()) ++count;
    } catch (const Error& error) {
      return std::to_string(count) + " " + error.what();
    }
    return std::to_string(count);
  };
  for (int workers : {0, 1, 5}) {
    const auto at_nine = [](Example e) { return e.x.data()[0] == 9 ? (fail("nine"), e) : e; };
    auto pass = generated(20).map(at_nine, workers).iterate(0);
    CHECK(until(*pass) == "9 nine");
    CHECK(until(*pass) == "0");
    auto broken = generated(12, true).map([](Example e) { return e; }, workers).iterate(0);
    CHECK(until(*broken) == "12 broken");
    CHECK(until(*broken) == "0");
  }
}

TEST_CASE("a map's threads are gone with the pass") {
  for (int taken : {0, 1, 3}) {
    auto pass = counting(5).repeat().map(plus_noise, 1, 4).iterate(0);
    for (int i = 0; i < taken; ++i) REQUIRE(pass->next());
  }
}

TEST_CASE("behind a cache map keeps its threads when all is cached") {
  const std::pair<const char*, std::function<Dataset(Dataset)>> steps[] = {
      {"nothing", [](Dataset data) { return data; }},
      {"shuffle", [](Dataset data) { return data.shuffle(1); }},
      {"take", [](Dataset data) { return data.take(30); }},
      {"shard", [](Dataset data) { return data.shard(2, 0); }},
      {"split", [](Dataset data) { return data.split({0.5})[0]; }},
      {"zip", [](Dataset data) { return Dataset::zip(data, data); }},
      {"map", [](Dataset data) { return data.map([](Example e) { return e; }); }}};
  const Watch watch;
  for (const auto& [name, step] : steps) {
    CAPTURE(name);
    const Dataset cached = step(Dataset(std::make_shared<Fragile>(60, std::set<Index>{})).cache());
    const Dataset mapped = cached.map(watch), on_five = cached.map(watch, 5);
    for (Index epoch : {0, 1, 2}) {
      CAPTURE(epoch);
      CHECK(watch.sees(3, mapped, epoch));  // as many as its table has
      CHECK(watch.sees(5, on_five, epoch));
    }
  }
}

}  // namespace test_map
