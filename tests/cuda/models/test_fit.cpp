// fit() and evaluate() on the GPU, where the next batch is read while a step runs, against the CPU.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/parity.hpp"
#include "tests/io/scratch_folder.hpp"

namespace tanuki::test_cuda_fit {

using Catch::Contains;

template <class B>
Model<B> network() {
  clear_session();
  set_random_seed(4);
  const auto in = Input<B>({5});
  const auto x = Dropout<B>({.rate = 0.3f})(Dense<B>({.units = 6, .activation = "relu"})(in));
  const Model<B> model(in, Dense<B>({.units = 1})(x));
  model.compile({.optimizer = Adam({.learning_rate = 0.01f}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0}), "mse"}});
  return model;
}

const Tensor<Cpu> x({11, 5}, test::numbers(55, 1));
const Tensor<Cpu> y({11, 1}, {0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 1});

void check_same(const History& given, const History& expected) {
  for (const auto& [key, values] : expected.series()) {
    if (key == "seconds") continue;
    INFO(key);
    REQUIRE(given[key].size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(given[key][i] == Approx(values[i]).epsilon(1e-5));
  }
}

template <class B>
std::vector<float> weights(const Model<B>& model) {
  std::vector<float> all;
  for (const auto& [path, weight] : model.named_weights()) {
    const auto values = weight.value().to_vector();
    all.insert(all.end(), values.begin(), values.end());
  }
  return all;
}

TEST_CASE("fit() on the GPU ends as on the CPU: epochs, steps_per_epoch, validation, small last batches") {
  const auto data = Dataset::from_tensors(x, y).shuffle(11, 3).batch(4);
  const auto course = [&]<class B>(FitOptions options) {
    const auto model = network<B>();
    options.verbose = false;
    options.validation_data = Dataset::from_tensors(x, y).batch(3);
    const auto history = model.fit(data, options);
    return std::pair{history, weights(model)};
  };
  for (const Index steps : {0, 2, 5}) {
    for (const Index micro : {0, 3}) {
      INFO(steps << " steps an epoch, parts of " << micro);
      const FitOptions options{.epochs = 3, .micro_batch_size = micro, .steps_per_epoch = steps};
      const auto given = course.operator()<Cuda>(options), expected = course.operator()<Cpu>(options);
      check_same(given.first, expected.first);
      CHECK(test::apart(given.second, expected.second) < 1e-5);
    }
  }
}

TEST_CASE("a bad batch is said when its turn comes, and the steps before it are done") {
  const auto outcome = [&]<class B>(auto spoil) {
    const auto model = network<B>();
    Index batches = 0;
    const auto count = std::make_shared<LambdaCallback>(
        LambdaCallbackOptions{.on_train_batch_end = [&](Index, const Logs&) { ++batches; }});
    const auto data = Dataset::from_generator(
        [&](Index) {
          return [&, number = 0]() mutable -> std::optional<Example> {
            Example example{Tensor<Cpu>({4, 5}, test::numbers(20, 7)), Tensor<Cpu>({4, 1}, {0, 1, 1, 0})};
            if (++number == 3) spoil(example);
            return example;
          };
        },
        {.batched = true});
    std::string message;
    try {
      model.fit(data, {.epochs = 1, .callbacks = {count}, .verbose = false, .steps_per_epoch = 5});
    } catch (const Error& error) {
      message = error.what();
    }
    CHECK(batches == 2);
    try {
      model.evaluate(data, {.steps = 5});
    } catch (const Error& error) {
      message += std::string(" | ") + error.what();
    }
    return message;
  };
  const auto check = [&](auto spoil, const std::string& expected) {
    const auto given = outcome.operator()<Cuda>(spoil);
    CHECK(given == outcome.operator()<Cpu>(spoil));
    CHECK_THAT(given, Contains("[fit] epoch 1, batch 3: ") && Contains(expected));
  };
  check([](Example&) { fail("the disk is gone"); }, "the disk is gone | [evaluate] ");
  check(
      [](Example& example) {
        example.y = Tensor<Cpu>({3, 1});
      },
      "the batches differ | [evaluate] batch 3: ");
  check([](Example& example) { example.x = Tensor<Cpu>({4, 6}); }, "[evaluate] batch 3: ");
  check(
      [](Example& example) {
        example.x = Tensor<Cpu>({4, 6});
        example.y = Tensor<Cpu>({3, 1});
      },
      "(4, 6)");
  check([](Example& example) { example.y.data()[2] = 7; }, "label 7 at position 2 of 4");
  check([](Example& example) { example.x.data()[6] = NAN; },
        "the loss is nan (the batch's x has nan in example 1)");
}

TEST_CASE("a step of a batch without examples is refused, and moves nothing") {
  const auto model = network<Cuda>();
  const auto before = weights(model);
  const Tensor<Cpu> no_x({0, 5}), no_y({0, 1});
  CHECK_THROWS_WITH(
      model.trainer().train_step(default_context<Cuda>(), DeviceBatch<Cuda>({{&no_x}, {&no_y}})),
      Contains("no examples"));
  CHECK(weights(model) == before);
}

TEST_CASE("a checkpoint in the middle of an epoch counts the batches that were trained on") {
  const test::ScratchFolder folder;
  const auto data = Dataset::from_tensors(x, y).shuffle(11, 3).batch(2);
  const auto checkpoint = [&] {
    return std::make_shared<BackupAndRestore>(
        BackupAndRestore::Options{.path = folder / "run.checkpoint", .save_freq = 2});
  };
  const auto whole = network<Cuda>();
  const auto expected = whole.fit(data, {.epochs = 2, .verbose = false});
  const auto stopped = network<Cuda>();
  const auto stop = std::make_shared<LambdaCallback>(
      LambdaCallbackOptions{.on_train_batch_end = [n = 0](Index, const Logs&) mutable {
        if (++n == 9) fail("the power is gone");
      }});
  CHECK_THROWS_WITH(stopped.fit(data, {.epochs = 2, .callbacks = {checkpoint(), stop}, .verbose = false}),
                    Contains("the power is gone"));
  const auto resumed = network<Cuda>();
  const auto nothing = std::make_shared<LambdaCallback>(LambdaCallbackOptions{});
  const auto history =
      resumed.fit(data, {.epochs = 2, .callbacks = {checkpoint(), nothing}, .verbose = false});
  check_same(history, expected);
  CHECK(weights(resumed) == weights(whole));
}

}  // namespace tanuki::test_cuda_fit
