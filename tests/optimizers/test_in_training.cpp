// What compile() and the training step make of an optimizer.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"

using namespace tanuki;
using Catch::Matchers::Contains;

namespace test_in_training {

const Tensor<> x({2, 2}, {1, 2, -1, 0.5f}), y({2, 1}, {1, -1});

struct Net {
  explicit Net(Constraint constraint = {}) {
    const auto in = Input({2});
    first.emplace(DenseOptions{.units = 2, .kernel_constraint = constraint, .name = "first"});
    last.emplace(DenseOptions{.units = 1, .name = "last"});
    model.emplace(in, (*last)((*first)(in)), "net");
    first->weights()[0].assign(Tensor<>({2, 2}, {0.5f, -0.5f, 0.25f, 1}));
    last->weights()[0].assign(Tensor<>({2, 1}, {1, 2}));
  }
  std::vector<float> kernel() const { return first->weights()[0].value().to_vector(); }

  std::optional<Dense<>> first, last;
  std::optional<Model<>> model;
};

std::vector<float> moved(const std::vector<float>& from, const std::vector<float>& to) {
  std::vector<float> way;
  for (std::size_t i = 0; i < from.size(); ++i) way.push_back(to[i] - from[i]);
  return way;
}

TEST_CASE("compile() takes an optimizer by Keras' name") {
  const Net net;
  net.model->compile({.optimizer = "rmsprop", .loss = "mse"});
  CHECK(net.model->trainer().optimizer().class_name() == "RMSprop");
  CHECK_THROWS_WITH(net.model->compile({.optimizer = "rmspropp", .loss = "mse"}),
                    Contains("expected one of"));
}

TEST_CASE("learning_rate_multipliers slow the weights down that their patterns match; the last one counts") {
  const Net plain, slow;
  const std::vector<float> before = plain.kernel();
  plain.model->compile({.optimizer = SGD({.learning_rate = 0.125}), .loss = "mse"});
  plain.model->train_on_batch(x, y);
  slow.model->compile({.optimizer = SGD({.learning_rate = 0.125}),
                       .loss = "mse",
                       .learning_rate_multipliers = {{"*", 0}, {"first/*", 0.5}, {"*/bias", 2}}});
  slow.model->train_on_batch(x, y);
  const auto full = moved(before, plain.kernel()), half = moved(before, slow.kernel());
  for (std::size_t i = 0; i < full.size(); ++i) CHECK(half[i] == Approx(full[i] / 2));
  CHECK(full[0] != 0);
  CHECK(slow.last->weights()[0].value().to_vector() == std::vector<float>{1, 2});
  CHECK(slow.first->weights()[1].value().data()[0] ==
        Approx(2 * plain.first->weights()[1].value().data()[0]));
}

TEST_CASE("a multiplier may match frozen weights, but must match some") {
  const Net net;
  net.first->trainable(false);
  CHECK_NOTHROW(net.model->compile(
      {.optimizer = SGD(), .loss = "mse", .learning_rate_multipliers = {{"first/*", 0.5}}}));
  CHECK_THROWS_WITH(net.model->compile(
                        {.optimizer = SGD(), .loss = "mse", .learning_rate_multipliers = {{"frist/*", 0.5}}}),
                    "in 'net': learning_rate_multipliers has 'frist/*', which matches no weight");
  CHECK_THROWS_WITH(
      net.model->compile({.optimizer = SGD(), .loss = "mse", .learning_rate_multipliers = {{"*", -1}}}),
      "[sgd] a multiplier is -1, expected a number of 0 or more");
}

TEST_CASE("a weight's constraint holds after each step") {
  const Net net(unit_norm());
  net.model->compile({.optimizer = SGD(), .loss = "mse"});
  net.model->train_on_batch(x, y);
  const auto kernel = net.kernel();
  CHECK(std::hypot(kernel[0], kernel[2]) == Approx(1).epsilon(1e-5));
  CHECK(std::hypot(kernel[1], kernel[3]) == Approx(1).epsilon(1e-5));
  const Net wrong(max_norm(1, {2}));
  CHECK_THROWS_WITH(wrong.model->compile({.optimizer = SGD(), .loss = "mse"}),
                    Contains("weight 'first/kernel': [MaxNorm] axis is 2"));
}

TEST_CASE("finalize() puts the averages in the weights' place") {
  const Net net;
  net.model->compile({.optimizer = SGD({.use_ema = true, .ema_momentum = 0.5}), .loss = "mse"});
  net.model->train_on_batch(x, y);
  const auto one = net.kernel();
  net.model->train_on_batch(x, y);
  const auto two = net.kernel();
  net.model->trainer().finalize();
  const auto average = net.kernel();
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(average[i] == Approx(0.5f * one[i] + 0.5f * two[i]));
}

TEST_CASE("the optimizer's state covers all trainable weights, also those that no output depends on") {
  const auto in = Input({2});
  const auto hidden = Dense({.units = 2, .name = "hidden"})(in);
  const Sequential unused({Dense({.units = 3, .name = "unused"})}, "side");
  const auto aside = unused(hidden);
  const Model model({in}, {Dense({.units = 1, .name = "out"})(hidden), aside}, "two");
  model.compile({.optimizer = Adam(), .loss = {"mse", AnyLoss<Cpu>()}});
  auto state = model.trainer().optimizer().state();
  CHECK(state.size() == 2 * model.trainable_weights().size());
  const auto weights = model.trainable_weights();
  for (std::size_t i = 0; i < weights.size(); ++i) CHECK(state[2 * i].value.shape() == weights[i].shape());
  const std::vector<Tensor<>> labels{y, Tensor<>({2, 3})};
  model.fit({x}, labels, {.verbose = false});
  for (auto& variable : model.trainer().optimizer().state()) {
    const auto values = variable.value.to_vector();
    const bool moved = std::any_of(values.begin(), values.end(), [](float value) { return value != 0; });
    CHECK(moved == (variable.name.find("unused") == std::string::npos));
  }
}

}  // namespace test_in_training
