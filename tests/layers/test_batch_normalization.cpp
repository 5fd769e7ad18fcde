#include "tests/layers/check_layer.hpp"

namespace test_batch_normalization {

using namespace tanuki;
using test::some_numbers;

namespace {

const std::vector<std::string> all_weights{"gamma", "beta", "moving_mean", "moving_variance"};

test::LayerCheck about(std::vector<std::string> weights, std::size_t trainable) {
  const Index params = Index(weights.size()) * 3;
  return {.inputs = {some_numbers({4, 2, 3, 3}, 0)},
          .output = {2, 3, 3},
          .weights = std::move(weights),
          .trainable = trainable,
          .params = params,
          .tolerance = 2e-3};
}

std::vector<std::vector<float>> statistics(const BatchNormalization<Cpu>& layer) {
  return test::numbers(layer.non_trainable_weights());
}

}  // namespace

TEST_CASE("BatchNormalization") {
  test::check_layer(BatchNormalization(), about(all_weights, 2));
  test::check_layer(BatchNormalization({.scale = false}),
                    about({"beta", "moving_mean", "moving_variance"}, 1));
  test::check_layer(BatchNormalization({.axis = 3, .center = false}),
                    about({"gamma", "moving_mean", "moving_variance"}, 1));
  test::check_names("batch_normalization",
                    [](std::string name) { return BatchNormalization({.name = name}); });
}

TEST_CASE("the moving statistics follow in training mode alone, and only of an unfrozen layer") {
  const BatchNormalization layer;
  layer.build({2, 3, 3});
  const auto start = statistics(layer);
  CHECK(start == std::vector<std::vector<float>>{{0, 0, 0}, {1, 1, 1}});
  const auto check = about(all_weights, 2);
  test::run_step(layer, check, false, 1);
  CHECK(statistics(layer) == start);
  layer.trainable(false);
  const auto frozen_output = test::run_step(layer, check, true, 1).to_vector();
  CHECK(test::numbers(layer.weights())[2] == start[0]);
  CHECK(test::run_step(layer, check, false, 1).to_vector() == frozen_output);
  layer.trainable(true);
  CHECK(test::run_step(layer, check, true, 1).to_vector() != frozen_output);
  const auto moved = statistics(layer);
  CHECK(moved != start);
  test::run_step(layer, check, true, 1);
  CHECK(statistics(layer) != moved);
}

TEST_CASE("unfreezing never makes statistics trainable") {
  const BatchNormalization layer;
  layer.build({3});
  layer.trainable(false);
  CHECK(layer.trainable_weights().size() == 0);
  CHECK(layer.non_trainable_weights().size() == 4);
  layer.trainable(true);
  CHECK(layer.trainable_weights().size() == 2);
  CHECK(layer.non_trainable_weights().size() == 2);
}

TEST_CASE("a batch of one in training mode is refused by the layer's name") {
  const BatchNormalization layer({.name = "bn"});
  test::LayerRun run(layer, {some_numbers({1, 3}, 0)}, true);
  CHECK_THROWS_WITH(run.forward(),
                    Catch::StartsWith("in 'bn': [batch_normalization] input (1, 3) is a batch of one"));
  CHECK_NOTHROW(test::LayerRun(layer, {some_numbers({1, 3}, 0)}, false).forward());
}

TEST_CASE("BatchNormalization refuses an axis that is not there, and numbers") {
  CHECK_THROWS_AS(BatchNormalization({.axis = 4})(Input({4, 4, 3})), Error);
  CHECK_THROWS_AS(BatchNormalization({.axis = 0})(Input({4, 4, 3})), Error);
  CHECK_THROWS_WITH(BatchNormalization({.renorm = true, .name = "bn"}),
                    "in 'bn': renorm is true, which is not supported");
  CHECK_THROWS_AS(BatchNormalization({.momentum = 1.5}), Error);
  CHECK_THROWS_AS(BatchNormalization({.epsilon = -1}), Error);
}

TEST_CASE("BatchNormalization makes its weights as it is told") {
  const BatchNormalization<Cpu> layer({.beta_initializer = constant(1),
                                       .gamma_initializer = constant(2),
                                       .moving_mean_initializer = constant(3),
                                       .moving_variance_initializer = constant(4),
                                       .beta_regularizer = {.l2 = 0.5f},
                                       .gamma_regularizer = {.l1 = 0.25f},
                                       .gamma_constraint = {.class_name = "NonNeg"}});
  layer.build({1});
  CHECK(test::numbers(layer.weights()) == std::vector<std::vector<float>>{{2}, {1}, {3}, {4}});
  CHECK(layer.weights()[0].regularizer().l1 == 0.25f);
  CHECK(layer.weights()[0].constraint().class_name == "NonNeg");
  CHECK(layer.weights()[1].regularizer().l2 == 0.5f);
}

}  // namespace test_batch_normalization
