// save_weights and load_weights of a model.

#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tests/io/scratch_folder.hpp"

namespace test_model_weights {

using namespace tanuki;
using Catch::Contains;

namespace {

Model<> net(Index hidden, std::uint64_t seed) {
  set_random_seed(seed);
  const auto in = Input({4});
  const auto x = BatchNormalization({.name = "bn"})(Dense({.units = hidden, .name = "inner"})(in));
  return Model(in, Dense({.units = 2, .name = "head"})(x));
}

std::vector<std::vector<float>> numbers(const Model<>& model) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
  return all;
}

}  // namespace

TEST_CASE("what was saved is loaded to the bit") {
  const test::ScratchFolder folder;
  const auto saved = net(5, 1), other = net(5, 2);
  saved.save_weights(folder / "net.safetensors");
  CHECK(numbers(other) != numbers(saved));
  const auto report = other.load_weights(folder / "net.safetensors");
  CHECK(numbers(other) == numbers(saved));
  CHECK(report.matched == 8);
  CHECK(report.unused.empty());
}

TEST_CASE("weights of the wrong model are refused with both shapes, and no weight changes") {
  const test::ScratchFolder folder;
  net(7, 1).save_weights(folder / "wide.safetensors");
  const auto model = net(5, 2);
  const auto before = numbers(model);
  CHECK_THROWS_WITH(
      model.load_weights(folder / "wide.safetensors"),
      Contains("wide.safetensors") && Contains("inner/kernel") && Contains("(4, 5)") && Contains("(4, 7)"));
  CHECK(numbers(model) == before);

  const auto in = Input({4});
  Model(in, Dense({.units = 5, .name = "inner"})(in)).save_weights(folder / "part.safetensors");
  CHECK_THROWS_WITH(model.load_weights(folder / "part.safetensors"),
                    Contains("part.safetensors") && Contains("bn/gamma"));
  CHECK(numbers(model) == before);
  CHECK_THROWS_WITH(model.load_weights(folder / "none.safetensors"), Contains("none.safetensors"));
}

TEST_CASE("a number that is not finite is refused by its weight's name, and no weight changes") {
  const test::ScratchFolder folder;
  const auto broken = net(5, 1), model = net(5, 2);
  broken.get_layer("head").weights()[1].edit().data()[1] = std::nanf("");
  broken.save_weights(folder / "broken.safetensors");
  const auto before = numbers(model);
  CHECK_THROWS_WITH(model.load_weights(folder / "broken.safetensors"),
                    Contains("broken.safetensors") && Contains("'head/bias'") && Contains("not finite"));
  CHECK(numbers(model) == before);
}

TEST_CASE("a model that is not built neither writes over a file nor loads one") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  net(5, 1).save_weights(path);
  const std::string before = test::read_bytes(path);
  const Sequential model({Dense({.units = 5})}, "empty");
  CHECK_THROWS_WITH(model.save_weights(path), Contains("'empty'") && Contains("not been built"));
  CHECK_THROWS_WITH(model.load_weights(path), Contains("'empty'") && Contains("not been built"));
  CHECK(test::read_bytes(path) == before);
}

}  // namespace test_model_weights
