#include <catch2/catch.hpp>
#include <limits>
#include <tanuki/tanuki.hpp>

#include "tests/training/all_numbers.hpp"

namespace test_fit {

using namespace tanuki;
using Catch::Contains;

namespace {

Tensor<> random_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{9, stream}.normal(std::uint64_t(i));
  return tensor;
}

/// Two clouds that a line parts, and their labels.
std::pair<Tensor<>, Tensor<>> clouds(Index count) {
  auto x = random_tensor({count, 2}, 1);
  Tensor<> y({count, 1});
  for (Index i = 0; i < count; ++i) {
    y.data()[i] = float(i % 2);
    x.data()[2 * i] += i % 2 ? 2.0f : -2.0f;
  }
  return {x, y};
}

Model<> classifier(std::uint64_t seed = 0) {
  set_random_seed(seed);
  clear_session();
  const auto in = Input({2});
  auto x = Dense({.units = 8, .activation = "relu"})(in);
  x = Dropout({.rate = 0.1f})(x);
  const Model model(in, Dense({.units = 1})(x));
  model.compile({.optimizer = Adam({.learning_rate = 0.02f}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0})}});
  return model;
}

}  // namespace

TEST_CASE("fit learns, and History has one number an epoch for each key") {
  const auto model = classifier();
  const auto [x, y] = clouds(200);
  const auto data = Dataset::from_tensors(x, y).batch(64);
  const auto history = model.fit(data, {.epochs = 15, .validation_data = data, .verbose = false});
  for (const char* key : {"loss", "binary_accuracy", "val_loss", "val_binary_accuracy", "seconds"}) {
    CHECK(history[key].size() == 15);
  }
  CHECK(history["loss"].back() < 0.5 * history["loss"].front());
  CHECK(history["val_binary_accuracy"].back() > 0.95);
  const auto logs = model.evaluate(data);
  CHECK(logs[0].second == history["val_loss"].back());
  CHECK(logs[1].second == history["val_binary_accuracy"].back());
  CHECK_THROWS_WITH(history["val_auc"], Contains("val_auc") && Contains("binary_accuracy"));
}

TEST_CASE("fit and evaluate take data alone, as Keras' do") {
  const auto [x, y] = clouds(64);
  const auto said = [](const auto& run) {
    std::ostringstream out;
    auto* before = std::cout.rdbuf(out.rdbuf());
    run();
    std::cout.rdbuf(before);
    return out.str();
  };
  const auto model = classifier(), other = classifier();
  CHECK_THAT(said([&, &x = x, &y = y] { CHECK(model.fit(x, y).epochs() == 1); }), Contains("Epoch 1/1"));
  CHECK_THAT(said([&, &x = x, &y = y] { other.fit(Dataset::from_tensors(x, y).batch(32)); }),
             Contains("2/2"));
  CHECK(model.evaluate(x, y) == model.evaluate(x, y, {.batch_size = 32}));
}

TEST_CASE("the same seed gives the same bits, with any number of threads; another seed does not") {
  const auto [x, y] = clouds(100);
  const auto run = [&, &x = x, &y = y](std::uint64_t seed, int threads) {
    default_context<Cpu>().threads(threads);
    const auto model = classifier(seed);
    model.fit(x, y, {.epochs = 3, .verbose = false});
    default_context<Cpu>().threads(0);
    return test::all_numbers(model);
  };
  const auto first = run(1, 1);
  CHECK(run(1, 1) == first);
  CHECK(run(1, 3) == first);
  CHECK(run(2, 1) != first);
}

TEST_CASE("train_on_batch and test_on_batch report one batch") {
  const auto model = classifier();
  const auto [x, y] = clouds(16);
  const auto before = model.test_on_batch(x, y);
  REQUIRE(before.size() == 2);
  CHECK(before[0].first == "loss");
  CHECK(model.test_on_batch(x, y) == before);
  for (int i = 0; i < 20; ++i) model.train_on_batch(x, y);
  CHECK(model.test_on_batch(x, y)[0].second < before[0].second);
}

