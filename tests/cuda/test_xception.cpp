// The whole of Xception at 75 px through the GPU backend's own plan, on the host device, against the CPU: inference, the
// head on a frozen base, and fine-tuning.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/parity.hpp"
#include "tests/io/scratch_folder.hpp"

namespace tanuki::test_xception {

/// The guide's model with a Xception of random weights, the same for both backends.
template <class B>
struct Network {
  Model<B> base, model;

  explicit Network(bool augmented = false) : base(make_base()), model(make(augmented)) {}

  static Model<B> make_base() {
    clear_session();
    set_random_seed(1);
    return applications::Xception<B>({.input_shape = {75, 75, 3}, .include_top = false});
  }
  Model<B> make(bool augmented) {
    const auto inputs = Input<B>({75, 75, 3});
    auto x = inputs;
    if (augmented) {
      x = RandomFlip<B>({.mode = "horizontal"})(x);
      x = RandomRotation<B>({.factor = 0.1f})(x);
    }
    x = Normalization<B>({.mean = {127.5f, 127.5f, 127.5f}, .variance = {16256.25f, 16256.25f, 16256.25f}})(
        x);
    x = base(x, {.training = false});
    x = GlobalAveragePooling2D<B>()(x);
    x = Dropout<B>({.rate = 0.2f})(x);
    return Model<B>(inputs, Dense<B>({.units = 1})(x));
  }
};

Tensor<Cpu> images(Index count) {
  return {{count, 75, 75, 3}, test::numbers(count * 75 * 75 * 3, 3, 0, 255)};
}
Tensor<Cpu> labels(Index count) {
  Tensor<Cpu> y({count, 1});
  for (Index i = 0; i < count; ++i) y.data()[i] = float(i % 2);
  return y;
}

struct Course {
  std::vector<double> losses, accuracies;
  std::vector<std::vector<float>> moves;  ///< of all trainable weights
};

/// Steps on batches of 3.
template <class B>
Course train(bool frozen, const AnyOptimizer<B>& optimizer, bool augmented, int steps = 3) {
  const Network<B> network(augmented);
  network.base.trainable(!frozen);
  network.model.compile({.optimizer = optimizer,
                         .loss = BinaryCrossentropy({.from_logits = true}),
                         .metrics = {BinaryAccuracy({.threshold = 0})}});
  Course course;
  const auto weights = network.model.trainable_weights();
  for (const auto& weight : weights) course.moves.push_back(weight.value().to_vector());
  const auto x = images(3), y = labels(3);
  for (int step = 0; step < steps; ++step) {
    const auto logs = network.model.train_on_batch(x, y);
    course.losses.push_back(logs[0].second);
    course.accuracies.push_back(logs[1].second);
  }
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto now = weights[i].value().to_vector();
    for (std::size_t j = 0; j < now.size(); ++j) course.moves[i][j] = now[j] - course.moves[i][j];
  }
  return course;
}

/// |a - b| / |b| over all numbers.
double apart(const std::vector<std::vector<float>>& a, const std::vector<std::vector<float>>& b) {
  double difference = 0, size = 0;
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    REQUIRE(a[i].size() == b[i].size());
    for (std::size_t j = 0; j < a[i].size(); ++j) {
      difference += (double(a[i][j]) - double(b[i][j])) * (double(a[i][j]) - double(b[i][j]));
      size += double(b[i][j]) * double(b[i][j]);
    }
  }
  REQUIRE(size > 0);
  return std::sqrt(difference / size);
}

void check_course(const Course& given, const Course& expected, double of_losses, double of_moves) {
  REQUIRE(given.losses.size() == expected.losses.size());
  for (std::size_t step = 0; step < given.losses.size(); ++step) {
    CHECK(std::abs(given.losses[step] - expected.losses[step]) <= of_losses * expected.losses[step]);
    CHECK(given.accuracies[step] == expected.accuracies[step]);
  }
  CHECK(apart(given.moves, expected.moves) <= of_moves);
}

TEST_CASE("Xception predicts on the GPU what it predicts on the CPU") {
  const auto x = images(3);  // the last batch is one of one
  const auto on = [&]<class B>() { return Network<B>().model.predict(x, {.batch_size = 2}).to_vector(); };
  CHECK(test::apart(on.operator()<Cuda>(), on.operator()<Cpu>()) < 1e-5);
}

TEST_CASE("a head is trained on the GPU as on the CPU, with the same flips, rotations and dropout") {
  check_course(train<Cuda>(true, Adam(), true), train<Cpu>(true, Adam(), true), 1e-5, 1e-3);
}

TEST_CASE("Xception is fine-tuned on the GPU as on the CPU, to the same bits each time") {
  const SGD rule({.learning_rate = 1e-3, .momentum = 0.9});
  check_course(train<Cuda>(false, rule, false), train<Cpu>(false, rule, false), 1e-5, 1e-3);
  test::order_threads(1);
  const Course once = train<Cuda>(false, rule, false, 1);
  test::order_threads(99);
  const Course again = train<Cuda>(false, rule, false, 1);
  CHECK(again.losses == once.losses);
  CHECK(test::same_bits(again.moves, once.moves));
}

TEST_CASE("Xception is fine-tuned with rounded factors") {
  set_dtype_policy("mixed_bfloat16");
  const Course given = train<Cuda>(false, Adam({.learning_rate = 1e-5}), false, 1);
  const Course expected = train<Cpu>(false, Adam({.learning_rate = 1e-5}), false, 1);
  set_dtype_policy("float32");
  check_course(given, expected, 2e-2, 1);
}

TEST_CASE("weights written by one backend are read by the other") {
  const test::ScratchFolder folder;
  const std::string path = folder / "xception.safetensors";
  const Network<Cuda> one;
  one.model.save_weights(path);
  set_random_seed(7);
  const Network<Cpu> other;
  for (const auto& weight : other.model.weights()) {
    Tensor<Cpu>& value = weight.edit();
    std::fill_n(value.data(), value.size(), 0.0f);
  }
  other.model.load_weights(path);
  const auto written = one.model.weights();
  const auto read = other.model.weights();
  REQUIRE(written.size() == read.size());
  for (std::size_t i = 0; i < written.size(); ++i)
    CHECK(written[i].value().to_vector() == read[i].value().to_vector());
}

}  // namespace tanuki::test_xception
