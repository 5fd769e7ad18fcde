// A batch in parts gives what the whole batch gives, in less memory.

#include <catch2/catch.hpp>
#include <limits>
#include <tanuki/tanuki.hpp>

namespace test_micro_batch {

using namespace tanuki;
using Catch::Contains;

namespace {

Tensor<> random_numbers(const Shape& shape, std::uint64_t stream) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{3, stream}.normal(std::uint64_t(i));
  return tensor;
}

/// Images whose brightness decides the label, and the labels 0 and 1.
std::pair<Tensor<>, Tensor<>> images(Index count) {
  auto x = random_numbers({count, 8, 8, 3}, 1);
  Tensor<> y({count, 1});
  for (Index i = 0; i < count; ++i) {
    y.data()[i] = float(i % 3 == 0);
    for (Index j = 0; j < 8 * 8 * 3; ++j) x.data()[i * 8 * 8 * 3 + j] += 0.2f * y.data()[i];
  }
  return {x, y};
}

/// Convolutions, a batch normalisation in inference mode whose gamma and beta are trained, and a layer that
/// is called twice, so that a weight gets two gradients.
Model<> convnet(const AnyOptimizer<Cpu>& optimizer = Adam({.learning_rate = 0.01f})) {
  set_random_seed(4);
  clear_session();
  const auto in = Input({8, 8, 3});
  const Conv2D shared({.filters = 6, .kernel_size = 3, .padding = "same"});
  auto x = SeparableConv2D({.filters = 6, .kernel_size = 3, .padding = "same"})(in);
  x = BatchNormalization()(x, {.training = false});
  x = Add()({shared(Activation("relu")(shared(x))), x});
  x = GlobalAveragePooling2D()(x);
  const Model model(in, Dense({.units = 1})(x));
  model.compile({.optimizer = optimizer,
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0}), MeanSquaredError()}});
  return model;
}

std::vector<std::vector<float>> numbers_of(const Model<>& model) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
  return all;
}

/// Within 1e-5 of the largest magnitude of each weight.
void check_same(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].size() == b[i].size());
    float largest = 0, difference = 0;
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      largest = std::max(largest, std::abs(a[i][j]));
      difference = std::max(difference, std::abs(a[i][j] - b[i][j]));
    }
    CHECK(difference <= 1e-5f * largest);
  }
}

void check_same(const Logs& a, const Logs& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].first == b[i].first);
    CHECK(a[i].second == Approx(b[i].second).epsilon(1e-5));
  }
}

}  // namespace

TEST_CASE("one step in micro-batches moves the weights as the whole batch does") {
  const auto [x, y] = images(10);
  // Plain SGD at rate 1: what moves is the gradient itself.
  const auto whole = convnet(SGD({.learning_rate = 1}));
  const auto before = numbers_of(whole);
  const auto logs = whole.train_on_batch(x, y);
  CHECK(numbers_of(whole) != before);
  for (const Index size : {1, 2, 3, 4, 5, 7, 9}) {  // some divide 10, some leave a smaller last part
    INFO("micro-batches of " << size);
    const auto parts = convnet(SGD({.learning_rate = 1}));
    REQUIRE(numbers_of(parts) == before);
    check_same(parts.train_on_batch(x, y, {.micro_batch_size = size}), logs);
    check_same(numbers_of(parts), numbers_of(whole));
    CHECK(parts.trainer().optimizer().iterations() == 1);
  }
}

TEST_CASE("gradients are the mean over the batch, not over its parts") {
  // y = w·x, loss (w·x - t)², w = 0: the gradient is the mean of -2·x·t; here -2·(1·1 + 1·1 + 4·1) / 3 = -4.
  const auto in = Input({1});
  const Dense dense({.units = 1, .use_bias = false});
  const Model model(in, dense(in));
  dense.weights()[0].edit().data()[0] = 0;
  model.compile({.optimizer = SGD({.learning_rate = 1}), .loss = MeanSquaredError()});
  const auto logs =
      model.train_on_batch(Tensor<>({3, 1}, {1, 1, 4}), Tensor<>({3, 1}, {1, 1, 1}), {.micro_batch_size = 2});
  CHECK(dense.weights()[0].value().to_vector()[0] == Approx(4).epsilon(1e-6));
  CHECK(logs[0].second == Approx(1).epsilon(1e-6));
}

TEST_CASE("a part as large as the batch, or larger, gives the whole batch's bits") {
  const auto [x, y] = images(6);
  const auto whole = convnet();
  whole.train_on_batch(x, y);
  for (const Index size : {6, 7, 1000}) {
    const auto parts = convnet();
    parts.train_on_batch(x, y, {.micro_batch_size = size});
    CHECK(numbers_of(parts) == numbers_of(whole));
  }
}

TEST_CASE("fit in micro-batches has the whole batches' History and weights") {
  const auto [x, y] = images(22);
  const auto data = Dataset::from_tensors(x, y).batch(8);  // 8, 8, and 6
  const auto whole = convnet(), parts = convnet();
  const auto expected = whole.fit(data, {.epochs = 2, .validation_data = data, .verbose = false});
  const auto history =
      parts.fit(data, {.epochs = 2, .validation_data = data, .verbose = false, .micro_batch_size = 3});
  for (const auto& [key, values] : expected.series()) {
    if (key == "seconds") continue;
    INFO(key);
    REQUIRE(history[key].size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i) CHECK(history[key][i] == Approx(values[i]).epsilon(1e-5));
  }
  CHECK(parts.trainer().optimizer().iterations() == 6);
  check_same(numbers_of(parts), numbers_of(whole));
}

