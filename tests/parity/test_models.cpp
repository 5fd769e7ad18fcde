// Small Keras models of every layer and option (scripts/reference/models), as Keras saved them: what they predict, and
// what three epochs of fit() without shuffling make of them. TANUKI_MODELS may name another folder of such models.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "tanuki/keras.hpp"
#include "tanuki/tanuki.hpp"

namespace test_models {

using namespace tanuki;
using Json = nlohmann::json;

namespace {

std::filesystem::path folder() {
  const char* other = std::getenv("TANUKI_MODELS");
  return other && *other ? other : TANUKI_GOLDENS "/models";
}

std::vector<std::string> names() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder())) {
    if (entry.path().extension() == ".keras") found.insert(entry.path().stem().string());
  }
  return {found.begin(), found.end()};
}

/// What Keras computed with a model.
struct Golden {
  explicit Golden(const std::string& name)
      : model(folder() / (name + ".keras")), file((folder() / (name + ".safetensors")).string()) {
    about = Json::parse(file.metadata().at("about"));
  }

  TensorList all(const std::string& kind) const {
    TensorList tensors;
    while (const auto* entry = file.find(kind + "/" + std::to_string(tensors.size())))
      tensors.push_back(entry->tensor());
    return tensors;
  }

  std::string model;
  SafetensorsFile file;
  Json about;
};

/// The largest difference, relative to the largest magnitude that is expected.
double difference(const Tensor<>& given, const Tensor<>& expected) {
  REQUIRE(given.shape() == expected.shape());
  double largest = 0, off = 0;
  for (Index i = 0; i < given.size(); ++i) {
    largest = std::max(largest, std::abs(double(expected.data()[i])));
    const double here = std::abs(double(given.data()[i]) - double(expected.data()[i]));
    off = here <= off ? off : here;  // what is no number stays
  }
  return off / largest;
}

void check_outputs(const Model<>& model, const Golden& golden, const std::string& kind, double tolerance) {
  const auto expected = golden.all(kind);
  const auto given = model.predict_all(golden.all("input"));
  REQUIRE(given.size() == expected.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    INFO(kind << " " << i);
    CHECK(difference(given[i], expected[i]) <= tolerance);
  }
}

}  // namespace

TEST_CASE("a loaded model predicts what Keras predicts") {
  const auto models = names();
  CHECK(models.size() >= 60);
  for (const auto& name : models) {
    INFO(name);
    const Golden golden(name);
    std::vector<Shape> shapes;  // for a model of any size
    for (const auto& input : golden.all("input")) shapes.push_back(input.shape().without_batch());
    const auto model = load_keras(golden.model, {.compile = false, .input_shapes = shapes});
    check_outputs(model, golden, "output", 1e-4);
  }
}

TEST_CASE("a loaded model learns what Keras learns") {
  std::size_t trained = 0;
  for (const auto& name : names()) {
    INFO(name);
    const Golden golden(name);
    if (!golden.about.contains("fit")) continue;
    ++trained;
    const auto& fit = golden.about["fit"];
    const auto model = load_keras(golden.model);
    REQUIRE(model.compiled());
    FitOptions options{.epochs = fit["epochs"].get<Index>(),
                       .verbose = false,
                       .batch_size = fit["batch_size"].get<Index>(),
                       .shuffle = false,
                       .sample_weight = golden.all("sample_weight")};
    if (fit.contains("class_weight")) {
      for (const auto& [label, weight] : fit["class_weight"].items())
        options.class_weight[std::stoll(label)] = weight.get<double>();
    }
    const auto history = model.fit(golden.all("input"), golden.all("label"), options);
    for (const auto& key : fit["history"]) {
      INFO(key);
      const auto expected = golden.file.find("history/" + key.get<std::string>())->tensor();
      const auto given = history.at(key.get<std::string>());
      REQUIRE(Index(given.size()) == expected.size());
      for (std::size_t epoch = 0; epoch < given.size(); ++epoch) {
        const double wanted = double(expected.data()[epoch]);
        INFO("epoch " << epoch + 1 << ": " << given[epoch] << ", Keras has " << wanted);
        CHECK(std::abs(given[epoch] - wanted) <= 1e-3 * std::max(std::abs(wanted), 1e-3));
      }
    }
    check_outputs(model, golden, "after", 1e-3);
  }
  CHECK(trained >= 60);
}

}  // namespace test_models
