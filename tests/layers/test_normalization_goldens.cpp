// Every case of goldens/normalizations.safetensors: outputs and gradients agree with Keras' to 2e-6 of the tensor's
// largest magnitude.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"
#include "tests/layers/run_layer.hpp"

namespace test_normalization_goldens {

using namespace tanuki;
using Json = nlohmann::json;

namespace {

/// The distance over the largest magnitude.
double apart(const Tensor<Cpu>& given, const Tensor<Cpu>& expected) {
  REQUIRE(given.shape() == expected.shape());
  double difference = 0, largest = 1e-30;
  for (Index i = 0; i < expected.size(); ++i) {
    difference = std::max(difference, std::abs(double(given.data()[i]) - double(expected.data()[i])));
    largest = std::max(largest, std::abs(double(expected.data()[i])));
  }
  return difference / largest;
}

AxisList axis_of(const Json& config) {
  const Json& axis = config.at("axis");
  return axis.is_array() ? AxisList(axis.get<std::vector<Index>>()) : AxisList(axis.get<Index>());
}

std::shared_ptr<const Layer<Cpu>> made(const Json& about) {
  const Json& config = about.at("config");
  if (about.at("class") == "LayerNormalization") {
    return LayerNormalization({.axis = axis_of(config),
                               .epsilon = config.at("epsilon"),
                               .center = config.at("center"),
                               .scale = config.at("scale"),
                               .rms_scaling = config.at("rms_scaling")})
        .clone();
  }
  if (about.at("class") == "GroupNormalization") {
    return GroupNormalization({.groups = config.at("groups"),
                               .axis = config.at("axis"),
                               .epsilon = config.at("epsilon"),
                               .center = config.at("center"),
                               .scale = config.at("scale")})
        .clone();
  }
  if (about.at("class") == "UnitNormalization") return UnitNormalization({.axis = axis_of(config)}).clone();
  REQUIRE(about.at("class") == "Normalization");
  const auto numbers = [&](const char* key) {
    return config.contains(key) ? config.at(key).get<std::vector<float>>() : std::vector<float>();
  };
  return Normalization({.axis = axis_of(config),
                        .mean = numbers("mean"),
                        .variance = numbers("variance"),
                        .invert = config.at("invert")})
      .clone();
}

}  // namespace

TEST_CASE("normalisations compute what Keras computes") {
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/normalizations.safetensors");
  const Json cases = Json::parse(file.metadata().at("cases"));
  REQUIRE(cases.size() > 30);
  const auto get = [&](const std::string& key) {
    const auto* entry = file.find(key);
    if (!entry) fail("the goldens have no '", key, "'");
    return entry->tensor();
  };
  for (const auto& [name, about] : cases.items()) {
    INFO(name);
    const auto layer = made(about);
    const Tensor<Cpu> x = get(name + "/input");
    if (file.find(name + "/data")) {
      const auto& normalization = dynamic_cast<const Normalization<Cpu>&>(*layer);
      normalization.adapt(get(name + "/data"));
      for (const auto& weight : layer->weights())
        CHECK(apart(weight.value(), get(name + "/weights/" + weight.name())) <= 1e-6);
    }
    layer->build(x.shape().without_batch());
    for (const auto& weight : layer->weights()) weight.assign(get(name + "/weights/" + weight.name()));
    test::LayerRun run(*layer, {x}, true);
    CHECK(apart(run.forward(), get(name + "/output")) <= 2e-6);
    run.backward(get(name + "/grad_output"));
    CHECK(apart(run.gradient(run.probes()[0]), get(name + "/grad_input")) <= 2e-6);
    for (const auto& weight : layer->trainable_weights()) {
      INFO(weight.name());
      CHECK(apart(run.gradient(weight), get(name + "/grads/" + weight.name())) <= 2e-6);
    }
  }
}

}  // namespace test_normalization_goldens
