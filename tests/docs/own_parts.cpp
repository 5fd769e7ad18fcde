// What docs/adding-a-loss.md says of the code on it.

#include <catch2/catch.hpp>
#include <filesystem>

#include "app/callbacks.hpp"
#include "app/coverage.hpp"
#include "app/lion.hpp"
#include "app/quantile_loss.hpp"
#include "app/worst_miss.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/callbacks/backup_and_restore.hpp"
#include "tanuki/callbacks/early_stopping.hpp"
#include "tanuki/callbacks/lambda_callback.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/models/sequential.hpp"
#include "tanuki/training/fit.hpp"
#include "tanuki/training/predict.hpp"

namespace own_parts {

using namespace tanuki;
using Catch::Contains;

namespace {

struct Numbers {
  Tensor<> x{Shape{40, 1}}, y{Shape{40, 1}}, weights{Shape{40}};
  Numbers() {
    for (Index i = 0; i < 40; ++i) {
      x.data()[i] = Random{1, 0}.uniform(std::uint64_t(i), -1, 1);
      y.data()[i] = x.data()[i] + Random{1, 1}.uniform(std::uint64_t(i), 0, 1);
      weights.data()[i] = float(1 + i % 3);
    }
  }
};
const Numbers numbers;

Sequential<> network(AnyLoss<Cpu> loss = app::QuantileLoss{.quantile = 0.9f},
                     std::vector<MetricList<Cpu>> metrics = {app::Coverage(), app::WorstMiss()},
                     AnyOptimizer<Cpu> optimizer = app::Lion{.rate = 0.01}) {
  clear_session();
  set_random_seed(2);
  Sequential model({Input({1}), Dense({.units = 1})});
  model.compile({.optimizer = std::move(optimizer), .loss = std::move(loss), .metrics = std::move(metrics)});
  return model;
}

std::vector<float> kernel(const Model<>& model) {
  std::vector<float> all;
  for (const auto& [path, weight] : model.named_weights()) {
    for (float value : weight.value().to_vector()) all.push_back(value);
  }
  return all;
}

FitOptions quiet(FitOptions options) {
  options.verbose = false;
  options.batch_size = 8;
  return options;
}

History::Series series(const History& history) {
  History::Series series = history.series();
  std::erase_if(series, [](const auto& entry) { return entry.first == "seconds"; });
  return series;
}

/// A sum over the batch that says so, or does not.
template <bool says_so>
struct Summed : app::QuantileLoss {
  float operator()(Context<Cpu>& context, ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                   TensorView<Cpu> gradient, ConstTensorView<Cpu> weights) const {
    const float mean = QuantileLoss::operator()(context, labels, predictions, gradient, weights);
    for (Index i = 0; gradient && i < gradient.size(); ++i) gradient.data[i] *= float(gradient.size());
    return mean * float(predictions.size());
  }
  ops::Reduction reduction() const {
    return says_so ? ops::Reduction::sum : ops::Reduction::sum_over_batch_size;
  }
};

struct OfTheWhole : app::QuantileLoss {
  static constexpr bool over_whole_batch = true;
};

/// Four arguments.
struct Unweighted {
  std::string name() const { return "unweighted"; }
  void check(const Shape&, const Shape&) const {}
  float operator()(Context<Cpu>&, ConstTensorView<Cpu>, ConstTensorView<Cpu>,
                   TensorView<Cpu> gradient) const {
    for (Index i = 0; gradient && i < gradient.size(); ++i) gradient.data[i] = 0;
    return 0;
  }
};

/// Keeps the weights that it was given.
struct Listener : app::QuantileLoss {
  float operator()(Context<Cpu>& context, ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions,
                   TensorView<Cpu> gradient, ConstTensorView<Cpu> weights) const {
    heard->clear();
    if (weights) heard->assign(weights.data, weights.data + weights.size());
    return QuantileLoss::operator()(context, labels, predictions, gradient, weights);
  }
  std::shared_ptr<std::vector<float>> heard = std::make_shared<std::vector<float>>();
};

/// With a slot that begins with another number, and a number for all weights.
struct Counting {
  std::string name() const { return "counting"; }
  double learning_rate() const { return 1; }
  std::vector<Slot> slots() const { return {Slot("accumulator", 0.25f)}; }
  std::vector<Slot> shared_slots() const { return {Slot("count", 10)}; }
  void begin(Index iteration, std::span<float> shared) const { shared[0] += float(iteration); }
  void update(const OptimizerStep<Cpu>& step) const {
    for (Index i = 0; i < step.weight.size(); ++i)
      step.weight.data[i] = float(step.learning_rate) * (step.shared[0] + step.slots[0].data()[i]);
  }
};

}  // namespace

TEST_CASE("the weights that a loss of one's own is given are sample weights or class weights") {
  const Listener loss;
  auto model = network(loss);
  const Tensor<> x({3, 1}), y({3, 1}, {0, 1, 1});
  model.fit(x, y, quiet({.shuffle = false}));
  CHECK(loss.heard->empty());
  model.fit(x, y, quiet({.shuffle = false, .sample_weight = {Tensor<>({3}, {1, 2, 3})}}));
  CHECK(*loss.heard == std::vector<float>{1, 2, 3});
  model.fit(x, y, quiet({.shuffle = false, .class_weight = {{1, 10.0f}}}));
  CHECK(*loss.heard == std::vector<float>{1, 10, 10});
}

TEST_CASE("a loss of one's own: labels, weights, null gradients") {
  auto model = network();
  const Tensor<> flat = Tensor<>(numbers.y).reshaped({40});
  const double loss = model.evaluate(numbers.x, flat, {.batch_size = 8})[0].second;
  CHECK(loss == Approx(model.evaluate(numbers.x, numbers.y, {.batch_size = 40})[0].second));
  CHECK_THROWS_WITH(model.fit(numbers.x, Tensor<>({40, 2}), quiet({})), Contains("quantile_loss"));

  // twice the weight is twice the loss, for an example or for its row
  const std::vector<float> twos(40, 2);
  for (const Shape& shape : {Shape{40}, Shape{40, 1}}) {
    const Tensor<> two(shape, twos);
    CHECK(model.evaluate(numbers.x, numbers.y, {.sample_weight = {two}})[0].second == Approx(2 * loss));
  }
  CHECK_THROWS_WITH(model.fit(numbers.x, numbers.y, quiet({.sample_weight = {Tensor<>({39})}})),
                    Contains("39"));
  auto without = network(Unweighted());
  CHECK_THROWS_WITH(without.fit(numbers.x, numbers.y, quiet({.sample_weight = {numbers.weights}})),
                    Contains("[unweighted] this loss takes no sample weights"));
}

TEST_CASE("a loss of one's own in parts of a batch") {
  const auto fit = [](AnyLoss<Cpu> loss, Index part) {
    auto model = network(std::move(loss), {}, SGD({.learning_rate = 0.01}));
    model.fit(numbers.x, numbers.y, quiet({.micro_batch_size = part}));
    return kernel(model);
  };
  const auto same = [&](AnyLoss<Cpu> loss) {
    const auto parts = fit(loss, 2), whole = fit(loss, 0);
    return std::abs(parts[0] - whole[0]) < 1e-6f && std::abs(parts[1] - whole[1]) < 1e-6f;
  };
  CHECK(same(app::QuantileLoss{.quantile = 0.9f}));
  CHECK(same(Summed<true>()));
  CHECK_FALSE(same(Summed<false>()));
  CHECK_THROWS_WITH(fit(OfTheWhole(), 2), Contains("one of a whole batch"));
}

TEST_CASE("a loss of one's own behind a sigmoid is given probabilities, and is a metric") {
  clear_session();
  Sequential model({Input({1}), Dense({.units = 1, .activation = "sigmoid"})});
  model.compile({.optimizer = "sgd",
                 .loss = app::QuantileLoss{.quantile = 1},
                 .metrics = {app::QuantileLoss{.quantile = 1}, app::WorstMiss()}});
  const Tensor<> far({2, 1}, {-1000, 1000}), labels({2, 1}, {0, 1});
  const auto logs = model.evaluate(far, labels);
  CHECK(logs[1].first == "quantile_loss");
  CHECK(logs[1].second == logs[0].second);
  CHECK(logs[2].second <= 1);
}

TEST_CASE("metrics of one's own") {
  auto model = network();
  const auto history = model.fit(numbers.x, numbers.y, quiet({.epochs = 2, .validation_split = 0.2}));
  CHECK(history["coverage"].size() == 2);
  CHECK(history["val_worst_miss"].size() == 2);
  const auto logs = model.evaluate(numbers.x, numbers.y, {.batch_size = 7});
  const auto predicted = model.predict(numbers.x).to_vector();
  double covered = 0, worst = 0;
  for (Index i = 0; i < 40; ++i) {
    const float p = predicted[std::size_t(i)], label = numbers.y.data()[i];
    covered += label <= p;
    worst = std::max(worst, double(std::abs(label - p)));
  }
  CHECK(logs[1].second == Approx(covered / 40));
  CHECK(logs[2].second == worst);

  const auto stop_by = [&](const char* monitor) {
    model.fit(
        numbers.x, numbers.y,
        quiet({.callbacks = {std::make_shared<EarlyStopping>(EarlyStopping::Options{.monitor = monitor})}}));
  };
  CHECK_NOTHROW(stop_by("worst_miss"));
  CHECK_THROWS_WITH(stop_by("coverage"), Contains("expected .mode"));

  model.compile({.optimizer = "sgd", .loss = "mse", .weighted_metrics = {app::Coverage()}});
  CHECK_NOTHROW(model.fit(numbers.x, numbers.y, quiet({.sample_weight = {numbers.weights}})));
  model.compile({.optimizer = "sgd", .loss = "mse", .weighted_metrics = {app::WorstMiss()}});
  CHECK_THROWS_WITH(model.fit(numbers.x, numbers.y, quiet({.sample_weight = {numbers.weights}})),
                    Contains("[worst_miss] this metric takes no sample weights"));

  app::Coverage mine;
  Tensor<> label({3}, {0, 1, 2}), prediction({3}, {1, 1, 1}), weight({3}, {1, 2, 5});
  mine.update(default_context<Cpu>(), label.view(), prediction.view(), weight.view());
  CHECK(mine.result() == Approx(3.0 / 8));
}

TEST_CASE("an optimizer of one's own") {
  std::vector<Weight<>> weights{{"kernel", Role::learned, Tensor<>({2}, {1, 2})}};
  const Tensor<> gradient({2}, {3, -4});
  const std::vector<ConstTensorView<Cpu>> gradients{gradient.view()};
  AnyOptimizer<Cpu> lion = app::Lion{.rate = 0.5};
  lion.build(weights);
  lion.step(default_context<Cpu>(), weights, gradients);
  CHECK(weights[0].value().to_vector() == std::vector<float>{0.5f, 2.5f});
  CHECK(lion.state()[0].name == "kernel_momentum");
  CHECK(lion.state()[0].value.to_vector()[0] == Approx(0.03f));

  AnyOptimizer<Cpu> shared = app::Lion{.rate = 0.5, .shared = {.weight_decay = 0.1, .clipnorm = 1.0}};
  shared.build(weights);
  shared.step(default_context<Cpu>(), weights, gradients);
  CHECK(weights[0].value().to_vector()[0] == Approx(0.5f * 0.95f - 0.5f));
  CHECK(shared.state()[0].value.to_vector()[0] == Approx(0.01f * 0.6f));

  AnyOptimizer<Cpu> scheduled = app::Lion{.rate = [](Index step) { return 1.0 / double(1 + step); }};
  scheduled.build(weights);
  scheduled.step(default_context<Cpu>(), weights, gradients);
  CHECK(scheduled.learning_rate() == 0.5);

  AnyOptimizer<Cpu> counting = Counting();
  counting.build(weights, {}, std::vector<double>{2});
  counting.step(default_context<Cpu>(), weights, gradients);
  CHECK(weights[0].value().to_vector() == std::vector<float>{22.5f, 22.5f});
  counting.step(default_context<Cpu>(), weights, gradients);
  CHECK(weights[0].value().to_vector() == std::vector<float>{26.5f, 26.5f});
}

TEST_CASE("callbacks of one's own") {
  std::vector<double> rates;
  auto stop = std::make_shared<app::StopWithin>("loss", 0, 100);
  auto warm = std::make_shared<app::WarmUp>(0.01, 4);
  auto model = network();
  auto look = std::make_shared<LambdaCallback>(
      LambdaCallback::Options{.on_train_batch_end = [&, raw = warm.get()](Index, const Logs&) {
        rates.push_back(raw->model().learning_rate());
      }});
  const auto history = model.fit(numbers.x, numbers.y, quiet({.epochs = 9, .callbacks = {warm, look, stop}}));
  CHECK(history["loss"].size() == 3);
  REQUIRE(rates.size() == 15);
  CHECK(rates[0] == Approx(0.0025));
  CHECK(rates[3] == Approx(0.01));
  CHECK(rates[14] == Approx(0.01));
  CHECK_THROWS_WITH(warm->model(), Contains("while fit() runs"));
}

TEST_CASE("a training of one's own parts goes on from a checkpoint to the same bits") {
  struct Killed {};
  const auto path = (std::filesystem::temp_directory_path() / "tanuki_own_parts.checkpoint").string();
  const auto fit = [&](const Model<>& model, Index killed_at, bool keeps) {
    Index batch = 0;
    std::vector<std::shared_ptr<Callback>> callbacks{std::make_shared<app::WarmUp>(0.02, 12),
                                                     std::make_shared<app::StopWithin>("loss", 0, 100)};
    callbacks.push_back(std::make_shared<LambdaCallback>(
        LambdaCallback::Options{.on_train_batch_begin = [&batch, killed_at](Index) {
          if (++batch == killed_at) throw Killed();
        }}));
    if (keeps)
      callbacks.push_back(
          std::make_shared<BackupAndRestore>(BackupAndRestore::Options{.path = path, .save_freq = 1}));
    return model.fit(numbers.x, numbers.y, quiet({.epochs = 9, .callbacks = callbacks}));
  };
  const auto expected_model = network();
  const auto expected = fit(expected_model, 0, false);
  CHECK(expected["loss"].size() == 3);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(fit(network(), 9, true), Killed);
  const auto model = network();
  CHECK(series(fit(model, 0, true)) == series(expected));
  CHECK(kernel(model) == kernel(expected_model));
  std::filesystem::remove(path);
}

TEST_CASE("a Keras file of a model with one's own parts is saved without its compile settings") {
  const auto path = (std::filesystem::temp_directory_path() / "tanuki_own_parts.keras").string();
  const auto model = network();
  save_keras(model, path);
  auto loaded = load_keras(path);
  std::filesystem::remove(path);
  CHECK(kernel(loaded) == kernel(model));
  CHECK_THROWS_WITH(loaded.evaluate(numbers.x, numbers.y), Contains("has not been compiled"));
  loaded.compile({.optimizer = app::Lion{}, .loss = app::QuantileLoss{}});
  CHECK_NOTHROW(loaded.evaluate(numbers.x, numbers.y));
}

}  // namespace own_parts
