// Every layer of include/tanuki/layers on the GPU: what it predicts, and two steps of training with weights before and
// behind it, are those of the CPU.

#include <filesystem>
#include <fstream>
#include <set>

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/cuda/models/every_layer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_layers {

constexpr Index batch = 3;

/// The layers' classes, as their headers have them: `class Dense final : public LayerOf<Dense<B>, B>`.
std::set<std::string> declared() {
  const std::string base = "public LayerOf<";
  const auto folder =
      std::filesystem::path(TANUKI_GOLDENS).parent_path().parent_path() / "include/tanuki/layers";
  std::set<std::string> names;
  for (const auto& header : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(header.path());
    for (std::string line; std::getline(file, line);) {
      const auto place = line.find(base);
      if (place == line.npos || line.starts_with("//")) continue;
      const auto name = place + base.size();
      names.insert(line.substr(name, line.find('<', name) - name));
    }
  }
  return names;
}

Tensor<Cpu> numbers(const Shape& shape, std::uint64_t label, float low, float high) {
  return {shape, test::numbers(shape.elements(), label, low, high)};
}

/// Predictions before and after two steps, their losses, and the weights then.
template <class B>
test::Outcome train(const std::string& name) {
  clear_session();
  set_random_seed(1);
  const auto all = test::every_layer<B>();
  const auto& specimen = all.at(name);
  std::vector<SymbolicTensor<B>> inputs, scaled;
  std::vector<Tensor<Cpu>> x;
  for (const auto& shape : specimen.inputs) {
    x.push_back(numbers(shape.with_batch(batch), x.size(), specimen.low, specimen.high));
    inputs.push_back(Input<B>(shape));
    const LayerScale<B> before({.init_values = 1, .projection_dim = shape.back()});
    before.trainable(specimen.differentiable);
    scaled.push_back(before(inputs.back()));
  }
  const auto y = (*specimen.layer)(scaled);
  const Model<B> model(inputs, {LayerScale<B>({.init_values = 0.5f, .projection_dim = y.shape().back()})(y)});
  model.compile({.optimizer = SGD({.learning_rate = 0.1}), .loss = MeanSquaredError()});

  test::Outcome outcome{model.predict_all(x)[0].to_vector()};
  const Tensor<Cpu> labels = numbers(y.shape().with_batch(batch), 99, specimen.low, specimen.high);
  for (int step = 0; step < 2; ++step)
    outcome.push_back({float(model.train_on_batch(x, {labels}, TrainOnBatchOptions{})[0].second)});
  for (const auto& weight : model.weights()) outcome.push_back(weight.value().to_vector());
  outcome.push_back(model.predict_all(x)[0].to_vector());
  return outcome;
}

TEST_CASE("there is one of every layer") {
  auto without = declared();
  CHECK(without.size() > 70);
  for (const auto& [name, specimen] : test::every_layer<Cuda>()) without.erase(name);
  INFO("every_layer.hpp lacks these");
  CHECK(without == std::set<std::string>{});
}

TEST_CASE("every layer predicts and trains on the GPU as on the CPU, to the same bits each time") {
  for (const auto& [name, specimen] : test::every_layer<Cuda>()) {
    INFO(name);
    const test::Outcome expected = train<Cpu>(name);
    test::order_threads(1);
    const test::Outcome given = train<Cuda>(name);
    REQUIRE(given.size() == expected.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      INFO("result " << i << " of " << given.size());
      CHECK(test::apart(given[i], expected[i]) <= 1e-5);
    }
    test::order_threads(12345);
    CHECK(test::same_bits(train<Cuda>(name), given));
  }
}

}  // namespace tanuki::test_layers
