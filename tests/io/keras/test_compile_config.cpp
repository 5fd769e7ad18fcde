#include <catch2/catch.hpp>

#include "tanuki/io/keras/load.hpp"
#include "tanuki/io/keras/save.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_compile_config {

using namespace tanuki;
using keras::Json;

namespace {

Tensor<> numbers(const Shape& shape, std::uint64_t seed) {
  std::vector<float> values(std::size_t(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = Random{seed, 1}.uniform(i, -1, 1);
  return {shape, values};
}

Model<> network() {
  const auto x = Input({5});
  const auto y = Dense({.units = 4, .activation = "tanh"})(x);
  return Model(x, Dense({.units = 2})(y));
}

CompileOptions<> read(const char* json, std::vector<std::string> outputs = {"out"}) {
  return keras::CompileReader<Cpu>(std::move(outputs)).read(Json::parse(json));
}

struct OwnLoss {
  std::string name() const { return "own"; }
  void check(const Shape&, const Shape&) const {}
  template <class B>
  float operator()(Context<B>&, ConstTensorView<B>, ConstTensorView<B>, TensorView<B> gradient) const {
    if (gradient) Memory<B>::zero(gradient.data, std::size_t(gradient.size()));
    return 0;
  }
};

}  // namespace

TEST_CASE("training goes on from a file to the bit, with any optimizer") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  std::vector<AnyOptimizer<Cpu>> optimizers{
      SGD({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}),
      Adam({.learning_rate = CosineDecay({.initial_learning_rate = 0.1, .decay_steps = 5})}),
      Adam({.use_ema = true, .gradient_accumulation_steps = 2}), AdamW({.weight_decay = 0.1})};
  for (const char* name : {"sgd", "adam", "rmsprop", "adagrad", "adadelta", "adamax", "nadam"})
    optimizers.emplace_back(name);
  for (const auto& optimizer : optimizers) {
    INFO(optimizer.class_name());
    const auto model = network();
    model.compile({.optimizer = optimizer, .loss = Huber({.delta = 0.3}), .metrics = {"mae"}});
    const auto x = numbers({6, 5}, 1), y = numbers({6, 2}, 2);
    for (int step = 0; step < 3; ++step) model.train_on_batch(x, y);
    save_keras(model, path);
    const auto loaded = load_keras(path);
    REQUIRE(loaded.compiled());
    CHECK(loaded.trainer().optimizer().iterations() == 3);
    for (int step = 0; step < 3; ++step) CHECK(loaded.train_on_batch(x, y) == model.train_on_batch(x, y));
    CHECK(loaded.predict(x).to_vector() == model.predict(x).to_vector());
    CHECK_FALSE(load_keras(path, {.compile = false}).compiled());
  }
}

TEST_CASE("training goes on from a legacy .h5 file of Keras 3 as from a .keras file") {
  const std::string golden = TANUKI_GOLDENS "/keras/functional";
  const auto of_h5 = load_keras(golden + ".h5"), of_keras = load_keras(golden + ".keras");
  auto &given = of_h5.trainer().optimizer(), &expected = of_keras.trainer().optimizer();
  CHECK(given.iterations() == 1);
  CHECK(given.learning_rate() == expected.learning_rate());
  const auto state = given.state(), wanted = expected.state();
  REQUIRE(state.size() == wanted.size());
  REQUIRE(state.size() == 2 * of_keras.trainable_weights().size());
  for (std::size_t i = 0; i < state.size(); ++i)
    CHECK(state[i].value.to_vector() == wanted[i].value.to_vector());
}

TEST_CASE("losses, metrics and weights of several outputs are saved and loaded") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto x = Input({5});
  const Model<> model({x}, {Dense({.units = 2, .activation = "softmax", .name = "left"})(x),
                            Dense({.units = 1, .name = "right"})(x)});
  model.compile({.optimizer = "adam",
                 .loss = {CategoricalCrossentropy({.label_smoothing = 0.1}), "mse"},
                 .metrics = {{"accuracy", AUC({.num_thresholds = 50, .name = "area"})}, "mae"},
                 .loss_weights = {1, 0.5}});
  const std::vector<Tensor<>> in{numbers({4, 5}, 1)},
      labels{{{4, 2}, {1, 0, 0, 1, 1, 0, 0, 1}}, numbers({4, 1}, 3)};
  const auto before = model.test_on_batch(in, labels, {});
  save_keras(model, path);
  const auto loaded = load_keras(path);
  CHECK(loaded.test_on_batch(in, labels, {}) == before);
  CHECK(before.size() == 6);
}

