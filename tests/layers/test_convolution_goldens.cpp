// Every case of goldens/convolutions.safetensors: outputs and gradients of the convolution, pooling and geometry
// layers agree with Keras' to 2e-6 of the tensor's largest magnitude.

#include <catch2/catch.hpp>

#include "tests/layers/golden_layer.hpp"
#include "tests/layers/run_layer.hpp"

namespace test_convolution_goldens {

using namespace tanuki;

namespace {

using Json = nlohmann::json;
using test::golden_layer;

std::shared_ptr<const Layer<Cpu>> make(const std::string& type, const Json& config) {
  const Conv2DOptions conv2d{.filters = 0, .kernel_size = 0};
  if (type == "AveragePooling1D") return golden_layer<AveragePooling1D<>>(Pooling1DOptions(), config);
  if (type == "CenterCrop")
    return golden_layer<CenterCrop<>>(CenterCropOptions{.height = 0, .width = 0}, config);
  if (type == "Conv1D") return golden_layer<Conv1D<>>(Conv1DOptions{.filters = 0, .kernel_size = 0}, config);
  if (type == "Conv1DTranspose")
    return golden_layer<Conv1DTranspose<>>(Conv1DTransposeOptions{.filters = 0, .kernel_size = 0}, config);
  if (type == "Conv2D") return golden_layer<Conv2D<>>(conv2d, config);
  if (type == "Conv2DTranspose")
    return golden_layer<Conv2DTranspose<>>(Conv2DTransposeOptions{.filters = 0, .kernel_size = 0}, config);
  if (type == "Cropping1D") return golden_layer<Cropping1D<>>(Cropping1DOptions(), config);
  if (type == "Cropping2D") return golden_layer<Cropping2D<>>(Cropping2DOptions(), config);
  if (type == "DepthwiseConv1D")
    return golden_layer<DepthwiseConv1D<>>(DepthwiseConv1DOptions{.kernel_size = 0}, config);
  if (type == "DepthwiseConv2D")
    return golden_layer<DepthwiseConv2D<>>(DepthwiseConv2DOptions{.kernel_size = 0}, config);
  if (type == "GlobalAveragePooling1D")
    return golden_layer<GlobalAveragePooling1D<>>(GlobalPoolingOptions(), config);
  if (type == "GlobalAveragePooling2D")
    return golden_layer<GlobalAveragePooling2D<>>(GlobalPoolingOptions(), config);
  if (type == "GlobalMaxPooling1D") return golden_layer<GlobalMaxPooling1D<>>(GlobalPoolingOptions(), config);
  if (type == "GlobalMaxPooling2D") return golden_layer<GlobalMaxPooling2D<>>(GlobalPoolingOptions(), config);
  if (type == "MaxPooling1D") return golden_layer<MaxPooling1D<>>(Pooling1DOptions(), config);
  if (type == "Resizing") return golden_layer<Resizing<>>(ResizingOptions{.height = 0, .width = 0}, config);
  if (type == "SeparableConv1D")
    return golden_layer<SeparableConv1D<>>(SeparableConv1DOptions{.filters = 0, .kernel_size = 0}, config);
  if (type == "SeparableConv2D")
    return golden_layer<SeparableConv2D<>>(SeparableConv2DOptions{.filters = 0, .kernel_size = 0}, config);
  if (type == "UpSampling1D") return golden_layer<UpSampling1D<>>(UpSampling1DOptions(), config);
  if (type == "UpSampling2D") return golden_layer<UpSampling2D<>>(UpSampling2DOptions(), config);
  if (type == "ZeroPadding1D") return golden_layer<ZeroPadding1D<>>(ZeroPadding1DOptions(), config);
  if (type == "ZeroPadding2D") return golden_layer<ZeroPadding2D<>>(ZeroPadding2DOptions(), config);
  fail("no golden knows the layer '", type, "'");
}

/// The largest difference over the largest magnitude of `expected`.
double distance(const Tensor<>& given, const Tensor<>& expected) {
  REQUIRE(given.shape() == expected.shape());
  double difference = 0, largest = 1e-30;
  for (Index i = 0; i < expected.size(); ++i) {
    const double a = given.data()[i], b = expected.data()[i];
    if (!(std::abs(a - b) <= difference)) difference = std::abs(a - b);
    largest = std::max(largest, std::abs(b));
  }
  return difference / largest;
}

}  // namespace

TEST_CASE("convolutions, pooling and geometry compute what Keras computes") {
  constexpr double tolerance = 2e-6;
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/convolutions.safetensors");
  const Json cases = Json::parse(file.metadata().at("cases"));
  REQUIRE(cases.size() > 80);
  for (const auto& [name, about] : cases.items()) {
    INFO(name);
    const auto golden = [&, prefix = name + "/"](const std::string& key) {
      const auto* entry = file.find(prefix + key);
      if (!entry) fail("the goldens have no '", prefix, key, "'");
      return entry->tensor();
    };
    const auto layer = make(about.at("class"), about.at("config"));
    const Tensor<> x = golden("input");
    layer->build(x.shape().without_batch());
    for (const auto& weight : layer->weights()) weight.assign(golden("weights/" + weight.name()));
    test::LayerRun run(*layer, {x}, false);
    CHECK(distance(run.forward(), golden("output")) <= tolerance);
    if (!file.find(name + "/grad_output")) continue;
    run.backward(golden("grad_output"));
    CHECK(distance(run.gradient(run.probes()[0]), golden("grad_input")) <= tolerance);
    for (const auto& weight : layer->trainable_weights()) {
      INFO("the gradient of " << weight.name());
      CHECK(distance(run.gradient(weight), golden("grads/" + weight.name())) <= tolerance);
    }
  }
}

}  // namespace test_convolution_goldens
