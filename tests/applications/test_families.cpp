// The families of keras.applications against Keras: layers, weights, parameters, and outputs on weights by formula.

#include <catch2/catch.hpp>
#include <iomanip>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tanuki/tanuki.hpp"
#include "tests/applications/formulas.hpp"

namespace test_families {

using namespace tanuki;
using namespace tanuki::applications;
using Json = nlohmann::json;

namespace {

/// `golden`: the family's entry in the metadata.
Model<> build(const std::string& family, const Json& golden, bool include_top) {
  const Index size = golden["size"].get<Index>();
  const ApplicationOptions options{.input_shape = {size, size, 3},
                                   .include_top = include_top,
                                   .classes = 10,
                                   .classifier_activation = "linear"};
  if (family == "VGG16") return VGG16(options);
  if (family == "VGG19") return VGG19(options);
  if (family == "ResNet50") return ResNet50(options);
  if (family == "ResNet101") return ResNet101(options);
  if (family == "ResNet152") return ResNet152(options);
  if (family == "InceptionV3") return InceptionV3(options);
  if (family == "InceptionResNetV2") return InceptionResNetV2(options);
  if (family.starts_with("EfficientNetB0"))
    return EfficientNetB0({.imagenet = golden["options"].contains("weights"),
                           .input_shape = options.input_shape,
                           .include_top = include_top,
                           .classes = golden["options"].value("classes", Index(10)),
                           .classifier_activation = "linear"});
  REQUIRE(family.starts_with("MobileNetV2"));
  return MobileNetV2({.input_shape = options.input_shape,
                      .alpha = golden["options"].value("alpha", 1.0),
                      .include_top = include_top,
                      .classes = 10,
                      .classifier_activation = "linear"});
}

std::string hash_of(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += line + "\n";
  std::ostringstream digits;
  digits << std::hex << std::setw(16) << std::setfill('0') << hash(text);
  return digits.str();
}

void check(const Model<>& model, const Json& golden) {
  std::vector<std::string> layers, weights;
  Index trainable = 0;
  for (const auto& node : model.layers()) {
    if (!node->layer) continue;
    layers.push_back(node->name + " " + node->layer->class_name() + " " + node->outputs[0].str());
    for (const auto& weight : node->layer->weights())
      weights.push_back(node->name + "/" + weight.name() + " " + weight.shape().str());
  }
  for (const auto& weight : model.trainable_weights()) trainable += weight.shape().elements();
  const auto first = std::vector<std::string>(layers.begin(), layers.begin() + 3);
  const auto last = std::vector<std::string>(layers.end() - 3, layers.end());
  CHECK(model.name() == golden["name"].get<std::string>());
  CHECK(first == golden["first"].get<std::vector<std::string>>());
  CHECK(last == golden["last"].get<std::vector<std::string>>());
  CHECK(hash_of(layers) == golden["layers"].get<std::string>());
  CHECK(hash_of(weights) == golden["weights"].get<std::string>());
  CHECK(model.count_params() == golden["parameters"].get<Index>());
  CHECK(trainable == golden["trainable"].get<Index>());
}

/// The largest difference of a sample of the layers' outputs, relative to each layer's magnitude.
double worst(const Model<>& model, const std::string& family, const Json& golden,
             const SafetensorsFile& file) {
  for (const auto& node : model.layers()) {
    if (!node->layer || node->layer->class_name() == "Normalization") continue;
    for (const auto& weight : node->layer->weights())
      reference::fill_by_formula(node->name + "/" + weight.name(), weight);
  }
  Tensor<> x(model.inputs()[0].shape().with_batch(1));
  for (Index i = 0; i < x.size(); ++i) {
    const float value = reference::uniform(hash("input"), std::uint64_t(i), -1, 1);
    x.data()[i] = family.starts_with("EfficientNetB0") ? (value + 1) * 127.5f : value;
  }
  const auto names = golden["computed"].get<std::vector<std::string>>();
  std::vector<SymbolicTensor<>> outputs;
  for (const auto& name : names) outputs.push_back(model.output_of(name));
  const auto values = Model<>({model.inputs()[0]}, outputs).predict_all({x});
  double largest = 0;
  for (std::size_t k = 0; k < names.size(); ++k) {
    const auto of_layer = [&](const char* what) {
      return file.find(family + "/" + names[k] + "/" + what)->tensor().to_vector();
    };
    const auto samples = of_layer("samples");
    const double magnitude = double(of_layer("magnitude")[0]);
    CHECK(magnitude > 1e-3);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const float given = values[k].data()[reference::sample(i, values[k].size())];
      largest = std::max(largest, std::abs(double(given) - double(samples[i])) / magnitude);
    }
  }
  return largest;
}

}  // namespace

TEST_CASE("the families of keras.applications have Keras' layers, weights and outputs") {
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/applications.safetensors");
  const Json families = Json::parse(file.metadata().at("families"));
  CHECK(families.size() == 12);
  for (const auto& [family, golden] : families.items()) {
    INFO(family);
    check(build(family, golden, false), golden["features"]);
    const Model<> model = build(family, golden, true);
    check(model, golden["top"]);
    if (golden.contains("computed")) CHECK(worst(model, family, golden, file) < 1e-4);
  }
}

TEST_CASE("a family refuses images that are too small") {
  CHECK_THROWS_WITH(
      VGG16({.input_shape = {31, 32, 3}}),
      "in 'vgg16': input_shape is (31, 32, 3), expected (height, width, channels) of at least 32 × 32");
  CHECK_THROWS_WITH(InceptionV3({.input_shape = {74, 80, 3}, .name = "mine"}),
                    Catch::Contains("in 'mine'") && Catch::Contains("75 × 75"));
  CHECK_THROWS_WITH(MobileNetV2({.alpha = 0}), Catch::Contains("alpha is 0"));
}

}  // namespace test_families