TEST_CASE("an optimizer whose variables in the file are others starts anew, with a warning") {
  const test::ScratchFolder folder;
  const std::string path = folder / "state.h5";
  const auto model = network();
  const auto train = [&](const AnyOptimizer<Cpu>& optimizer) {
    model.compile({.optimizer = optimizer, .loss = "mse"});
    model.train_on_batch(numbers({6, 5}, 1), numbers({6, 2}, 2));
  };
  train(Adam());
  {
    const Hdf5Writer writer(path, path);
    keras::ModelWeightsWriter<Cpu>(writer).write(model.trainer().optimizer());
    writer.finish();
  }
  model.compile({.optimizer = RMSprop({.learning_rate = 0.25}), .loss = "mse"});
  auto& fresh = model.trainer().optimizer();
  const auto mapped = std::make_shared<const MappedFile>(path);
  std::ostringstream captured;
  std::streambuf* const saved = std::cerr.rdbuf(captured.rdbuf());
  keras::read_optimizer_state(Hdf5File(mapped->bytes(), path, mapped), fresh);
  std::cerr.rdbuf(saved);
  CHECK_THAT(captured.str(),
             Catch::Contains("state.h5' has 10 tensors of the optimizer RMSprop, expected 6"));
  CHECK(fresh.iterations() == 0);
  CHECK(fresh.learning_rate() == 0.25);
}

TEST_CASE("outputs that are a dictionary have losses, metrics and weights by its keys") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto x = Input({5});
  const Model<> model({x}, {Dense({.units = 2, .name = "a"})(x), Dense({.units = 1, .name = "b"})(x)});
  model.keys({{}, {"left", "right"}});
  const auto by_key = keras::CompileReader<Cpu>(model.output_names(), {"a", "b"})
                          .read(Json::parse(R"({"optimizer": "sgd", "loss": {"right": "mse", "left": "mae"},
      "loss_weights": {"b": 0.5, "a": 2}, "metrics": {"right": ["mae"]}})"));
  CHECK(by_key.loss.all()[0].name() == "mean_absolute_error");
  CHECK(by_key.loss_weights == std::vector<double>{2, 0.5});
  model.compile(by_key);
  const std::vector<Tensor<>> in{numbers({4, 5}, 1)}, labels{numbers({4, 2}, 2), numbers({4, 1}, 3)};
  const auto logs = model.test_on_batch(in, labels, {});
  std::set<std::string> names;
  for (const auto& [name, value] : logs) names.insert(name);
  CHECK(names == std::set<std::string>{"loss", "left_loss", "right_loss", "right_mae"});
  save_keras(model, path);
  const Json settings = KerasArchive(path).config()["compile_config"];
  CHECK(settings["loss_weights"] == Json{{"left", 2.0}, {"right", 0.5}});
  CHECK(settings["loss"].contains("right"));
  CHECK(settings["metrics"]["right"].size() == 1);
  CHECK(load_keras(path).test_on_batch(in, labels, {}) == logs);

  model.compile({.optimizer = "sgd", .loss = {AnyLoss<Cpu>(), "mse"}, .loss_weights = {1, 0.5}});
  save_keras(model, path);
  CHECK(KerasArchive(path).config()["compile_config"]["loss_weights"] == Json{{"right", 0.5}});
  CHECK(load_keras(path).compiled());
}

TEST_CASE("a model is saved without compile settings that Keras does not have") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto model = network();
  model.compile({.optimizer = "sgd", .loss = OwnLoss()});
  save_keras(model, path);
  CHECK_FALSE(load_keras(path).compiled());
}

TEST_CASE("learning-rate multipliers, which Keras does not have, are left out with a warning") {
  const test::ScratchFolder folder;
  const auto model = network();
  model.compile({.optimizer = "sgd", .loss = "mse", .learning_rate_multipliers = {{"*", 0.1}}});
  std::ostringstream captured;
  std::streambuf* const saved = std::cerr.rdbuf(captured.rdbuf());
  save_keras(model, folder / "model.keras");
  std::cerr.rdbuf(saved);
  CHECK_THAT(captured.str(), Catch::Contains("model.keras' is saved without its learning-rate multipliers"));
}

TEST_CASE("compile settings in all of Keras' forms are read") {
  const auto by_name = read(R"({"optimizer": "rmsprop", "loss": {"left": "mae", "right": null},
      "loss_weights": {"right": 0.5}, "metrics": {"right": ["mse", "mae"]}})",
                            {"left", "right"});
  CHECK(by_name.optimizer.class_name() == "RMSprop");
  CHECK(by_name.loss.all()[0].name() == "mean_absolute_error");
  CHECK_FALSE(by_name.loss.all()[1]);
  CHECK(by_name.loss_weights == std::vector<double>{1, 0.5});
  CHECK(by_name.metrics[0].all().empty());
  CHECK(by_name.metrics[1].all().size() == 2);

  const auto one = read(R"({"optimizer": {"class_name": "Adam", "config": {"learning_rate":
      {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.5, "decay_steps": 10, "decay_rate": 0.5}}}},
      "loss": ["mse"], "metrics": [["accuracy"]], "weighted_metrics": []})");
  CHECK(one.optimizer.learning_rate_source().class_name() == "ExponentialDecay");
  CHECK(one.optimizer.learning_rate() == 0.5);
  CHECK(one.metrics[0].all()[0].name() == "accuracy");

  const auto old = read(R"({"optimizer_config": {"class_name": "SGD", "config": {"learning_rate": 0.25}},
      "loss": {"class_name": "function", "config": "mse"}, "metrics": null})");
  CHECK(old.optimizer.learning_rate() == 0.25);
  CHECK(old.loss.all()[0].name() == "mean_squared_error");
}

