#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>

#include "files.hpp"
#include "tanuki/data/read_ahead.hpp"

namespace test_read_ahead {

using namespace tanuki;
using Item = ReadAhead::Item;

namespace {

Example number(Index i) { return {Tensor<Cpu>(Shape{1}, {float(i)}), Tensor<Cpu>()}; }

std::vector<float> drain(Iterator& pass) {
  std::vector<float> values;
  while (auto example = pass.next()) values.push_back(example->x.data()[0]);
  return values;
}

}  // namespace

TEST_CASE("elements come in order, whatever the workers and their pace") {
  for (int workers : {1, 2, 7}) {
    for (Index window : {1, 3, 50}) {
      ReadAhead pass(
          [](Index i) -> Item {
            if (i >= 40) return {.example = {}, .end = true};
            std::this_thread::sleep_for(std::chrono::microseconds((i * 37) % 11 * 50));
            return {.example = number(i), .end = false};
          },
          workers, window);
      REQUIRE(drain(pass) == test::numbers(0, 40));
      REQUIRE_FALSE(pass.next());
    }
  }
}

TEST_CASE("what is bad is left out") {
  ReadAhead pass(
      [](Index i) -> Item {
        return {.example = i % 3 == 1 ? std::optional(number(i)) : std::nullopt, .end = i >= 10};
      },
      3, 4);
  REQUIRE(drain(pass) == std::vector<float>{1, 4, 7});
}

TEST_CASE("never more than the window is read ahead") {
  std::atomic<Index> most{0};
  std::atomic<Index> taken{0};
  ReadAhead pass(
      [&](Index i) -> Item {
        const Index ahead = i - taken;
        for (Index seen = most; ahead > seen && !most.compare_exchange_weak(seen, ahead);) {
        }
        return {.example = number(i), .end = i >= 200};
      },
      4, 5);
  while (pass.next()) ++taken;
  REQUIRE(most <= 5);
  REQUIRE(most >= 1);
}

TEST_CASE("an exception reaches the consumer at its place, and ends the pass") {
  for (int workers : {1, 4}) {
    ReadAhead pass(
        [](Index i) -> Item {
          if (i == 5) fail("the fifth");
          return {.example = number(i), .end = false};
        },
        workers, 8);
    for (int i = 0; i < 5; ++i) REQUIRE(pass.next()->x.data()[0] == float(i));
    REQUIRE_THROWS_WITH(pass.next(), "the fifth");
    REQUIRE_FALSE(pass.next());
  }
}

TEST_CASE("a pass can be dropped at any time") {
  std::atomic<int> running{0};
  for (int taken : {0, 1, 9}) {
    ReadAhead pass(
        [&](Index i) -> Item {
          ++running;
          std::this_thread::sleep_for(std::chrono::microseconds(200));
          --running;
          return {.example = number(i), .end = false};
        },
        3, 6);
    for (int i = 0; i < taken; ++i) pass.next();
  }
  REQUIRE(running == 0);
}

}  // namespace test_read_ahead
