// What Keras' transfer-learning guide says about `trainable`, line by line.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_trainable {

using namespace tanuki;

namespace {

struct Counts {
  std::size_t weights, trainable, non_trainable;
  friend bool operator==(const Counts&, const Counts&) = default;
};

Counts counts(const Layer<>& layer) {
  return {layer.weights().size(), layer.trainable_weights().size(), layer.non_trainable_weights().size()};
}

std::vector<std::vector<float>> numbers(const std::vector<Weight<>>& weights) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : weights) all.push_back(weight.value().to_vector());
  return all;
}

Tensor<> random_tensor(const Shape& shape, std::uint64_t stream) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = Random{7, stream}.normal(std::uint64_t(i));
  return tensor;
}

std::vector<std::string> paths(const Layer<>& layer) {
  std::vector<std::string> names;
  for (const auto& named : layer.named_weights()) names.push_back(named.path);
  return names;
}

/// A base with a normalisation, under a head, as in the guide.
struct Net {
  explicit Net(std::optional<bool> training = false) {
    const auto in = Input({6});
    base.emplace(in, BatchNormalization({.name = "bn"})(Dense({.units = 5, .name = "inner"})(in)), "base");
    const auto inputs = Input({6});
    model.emplace(inputs, Dense({.units = 1, .name = "head"})((*base)(inputs, {.training = training})));
  }
  void train(int steps) {
    model->compile({.optimizer = Adam({.learning_rate = 0.1f}), .loss = MeanSquaredError()});
    for (int i = 0; i < steps; ++i) model->train_on_batch(random_tensor({8, 6}, 1), random_tensor({8, 1}, 2));
  }
  std::vector<std::vector<float>> statistics() const {
    const auto weights = base->get_layer("bn").weights();
    return numbers({weights[2], weights[3]});
  }
  std::optional<Model<>> base, model;
};

}  // namespace

TEST_CASE("a Dense layer has two trainable weights") {
  Dense layer({.units = 3});
  CHECK(layer.weights().empty());
  layer.build({4});
  CHECK(counts(layer) == Counts{2, 2, 0});
  CHECK(paths(layer) == std::vector<std::string>{"kernel", "bias"});
}

TEST_CASE("a BatchNormalization layer has two trainable weights and two that are not") {
  BatchNormalization layer;
  layer.build({4});
  CHECK(counts(layer) == Counts{4, 2, 2});
  CHECK(paths(layer) == std::vector<std::string>{"gamma", "beta", "moving_mean", "moving_variance"});
}

TEST_CASE("freezing moves all weights to the non-trainable ones, and back") {
  Dense layer({.units = 3});
  layer.build({4});
  layer.trainable(false);
  CHECK(counts(layer) == Counts{2, 0, 2});
  layer.trainable(true);
  CHECK(counts(layer) == Counts{2, 2, 0});

  BatchNormalization normalization;
  normalization.build({4});
  normalization.trainable(false);
  CHECK(counts(normalization) == Counts{4, 0, 4});
  normalization.trainable(true);
  CHECK(counts(normalization) == Counts{4, 2, 2});
}

TEST_CASE("a frozen layer's weights are the same to the bit after fit") {
  Dense layer1({.units = 3, .activation = "relu"}), layer2({.units = 3, .activation = "sigmoid"});
  Sequential model({Input({3}), layer1, layer2});
  layer1.trainable(false);
  const auto first = numbers(layer1.weights()), second = numbers(layer2.weights());
  model.compile({.optimizer = Adam(), .loss = MeanSquaredError()});
  model.fit(random_tensor({20, 3}, 1), random_tensor({20, 3}, 2), {.epochs = 3, .verbose = false});
  CHECK(numbers(layer1.weights()) == first);
  CHECK(numbers(layer2.weights()) != second);
}

TEST_CASE("the setter is recursive") {
  Sequential inner(
      {Input({3}), Dense({.units = 3, .activation = "relu"}), Dense({.units = 3, .activation = "relu"})});
  Sequential model({Input({3}), inner, Dense({.units = 3, .activation = "sigmoid"})});
  CHECK(counts(model) == Counts{6, 6, 0});
  model.trainable(false);
  CHECK_FALSE(inner.trainable());
  for (const auto& node : inner.layers()) {
    if (node->layer) CHECK_FALSE(node->layer->trainable());
  }
  CHECK(counts(model) == Counts{6, 0, 6});

  SECTION("a child set trainable under a frozen parent leaves the parent's list empty") {
    inner.trainable(true);
    CHECK(counts(model) == Counts{6, 0, 6});
    CHECK(counts(inner) == Counts{4, 4, 0});
  }
  SECTION("unfreezing an inner part of a trainable model counts it again") {
    model.trainable(true);
    inner.trainable(false);
    CHECK(counts(model) == Counts{6, 2, 4});
  }
}

