#include <algorithm>
#include <catch2/catch.hpp>

#include "tanuki/core/initializers.hpp"
#include "tanuki/core/random.hpp"

namespace test_random {

using namespace tanuki;

TEST_CASE("philox gives the known answers of Random123") {
  CHECK(philox({0, 0, 0, 0}, {0, 0}) == PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  constexpr std::uint32_t ones = 0xffffffff;
  CHECK(philox({ones, ones, ones, ones}, {ones, ones}) ==
        PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("uniform and normal numbers have their moments") {
  const Random random{1, 2};
  double sum = 0, square = 0, normal_sum = 0, normal_square = 0;
  constexpr int count = 100'000;
  for (std::uint64_t i = 0; i < count; ++i) {
    const double u = double(random.uniform(i)), z = double(random.normal(i));
    REQUIRE((u >= 0 && u < 1));
    sum += u, square += u * u, normal_sum += z, normal_square += z * z;
  }
  CHECK(sum / count == Approx(0.5).margin(0.005));
  CHECK(square / count == Approx(1.0 / 3).margin(0.005));
  CHECK(normal_sum / count == Approx(0).margin(0.015));
  CHECK(normal_square / count == Approx(1).margin(0.02));
}

TEST_CASE("streams, forks and seeds are independent of one another") {
  const Random a{1, 2};
  CHECK(a.uniform(7) == Random{1, 2}.uniform(7));
  CHECK(a.uniform(7) != Random{1, 3}.uniform(7));
  CHECK(a.uniform(7) != Random{2, 2}.uniform(7));
  CHECK(a.fork(1).uniform(7) != a.fork(2).uniform(7));
  CHECK(a.fork(1).fork(2).uniform(7) != a.fork(2).fork(1).uniform(7));
}

TEST_CASE("an example draws the same wherever its part of the batch begins") {
  const Random whole = Random{1, 2}.fork(3);
  for (const std::uint64_t each : {1, 4, 5, 6, 7}) {
    for (const std::uint64_t example : {0, 1, 2, 9}) {
      const Random part = Random{1, 2, example}.fork(3).per_example(each);
      for (std::uint64_t i = 0; i < 20; ++i) {
        CHECK(part.word(i) == whole.word(example * each + i));
        CHECK(part.block(i / 4)[i % 4] == part.word(i));
      }
    }
  }
}

TEST_CASE("a permutation holds every number once") {
  auto order = Random{3, 4}.permutation(1000);
  CHECK_FALSE(std::is_sorted(order.begin(), order.end()));
  CHECK(order != Random{3, 5}.permutation(1000));
  std::sort(order.begin(), order.end());
  for (Index i = 0; i < 1000; ++i) CHECK(order[std::size_t(i)] == i);
  CHECK(Random{}.permutation(0).empty());
}

TEST_CASE("glorot_uniform has Keras' limits") {
  CHECK(fans({3, 3, 64, 128}).in == 3 * 3 * 64);
  CHECK(fans({3, 3, 64, 128}).out == 3 * 3 * 128);
  CHECK(fans({10}).in == 10);
  const auto values = glorot_uniform()({3, 3, 8, 16}, Random{1, 1});
  const float limit = std::sqrt(6.0f / (9 * 8 + 9 * 16));
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  CHECK(*low >= -limit);
  CHECK(*high <= limit);
  CHECK(*high - *low > 1.9f * limit);
}

}  // namespace test_random
