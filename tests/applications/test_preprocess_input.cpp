#include <catch2/catch.hpp>

#include "tanuki/applications/preprocess_input.hpp"

namespace test_preprocess_input {

using namespace tanuki;
using applications::preprocess_input;

namespace {

/// Two pixels, as Keras 3.15.1's imagenet_utils.preprocess_input has them.
void check(const std::string& name, const std::vector<float>& expected) {
  INFO(name);
  const auto given = preprocess_input(Tensor<>({1, 2, 3}, {10, 128, 250, 0, 64.5f, 255}), name).to_vector();
  for (std::size_t i = 0; i < given.size(); ++i) CHECK(std::abs(given[i] - expected[i]) <= 2e-5f);
}

}  // namespace

TEST_CASE("pixels are preprocessed as Keras does it, by mode or family") {
  for (const char* name : {"caffe", "vgg16", "resnet50"})
    check(name, {146.061005f, 11.221001f, -113.68f, 151.061005f, -52.279f, -123.68f});
  for (const char* name : {"tf", "xception", "mobilenet_v2"})
    check(name, {-0.92156863f, 0.003921628f, 0.9607843f, -1, -0.4941176f, 1});
  for (const char* name : {"torch", "densenet"})
    check(name, {-1.9466565f, 0.2051822f, 2.5528543f, -2.117904f, -0.9065125f, 2.64f});
  check("efficientnet", {10, 128, 250, 0, 64.5f, 255});
}

TEST_CASE("preprocessing refuses what it does not know") {
  CHECK_THROWS_WITH(preprocess_input(Tensor<>({2, 3}), "alexnet"),
                    Catch::Contains("'alexnet' is not known") && Catch::Contains("mobilenet_v2"));
  CHECK_THROWS_WITH(preprocess_input(Tensor<>({2, 4}), "tf"), Catch::Contains("(2, 4)"));
}

}  // namespace test_preprocess_input