TEST_CASE("compile settings as Keras 2 wrote them are read") {  // of tf_keras 2.21
  const auto settings = [](const char* optimizer) {
    return std::string(R"({"loss": {"class_name": "CategoricalCrossentropy", "config": {"reduction": "auto",
        "name": "categorical_crossentropy", "from_logits": false, "label_smoothing": 0.1, "axis": -1,
        "fn": "categorical_crossentropy"}},
      "metrics": [[{"class_name": "MeanMetricWrapper", "config": {"name": "accuracy", "dtype": "float32",
        "fn": "categorical_accuracy"}}]], "weighted_metrics": null, "loss_weights": null,
      "optimizer_config": )") +
           optimizer + "}";
  };
  const auto newer =
      read(settings(R"({"class_name": "Custom>Adam", "config": {"name": "Adam", "weight_decay": null,
      "clipnorm": null, "global_clipnorm": null, "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
      "ema_overwrite_frequency": null, "jit_compile": false, "is_legacy_optimizer": false, "learning_rate": 0.25,
      "beta_1": 0.9, "beta_2": 0.999, "epsilon": 1e-07, "amsgrad": false}})")
               .c_str());
  CHECK(newer.optimizer.class_name() == "Adam");
  CHECK(newer.optimizer.learning_rate() == 0.25);
  CHECK(newer.loss.all()[0].reduction() == ops::Reduction::sum_over_batch_size);
  REQUIRE(newer.metrics[0].all().size() == 1);
  CHECK(newer.metrics[0].all()[0].name() == "accuracy");

  std::ostringstream captured;
  std::streambuf* const saved = std::cerr.rdbuf(captured.rdbuf());
  const auto older = read(settings(R"({"class_name": "SGD", "config": {"name": "SGD", "learning_rate": 0.25,
      "decay": 0.001, "momentum": 0.9, "nesterov": false}})")
                              .c_str());
  read(settings(R"({"class_name": "SGD", "config": {"decay": 0.0}})").c_str());
  std::cerr.rdbuf(saved);
  CHECK(older.optimizer.class_name() == "SGD");
  CHECK_THAT(captured.str(), Catch::Contains("'decay' of Keras 2"));
  const std::string warnings = captured.str();
  CHECK(std::count(warnings.begin(), warnings.end(), '\n') == 1);
}

TEST_CASE("what compile settings do not fit is said") {
  const auto refuses = [](const char* json, const char* what) {
    CHECK_THROWS_WITH(read(json), Catch::Contains(what));
  };
  refuses(R"({"optimizer": null, "loss": "mse"})", "no optimizer");
  refuses(R"({"optimizer": "lion9", "loss": "mse"})", "no optimizer 'lion9'");
  refuses(R"({"optimizer": "sgd", "loss": "mine"})", "no loss 'mine'");
  refuses(R"({"optimizer": "sgd", "loss": ["mse", "mse"]})", "the loss has 2 entries");
  refuses(R"({"optimizer": "sgd", "loss": {"other": "mse"}})", "'other', which is no output");
  refuses(R"({"optimizer": "sgd", "loss": "mse", "metrics": ["mine"]})", "no metric 'mine'");
  refuses(R"({"optimizer": {"class_name": "SGD", "config": {"momentum": "much"}}, "loss": "mse"})",
          R"('momentum' is "much", expected a number)");
  refuses(R"({"optimizer": {"class_name": "SGD", "config": {"speed": 1}}, "loss": "mse"})", "'speed'");
  refuses(
      R"({"optimizer": {"class_name": "SGD", "config": {"learning_rate": {"class_name": "Mine"}}}, "loss": "mse"})",
      "ExponentialDecay");
  // Classes of the program that wrote the file, called as Keras' own.
  refuses(
      R"({"optimizer": {"module": null, "class_name": "Adam", "config": {}, "registered_name": "mine>Adam"},
      "loss": "mse"})",
      "the optimizer is 'mine>Adam', of the program");
  refuses(R"({"optimizer": "sgd", "loss": {"module": null, "class_name": "MeanSquaredError", "config": {},
      "registered_name": "MeanSquaredError"}})",
          "the loss is 'MeanSquaredError', of the program");
  refuses(R"({"optimizer": "sgd", "loss": "mse", "metrics": [{"module": "metrics.own", "class_name":
      "MeanSquaredError", "config": {}, "registered_name": null}]})",
          "a metric is 'metrics.own.MeanSquaredError', of the program");
  refuses(R"({"optimizer": "sgd", "loss": {"class_name": "Custom>Huber", "config": {}}})",
          "the loss is 'Custom>Huber'");
  refuses(R"({"optimizer": "sgd", "loss": {"module": "my.losses", "class_name": "function", "config": "mse",
      "registered_name": "mse"}})",
          "the loss is 'my.losses.function'");
  CHECK_NOTHROW(
      read(R"({"optimizer": "sgd", "loss": {"module": "builtins", "class_name": "function", "config":
      "mean_squared_error", "registered_name": "function"}})"));
}

}  // namespace test_compile_config
