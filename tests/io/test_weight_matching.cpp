#include <catch2/catch.hpp>

#include "tanuki/io/weight_matching.hpp"

namespace test_weight_matching {

using namespace tanuki;
using Catch::Matchers::Contains;
using Weights = std::vector<WeightShape>;

namespace {

/// The name of the source of every target.
std::vector<std::string> names(const Weights& targets, const Weights& sources) {
  std::vector<std::string> found;
  for (std::size_t i : match_weights(targets, sources, "file").source) found.push_back(sources[i].name);
  return found;
}

void refuses(const Weights& targets, const Weights& sources, const std::string& reason) {
  REQUIRE_THROWS_AS(match_weights(targets, sources, "weights.file"), Error);
  REQUIRE_THROWS_WITH(match_weights(targets, sources, "weights.file"),
                      Contains("weights.file") && Contains(reason));
}

const Weights base{
    {"conv_a/kernel", {3, 3, 3, 4}}, {"conv_a/bias", {4}}, {"bn/gamma", {4}}, {"bn/beta", {4}}};

}  // namespace

TEST_CASE("the same names match in whatever order they come") {
  const Weights file{
      {"bn/beta", {4}}, {"conv_a/bias", {4}}, {"conv_a/kernel", {3, 3, 3, 4}}, {"bn/gamma", {4}}};
  REQUIRE(names(base, file) ==
          std::vector<std::string>{"conv_a/kernel", "conv_a/bias", "bn/gamma", "bn/beta"});
  REQUIRE(match_weights(base, file, "file").unused.empty());
  REQUIRE(match_weights({}, file, "file").unused.size() == 4);
  REQUIRE(names({{"kernel", {2}}}, {{"kernel", {2}}}) == std::vector<std::string>{"kernel"});
}

TEST_CASE("the file of a whole model fits its base alone") {
  Weights file{{"normalization/mean", {3}}};
  for (const WeightShape& weight : base) file.push_back({"xception/" + weight.name, weight.shape});
  file.push_back({"dense/kernel", {4, 1}});
  const WeightMatch match = match_weights(base, file, "file");
  REQUIRE(match.prefix == "xception/");
  REQUIRE(match.source == std::vector<std::size_t>{1, 2, 3, 4});
  REQUIRE(match.unused == std::vector<std::string>{"normalization/mean", "dense/kernel"});
}

TEST_CASE("a file with more layers than the model leaves the rest unused") {
  Weights file = base;
  file.push_back({"predictions/kernel", {4, 1000}});
  REQUIRE(match_weights(base, file, "file").unused == std::vector<std::string>{"predictions/kernel"});
}

TEST_CASE("automatic names match by order and shape, unless all of a kind are there") {
  // the residual convolutions of Xception: other numbers, other places
  const Weights model{{"conv2d/kernel", {1, 1, 64, 128}},
                      {"batch_normalization/gamma", {128}},
                      {"block2/kernel", {3, 3, 2, 2}},
                      {"conv2d_1/kernel", {1, 1, 128, 256}},
                      {"batch_normalization_1/gamma", {256}}};
  const Weights file{{"block2/kernel", {3, 3, 2, 2}},
                     {"conv2d_5/kernel", {1, 1, 64, 128}},
                     {"conv2d_6/kernel", {1, 1, 128, 256}},
                     {"batch_normalization_3/gamma", {128}},
                     {"batch_normalization_4/gamma", {256}}};
  REQUIRE(names(model, file) == std::vector<std::string>{"conv2d_5/kernel", "batch_normalization_3/gamma",
                                                         "block2/kernel", "conv2d_6/kernel",
                                                         "batch_normalization_4/gamma"});

  // The second model of a program: its "dense_1" is the first here.
  const Weights shifted{{"dense_1/kernel", {4, 4}}, {"dense_2/kernel", {4, 4}}};
  REQUIRE(names({{"dense/kernel", {4, 4}}, {"dense_1/kernel", {4, 4}}}, shifted) ==
          std::vector<std::string>{"dense_1/kernel", "dense_2/kernel"});

  // The same names in another order: the names count.
  const Weights turned{{"dense_1/kernel", {4, 4}}, {"dense/kernel", {4, 4}}};
  REQUIRE(names({{"dense/kernel", {4, 4}}, {"dense_1/kernel", {4, 4}}}, turned) ==
          std::vector<std::string>{"dense/kernel", "dense_1/kernel"});

  // Nested automatic names, and those of Keras 1.
  REQUIRE(names({{"sequential/dense/kernel", {4, 4}}}, {{"sequential_3/dense_9/kernel", {4, 4}}}) ==
          std::vector<std::string>{"sequential_3/dense_9/kernel"});
  REQUIRE(names({{"conv2d/kernel", {1, 1, 4, 4}}}, {{"convolution2d_1/kernel", {1, 1, 4, 4}}}) ==
          std::vector<std::string>{"convolution2d_1/kernel"});
}

TEST_CASE("an automatic base is found below its prefix") {
  const Weights file{{"dense_1/kernel", {9, 9}},
                     {"functional_7/conv2d_4/kernel", {1, 1, 2, 2}},
                     {"functional_7/named/bias", {2}}};
  const WeightMatch match =
      match_weights(Weights{{"conv2d/kernel", {1, 1, 2, 2}}, {"named/bias", {2}}}, file, "file");
  REQUIRE(match.prefix == "functional_7/");
  REQUIRE(match.source == std::vector<std::size_t>{1, 2});
}

TEST_CASE("a file without names is matched by the number within a class") {
  // Keras lists the groups by class; 10 comes after 2 in the file's order
  const Weights file{{"batch_normalization/0", {4}},       {"batch_normalization/1", {4}},
                     {"batch_normalization_1/0", {4}},     {"batch_normalization_1/1", {4}},
                     {"conv2d/0", {3, 3, 3, 4}},           {"conv2d_1/0", {3, 3, 4, 4}},
                     {"separable_conv2d/0", {3, 3, 4, 1}}, {"separable_conv2d/1", {1, 1, 4, 5}}};
  const Weights model{{"first/kernel", {3, 3, 3, 4}},
                      {"first_bn/gamma", {4}},
                      {"first_bn/beta", {4}},
                      {"second/kernel", {3, 3, 4, 4}},
                      {"conv2d/gamma", {4}},
                      {"conv2d/beta", {4}},
                      {"sep/depthwise_kernel", {3, 3, 4, 1}},
                      {"sep/pointwise_kernel", {1, 1, 4, 5}}};
  REQUIRE(match_weights(model, file, "file").source == std::vector<std::size_t>{4, 0, 1, 5, 2, 3, 6, 7});
  refuses({{"first/kernel", {3, 3, 4, 4}}}, file,
          "'first/kernel' has shape (3, 3, 4, 4), 'conv2d/0' in the file (3, 3, 3, 4)");
  refuses({{"head/kernel", {4, 2}}}, file, "nothing for 'head/kernel' of shape (4, 2)");
  refuses({{"bn/gamma", {4}}}, file, "'bn' has 1 weights, 'batch_normalization' in the file 2");
}

TEST_CASE("a file without names holds models in models") {
  const Weights file{{"dense/0", {4, 2}},
                     {"dense/1", {2}},
                     {"functional/conv2d/0", {1, 1, 3, 4}},
                     {"functional/depthwise_conv2d/0", {3, 3, 4, 1}},
                     {"sequential/dense/0", {4, 4}}};
  const Weights model{{"base/conv/kernel", {1, 1, 3, 4}},
                      {"base/depth/kernel", {3, 3, 4, 1}},
                      {"head/x/kernel", {4, 4}},
                      {"out/kernel", {4, 2}},
                      {"out/bias", {2}}};
  REQUIRE(match_weights(model, file, "file").source == std::vector<std::size_t>{2, 3, 4, 0, 1});
  const WeightMatch match = match_weights(Weights{{"conv/kernel", {1, 1, 3, 4}}}, file, "file");
  REQUIRE(match.prefix == "functional/");
  REQUIRE(match.source == std::vector<std::size_t>{2});
  REQUIRE(match.unused.size() == 4);
}

TEST_CASE("a weight with a number for a name stands where it stands") {
  const Weights file{{"bn/0", {4}}, {"bn/moving_mean", {4}}, {"named/kernel", {2, 2}}};
  REQUIRE(match_weights(Weights{{"bn/beta", {4}}, {"bn/moving_mean", {4}}}, file, "file").source ==
          std::vector<std::size_t>{0, 1});
}

TEST_CASE("what does not fit is refused with the weight, both shapes and the file") {
  refuses({{"conv_a/kernel", {5, 5, 3, 4}}, {"conv_a/bias", {4}}}, base,
          "'conv_a/kernel' has shape (5, 5, 3, 4), 'conv_a/kernel' in the file (3, 3, 3, 4)");
  refuses({{"predictions/kernel", {4, 10}}}, base, "nothing for 'predictions/kernel' of shape (4, 10)");
  refuses({{"conv_a/kernel", {3, 3, 3, 4}}}, base, "'conv_a' has 1 weights, 'conv_a' in the file 2");
  refuses({{"bn/gamma", {4}}, {"bn/moving_mean", {4}}}, base, "nothing for 'bn/moving_mean' of shape (4,)");
  refuses(base, {}, "nothing for 'conv_a/kernel'");
  refuses(base, {{"resnet/block/kernel", {3, 3, 3, 4}}}, "nothing for 'conv_a/kernel'");
  refuses({{"dense/kernel", {4, 4}}, {"dense_1/kernel", {4, 4}}}, {{"dense_7/kernel", {4, 4}}},
          "nothing for 'dense_1/kernel' of shape (4, 4)");
  refuses({{"dense/kernel", {4, 4}}}, {{"dense/kernel", {4, 5}}},
          "'dense/kernel' has shape (4, 4), 'dense/kernel' in the file (4, 5)");
  // Named layers are never matched by shape alone.
  refuses({{"conv_b/kernel", {3, 3, 3, 4}}, {"conv_b/bias", {4}}}, base, "nothing for 'conv_b/kernel'");
}

TEST_CASE("numbered layers of every class that has weights are found") {
  const Weights model{{"a/kernel", {3, 4, 5}},
                      {"b/kernel", {3, 5, 4}},
                      {"c/kernel", {3, 5, 1}},
                      {"d/kernel", {2, 2, 7, 5}},
                      {"e/depthwise_kernel", {3, 4, 1}},
                      {"e/pointwise_kernel", {1, 4, 9}},
                      {"f/alpha", {4}},
                      {"g/gamma", {4}},
                      {"g/beta", {4}},
                      {"group_normalization_2/gamma", {6}},
                      {"group_normalization_2/beta", {6}},
                      {"h/gamma", {8}},
                      {"i/moving_mean", {4}},
                      {"i/moving_variance", {4}}};
  const Weights file{{"conv1d/0", {3, 4, 5}},
                     {"conv1d_transpose/0", {3, 5, 4}},
                     {"depthwise_conv1d/0", {3, 5, 1}},
                     {"conv2d_transpose/0", {2, 2, 7, 5}},
                     {"separable_conv1d/0", {3, 4, 1}},
                     {"separable_conv1d/1", {1, 4, 9}},
                     {"p_re_lu/0", {4}},
                     {"layer_normalization/0", {4}},
                     {"layer_normalization/1", {4}},
                     {"layer_normalization_1/0", {6}},
                     {"layer_normalization_1/1", {6}},
                     {"group_normalization/0", {6}},
                     {"group_normalization/1", {6}},
                     {"layer_scale/0", {8}},
                     {"batch_normalization/0", {4}},
                     {"batch_normalization/1", {4}}};
  REQUIRE(names(model, file) ==
          std::vector<std::string>{"conv1d/0", "conv1d_transpose/0", "depthwise_conv1d/0",
                                   "conv2d_transpose/0", "separable_conv1d/0", "separable_conv1d/1",
                                   "p_re_lu/0", "layer_normalization/0", "layer_normalization/1",
                                   "group_normalization/0", "group_normalization/1", "layer_scale/0",
                                   "batch_normalization/0", "batch_normalization/1"});
}

}  // namespace test_weight_matching
