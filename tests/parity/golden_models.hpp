#pragma once

// Small Keras models of every layer and option (scripts/reference/models), as Keras saved them: what they predict, and
// what three epochs of fit() without shuffling make of them. TANUKI_MODELS may name another folder of such models.

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "tanuki/any_backend.hpp"
#include "tanuki/keras.hpp"

namespace tanuki::test {

inline std::filesystem::path models_folder() {
  const char* other = std::getenv("TANUKI_MODELS");
  return other && *other ? other : TANUKI_GOLDENS "/models";
}

inline std::vector<std::string> golden_models() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(models_folder())) {
    if (entry.path().extension() == ".keras") found.insert(entry.path().stem().string());
  }
  return {found.begin(), found.end()};
}

/// What Keras computed with a model.
struct GoldenModel {
  explicit GoldenModel(const std::string& name)
      : model(models_folder() / (name + ".keras")),
        file((models_folder() / (name + ".safetensors")).string()) {
    about = nlohmann::json::parse(file.metadata().at("about"));
  }

  TensorList all(const std::string& kind) const {
    TensorList tensors;
    while (const auto* entry = file.find(kind + "/" + std::to_string(tensors.size())))
      tensors.push_back(entry->tensor());
    return tensors;
  }

  std::string model;
  SafetensorsFile file;
  nlohmann::json about;
};

/// The largest difference, relative to the largest magnitude that is expected.
inline double difference(const Tensor<Cpu>& given, const Tensor<Cpu>& expected) {
  REQUIRE(given.shape() == expected.shape());
  double largest = 0, off = 0;
  for (Index i = 0; i < given.size(); ++i) {
    largest = std::max(largest, std::abs(double(expected.data()[i])));
    const double here = std::abs(double(given.data()[i]) - double(expected.data()[i]));
    off = here <= off ? off : here;  // what is no number stays
  }
  return off / largest;
}

template <class B>
void check_outputs(const Model<B>& model, const GoldenModel& golden, const std::string& kind,
                   double tolerance) {
  const auto expected = golden.all(kind);
  const auto given = model.predict_all(golden.all("input"));
  REQUIRE(given.size() == expected.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    INFO(kind << " " << i);
    CHECK(difference(given[i], expected[i]) <= tolerance);
  }
}

template <class B>
void check_predictions() {
  const auto models = golden_models();
  CHECK(models.size() >= 60);
  for (const auto& name : models) {
    INFO(name);
    const GoldenModel golden(name);
    std::vector<Shape> shapes;  // for a model of any size
    for (const auto& input : golden.all("input")) shapes.push_back(input.shape().without_batch());
    const auto model = load_keras<B>(golden.model, {.compile = false, .input_shapes = shapes});
    check_outputs(model, golden, "output", 1e-4);
  }
}

template <class B>
void check_learning() {
  std::size_t trained = 0;
  for (const auto& name : golden_models()) {
    INFO(name);
    const GoldenModel golden(name);
    if (!golden.about.contains("fit")) continue;
    ++trained;
    const auto& fit = golden.about["fit"];
    const auto model = load_keras<B>(golden.model);
    REQUIRE(model.compiled());
    FitOptions options{.epochs = fit["epochs"].get<Index>(),
                       .verbose = false,
                       .batch_size = fit["batch_size"].get<Index>(),
                       .shuffle = false,
                       .sample_weight = golden.all("sample_weight")};
    if (fit.contains("class_weight")) {
      for (const auto& [label, weight] : fit["class_weight"].items())
        options.class_weight[std::stoll(label)] = weight.template get<double>();
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

}  // namespace tanuki::test
