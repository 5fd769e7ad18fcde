#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/callbacks/backup_and_restore.hpp"
#include "tanuki/callbacks/lambda_callback.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/dropout.hpp"
#include "tanuki/models/sequential.hpp"
#include "tanuki/training/fit.hpp"

namespace test_resume {

using namespace tanuki;

struct Killed {};

struct Examples {
  Tensor<> x{Shape{22, 4}}, y{Shape{22, 1}};
  Examples() {
    const Random random{3, 0};
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(std::uint64_t(i), -1, 1);
    for (Index i = 0; i < y.size(); ++i) y.data()[i] = x.data()[4 * i] * x.data()[4 * i + 1];
  }
};

struct Training {
  AnyOptimizer<Cpu> optimizer = Adam({.learning_rate = 0.01f});
  bool normalize = true;
  FitOptions options = {.epochs = 4, .verbose = false, .batch_size = 8};
  std::uint64_t seed = 2;
  Index units = 5;
  float rate = 0.3f;
  DtypePolicy policy = DtypePolicy::float32;
};

struct Outcome {
  History::Series series;
  std::vector<std::vector<Index>> epochs = {};  ///< of the numbers in the series
  std::vector<std::vector<float>> weights = {};
  bool operator==(const Outcome&) const = default;
};

class Checkpoint {
 public:
  Checkpoint()
      : path_((std::filesystem::temp_directory_path() /
               ("tanuki_test_resume" + std::to_string(count()++) + ".checkpoint"))
                  .string()) {
    std::filesystem::remove(path_);
  }
  ~Checkpoint() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  std::shared_ptr<Callback> callback(Index save_freq = 1) const {
    return std::make_shared<BackupAndRestore>(BackupAndRestoreOptions{.path = path_, .save_freq = save_freq});
  }