TEST_CASE("micro-batches give the same bits with any number of threads") {
  const auto [x, y] = images(20);
  const auto run = [&, &x = x, &y = y](int threads) {
    default_context<Cpu>().threads(threads);
    const auto model = convnet();
    model.fit(x, y, {.epochs = 2, .verbose = false, .batch_size = 9, .micro_batch_size = 4});
    default_context<Cpu>().threads(0);
    return numbers_of(model);
  };
  CHECK(run(1) == run(3));
}

TEST_CASE("dropout and augmentation draw for each example what they draw in the whole batch") {
  const auto [x, y] = images(11);
  const auto run = [&, &x = x, &y = y](Index size) {
    set_random_seed(6);
    clear_session();
    const auto in = Input({8, 8, 3});
    auto z = Sequential({RandomFlip({.mode = "horizontal"}), RandomRotation({.factor = 0.2f})})(in);
    z = Conv2D({.filters = 5, .kernel_size = 3})(z);
    z = GlobalAveragePooling2D()(Dropout({.rate = 0.3f})(z));
    const Model model(in, Dense({.units = 1})(Dropout({.rate = 0.2f})(z)));  // 5 numbers an example
    model.compile({.optimizer = SGD({.learning_rate = 1}), .loss = MeanSquaredError()});
    for (int step = 0; step < 2; ++step) model.train_on_batch(x, y, {.micro_batch_size = size});
    return numbers_of(model);
  };
  const auto whole = run(0);
  for (const Index size : {1, 2, 3, 10}) check_same(run(size), whole);
}

TEST_CASE("micro-batches need less memory") {
  const auto model = convnet();
  const auto [x, y] = images(16);
  auto& plan = model.trainer().plan();
  Index gradients = 0;
  for (const auto& weight : plan.trainable_weights())
    gradients += weight.shape().elements() * Index(sizeof(float));
  CHECK(plan.memory_needed(2) + gradients < plan.memory_needed(16));
}

TEST_CASE("a loss that is no number in any part leaves all weights as they were") {
  auto [x, y] = images(9);
  const auto model = convnet();
  const auto before = numbers_of(model);
  const float good =
      std::exchange(x.data()[8 * 8 * 8 * 3], std::numeric_limits<float>::quiet_NaN());  // in the last part
  CHECK_THROWS_WITH(model.train_on_batch(x, y, {.micro_batch_size = 4}),
                    Contains("loss") && Contains("step 1"));
  CHECK(numbers_of(model) == before);
  CHECK(model.trainer().optimizer().iterations() == 0);

  // And nothing of the bad batch is left in the next.
  x.data()[8 * 8 * 8 * 3] = good;
  const auto fresh = convnet();
  const auto logs = model.train_on_batch(x, y, {.micro_batch_size = 4});
  CHECK(fresh.train_on_batch(x, y, {.micro_batch_size = 4}) == logs);
  CHECK(numbers_of(fresh) == numbers_of(model));
}

TEST_CASE("batch normalisation in batch mode is refused by its name; frozen or in inference mode it is not") {
  const auto [x, y] = images(8);
  const auto in = Input({8, 8, 3});
  const BatchNormalization norm({.name = "norm"});
  const Sequential base({Conv2D({.filters = 2, .kernel_size = 3}), norm}, "base");
  const Model model(in, Dense({.units = 1})(Flatten()(base(in))));
  const auto compile = [&] { model.compile({.optimizer = SGD(), .loss = MeanSquaredError()}); };
  compile();
  CHECK_THROWS_WITH(
      model.train_on_batch(x, y, {.micro_batch_size = 4}),
      Contains("'base/norm'") && Contains("batch_normalization") && Contains("micro_batch_size of 4"));
  CHECK_THROWS_WITH(model.fit(x, y, {.verbose = false, .micro_batch_size = 4}), Contains("'base/norm'"));
  CHECK(norm.weights()[2].value().to_vector() == std::vector<float>{0, 0});
  model.train_on_batch(x, y);
  CHECK(norm.weights()[2].value().to_vector() != std::vector<float>{0, 0});
  norm.trainable(false);
  compile();
  CHECK_NOTHROW(model.train_on_batch(x, y, {.micro_batch_size = 4}));
}

TEST_CASE("what does not fit is refused before a part has run") {
  const auto model = convnet();
  const auto [x, y] = images(8);
  CHECK_THROWS_WITH(model.train_on_batch(x, y, {.micro_batch_size = -1}),
                    Contains("-1") && Contains("0 (none) or more"));
  CHECK_THROWS_WITH(model.fit(x, y, {.verbose = false, .micro_batch_size = -1}), Contains("-1"));
  CHECK_THROWS_WITH(model.train_on_batch(x, images(7).second, {.micro_batch_size = 3}),
                    Contains("(7, 1)") && Contains("(8, 8, 8, 3)"));
  CHECK_THROWS_WITH(model.train_on_batch(x, random_numbers({8, 2}, 1), {.micro_batch_size = 3}),
                    Contains("2"));
  CHECK_THROWS_WITH(model.train_on_batch(random_numbers({8, 8, 8, 2}, 1), y, {.micro_batch_size = 3}),
                    Contains("(8, 8, 8, 2)"));
  CHECK(model.trainer().steps() == 0);
}

}  // namespace test_micro_batch