TEST_CASE("a new compile starts with a fresh optimizer") {
  const auto model = classifier();
  const auto [x, y] = clouds(16);
  model.train_on_batch(x, y);
  CHECK(model.trainer().optimizer().iterations() == 1);
  model.compile({.optimizer = Adam(), .loss = BinaryCrossentropy({.from_logits = true})});
  CHECK(model.trainer().optimizer().iterations() == 0);
}

TEST_CASE("a second phase has random numbers and an order of its own") {
  set_random_seed(5);
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(Dropout({.rate = 0.5f})(in)));
  const auto [x, y] = clouds(64);
  const auto losses = [&, &x = x, &y = y] {
    model.compile({.optimizer = SGD({.learning_rate = 0}), .loss = MeanSquaredError()});
    return model.fit(x, y, {.epochs = 2, .verbose = false})["loss"];
  };
  const auto first = losses(), second = losses();
  CHECK(first[0] != first[1]);
  CHECK(first[0] != second[0]);
  CHECK(first[1] != second[1]);
  CHECK(second[0] != second[1]);
}

TEST_CASE("stop_training ends the epoch after the batch") {
  struct Stopper : Callback {
    void on_train_batch_end(Index batch, const Logs&) override { ++batches, stop_training(batch == 1); }
    int batches = 0;
  };
  const auto callback = std::make_shared<Stopper>();
  const auto [x, y] = clouds(80);
  const auto history =
      classifier().fit(x, y, {.epochs = 3, .callbacks = {callback}, .verbose = false, .batch_size = 10});
  CHECK(callback->batches == 2);
  CHECK(history.epochs() == 1);
}

TEST_CASE("callbacks are called in Keras' order, and can stop the training") {
  struct Recorder : Callback {
    void on_train_begin() override { calls += "["; }
    void on_train_end(const Logs&) override { calls += "]"; }
    void on_epoch_begin(Index epoch) override { calls += "(" + std::to_string(epoch); }
    void on_epoch_end(Index epoch, const Logs& logs) override {
      calls += ")";
      CHECK(logs.back().first == "val_binary_accuracy");
      if (epoch == 1) stop_training();
    }
    void on_train_batch_end(Index batch, const Logs&) override { calls += "." + std::to_string(batch); }
    std::string calls;
  };
  const auto recorder = std::make_shared<Recorder>();
  const auto model = classifier();
  const auto [x, y] = clouds(40);
  const auto data = Dataset::from_tensors(x, y).batch(20);
  const auto history =
      model.fit(data, {.epochs = 5, .validation_data = data, .callbacks = {recorder}, .verbose = false});
  CHECK(recorder->calls == "[(0.0.1)(1.0.1)]");
  CHECK(history.epochs() == 2);
}

TEST_CASE("a callback that compiles the model or adds a layer ends the training with an error") {
  const auto [x, y] = clouds(8);
  Sequential model({Input({2}), Dense({.units = 1})}, "net");
  const auto compile = [&] { model.compile({.optimizer = SGD(), .loss = MeanSquaredError()}); };
  const auto fit_with = [&, &x = x, &y = y](LambdaCallbackOptions options) {
    compile();
    model.fit(x, y,
              {.epochs = 2, .callbacks = {std::make_shared<LambdaCallback>(options)}, .verbose = false});
  };
  const auto wanted = Contains("a callback has compiled 'net' or changed its layers");
  CHECK_THROWS_WITH(fit_with({.on_train_begin = compile}), wanted);
  CHECK_THROWS_WITH(fit_with({.on_epoch_begin = [&](Index) { compile(); }}), wanted);
  CHECK_THROWS_WITH(fit_with({.on_train_batch_end = [&](Index, const Logs&) { compile(); }}), wanted);
  CHECK_THROWS_WITH(fit_with({.on_epoch_end = [&](Index, const Logs&) { compile(); }}), wanted);
  CHECK_THROWS_WITH(fit_with({.on_train_batch_begin = [&](Index) { model.add(Dense({.units = 1})); }}),
                    wanted);
  CHECK_NOTHROW(fit_with({.on_train_end = [&](const Logs&) { compile(); }}));
}

TEST_CASE("a callback that is null is refused") {
  const auto [x, y] = clouds(8);
  CHECK_THROWS_WITH(classifier().fit(x, y, {.callbacks = {nullptr}}), Contains("callback number 0 is null"));
}