 private:
  static int& count() {
    static int value = 0;
    return value;
  }
  std::string path_;
};

/// A program that trains, and dies after so many batches.
Outcome run(const Training& training, std::vector<std::shared_ptr<Callback>> callbacks, Index batches = -1) {
  clear_session();
  set_random_seed(training.seed);
  const Examples examples;
  Sequential model;
  model.add(Dense({.units = training.units, .name = "first"}));
  if (training.normalize) model.add(BatchNormalization({.name = "statistics"}));
  model.add(Dropout({.rate = training.rate, .name = "dropout"}));
  const Dense last({.units = 1, .name = "last"});
  last.dtype_policy(training.policy);
  model.add(last);
  model.build(Shape{4});
  model.compile({.optimizer = training.optimizer, .loss = "mse", .metrics = {"mae"}});
  if (batches >= 0)
    callbacks.push_back(std::make_shared<LambdaCallback>(
        LambdaCallbackOptions{.on_train_batch_begin = [left = batches](Index) mutable {
          if (left-- == 0) throw Killed();
        }}));
  else
    callbacks.push_back(std::make_shared<LambdaCallback>(LambdaCallbackOptions{}));
  FitOptions options = training.options;
  options.callbacks = callbacks;
  Outcome outcome;
  const History history = model.fit(examples.x, examples.y, options);
  for (const auto& [key, values] : history.series())
    if (key != "seconds")
      outcome.series.emplace_back(key, values), outcome.epochs.push_back(history.epochs(key));
  for (const auto& [path, weight] : model.named_weights())
    outcome.weights.push_back(weight.value().to_vector());
  return outcome;
}

/// Dies after every so many batches of its own, until it comes to the end.
Outcome run_with_kills(const Training& training, const Checkpoint& checkpoint, Index batches,
                       Index save_freq) {
  for (int starts = 0; starts < 100; ++starts) {
    try {
      return run(training, {checkpoint.callback(save_freq)}, batches);
    } catch (const Killed&) {
    }
  }
  FAIL("a hundred starts, and no end");
  return {};
}

TEST_CASE("a training that dies after any batch and is started again ends with the same bits") {
  Training training;
  SECTION("of tensors, shuffled, with dropout and batch statistics") {}
  SECTION("with steps that do not end with the data") { training.options.steps_per_epoch = 2; }
  SECTION("in micro-batches") {
    training.normalize = false;
    training.options.micro_batch_size = 3;
  }
  SECTION("with averaged weights and accumulated gradients") {
    training.optimizer =
        SGD({.learning_rate = 0.1f, .momentum = 0.9f, .use_ema = true, .gradient_accumulation_steps = 2});
  }
  SECTION("with a validation split, now and then") {
    training.options.validation_split = 0.1;
    training.options.validation_freq = 2;
  }
  SECTION("from an epoch in the middle on") { training.options.initial_epoch = 2; }
  const Outcome whole = run(training, {});
  for (const Index save_freq : {0, 1, 2}) {
    for (const Index batches : {1, 2, 3, 5, 7}) {
      if (batches <= save_freq || (save_freq == 0 && batches < 3)) continue;  // it would never come further
      const Checkpoint checkpoint;
      CAPTURE(save_freq, batches);
      CHECK(run_with_kills(training, checkpoint, batches, save_freq) == whole);
      CHECK(run(training, {checkpoint.callback()}) == whole);  // and once more when it is done
    }
  }
}

TEST_CASE("a training that is done goes on for more epochs") {
  Training training;
  const Outcome whole = run(training, {});
  const Checkpoint checkpoint;
  training.options.epochs = 2;
  run(training, {checkpoint.callback()});
  training.options.epochs = 4;
  CHECK(run(training, {checkpoint.callback()}) == whole);
}

TEST_CASE("a callback that asked for the end is heard after a restart") {
  Training training;
  const auto stopper = [](Index at) {
    struct Stopper : Callback {
      explicit Stopper(Index batch) : at_(batch) {}
      void on_train_batch_end(Index, const Logs&) override {
        if (++seen_ == at_) stop_training();
      }
      std::string state() const override { return std::to_string(seen_); }
      void restore(const std::string& state) override { seen_ = std::stol(state); }
      Index at_, seen_ = 0;
    };
    return std::make_shared<Stopper>(at);
  };
  const Outcome whole = run(training, {stopper(5)});
  REQUIRE(whole.series[0].second.size() == 2);
  const Checkpoint checkpoint;
  for (int starts = 0; starts < 5; ++starts) {
    try {
      const Outcome stopped = run(training, {stopper(5), checkpoint.callback()}, 2);
      CHECK(stopped == whole);
      return;
    } catch (const Killed&) {
    }
  }
  FAIL("no end");
}

TEST_CASE("a callback that asked for the end is heard where the kill came before the epoch's end") {
  struct Stop : Callback {
    explicit Stop(bool dies) : dies_(dies) {}
    void on_train_batch_end(Index batch, const Logs&) override {
      if (batch == 1) stop_training();
    }
    void on_epoch_end(Index, const Logs&) override {
      if (dies_) throw Killed();
    }
    bool dies_;
  };
  const Outcome whole = run({}, {std::make_shared<Stop>(false)});
  REQUIRE(whole.series[0].second.size() == 1);
  const Checkpoint checkpoint;
  CHECK_THROWS_AS(run({}, {std::make_shared<Stop>(true), checkpoint.callback()}), Killed);
  CHECK(run({}, {std::make_shared<Stop>(false), checkpoint.callback()}) == whole);
}

TEST_CASE("data whose number of batches is known after a pass only goes on") {
  const auto train = [](const Checkpoint& checkpoint, Index epochs) {
    clear_session();
    set_random_seed(2);
    const Examples examples;
    const auto rows = Dataset::from_tensors(examples.x, examples.y);
    const auto data = Dataset::from_generator([rows](Index) -> ExampleSource {
                        return [pass = std::shared_ptr<Iterator>(rows.iterate(0))] { return pass->next(); };
                      })
                          .batch(8)
                          .cache();
    Sequential model({Dense({.units = 1})});
    model.build(Shape{4});
    model.compile({.optimizer = Adam(), .loss = "mse"});
    return model.fit(data, {.epochs = epochs, .callbacks = {checkpoint.callback(0)}, .verbose = false});
  };
  const Checkpoint whole, parts;
  const auto straight = train(whole, 4);
  train(parts, 2);
  CHECK(train(parts, 4)["loss"] == straight["loss"]);
}

TEST_CASE("what a cache learns of bad examples keeps no training from going on") {
  struct Holes final : Table {  // every fifth is bad
    Index cardinality() const override { return 22; }
    std::vector<Index> order(Index) const override { return entries_in_order(22); }
    std::optional<Example> at(Index entry, Index) const override {
      if (entry % 5 == 0) return std::nullopt;
      const float x = float(entry) / 22;
      return Example{Tensor<>(Shape{4}, {x, 1 - x, x * x, 1}), Tensor<>(Shape{1}, {x})};
    }
  };
  const std::string file = (std::filesystem::temp_directory_path() / "tanuki_test_resume.examples").string();
  const bool in_file = GENERATE(false, true);
  /// Two fits on one checkpoint; dies after so many batches.
  const auto train = [&](const Checkpoint& checkpoint, Index save_freq, Index batches) {
    clear_session();
    set_random_seed(2);
    auto data = Dataset(std::make_shared<Holes>()).batch(4);
    data = (in_file ? data.cache(file) : data.cache()).shuffle(3).prefetch(2).take(7);
    Sequential model({Dense({.units = 1})});
    model.build(Shape{4});
    FitOptions options{.epochs = 3, .verbose = false};
    options.callbacks = {checkpoint.callback(save_freq),
                         std::make_shared<LambdaCallback>(
                             LambdaCallbackOptions{.on_train_batch_begin = [left = batches](Index) mutable {
                               if (left-- == 0) throw Killed();
                             }})};
    std::vector<double> losses;
    for (const float rate : {0.01f, 0.001f}) {
      model.compile({.optimizer = Adam({.learning_rate = rate}), .loss = "mse"});
      const auto history = model.fit(data, options);
      losses.insert(losses.end(), history["loss"].begin(), history["loss"].end());
    }
    return losses;
  };
  std::filesystem::remove(file);
  const Checkpoint straight;
  const auto whole = train(straight, 0, 1000);
  REQUIRE(whole.size() == 6);
  for (const Index save_freq : {0, 1, 2}) {
    for (const Index batches : {3, 6, 8}) {
      if (save_freq == 0 && batches < 6) continue;
      CAPTURE(in_file, save_freq, batches);
      std::filesystem::remove(file);
      const Checkpoint checkpoint;
      std::vector<double> losses;
      for (int starts = 0; losses.empty() && starts < 100; ++starts) {
        try {
          losses = train(checkpoint, save_freq, batches);
        } catch (const Killed&) {
        }
      }
      CHECK(losses == whole);
    }
  }
  std::filesystem::remove(file);
}

TEST_CASE("a checkpoint of another training is refused, and stays") {
  const Checkpoint checkpoint;
  Training training;
  run(training, {checkpoint.callback()});
  const auto refused = [&](const Training& other, const char* why) {
    CHECK_THROWS_WITH(run(other, {checkpoint.callback()}),
                      Catch::Contains(checkpoint.path()) && Catch::Contains(why));
  };
  Training other = training;
  other.seed = 4;
  refused(other, "expected set_random_seed(2)");
  other = training;
  other.optimizer = SGD();
  refused(other, "the optimizer Adam of 12 variables, which differs from SGD of 0");
  other = training;
  other.units = 6;
  refused(other, "its model has 'first' bias_add of (5,), this one 'first' bias_add of (6,)");
  other = training;
  other.rate = 0.4f;
  refused(other, "its model has 'dropout' dropout 0.3 of (5,), this one 'dropout' dropout 0.4 of (5,)");
  other = training;
  other.policy = DtypePolicy::mixed_bfloat16;
  refused(other, "its model has 'last' matmul of (5,), this one 'last' matmul of (5,), mixed_bfloat16");
  other = training;
  other.optimizer = Adam({.learning_rate = ExponentialDecay(
                              {.initial_learning_rate = 0.01, .decay_steps = 9, .decay_rate = 0.9})});
  refused(other, "with a fixed learning_rate, now it follows ExponentialDecay");
  other = training;
  other.normalize = false;
  refused(other, "it trains 'statistics/gamma', this model 'last/kernel'");
  other = training;
  other.options.batch_size = 4;
  refused(other, "its data had 3 batches, now there are 6");
  CHECK_THROWS_WITH(run(training, {checkpoint.callback(), checkpoint.callback()}),
                    Catch::Contains("two callbacks keep checkpoints"));
  CHECK_THROWS_WITH(
      run(training, {checkpoint.callback(), std::make_shared<LambdaCallback>(LambdaCallbackOptions{})}),
      Catch::Contains("it has 2 callbacks, now there are 3"));
  CHECK_NOTHROW(run(training, {checkpoint.callback()}));
}

TEST_CASE("a damaged checkpoint is named") {
  const Checkpoint checkpoint;
  run({}, {checkpoint.callback()});
  std::ifstream in(checkpoint.path(), std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  const auto write = [&](const std::string& text) {
    std::ofstream(checkpoint.path(), std::ios::binary) << text;
  };
  for (std::size_t place = 0; place < bytes.size(); place += bytes.size() / 60) {
    std::string damaged = bytes;
    damaged[place] = char(damaged[place] ^ 0x10);
    write(damaged);
    INFO("byte " << place << " in " << bytes.substr(place - std::min<std::size_t>(place, 20), 40));
    CHECK_THROWS_WITH(run({}, {checkpoint.callback()}), Catch::Contains(checkpoint.path()));
  }
  write(bytes.substr(0, bytes.size() / 2));
  CHECK_THROWS_WITH(run({}, {checkpoint.callback()}), Catch::Contains("truncated"));
  write("");
  CHECK_THROWS_WITH(run({}, {checkpoint.callback()}), Catch::Contains("too short"));
}

TEST_CASE("what makes no sense as a checkpoint is refused") {
  CHECK_THROWS_WITH(BackupAndRestore({.path = ""}), Catch::Contains("path is empty"));
  CHECK_THROWS_WITH(
      run({}, {std::make_shared<BackupAndRestore>(BackupAndRestoreOptions{.path = "x.keras"})}, 0),
      Catch::Contains("x.keras"));
  CHECK_THROWS_WITH(BackupAndRestore({.path = "x", .save_freq = -1}), Catch::Contains("save_freq is -1"));
  CHECK_THROWS_WITH(
      run({}, {std::make_shared<BackupAndRestore>(BackupAndRestoreOptions{.path = "/no/folder/x"})}),
      Catch::Contains("/no/folder/x"));
  const Checkpoint checkpoint;
  run({}, {std::make_shared<BackupAndRestore>(
              BackupAndRestoreOptions{.path = checkpoint.path(), .delete_checkpoint = true})});
  CHECK_FALSE(std::filesystem::exists(checkpoint.path()));
}

}  // namespace test_resume
