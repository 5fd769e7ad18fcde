#include "tests/layers/check_layer.hpp"

namespace test_dense {

using namespace tanuki;
using test::some_numbers;

TEST_CASE("Dense") {
  test::check_layer(Dense({.units = 5}), {.inputs = {some_numbers({3, 7}, 0)},
                                          .output = {5},
                                          .weights = {"kernel", "bias"},
                                          .trainable = 2,
                                          .params = 40});
  test::check_layer(Dense({.units = 5, .activation = "sigmoid", .use_bias = false}),
                    {.inputs = {some_numbers({2, 4, 7}, 0)},
                     .output = {4, 5},
                     .weights = {"kernel"},
                     .trainable = 1,
                     .params = 35});
  test::check_names("dense", [](std::string name) { return Dense({.units = 1, .name = name}); });
}

TEST_CASE("Dense starts with zeros in its bias and glorot_uniform in its kernel") {
  const Dense layer({.units = 40});
  layer.build({60});
  const float limit = std::sqrt(6.0f / 100.0f);
  double squares = 0;
  for (float value : layer.weights()[0].value().to_vector()) {
    CHECK(std::abs(value) <= limit);
    squares += double(value) * double(value);
  }
  CHECK(squares / 2400 == Approx(double(limit) * double(limit) / 3).epsilon(0.05));
  CHECK(layer.weights()[1].value().to_vector() == std::vector<float>(40, 0.0f));
}

TEST_CASE("Dense refuses bad options and other inputs, by name") {
  CHECK_THROWS_WITH(Dense({.units = 0, .name = "head"}), "in 'head': units is 0, expected at least 1");
  CHECK_THROWS_WITH(Dense({.units = 1, .activation = "swish?", .name = "head"}),
                    Catch::StartsWith("in 'head': unknown activation 'swish?'"));
  CHECK_THROWS_WITH(Dense({.units = Index{1} << 60, .name = "head"})(Input({4})),
                    "in 'head': weight 'kernel' of shape (4, 1152921504606846976) does not fit into memory");
  const Dense layer({.units = 3, .name = "head"});
  layer.build({4});
  CHECK_THROWS_WITH(layer(Input({5})),
                    Catch::StartsWith("in 'head': [matmul] input (5,) does not fit kernel (4, 3)"));
  CHECK_THROWS_WITH(layer({Input({4}), Input({4})}), Catch::Contains("takes one input, 2 were given"));
}

}  // namespace test_dense
