// On which threads map runs its function, and that its elements do not depend on it.

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "tables.hpp"

namespace test_map {

using namespace tanuki;
using test::all;
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

}  // namespace

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
