// Models of several inputs and outputs take lists of tensors wherever others take one.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"

namespace tanuki::test_several_inputs {

Model<> network() {
  clear_session();
  set_random_seed(4);
  const auto a = Input({2}), b = Input({3});
  const auto x = Concatenate()({a, b});
  const Model model({a, b}, {Dense({.units = 1})(x), Dense({.units = 2})(x)});
  model.compile({.optimizer = SGD(), .loss = {"mse", "mae"}});
  return model;
}

TEST_CASE("without options a list does what it does with the defaults") {
  const std::vector<Tensor<>> x{Tensor<>({2, 2}, {1, 2, 3, 4}), Tensor<>({2, 3}, {1, 0, 2, 0, 1, 1})},
      y{Tensor<>({2, 1}, {1, 0}), Tensor<>({2, 2}, {1, 0, 0, 1})};
  const auto same = [](const Logs& given, const Logs& expected) {
    CHECK(expected.size() == 3);
    CHECK(given == expected);
  };
  same(network().evaluate(x, y), network().evaluate(x, y, EvaluateOptions{}));
  same(network().test_on_batch(x, y), network().test_on_batch(x, y, EvaluateOptions{}));
  same(network().train_on_batch(x, y), network().train_on_batch(x, y, TrainOnBatchOptions{}));
  CHECK(network().fit(x, y)["loss"] == network().fit(x, y, FitOptions{})["loss"]);

  const auto model = network();
  const auto before = model.predict_all(x);
  model.train_on_batch(x, y);
  const auto after = model.predict_all(x);
  REQUIRE(after.size() == 2);
  CHECK(after[0].to_vector() != before[0].to_vector());
  CHECK(after[1].to_vector() != before[1].to_vector());
}

}  // namespace tanuki::test_several_inputs
