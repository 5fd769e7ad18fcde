// Every case of goldens/augment.safetensors: given the same angle, scale, shift or factor, the random image layers
// give Keras' pixels.

#include <catch2/catch.hpp>

#include "tanuki/tanuki.hpp"
#include "tests/layers/run_layer.hpp"

namespace test_augment_goldens {

using namespace tanuki;
using Json = nlohmann::json;

namespace {

ops::AffineSampling sampling_of(const Json& about) {
  if (!about.contains("fill_mode")) return {};
  return find_sampling(about.at("fill_mode"), about.at("interpolation"), about.at("fill_value"));
}

Tensor<Cpu> transformed(const Tensor<Cpu>& image, const Json& about) {
  const std::string type = about.at("class");
  const Shape& shape = image.shape();
  const float height = float(shape[0]), width = float(shape[1]);
  Tensor<Cpu> output(shape);
  const auto affine = [&](const ops::AffineMatrix& matrix) {
    ops::AffineTransformKernel<Cpu>::transform(image.data(), output.data(), shape, matrix,
                                               sampling_of(about));
  };
  const auto range = [&] {
    return std::array<float, 2>{about.at("value_range").at(0), about.at("value_range").at(1)};
  };
  if (type == "RandomFlip") {
    const bool flipped = about.at("flipped");
    const std::string mode = about.at("mode");
    ops::RandomFlipKernel<Cpu>::flip(image.data(), output.data(), shape, flipped && mode != "vertical",
                                     flipped && mode != "horizontal");
  } else if (type == "RandomRotation") {
    affine(ops::rotation_matrix(about.at("angle"), shape[0], shape[1]));
  } else if (type == "RandomZoom") {
    affine(ops::zoom_matrix(about.at("across"), about.at("down"), shape[0], shape[1]));
  } else if (type == "RandomTranslation") {
    affine(ops::translation_matrix(about.at("right").get<float>() * width,
                                   about.at("down").get<float>() * height));
  } else if (type == "RandomContrast") {
    ops::RandomColorKernel<Cpu>::contrast_image(image.data(), output.data(), shape, about.at("factor"),
                                                range());
  } else if (type == "RandomBrightness") {
    ops::RandomColorKernel<Cpu>::brightness_image(image.data(), output.data(), image.size(),
                                                  about.at("change"), range());
  } else if (type == "RandomCrop") {
    const RandomCrop<Cpu> layer({.height = about.at("height"), .width = about.at("width")});
    const Tensor<Cpu> batch = Tensor<Cpu>(image).reshaped(shape.with_batch(1));
    Tensor<Cpu> cut = test::LayerRun(layer, {batch}, true, false).forward();
    const Shape part = cut.shape().without_batch();
    return std::move(cut).reshaped(part);
  } else {
    FAIL("no golden knows the layer " << type);
  }
  return output;
}

}  // namespace

TEST_CASE("the random image layers give Keras' pixels") {
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/augment.safetensors");
  const Json cases = Json::parse(file.metadata().at("cases"));
  REQUIRE(cases.size() > 110);
  const auto get = [&](const std::string& key) {
    const auto* entry = file.find(key);
    if (!entry) fail("the goldens have no '", key, "'");
    return entry->tensor();
  };
  std::set<std::string> seen;
  for (const auto& [name, about] : cases.items()) {
    INFO(name);
    seen.insert(about.at("class"));
    const auto given = transformed(get("images/" + about.at("image").get<std::string>()), about);
    const auto expected = get(name + "/output");
    REQUIRE(given.shape() == expected.shape());
    double difference = 0, largest = 0;
    for (Index i = 0; i < expected.size(); ++i) {
      difference = std::max(difference, std::abs(double(given.data()[i]) - double(expected.data()[i])));
      largest = std::max(largest, std::abs(double(expected.data()[i])));
    }
    if (about.at("class") == "RandomFlip") CHECK(difference == 0);
    CHECK(difference <= 2e-6 * largest);
  }
  CHECK(seen.size() == 7);
}

}  // namespace test_augment_goldens
