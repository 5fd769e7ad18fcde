// ReduceLROnPlateau and LearningRateScheduler.

#include <catch2/catch.hpp>

#include "fake_model.hpp"
#include "tanuki/callbacks/learning_rate_scheduler.hpp"
#include "tanuki/callbacks/reduce_lr_on_plateau.hpp"

namespace test_learning_rates {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

namespace {

ReduceLROnPlateauOptions options_of(const Json& json) {
  ReduceLROnPlateauOptions options;
  const GoldenOptions field{json};
  field("monitor", options.monitor), field("factor", options.factor), field("patience", options.patience);
  field("verbose", options.verbose), field("mode", options.mode), field("min_delta", options.min_delta);
  field("cooldown", options.cooldown), field("min_lr", options.min_lr);
  return options;
}

}  // namespace

TEST_CASE("on a plateau the rate is lowered when, and to what, Keras lowers it") {
  std::size_t number = 0;
  for (const auto& golden : golden_callbacks()["reduce_lr_on_plateau"]) {
    for (const bool resumes : {false, true}) {
      INFO("case " << number << (resumes ? ", resumed: " : ": ") << golden["options"].dump());
      std::ostringstream out;
      auto options = options_of(golden["options"]);
      options.output = &out;
      FakeModel model;
      model.rate = double(golden["rate"].get<float>());
      auto callback = std::make_unique<ReduceLROnPlateau>(options);
      callback->set_model(&model);
      callback->on_train_begin();
      std::vector<double> rates;
      for (const auto& json : golden["logs"]) {
        Logs logs = golden_logs(json);
        callback->on_epoch_begin(Index(rates.size()));
        callback->add_to_logs(logs);
        callback->on_epoch_end(Index(rates.size()), logs);
        rates.push_back(model.rate);
        if (resumes) callback = resumed(*callback, options, model);
      }
      CHECK(rates == golden["rates"].get<std::vector<double>>());
      if (!golden["warned"].get<bool>()) CHECK(out.str() == golden["printed"].get<std::string>());
    }
    ++number;
  }
  CHECK(number == 30);
}

TEST_CASE("a schedule sets the rates that Keras sets") {
  for (const auto& golden : golden_callbacks()["learning_rate_scheduler"]) {
    std::ostringstream out;
    FakeModel model;
    model.rate = double(golden["rate"].get<float>());
    const auto first = golden["first"].get<Index>();
    const auto factor = golden["factor"].get<double>();
    LearningRateScheduler callback(
        {.schedule = [&](Index epoch, double rate) { return epoch < first ? rate : rate * factor; },
         .verbose = true,
         .output = &out});
    callback.set_model(&model);
    callback.on_train_begin();
    std::vector<double> rates;
    for (const auto& json : golden["logs"]) {
      callback.on_epoch_begin(Index(rates.size()));
      callback.on_epoch_end(Index(rates.size()), golden_logs(json));
      rates.push_back(model.rate);
    }
    CHECK(rates == golden["rates"].get<std::vector<double>>());
    CHECK(out.str() == golden["printed"].get<std::string>());
  }
}

TEST_CASE("both add the rate of the epoch to its logs") {
  FakeModel model;
  ReduceLROnPlateau reduce({.monitor = "learning_rate", .mode = "min"});
  LearningRateScheduler schedule({.schedule = [](Index, double rate) { return rate / 2; }});
  for (Callback* callback : {static_cast<Callback*>(&reduce), static_cast<Callback*>(&schedule)}) {
    callback->set_model(&model);
    Logs logs{{"loss", 1}};
    callback->add_to_logs(logs);
    callback->add_to_logs(logs);
    CHECK(logs == Logs{{"loss", 1}, {"learning_rate", double(0.01f)}});
  }
}

TEST_CASE("rates that make no sense are refused") {
  using Options = ReduceLROnPlateauOptions;
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.factor = 1}),
                    Contains("[reduce_lr_on_plateau] factor is 1, expected 0 to below 1"));
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.factor = -0.5}), Contains("factor is -0.5"));
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.patience = -1}), Contains("patience is -1"));
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.min_delta = std::numeric_limits<double>::quiet_NaN()}),
                    Contains("min_delta is nan"));
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.cooldown = -1}), Contains("cooldown is -1"));
  CHECK_THROWS_WITH(ReduceLROnPlateau(Options{.min_lr = -1}), Contains("min_lr is -1"));
  CHECK_THROWS_WITH(LearningRateScheduler(LearningRateSchedulerOptions{}), Contains("no schedule"));
  FakeModel model;
  LearningRateScheduler callback({.schedule = [](Index, double) { return -1.0; }});
  callback.set_model(&model);
  CHECK_THROWS_WITH(callback.on_epoch_begin(3),
                    Contains("[learning_rate_scheduler] schedule gives -1 for epoch 3, expected"));
}

}  // namespace test_learning_rates
