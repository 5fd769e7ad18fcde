// Every case of goldens/elementwise.safetensors: outputs and gradients agree with Keras' to 1e-6 of the tensor's
// largest magnitude.

#include <catch2/catch.hpp>

#include "tests/layers/golden_layer.hpp"
#include "tests/layers/run_layer.hpp"

namespace test_elementwise_goldens {

using namespace tanuki;
using Json = nlohmann::json;

namespace {

/// The distance over the largest magnitude.
double apart(const Tensor<Cpu>& given, const Tensor<Cpu>& expected) {
  REQUIRE(given.shape() == expected.shape());
  double difference = 0, largest = 1e-30;
  for (Index i = 0; i < expected.size(); ++i) {
    const double a = given.data()[i], b = expected.data()[i];
    if (!(std::abs(a - b) <= difference)) difference = std::abs(a - b);
    largest = std::max(largest, std::abs(b));
  }
  return difference / largest;
}

std::shared_ptr<const Layer<Cpu>> made(const std::string& type, const Json& config) {
  const auto with = [&]<class L>(auto options) { return test::golden_layer<L>(options, config); };
  const auto plain = [&]<class L>() { return test::golden_layer<L>(LayerOptions(), config); };
  if (type == "Activation") return with.template operator()<Activation<>>(ActivationOptions());
  if (type == "ReLU") return with.template operator()<ReLU<>>(ReLUOptions());
  if (type == "LeakyReLU") return with.template operator()<LeakyReLU<>>(LeakyReLUOptions());
  if (type == "ELU") return with.template operator()<ELU<>>(ELUOptions());
  if (type == "PReLU") return with.template operator()<PReLU<>>(PReLUOptions());
  if (type == "Softmax") return with.template operator()<Softmax<>>(SoftmaxOptions());
  if (type == "Concatenate") return with.template operator()<Concatenate<>>(ConcatenateOptions());
  if (type == "Reshape") return with.template operator()<Reshape<>>(ReshapeOptions());
  if (type == "Permute") return with.template operator()<Permute<>>(PermuteOptions());
  if (type == "RepeatVector") return with.template operator()<RepeatVector<>>(RepeatVectorOptions());
  if (type == "LayerScale") return with.template operator()<LayerScale<>>(LayerScaleOptions());
  if (type == "CustomScaleLayer")
    return with.template operator()<CustomScaleLayer<>>(CustomScaleLayerOptions());
  if (type == "Add") return plain.template operator()<Add<>>();
  if (type == "Subtract") return plain.template operator()<Subtract<>>();
  if (type == "Multiply") return plain.template operator()<Multiply<>>();
  if (type == "Average") return plain.template operator()<Average<>>();
  if (type == "Maximum") return plain.template operator()<Maximum<>>();
  if (type == "Minimum") return plain.template operator()<Minimum<>>();
  if (type == "Flatten") return plain.template operator()<Flatten<>>();
  if (type == "Identity") return plain.template operator()<Identity<>>();
  if (type == "BinaryOperation") {
    BinaryOperationOptions options{.operation = config.at("operation")};
    if (config.contains("scalar")) options.scalar = config.at("scalar").get<double>();
    options.scalar_first = config.value("scalar_first", false);
    return BinaryOperation(options).clone();
  }
  REQUIRE(type == "UnaryOperation");
  return with.template operator()<UnaryOperation<>>(
      UnaryOperationOptions{.operation = config.at("operation")});
}

}  // namespace

TEST_CASE("activations, merging and reshaping layers compute what Keras computes") {
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/elementwise.safetensors");
  const Json cases = Json::parse(file.metadata().at("cases"));
  REQUIRE(cases.size() > 150);
  const auto get = [&](const std::string& key, std::size_t i) {
    const auto* entry = file.find(key + "/" + std::to_string(i));
    if (!entry) fail("the goldens have no '", key, "/", i, "'");
    return entry->tensor();
  };
  for (const auto& [name, about] : cases.items()) {
    INFO(name);
    const auto layer = made(about.at("class"), about.at("config"));
    std::vector<Tensor<Cpu>> inputs;
    std::vector<Shape> shapes;
    while (file.find(name + "/input/" + std::to_string(inputs.size()))) {
      inputs.push_back(get(name + "/input", inputs.size()));
      shapes.push_back(inputs.back().shape().without_batch());
    }
    layer->build(shapes);
    const auto weights = layer->weights();
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i].assign(get(name + "/weights", i));
    test::LayerRun run(*layer, inputs, false);
    CHECK(apart(run.forward(), file.find(name + "/output")->tensor()) <= 1e-6);
    run.backward(file.find(name + "/grad_output")->tensor());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      INFO("the gradient of input " << i);
      CHECK(apart(run.gradient(run.probes()[i]), get(name + "/grad_input", i)) <= 1e-6);
    }
    for (std::size_t i = 0; i < weights.size(); ++i) {
      INFO("the gradient of " << weights[i].name());
      CHECK(apart(run.gradient(weights[i]), get(name + "/grads", i)) <= 1e-6);
    }
  }
}

}  // namespace test_elementwise_goldens
