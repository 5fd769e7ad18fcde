// Add, Concatenate and Flatten.

#include "tests/layers/check_layer.hpp"

namespace test_merging {

using namespace tanuki;
using test::some_numbers;

TEST_CASE("Add") {
  const auto a = some_numbers({2, 3, 2, 4}, 0), b = some_numbers({2, 3, 2, 4}, 1),
             c = some_numbers({2, 3, 2, 4}, 2);
  test::check_layer(Add(), {.inputs = {a, b}, .output = {3, 2, 4}});
  test::check_layer(Add(), {.inputs = {a, b, c}, .output = {3, 2, 4}});
  test::check_names("add", [](std::string name) { return Add({.name = name}); });
  CHECK_THROWS_WITH(Add({.name = "sum"})({Input({4}), Input({3})}),
                    "in 'sum': [add] (3,) does not fit (4,): expected one shape, but for axes of 1");
}

TEST_CASE("Concatenate") {
  test::check_layer(Concatenate(), {.inputs = {some_numbers({2, 3, 2, 4}, 0), some_numbers({2, 3, 2, 1}, 1)},
                                    .output = {3, 2, 5}});
  test::check_layer(
      Concatenate({.axis = 1}),
      {.inputs = {some_numbers({2, 3, 2, 4}, 0), some_numbers({2, 1, 2, 4}, 1)}, .output = {4, 2, 4}});
  test::check_names("concatenate", [](std::string name) { return Concatenate({.name = name}); });
  CHECK_THROWS_WITH(Concatenate({.axis = 0, .name = "c"})({Input({4}), Input({4})}),
                    "in 'c': axis 0 does not fit input (4,): expected 1 to 1, or -1 to -1");
  CHECK_THROWS_WITH(Concatenate({.name = "c"})({Input({4, 2}), Input({3, 2})}),
                    Catch::StartsWith("in 'c': [concatenate] (3, 2) does not fit (4, 2)"));
}

TEST_CASE("Flatten") {
  test::check_layer(Flatten(), {.inputs = {some_numbers({2, 3, 2, 4}, 0)}, .output = {24}});
  test::check_layer(Flatten(), {.inputs = {some_numbers({3, 5}, 0)}, .output = {5}});
  test::check_names("flatten", [](std::string name) { return Flatten({.name = name}); });
}

}  // namespace test_merging
