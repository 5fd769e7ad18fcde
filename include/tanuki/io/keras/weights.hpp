#pragma once

// Reading the weights of any file of Keras: .keras, .weights.h5 or the legacy .h5. What it is, the content
// tells. Throws Error with the file and the place where something is missing, damaged or unknown.

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "tanuki/io/keras/archive.hpp"
#include "tanuki/io/keras/legacy_h5.hpp"
#include "tanuki/io/keras/weights_h5.hpp"
#include "tanuki/io/mapped_file.hpp"

namespace tanuki {

inline KerasWeights read_keras_weights(const KerasArchive& archive) {
  KerasWeights result;
  result.format = "keras";
  const auto metadata = archive.metadata();
  if (metadata.contains("keras_version") && metadata["keras_version"].is_string()) {
    result.keras_version = metadata["keras_version"].get<std::string>();
  }
  const auto bytes = archive.weights();
  const Hdf5File file(bytes, archive.path() + ": model.weights.h5");
  KerasWeightsReader(file, result).read(archive.config());
  return result;
}

inline KerasWeights read_keras_weights(const std::string& path) {
  const MappedFile mapped(path);
  const auto bytes = mapped.bytes();
  const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                               std::min<std::size_t>(bytes.size(), 4));
  if (bytes.empty()) fail("[keras] '", path, "': the file is empty");
  if (bytes.size() > 8 && bytes[8] == std::byte('{') && start != "PK\3\4") {
    fail("[keras] '", path, "': it looks like a safetensors file, expected .keras, .weights.h5 or .h5");
  }
  KerasWeights result;
  if (start == "PK\3\4") {
    result = read_keras_weights(KerasArchive(path));
  } else {
    const Hdf5File file(bytes, path);
    LegacyH5Reader legacy(file, result);
    result.format = legacy.is_legacy() ? "legacy h5" : "weights.h5";
    if (legacy.is_legacy()) {
      legacy.read();
    } else {
      KerasWeightsReader(file, result).read(nullptr);
    }
  }
  std::set<std::string_view> names;
  for (const NamedTensor& tensor : result.tensors) {
    if (!names.insert(tensor.name).second) fail("[keras] '", path, "': '", tensor.name, "' is there twice");
  }
  return result;
}

}  // namespace tanuki
