#include <catch2/catch.hpp>

#include "tanuki/applications/preprocess_input.hpp"
#include "tanuki/io/safetensors.hpp"

namespace test_preprocess_input {

using namespace tanuki;
using applications::preprocess_input;

TEST_CASE("pixels are preprocessed as Keras does it, by mode or family") {
  const SafetensorsFile file(std::string(TANUKI_GOLDENS) + "/applications.safetensors");
  const std::string start = "preprocess_input/";
  const auto images = file.find(start + "images")->tensor();
  std::size_t compared = 0;
  for (const auto& entry : file.entries()) {
    if (!entry.name.starts_with(start) || entry.name == start + "images") continue;
    INFO(entry.name);
    ++compared;
    const auto given = preprocess_input(images, entry.name.substr(start.size())).to_vector();
    const auto expected = entry.tensor().to_vector();
    float off = 0;
    for (std::size_t i = 0; i < given.size(); ++i) off = std::max(off, std::abs(given[i] - expected[i]));
    CHECK(off <= 2e-5f);
  }
  CHECK(compared == 19);
}

TEST_CASE("preprocessing refuses what it does not know") {
  CHECK_THROWS_WITH(preprocess_input(Tensor<>({2, 3}), "alexnet"),
                    Catch::Contains("'alexnet' is not known") && Catch::Contains("mobilenet_v2"));
  CHECK_THROWS_WITH(preprocess_input(Tensor<>({2, 4}), "tf"), Catch::Contains("(2, 4)"));
}

}  // namespace test_preprocess_input
