// What load_weights says that it did: by_name, skip_mismatch, and which tensors found no place.

#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/weights.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/dense.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_load_report {

using namespace tanuki;
using Catch::Contains;
using Names = std::vector<std::string>;

namespace {

/// Dense `first`, a normalization, Dense `last`.
Model<> net(const std::string& first, Index hidden, const std::string& last, Index outputs,
            std::uint64_t seed) {
  set_random_seed(seed);
  const auto in = Input({4});
  const auto x = BatchNormalization({.name = "bn"})(Dense({.units = hidden, .name = first})(in));
  return Model(in, Dense({.units = outputs, .name = last})(x));
}

std::vector<float> numbers(const Model<>& model, const std::string& layer, std::size_t weight) {
  return model.get_layer(layer).weights()[weight].value().to_vector();
}

}  // namespace

TEST_CASE("a file that fits leaves nothing over") {
  const test::ScratchFolder folder;
  net("a", 5, "b", 2, 1).save_weights(folder / "net.safetensors");
  const auto report = net("a", 5, "b", 2, 2).load_weights(folder / "net.safetensors");
  CHECK(report.matched == 8);
  CHECK(report.prefix == "");
  CHECK(report.unmatched == Names{});
  CHECK(report.unused == Names{});
  CHECK(report.mismatched.empty());
}

TEST_CASE("by_name loads the layers of the same names and leaves the others as they are") {
  const test::ScratchFolder folder;
  const auto saved = net("a", 5, "old_head", 3, 1), model = net("a", 5, "new_head", 2, 2);
  saved.save_weights(folder / "net.safetensors");
  CHECK_THROWS_WITH(model.load_weights(folder / "net.safetensors"),
                    Contains("nothing for 'new_head/kernel'"));
  const auto head = numbers(model, "new_head", 0);
  const auto report = model.load_weights(folder / "net.safetensors", {.by_name = true});
  CHECK(report.matched == 6);
  CHECK(report.unmatched == Names{"new_head/kernel", "new_head/bias"});
  CHECK(report.unused == Names{"old_head/kernel", "old_head/bias"});
  CHECK(report.mismatched.empty());
  CHECK(numbers(model, "a", 0) == numbers(saved, "a", 0));
  CHECK(numbers(model, "new_head", 0) == head);
}

TEST_CASE("by_name refuses a layer of the same name whose shape is another, unless it may be skipped") {
  const test::ScratchFolder folder;
  const auto saved = net("a", 5, "head", 3, 1), model = net("a", 5, "head", 2, 2);
  saved.save_weights(folder / "net.safetensors");
  const auto before = numbers(model, "a", 0), head = numbers(model, "head", 0);
  CHECK_THROWS_WITH(model.load_weights(folder / "net.safetensors", {.by_name = true}),
                    Contains("net.safetensors") &&
                        Contains("'head/kernel' has shape (5, 2), 'head/kernel' in the file (5, 3)"));
  CHECK(numbers(model, "a", 0) == before);
  const auto report =
      model.load_weights(folder / "net.safetensors", {.by_name = true, .skip_mismatch = true});
  CHECK(report.matched == 6);
  REQUIRE(report.mismatched.size() == 2);
  CHECK(numbers(model, "head", 0) == head);
}

TEST_CASE("skip_mismatch lists each weight of another shape with both, and skips the whole layer") {
  const test::ScratchFolder folder;
  const auto saved = net("a", 5, "head", 3, 1), model = net("a", 5, "head", 2, 2);
  saved.save_weights(folder / "net.safetensors");
  const auto kernel = numbers(model, "head", 0);
  const auto report = model.load_weights(folder / "net.safetensors", {.skip_mismatch = true});
  CHECK(report.matched == 6);
  CHECK(report.unmatched == Names{"head/kernel", "head/bias"});
  CHECK(report.unused == Names{"head/kernel", "head/bias"});
  REQUIRE(report.mismatched.size() == 2);
  CHECK(report.mismatched[0].name == "head/kernel");
  CHECK(report.mismatched[0].shape == Shape{5, 2});
  CHECK(report.mismatched[0].in_file == "head/kernel");
  CHECK(report.mismatched[0].in_file_shape == Shape{5, 3});
  CHECK(report.mismatched[1].name == "head/bias");
  CHECK(numbers(model, "head", 0) == kernel);
  CHECK(numbers(model, "bn", 3) == numbers(saved, "bn", 3));
}

TEST_CASE("a layer of which one weight alone fits is skipped whole") {
  const test::ScratchFolder folder;
  const auto in = Input({4}), wide = Input({6});
  const Model saved(wide, Dense({.units = 2, .name = "head"})(wide)),
      model(in, Dense({.units = 2, .name = "head"})(in));
  saved.weights()[1].edit().data()[0] = 7;
  saved.save_weights(folder / "net.safetensors");
  const auto report = model.load_weights(folder / "net.safetensors", {.skip_mismatch = true});
  CHECK(report.matched == 0);
  CHECK(report.unmatched == Names{"head/kernel", "head/bias"});
  REQUIRE(report.mismatched.size() == 1);  // the bias would fit
  CHECK(report.mismatched[0].name == "head/kernel");
  CHECK(model.weights()[1].value().data()[0] == 0);
}

TEST_CASE("a layer with more weights than the file has of it is skipped, if it may be") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  const auto in = Input({4});
  Model(in, Dense({.units = 2, .use_bias = false, .name = "one"})(in)).save_weights(path);
  const Model model(in, Dense({.units = 2, .name = "one"})(in));
  for (const bool by_name : {false, true}) {
    const auto report = model.load_weights(path, {.by_name = by_name, .skip_mismatch = true});
    CHECK(report.matched == 0);
    CHECK(report.unmatched == Names{"one/kernel", "one/bias"});
  }
}

TEST_CASE("a file of which nothing is of the model's layers is refused, whatever may be skipped") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  const auto in = Input({4});
  Model(in, Dense({.units = 2, .name = "one"})(in)).save_weights(path);
  const Model model(in, Dense({.units = 2, .name = "other"})(in), "mine");
  const auto before = numbers(model, "other", 0);
  for (const bool skip : {false, true}) {
    CHECK_THROWS_WITH(model.load_weights(path, {.by_name = true, .skip_mismatch = skip}),
                      Catch::Contains(path) && Catch::Contains("nothing in it is of a layer of 'mine'") &&
                          Catch::Contains("'one/kernel'") && Catch::Contains("'other/kernel'"));
  }
  CHECK(numbers(model, "other", 0) == before);
}

TEST_CASE("a whole model's file fits its base, and the report has the prefix") {
  const test::ScratchFolder folder;
  const auto base = net("a", 5, "b", 2, 1);
  const auto in = Input({4});
  const auto x = base(in);
  Model(in, Dense({.units = 1, .name = "head"})(x)).save_weights(folder / "whole.safetensors");
  const auto report = net("a", 5, "b", 2, 2).load_weights(folder / "whole.safetensors");
  CHECK(report.matched == 8);
  CHECK(report.prefix == base.name() + "/");
  CHECK(report.unused == Names{"head/kernel", "head/bias"});
}

}  // namespace test_load_report
