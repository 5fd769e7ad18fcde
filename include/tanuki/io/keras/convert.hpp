#pragma once

// From a file of Keras to .safetensors, which needs neither HDF5 nor libzip to be read.

#include <filesystem>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/format.hpp"
#include "tanuki/io/keras/weights.hpp"
#include "tanuki/io/safetensors.hpp"

namespace tanuki {

struct ConversionReport {
  std::string source, target, format, keras_version;
  std::vector<std::pair<std::string, Shape>> tensors;  // as written
  std::vector<std::string> ignored;                    // what the source holds besides
  Index parameters = 0;

  /// One line: from what, to what, how much.
  std::string summary() const {
    std::string text =
        source + " (" + format + (keras_version.empty() ? "" : ", Keras " + keras_version) + "): ";
    text +=
        std::to_string(tensors.size()) + " tensors, " + with_commas(parameters) + " parameters, to " + target;
    return ignored.empty() ? text : text + "; " + std::to_string(ignored.size()) + " ignored";
  }

  /// Every tensor, what was ignored, and the summary.
  friend std::ostream& operator<<(std::ostream& out, const ConversionReport& report) {
    for (const auto& [name, shape] : report.tensors) out << name << ' ' << shape << '\n';
    for (const std::string& name : report.ignored) out << "ignored: " << name << '\n';
    return out << report.summary() << '\n';
  }
};

/// `source`: .keras, .weights.h5 or legacy .h5. Throws Error, also where both are one file, and then `target` is
/// as it was.
inline ConversionReport convert_keras(const std::string& source, const std::string& target) {
  expect_safetensors_name(target);
  std::error_code missing;
  if (std::filesystem::equivalent(source, target, missing)) {
    fail("[keras] '", target, "' is the file to be converted, '", source,
         "': expected another name to write to");
  }
  const KerasWeights weights = read_keras_weights(source);
  if (weights.tensors.empty()) fail("[keras] '", source, "': there are no weights in it");
  ConversionReport report{source, target, weights.format, weights.keras_version, {}, weights.ignored};
  std::vector<SafetensorsInput> tensors;
  for (const NamedTensor& tensor : weights.tensors) {
    tensors.push_back({tensor.name, tensor.value.shape(), tensor.value.data()});
    report.tensors.emplace_back(tensor.name, tensor.value.shape());
    report.parameters += tensor.value.size();
  }
  Metadata metadata{{"format", "tanuki"},
                    {"source", std::filesystem::path(source).filename().string()},
                    {"source_format", weights.format}};
  if (!weights.keras_version.empty()) metadata["keras_version"] = weights.keras_version;
  if (weights.probe) metadata[probe_key] = *weights.probe;
  write_safetensors(target, tensors, metadata);
  return report;
}

}  // namespace tanuki
