#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "fake_model.hpp"

namespace test_early_stopping {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

namespace {

EarlyStoppingOptions options_of(const Json& json) {
  EarlyStoppingOptions options;
  const GoldenOptions field{json};
  field("monitor", options.monitor), field("min_delta", options.min_delta),
      field("patience", options.patience);
  field("verbose", options.verbose), field("mode", options.mode), field("baseline", options.baseline);
  field("restore_best_weights", options.restore_best_weights);
  field("start_from_epoch", options.start_from_epoch);
  return options;
}

/// What came of a golden case; with `resumes`, every epoch is the first one of training that is resumed.
struct Outcome {
  std::string printed;
  std::unique_ptr<EarlyStopping> callback;
  FakeModel model;

  Outcome(const Json& golden, bool resumes) {
    std::ostringstream out;
    auto options = options_of(golden["options"]);
    options.output = &out;
    callback = std::make_unique<EarlyStopping>(options);
    callback->set_model(&model);
    callback->on_train_begin();
    Logs logs;
    for (Index epoch = 0; epoch < Index(golden["logs"].size()) && !callback->stops_training(); ++epoch) {
      callback->on_epoch_begin(epoch);
      model.now[0].values[0] = float(epoch);
      logs = golden_logs(golden["logs"][std::size_t(epoch)]);
      callback->on_epoch_end(epoch, logs);
      if (resumes) callback = resumed(*callback, options, model);
    }
    callback->on_train_end(logs);
    printed = out.str();
  }
};

}  // namespace

TEST_CASE("training ends where Keras ends it, with the weights of the same epoch") {
  std::size_t number = 0;
  for (const auto& golden : golden_callbacks()["early_stopping"]) {
    for (const bool resumes : {false, true}) {
      INFO("case " << number << (resumes ? ", resumed: " : ": ") << golden["options"].dump());
      const Outcome outcome(golden, resumes);
      CHECK(outcome.callback->stopped_epoch() == golden["stopped_epoch"].get<Index>());
      CHECK(outcome.callback->best_epoch() == golden["best_epoch"].get<Index>());
      CHECK(outcome.model.now[0].values[0] == golden["weight"].get<float>());
      CHECK(outcome.callback->best().has_value() == !golden["best"].is_null());
      if (const auto best = outcome.callback->best(); best && !std::isnan(*best))
        CHECK(*best == golden_number(golden["best"]));
      const bool warned = outcome.printed.find("not available") != std::string::npos;
      CHECK(warned == golden["warned"].get<bool>());
      if (!warned) CHECK(outcome.printed == golden["printed"].get<std::string>());
    }
    ++number;
  }
  CHECK(number == 30);
}

TEST_CASE("weights come out of the state as they went in, to the bit") {
  FakeModel model;
  const EarlyStoppingOptions options{.monitor = "loss", .restore_best_weights = true};
  EarlyStopping callback(options);
  callback.set_model(&model);
  callback.on_train_begin();
  const std::vector<float> values{-0.0f, 1e-45f, std::numeric_limits<float>::quiet_NaN(), 0.1f, 3.4e38f, 5};
  model.now = {{"a/kernel", {2, 3}, values}, {"a/bias", {0}, {}}, {"a/scale", {}, {7}}};
  callback.on_epoch_end(0, {{"loss", 0.1}});
  const auto after = resumed(callback, options, model);
  model.now[0].values.assign(6, 0);
  after->on_train_end({});
  REQUIRE(model.now.size() == 3);
  CHECK(std::memcmp(model.now[0].values.data(), values.data(), 24) == 0);
  CHECK(model.now[0].shape == Shape{2, 3});
  CHECK(model.now[2].values == std::vector<float>{7});
  CHECK(after->state() == callback.state());
}

TEST_CASE("training that was ended is ended also when it is resumed") {
  FakeModel model;
  const EarlyStoppingOptions options{.monitor = "loss"};
  EarlyStopping callback(options);
  callback.set_model(&model);
  callback.on_train_begin();
  callback.on_epoch_end(0, {{"loss", 1}});
  callback.on_epoch_end(1, {{"loss", 1}});
  CHECK(callback.stops_training());
  CHECK(resumed(callback, options, model)->stops_training());
}

TEST_CASE("a number that is missing is told once, with those that there are") {
  FakeModel model;
  std::ostringstream out;
  EarlyStopping callback({.output = &out});
  callback.set_model(&model);
  callback.on_train_begin();
  for (Index epoch : {0, 1, 2}) callback.on_epoch_end(epoch, {{"loss", 1}, {"auc", 2}});
  CHECK(out.str() ==
        "Warning: [early_stopping] early stopping looks at 'val_loss', which is not available. Available "
        "metrics are: loss, auc\n");
  CHECK_FALSE(callback.stops_training());
}

TEST_CASE("which way a metric goes is what Keras takes it to be") {
  const Json& golden = golden_callbacks()["directions"];
  const auto check = [&](const std::string& name, const AnyMetric<Cpu>& metric) {
    INFO(name);
    const char* words[] = {"unknown", "down", "up"};
    CHECK(words[int(metric.direction())] == golden.at(name).get<std::string>());
  };
  each_metric([&]<class M>(const char* name, const char*) { check(name, M()); });
  each_loss_metric([&]<class L>(const char* name, const char*) { check(name, L()); });
  check("Accuracy", "accuracy");
}

TEST_CASE("in fit() the model says which way is better, and the weights of the best epoch come back") {
  set_random_seed(2);
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  model.compile({.optimizer = SGD({.learning_rate = 0.5f}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0}), TruePositives({.thresholds = 0})}});
  Tensor<> x({16, 2}), y({16, 1});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random{3, 0}.normal(std::uint64_t(i));
  for (Index i = 0; i < y.size(); ++i) y.data()[i] = x.data()[2 * i] > 0;
  const auto fit = [&](EarlyStoppingOptions options) {
    const auto callback = std::make_shared<EarlyStopping>(options);
    const auto history =
        model.fit(x, y, {.epochs = 50, .callbacks = {callback}, .verbose = false, .validation_split = 0.25});
    CHECK(callback->best_epoch() == history.epochs() - 1 - options.patience);
    CHECK(callback->best() == history[options.monitor][std::size_t(callback->best_epoch())]);
    return history;
  };
  const auto history = fit({.monitor = "val_binary_accuracy", .patience = 4, .restore_best_weights = true});
  CHECK(history.epochs() < 50);
  CHECK(model.fit(x, y, {.epochs = 0, .verbose = false}).epochs() == 0);
  CHECK_THROWS_WITH(fit({.monitor = "val_true_positives"}), Contains("expected .mode = \"min\" or \"max\""));
}