TEST_CASE("validation data of other class names is warned of") {
  const auto [x, y] = clouds(8);
  const auto named = [&, &x = x, &y = y](std::vector<std::string> classes) {
    const auto origin = std::make_shared<Origin>();
    origin->class_names = std::move(classes);
    return Dataset(std::make_shared<stages::Tensors>(x, y), origin).batch(4);
  };
  const auto fit_with = [&](std::vector<std::string> classes) {
    std::ostringstream out;
    classifier().fit(named({"cats", "dogs"}), {.validation_data = named(std::move(classes)), .output = &out});
    return out.str();
  };
  CHECK_THAT(fit_with({"Hunde", "Katzen"}),
             Contains("Warning: the classes of validation_data are Hunde, Katzen") && Contains("cats, dogs"));
  CHECK_THAT(fit_with({"cats", "dogs"}), !Contains("Warning"));
}

TEST_CASE("a validation loss that is no number is an error") {
  const auto [x, y] = clouds(8);
  auto bad = x;
  bad.data()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(
      classifier().fit(x, y, {.validation_data = Dataset::from_tensors(bad, y).batch(8), .verbose = false}),
      Contains("epoch 1, validation_data") && Contains("nan"));
}

TEST_CASE("where the output is no terminal an epoch is one plain line") {
  std::ostringstream out;
  const auto model = classifier();
  const auto [x, y] = clouds(40);
  model.fit(x, y, {.epochs = 2, .output = &out});
  CHECK_THAT(out.str(), Contains("Epoch 1/2\n2/2 - ") && Contains("loss: ") && Contains("Epoch 2/2\n"));
  CHECK(out.str().find('\r') == std::string::npos);
  CHECK(out.str().find('\x1b') == std::string::npos);
}

TEST_CASE("the threshold of BinaryAccuracy is questioned where the loss takes logits") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  const auto [x, y] = clouds(8);
  const auto fit_with = [&, &x = x, &y = y](AnyMetric<Cpu> metric) {
    model.compile(
        {.optimizer = SGD(), .loss = BinaryCrossentropy({.from_logits = true}), .metrics = {metric}});
    std::ostringstream out;
    model.fit(x, y, {.output = &out});
    return out.str();
  };
  CHECK_THAT(fit_with(BinaryAccuracy()), Contains("0.622"));
  CHECK_THAT(fit_with(BinaryAccuracy({.threshold = 0})), !Contains("0.622"));
}

TEST_CASE("a loss that is no number stops the training and leaves the weights of the step before") {
  const auto model = classifier();
  auto [x, y] = clouds(40);
  x.data()[2 * 25] = std::numeric_limits<float>::quiet_NaN();  // in the second batch of 20
  const auto data = Dataset::from_tensors(x, y).batch(20);
  const auto good = Dataset::from_tensors(x, y).take(20).batch(20);

  const auto reference = classifier();
  reference.fit(good, {.verbose = false});
  CHECK_THROWS_WITH(model.fit(data, {.epochs = 2, .verbose = false}),
                    Contains("epoch 1, batch 2") && Contains("training step 2"));
  CHECK(test::all_numbers(model) == test::all_numbers(reference));
}

TEST_CASE("moving statistics are spared by a loss that is no number") {
  const auto in = Input({2});
  const BatchNormalization bn;
  const Model model(in, Dense({.units = 1})(bn(in)));
  model.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
  auto [x, y] = clouds(10);
  x.data()[3] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(model.train_on_batch(x, y), Contains("loss"));
  CHECK(bn.weights()[2].value().to_vector() == std::vector<float>{0, 0});
  CHECK(bn.weights()[3].value().to_vector() == std::vector<float>{1, 1});
}

