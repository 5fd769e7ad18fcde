#include <catch2/catch.hpp>

#include "tanuki/layers/random_range.hpp"

namespace test_random_range {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a value_range that is none is refused with its numbers") {
  REQUIRE(find_value_range("x", {0, 255}) == std::array<float, 2>{0, 255});
  REQUIRE_THROWS_WITH(find_value_range("x", {255, 0}),
                      Contains("in 'x': value_range is {255, 0}, expected two numbers in rising order"));
  REQUIRE_THROWS_WITH(find_value_range("x", {0.5}), Contains("value_range is {0.5}, expected"));
  REQUIRE_THROWS_WITH(find_value_range("x", {}), Contains("value_range is {}, expected"));
}

}  // namespace test_random_range