TEST_CASE("a layer made trainable inside a frozen base is trained by the model around it, as in Keras") {
  Net net(std::nullopt);
  net.base->trainable(false);
  net.base->get_layer("bn").trainable(true);
  CHECK(counts(*net.base) == Counts{6, 0, 6});
  CHECK(counts(*net.model) == Counts{8, 4, 4});  // gamma, beta and the head's two
  const auto gamma = numbers({net.base->get_layer("bn").weights()[0]});
  const auto before = net.statistics();
  net.train(2);
  CHECK(numbers({net.base->get_layer("bn").weights()[0]}) != gamma);
  CHECK(net.statistics() != before);
}

TEST_CASE("layers of one name in two branches begin with different weights") {
  set_random_seed(3);
  const auto branch = [](const char* name) {
    return Sequential({Input({4}), Dense({.units = 4, .name = "projection"})}, name);
  };
  const auto first = numbers(branch("a").weights()), second = numbers(branch("b").weights());
  CHECK(first != second);
  set_random_seed(3);
  CHECK(numbers(branch("a").weights()) == first);
}

TEST_CASE("weights interleave per layer, depth first, each once") {
  const auto in = Input({4});
  const Dense shared({.units = 4, .name = "shared"});
  auto x = BatchNormalization({.name = "bn"})(shared(shared(in)));
  x = Dense({.units = 2, .name = "out"})(x);
  const Model model(in, x);
  CHECK(paths(model) == std::vector<std::string>{"shared/kernel", "shared/bias", "bn/gamma", "bn/beta",
                                                 "bn/moving_mean", "bn/moving_variance", "out/kernel",
                                                 "out/bias"});
  CHECK(counts(model) == Counts{8, 6, 2});
}

TEST_CASE("a copy of a layer shares its weights and its flag") {
  const Dense layer({.units = 3});
  const Dense copy = layer;
  copy.build({4});
  CHECK(layer.weights() == copy.weights());
  layer.trainable(false);
  CHECK_FALSE(copy.trainable());
}

TEST_CASE("a frozen normalisation's statistics stand still in training") {
  Net net(std::nullopt);  // the base follows fit's training = true
  net.base->trainable(false);
  const auto before = net.statistics();
  net.train(3);
  CHECK(net.statistics() == before);
}

TEST_CASE("under training = false the statistics stand still after unfreezing too") {
  Net net(false);
  net.base->trainable(false);
  net.train(2);
  net.base->trainable(true);
  const auto before = net.statistics();
  const auto kernel = numbers(net.base->get_layer("inner").weights());
  net.train(3);
  CHECK(net.statistics() == before);
  CHECK(numbers(net.base->get_layer("inner").weights()) != kernel);
}

TEST_CASE("a trainable normalisation without training = false does move") {
  Net net(std::nullopt);
  const auto before = net.statistics();
  net.train(1);
  CHECK(net.statistics() != before);
}

TEST_CASE("what is trainable is settled by compile") {
  Net net;
  net.model->compile({.optimizer = Adam(), .loss = MeanSquaredError()});
  net.base->trainable(false);
  const auto before = numbers(net.base->get_layer("inner").weights());
  std::ostringstream out;
  const auto x = random_tensor({8, 6}, 1), y = random_tensor({8, 1}, 2);
  net.model->fit(x, y, {.output = &out});
  CHECK(out.str().find("changed since compile") != std::string::npos);
  CHECK(numbers(net.base->get_layer("inner").weights()) != before);

  net.model->compile({.optimizer = Adam(), .loss = MeanSquaredError()});
  const auto frozen = numbers(net.base->get_layer("inner").weights());
  std::ostringstream quiet;
  net.model->fit(x, y, {.output = &quiet});
  CHECK(quiet.str().find("Warning") == std::string::npos);
  CHECK(numbers(net.base->get_layer("inner").weights()) == frozen);
}

TEST_CASE("automatic names count up, and one model has no name twice") {
  clear_session();
  CHECK(Dense({.units = 1}).name() == "dense");
  CHECK(Dense({.units = 1}).name() == "dense_1");
  CHECK(BatchNormalization().name() == "batch_normalization");
  const auto in = Input({2});
  const auto x = Dense({.units = 2, .name = "same"})(Dense({.units = 2, .name = "same"})(in));
  CHECK_THROWS_WITH(Model(in, x), Catch::Contains("'same' is used by two layers"));
}

}  // namespace test_trainable
