#include <catch2/catch.hpp>
#include <limits>
#include <tanuki/tanuki.hpp>

#include "tests/training/all_numbers.hpp"

namespace test_not_finite {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("TerminateOnNaN ends fit() where the loss is not finite, with the weights of the step before") {
  const auto in = Input({1});
  const Model model(in, Dense({.units = 1})(in));
  Tensor<> x({4, 1}), y({4, 1});
  for (Index i = 0; i < 4; ++i) x.data()[i] = float(i + 1);
  y.data()[2] = std::numeric_limits<float>::infinity();
  std::vector<std::vector<float>> weights;
  std::string said;
  const auto fit = [&](bool raise_error) {
    set_random_seed(3);
    model.compile({.optimizer = SGD({.learning_rate = 0.01f}), .loss = "mse"});
    weights.clear(), said.clear();
    std::ostringstream out;
    const auto look = std::make_shared<LambdaCallback>(LambdaCallbackOptions{
        .on_train_end = [&](const Logs&) { said += "end "; },
        .on_epoch_end = [&](Index epoch, const Logs&) { said += "epoch" + std::to_string(epoch) + " "; },
        .on_train_batch_end =
            [&](Index batch, const Logs& logs) {
              weights.push_back(test::all_numbers(model));
              said += std::to_string(batch) + (std::isnan(logs[0].second) ? "nan " : " ");
            }});
    const auto terminate =
        std::make_shared<TerminateOnNaN>(TerminateOnNaN::Options{.raise_error = raise_error, .output = &out});
    const auto history = model.fit(
        x, y,
        {.epochs = 3, .callbacks = {look, terminate}, .verbose = false, .batch_size = 1, .shuffle = false});
    CHECK(out.str() == "Batch 2: Invalid loss, terminating training\n");
    return history;
  };
  const auto history = fit(false);
  CHECK(said == "0 1 2nan epoch0 end ");
  CHECK(weights[2] == weights[1]);
  CHECK(weights[1] != weights[0]);
  REQUIRE(history.epochs() == 1);
  CHECK(std::isnan(history["loss"][0]));
  CHECK_THROWS_WITH(fit(true),
                    Contains("[fit] epoch 1, batch 3: the loss is inf (the batch's y has inf in example 0)"));
  y.data()[2] = 3, x.data()[3] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(model.fit(x, y, {.verbose = false, .batch_size = 4, .shuffle = false}),
                    Contains("the loss is nan (the batch's x has nan in example 3) at training step"));
  CHECK(said == "0 1 ");
}

TEST_CASE("the validation's batch of which the loss is no number is named") {
  const auto in = Input({1});
  const Model model(in, Dense({.units = 1})(in));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor<> x({4, 1}, {1, 2, 3, 4}), y({4, 1}, {1, 2, 3, 4});
  Tensor<> broken({5, 1}, {1, 2, 3, std::numeric_limits<float>::quiet_NaN(), 5});
  const auto validation = Dataset::from_tensors(broken, Tensor<>({5, 1})).batch(2);
  CHECK_THROWS_WITH(model.fit(x, y, {.validation_data = validation, .verbose = false}),
                    Contains("[fit] epoch 1, validation_data: the loss is nan, from batch 2 (the batch's x "
                             "has nan in example 1) on"));
  CHECK(std::isnan(model.evaluate(validation)[0].second));  // as in Keras
}

TEST_CASE("TerminateOnNaN ends fit() where the validation's loss is not finite either") {
  const auto in = Input({1});
  const Model model(in, Dense({.units = 1})(in));
  const Tensor<> x({4, 1}, {1, 2, 3, 4}), y({4, 1}, {1, 2, 3, 4});
  model.compile({.optimizer = SGD({.learning_rate = 1e25f}), .loss = "mse"});
  std::ostringstream out;
  bool ended = false;
  const auto look = std::make_shared<LambdaCallback>(
      LambdaCallbackOptions{.on_train_end = [&](const Logs&) { ended = true; }});
  const auto terminate = std::make_shared<TerminateOnNaN>(TerminateOnNaN::Options{.output = &out});
  FitOptions options{.epochs = 9, .verbose = false, .batch_size = 4};
  options.validation_data = {x, y};
  options.callbacks = {look, terminate};
  const auto history = model.fit(x, y, options);
  CHECK(ended);
  REQUIRE(history.epochs() < 9);
  CHECK_FALSE(std::isfinite(history["val_loss"].back()));
  options.callbacks = {look};
  CHECK_THROWS_WITH(model.fit(x, y, options), Contains("is inf") || Contains("is nan"));
}

}  // namespace test_not_finite
