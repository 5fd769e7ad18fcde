#include <catch2/catch.hpp>
#include <limits>

#include "tanuki/core/tensor.hpp"
#include "tanuki/core/weight.hpp"

namespace test_shape {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a shape knows its extents and reads like a Python tuple") {
  const Shape shape{32, 10, 10, 728};
  CHECK(shape.rank() == 4);
  CHECK(shape.elements() == 32 * 10 * 10 * 728);
  CHECK(shape.str() == "(32, 10, 10, 728)");
  CHECK(Shape{5}.str() == "(5,)");
  CHECK(Shape{}.str() == "()");
  CHECK(Shape{}.elements() == 1);
  CHECK(shape.without_batch() == Shape{10, 10, 728});
  CHECK(shape.without_batch().with_batch(32) == shape);
  CHECK_FALSE(shape == Shape{32, 10, 10});
}

TEST_CASE("a shape that cannot be is refused") {
  CHECK_THROWS_WITH((Shape{2, -1}), Contains("(2, -1)") && Contains("negative"));
  CHECK_THROWS_WITH((Shape{1, 1, 1, 1, 1, 1, 1, 1, 1}), Contains("9 axes") && Contains("at most 8"));
  const Index large = std::numeric_limits<Index>::max() / 2;
  CHECK_THROWS_WITH((Shape{large, 3}), Contains("too many elements"));
  CHECK_THROWS_WITH(Shape().without_batch(), Contains("no axis"));
}

TEST_CASE("a tensor owns its numbers") {
  Tensor<> a({2, 2}, {1, 2, 3, 4});
  Tensor<> b = a;
  b.data()[0] = 9;
  CHECK(a.to_vector() == std::vector<float>{1, 2, 3, 4});
  CHECK(reinterpret_cast<std::uintptr_t>(a.data()) % 64 == 0);
  const Tensor<> moved = std::move(b);
  CHECK(moved.to_vector() == std::vector<float>{9, 2, 3, 4});
  CHECK(Tensor<>(Shape{3}).to_vector() == std::vector<float>{0, 0, 0});
  CHECK(std::move(a).reshaped({4}).shape() == Shape{4});
  CHECK_THROWS_WITH(Tensor<>({2, 2}, {1, 2, 3}), Contains("(2, 2)") && Contains("3 were given"));
  CHECK_THROWS_WITH(Tensor<>({2, 2}).reshaped({3}), Contains("(2, 2)") && Contains("(3,)"));
}

TEST_CASE("a tensor whose bytes cannot be counted is refused") {
  CHECK_THROWS_WITH(Tensor<>({Index{1} << 62}), Contains("no room for 4611686018427387904 numbers"));
  CHECK_THROWS_WITH(Buffer<Cpu>(Index{1} << 61), Contains("no room"));
}

TEST_CASE("a weight is a handle, and writing raises its version") {
  const Weight<> a("kernel", Role::learned, Tensor<>({2}, {1, 2}));
  const Weight<> b = a;
  const auto version = a.version();
  b.edit().data()[0] = 5;
  CHECK(a.value().data()[0] == 5);
  CHECK(a.version() > version);
  CHECK(a == b);
  CHECK_FALSE(a == Weight<>("kernel", Role::learned, Tensor<>({2}, {5, 2})));
  CHECK_FALSE(Weight<>());
  CHECK_THROWS_WITH(a.assign(Tensor<>({3})), Contains("'kernel'") && Contains("(2,)") && Contains("(3,)"));
  CHECK(a.value().data()[0] == 5);
}

}  // namespace test_shape