TEST_CASE("what makes no sense is refused") {
  using Options = EarlyStoppingOptions;
  CHECK_THROWS_WITH(EarlyStopping(Options{.mode = "least"}),
                    Contains("[early_stopping] mode is 'least', expected auto, min or max"));
  CHECK_THROWS_WITH(EarlyStopping(Options{.patience = -1}), Contains("patience is -1, expected 0 or more"));
  CHECK_THROWS_WITH(EarlyStopping(Options{.start_from_epoch = -2}), Contains("start_from_epoch is -2"));
  CHECK_THROWS_WITH(EarlyStopping(Options{.monitor = ""}), Contains("monitor is empty"));
  FakeModel model;
  EarlyStopping callback({.monitor = "val_true_positives"});
  callback.set_model(&model);
  CHECK_THROWS_WITH(callback.on_epoch_end(0, {{"val_true_positives", 1}}),
                    Contains("monitor is 'val_true_positives'") && Contains(".mode = \"min\" or \"max\""));
  const std::string state = callback.state();
  CHECK_THROWS_WITH(callback.restore(state.substr(1)), Contains("[early_stopping] a state of"));
  CHECK_THROWS_WITH(callback.restore(state + "x"), Contains("[early_stopping] a state of"));
  CHECK_THROWS_WITH(callback.restore(""), Contains("expected one of state()"));
  std::string many = state;
  std::fill(many.end() - 8, many.end(), '\x7f');
  CHECK_THROWS_WITH(callback.restore(many), Contains("[early_stopping] a state of"));
}

}  // namespace test_early_stopping