TEST_CASE("bad input is refused with what was given and what was expected") {
  const auto [x, y] = clouds(8);
  SECTION("fit before compile") {
    const auto in = Input({2});
    const Model model(in, Dense({.units = 1})(in), "net");
    CHECK_THROWS_WITH(model.fit(x, y, {}), Contains("net") && Contains("call compile() first"));
    CHECK_THROWS_WITH(model.evaluate(Dataset::from_tensors(x, y).batch(4)), Contains("call compile() first"));
  }
  SECTION("compile without a loss or an optimizer, or with two metrics of one name") {
    const auto in = Input({2});
    const Model model(in, Dense({.units = 1})(in), "net");
    CompileOptions<Cpu> no_loss, no_optimizer;
    no_loss.optimizer = SGD();
    no_optimizer.loss = MeanSquaredError();
    CHECK_THROWS_WITH(model.compile(no_loss), Contains("net") && Contains("no loss"));
    CHECK_THROWS_WITH(model.compile(no_optimizer), Contains("no optimizer"));
    model.compile({.optimizer = SGD(),
                   .loss = MeanSquaredError(),
                   .metrics = {BinaryAccuracy(), BinaryAccuracy({.threshold = 0})}});
    const auto logs = model.test_on_batch(Tensor<>({1, 2}), Tensor<>({1, 1}));
    CHECK(logs[1].first == "binary_accuracy");
    CHECK(logs[2].first == "binary_accuracy_1");  // as Keras has it
    CHECK_THROWS_WITH(Dropout({}), Contains("rate"));
  }
  const auto model = classifier();
  SECTION("an image of another shape") {
    CHECK_THROWS_WITH(model.predict(random_tensor({4, 3}, 1)), Contains("(4, 3)") && Contains("(4, 2)"));
    CHECK_THROWS_WITH(model.train_on_batch(random_tensor({4, 3}, 1), y), Contains("(4, 3)"));
  }
  SECTION("what is no batch, or an empty one") {
    CHECK_THROWS_WITH(model.predict(Tensor<>()), Contains("(2,)") && Contains("(0,) was given"));
    CHECK_THROWS_WITH(model.predict(Tensor<>(Shape{})), Contains("() was given"));
    CHECK_THROWS_WITH(model.predict(Tensor<>(Shape{0, 7})), Contains("(0, 7) was given, expected (0, 2)"));
    CHECK(model.predict(Tensor<>(Shape{0, 2})).shape() == Shape{0, 1});
    CHECK_THROWS_WITH(model.test_on_batch(Tensor<>(Shape{0, 2}), Tensor<>(Shape{0, 1})),
                      Contains("in '" + model.name() + "'") && Contains("no examples"));
    const auto single = Dataset::from_tensors(x, y);
    CHECK_THROWS_WITH(model.fit(single, {.verbose = false}),
                      Contains("epoch 1, batch 1") && Contains("Input 'input_layer") && Contains("batch()"));
    CHECK_THROWS_WITH(model.evaluate(single), Contains("[evaluate] batch 1") && Contains("batch()"));
    const auto torn =
        Dataset::from_tensors(x, y).batch(4).map([](const Example&) -> Example { fail("the disk is gone"); });
    CHECK_THROWS_WITH(model.evaluate(torn), "[evaluate] batch 1: the disk is gone");
    const auto foreign = Dataset::from_tensors(x, y).batch(4).map(
        [](const Example&) -> Example { throw std::out_of_range("of another library"); });
    CHECK_THROWS_WITH(model.fit(foreign, {.verbose = false}), "[fit] epoch 1, batch 1: of another library");
    try {
      model.evaluate(foreign);
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK(error.what() == std::string("[evaluate] batch 1: of another library"));
      CHECK_THROWS_AS(std::rethrow_if_nested(error), std::out_of_range);
    }
    try {
      model.fit(x, y, {.validation_data = foreign, .verbose = false});
      FAIL("nothing was thrown");
    } catch (const Error& error) {
      CHECK_THAT(error.what(), Contains("validation_data: [evaluate] batch 1: of another library"));
      CHECK_THROWS_AS(std::rethrow_if_nested(error), std::out_of_range);
    }
    const auto gone =
        Dataset::from_tensors(x, y).batch(4).map([](const Example&) -> Example { throw NoDevice("no GPU"); });
    CHECK_THROWS_AS(model.fit(gone, {.verbose = false}), NoDevice);
    CHECK_THROWS_WITH(model.fit(x, y, {.verbose = false, .class_weight = {{0, -1.0}}}),
                      Contains("[fit] class_weight has -1 for label 0, expected"));
    CHECK_THROWS_WITH(model.evaluate(x, y, {.steps = -1}), "[evaluate] steps is -1, expected 0 or more");
    CHECK_THROWS_WITH(model.fit(x, y, {.micro_batch_size = -1}), Contains("[fit] micro_batch_size is -1"));
    CHECK_THROWS_WITH(model.fit(x, y, {.validation_data = single, .verbose = false}),
                      Contains("validation_data") && Contains("batch()"));
  }
  SECTION("tensors that cannot be batched") {
    CHECK_THROWS_WITH(model.fit(x, y, {.batch_size = 0}), "[fit] batch_size is 0, expected at least 1");
    CHECK_THROWS_WITH(model.evaluate(x, y, {.batch_size = 0}),
                      "[evaluate] batch_size is 0, expected at least 1");
    CHECK_THROWS_WITH(model.fit(x, Tensor<>({7, 1})),
                      "[fit] y (7, 1) and x (8, 2) are not equally many examples");
    CHECK_THROWS_WITH(model.evaluate(x, Tensor<>({7, 1})), Contains("[evaluate] y (7, 1) and x (8, 2)"));
    CHECK_THROWS_WITH(model.fit(x, y, {.validation_data = {x, Tensor<>({7, 1})}}),
                      Contains("[fit] validation_data: y (7, 1) and x (8, 2)"));
  }
  SECTION("an Input with an extent that is none") {
    CHECK_THROWS_WITH(Input({0, 3}, "photo"),
                      Contains("in 'photo': [input] shape is (0, 3), expected extents of 1 or more"));
    CHECK_THROWS_WITH(Input({-1, 3}), Contains("(-1, 3)"));
  }
  SECTION("epochs below 0") {
    CHECK_THROWS_WITH(model.fit(x, y, {.epochs = -5}), Contains("epochs is -5"));
    CHECK_THROWS_WITH(model.fit(x, y, {.initial_epoch = -3}), Contains("initial_epoch is -3"));
    CHECK(model.fit(x, y, {.epochs = 0}).epochs() == 0);
  }
  SECTION("labels of another shape") {
    CHECK_THROWS_WITH(model.train_on_batch(x, random_tensor({8, 2}, 1)),
                      Contains("(8, 2)") || Contains("(2,)"));
    CHECK_THROWS_WITH(model.train_on_batch(x, random_tensor({7, 1}, 1)), Contains("(7, 1)"));
  }
  SECTION("no data") {
    CHECK_THROWS_WITH(model.fit(Dataset::from_tensors(x, y).take(0).batch(4), {.verbose = false}),
                      Contains("empty"));
  }
  SECTION("a layer that does not fit is named with its path") {
    const Sequential base(
        {Dense({.units = 4}), Sequential({Conv2D({.filters = 2, .kernel_size = 3, .name = "conv"})}, "stem")},
        "base");
    CHECK_THROWS_WITH(base(Input({2, 2, 3})), Contains("in 'base/stem/conv'") && Contains("(2, 2, 4)"));
  }
  SECTION("labels out of range") {
    const auto in = Input({2});
    const Model sparse(in, Dense({.units = 3})(in));
    sparse.compile({.optimizer = SGD(), .loss = SparseCategoricalCrossentropy({.from_logits = true})});
    CHECK_THROWS_WITH(sparse.train_on_batch(x, Tensor<>({8, 1}, {0, 1, 2, 0, 3, 1, 2, 0})),
                      Contains("3") && Contains("classes"));
  }
  SECTION("a batch of one in training") {
    const auto in = Input({2});
    const Model net(in, Dense({.units = 1})(BatchNormalization({.name = "norm"})(in)));
    net.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
    CHECK_THROWS_WITH(net.train_on_batch(random_tensor({1, 2}, 1), random_tensor({1, 1}, 2)),
                      Contains("in 'norm'"));
  }
}

TEST_CASE("the history has the learning rates that a callback has set") {
  const auto model = classifier();
  const auto [x, y] = clouds(16);
  const auto schedule = std::make_shared<LearningRateScheduler>(
      LearningRateScheduler::Options{.schedule = [](Index, double rate) { return rate / 2; }});
  const auto history = model.fit(x, y, {.epochs = 3, .callbacks = {schedule}, .verbose = false});
  CHECK(history["learning_rate"] == std::vector<double>{double(0.01f), double(0.005f), double(0.0025f)});
}

}  // namespace test_fit
