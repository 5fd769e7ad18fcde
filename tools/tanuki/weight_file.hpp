#pragma once

// `tanuki summary`: what a file of weights holds, whatever its format.

#include <algorithm>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/format.hpp"
#include "tanuki/io/safetensors.hpp"
#include "tanuki/keras.hpp"

namespace tool {

struct WeightFile {
  std::string format;
  std::vector<std::pair<std::string, tanuki::Shape>> tensors;
  tanuki::Metadata metadata;
};

inline WeightFile open_weights(const std::string& path) {
  std::string_view start;
  const tanuki::MappedFile file(path);
  if (file.bytes().size() >= 4) start = {reinterpret_cast<const char*>(file.bytes().data()), 4};
  WeightFile result;
  if (start == "PK\3\4" || start == "\x89HDF") {
    const tanuki::KerasContents contents = tanuki::KerasWeightsFile(path).contents();
    result.format = contents.format;
    if (!contents.keras_version.empty()) result.metadata["keras_version"] = contents.keras_version;
    for (const auto& tensor : contents.tensors) result.tensors.emplace_back(tensor.name, tensor.shape);
  } else if (const auto bytes = file.bytes(); bytes.size() < 9 || bytes[8] != std::byte('{')) {
    tanuki::fail("'", path, "' is ",
                 bytes.empty() ? "empty" : "none of .keras, .weights.h5, .h5 and .safetensors");
  } else {
    const tanuki::SafetensorsFile weights(path);
    result.format = "safetensors";
    result.metadata = weights.metadata();
    for (const auto& entry : weights.entries()) result.tensors.emplace_back(entry.name, entry.shape);
  }
  return result;
}

inline void print_summary(std::ostream& out, const std::string& path) {
  const WeightFile file = open_weights(path);
  std::size_t width = 0;
  for (const auto& [name, shape] : file.tensors) width = std::max(width, name.size());
  tanuki::Index parameters = 0;
  for (const auto& [name, shape] : file.tensors) {
    const std::string extents = shape.str(), count = tanuki::with_commas(shape.elements());
    out << name << std::string(width + 2 - name.size(), ' ') << extents;
    out << std::string(extents.size() < 22 ? 22 - extents.size() : 1, ' ');
    out << std::string(count.size() < 12 ? 12 - count.size() : 0, ' ') << count << '\n';
    parameters += shape.elements();
  }
  for (const auto& [key, text] : file.metadata) out << key << ": " << text << '\n';
  out << path << " (" << file.format << "): " << file.tensors.size() << " tensors, "
      << tanuki::with_commas(parameters) << " parameters\n";
}

}  // namespace tool
