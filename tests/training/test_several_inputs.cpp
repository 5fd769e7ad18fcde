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

TEST_CASE("a dataset of several inputs and outputs trains to the bits that tensors train to") {
  Tensor<> a({10, 2}), b({10, 3}), y({10, 1}), z({10, 2}), w({10});
  for (auto* tensor : {&a, &b, &y, &z, &w}) {
    for (Index i = 0; i < tensor->size(); ++i)
      tensor->data()[i] = Random{1, std::uint64_t(tensor->size())}.uniform(std::uint64_t(i));
  }
  const FitOptions options{.epochs = 3, .verbose = false, .batch_size = 4, .shuffle = false};
  const auto numbers = [](const Model<>& model, History history) {
    std::vector<float> all;
    for (double loss : history["loss"]) all.push_back(float(loss));
    for (const auto& [path, weight] : model.named_weights()) {
      for (float value : weight.value().to_vector()) all.push_back(value);
    }
    return all;
  };
  for (const TensorList& weights : {TensorList(), TensorList(w), TensorList{w, Tensor<>(y).reshaped({10})}}) {
    const Dataset data = Dataset::from_tensors({a, b}, {y, z}, weights).batch(4);
    FitOptions weighted = options;
    weighted.sample_weight = weights;
    const Model<> of_tensors = network(), of_data = network();
    CHECK(numbers(of_data, of_data.fit(data, options)) ==
          numbers(of_tensors, of_tensors.fit({a, b}, {y, z}, weighted)));
    CHECK(of_data.evaluate(data) ==
          of_tensors.evaluate({a, b}, {y, z}, {.batch_size = 4, .sample_weight = weights}));
    const auto predicted = of_data.predict_all(data), expected = of_tensors.predict_all({a, b});
    REQUIRE(predicted.size() == 2);
    for (std::size_t i : {0, 1}) CHECK(predicted[i].to_vector() == expected[i].to_vector());
  }

  FitOptions validated = options;
  validated.validation_data = Dataset::from_tensors({a, b}, {y, z}, w).batch(4);
  const auto of_data = network().fit({a, b}, {y, z}, validated);
  validated.validation_data = {{a, b}, {y, z}, w};
  CHECK(of_data["val_loss"] == network().fit({a, b}, {y, z}, validated)["val_loss"]);
}

TEST_CASE("a dataset that does not fit several inputs and outputs is refused") {
  const Tensor<> a({4, 2}), b({4, 3}), y({4, 1}), z({4, 2}), w({4});
  const auto fit = [](Dataset data, FitOptions options = {}) {
    options.verbose = false;
    network().fit(data.batch(2), options);
  };
  CHECK_THROWS_WITH(fit(Dataset::from_tensors(a, {y, z})),
                    Catch::Contains("1 inputs were given, expected 2"));
  CHECK_THROWS_WITH(fit(Dataset::from_tensors({a, b}, y)), Catch::Contains("epoch 1"));
  CHECK_THROWS_WITH(fit(Dataset::from_tensors({b, a}, {y, z})), Catch::Contains("(2, 3)"));
  CHECK_THROWS_WITH(fit(Dataset::from_tensors({a, b}, {y, z}, {w, w, w})), Catch::Contains("epoch 1"));

  Sequential one({Input({2}), Dense({.units = 1})});
  one.compile({.optimizer = "sgd", .loss = "mse"});
  CHECK_THROWS_WITH(
      one.fit(Dataset::from_tensors(a, y, w).batch(2), {.verbose = false, .class_weight = {{0, 2.0}}}),
      Catch::Contains("class_weight is given, and the dataset has sample weights"));
}

}  // namespace tanuki::test_several_inputs
