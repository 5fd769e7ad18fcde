// Activation, ReLU and Softmax.

#include "tests/layers/check_layer.hpp"

namespace test_activations {

using namespace tanuki;

namespace {

/// Away from the kinks at 0, 0.5 and 2.
const test::LayerCheck without_weights{
    .inputs = {Tensor<Cpu>({2, 2, 3}, {-2, -0.6f, 0.7f, 3, 0.1f, -0.1f, 0.3f, 1.1f, -1.2f, 2.5f, 0.9f, -3})},
    .output = {2, 3}};

}  // namespace

TEST_CASE("Activation") {
  for (const char* name : {"linear", "relu", "elu", "sigmoid", "tanh", "softmax", ""}) {
    INFO(name);
    test::check_layer(Activation(name), without_weights);
  }
  test::check_names("activation", [](std::string name) { return Activation("relu", name); });
  CHECK(Activation({.activation = "tanh", .name = "act"}).options().activation == "tanh");
  CHECK_THROWS_WITH(Activation("reluu", "act"),
                    Catch::Contains("in 'act': unknown activation 'reluu': expected one of linear, relu,"));
}

TEST_CASE("ReLU") {
  test::check_layer(ReLU(), without_weights);
  test::check_layer(ReLU({.max_value = 2, .negative_slope = 0.2f, .threshold = 0.5f}), without_weights);
  test::check_names("re_lu", [](std::string name) { return ReLU({.name = name}); });
  CHECK_THROWS_AS(ReLU({.negative_slope = -1}), Error);
}

TEST_CASE("Softmax") {
  test::check_layer(Softmax(), without_weights);
  test::check_names("softmax", [](std::string name) { return Softmax({.name = name}); });
  CHECK_THROWS_WITH(Softmax({.axis = 3, .name = "s"})(Input({4, 3})), Catch::Contains("in 's': "));
}

}  // namespace test_activations
