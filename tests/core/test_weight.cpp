// What a weight keeps of its numbers in another form.

#include <catch2/catch.hpp>

#include "tanuki/core/weight.hpp"

namespace test_weight {

using namespace tanuki;

TEST_CASE("what is derived from a weight is made once, and again after an edit or a failure") {
  struct Doubled {
    std::vector<float> numbers;
  };
  const Weight<> weight("kernel", Role::learned, Tensor<>({2}, {1, 2})), copy = weight;
  int made = 0;
  bool fails = false;
  const auto fill = [&](Doubled& doubled) {
    ++made;
    doubled.numbers.clear();
    if (fails) fail("no room");
    for (Index i = 0; i < 2; ++i) doubled.numbers.push_back(2 * weight.value().data()[i]);
  };
  CHECK(weight.derived<Doubled>(fill).numbers == std::vector<float>{2, 4});
  CHECK(copy.derived<Doubled>(fill).numbers == std::vector<float>{2, 4});
  CHECK(made == 1);
  weight.edit().data()[0] = 5;
  CHECK(copy.derived<Doubled>(fill).numbers == std::vector<float>{10, 4});
  CHECK(made == 2);

  fails = true;
  weight.edit();
  CHECK_THROWS(weight.derived<Doubled>(fill));
  CHECK_THROWS(weight.derived<Doubled>(fill));
  fails = false;
  weight.edit();
  CHECK(weight.derived<Doubled>(fill).numbers == std::vector<float>{10, 4});
}

TEST_CASE("a form of old numbers is given up when another form of new ones is made, and not before") {
  struct Count {
    ~Count() { --alive(); }
    Count() { ++alive(); }
    static int& alive() {
      static int count = 0;
      return count;
    }
  };
  struct First : Count {};
  struct Second : Count {};
  const Weight<> weight("kernel", Role::learned, Tensor<>({2}, {1, 2}));
  const auto nothing = [](auto&) {};
  weight.derived<First>(nothing);
  weight.derived<Second>(nothing);
  CHECK(Count::alive() == 2);
  weight.edit();
  CHECK(Count::alive() == 2);
  weight.derived<First>(nothing);
  CHECK(Count::alive() == 1);
  weight.derived<Second>(nothing);
  CHECK(Count::alive() == 2);
}

}  // namespace test_weight
