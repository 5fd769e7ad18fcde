#pragma once

// `tanuki convert`: the weights of a file of Keras as safetensors, or a whole model as a .keras file of today.

#include <filesystem>
#include <iostream>
#include <string>

#include "tanuki/keras.hpp"
#include "tanuki/load.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

inline void convert_model(const std::string& in, const std::string& out,
                          const std::vector<tanuki::Shape>& shapes, bool quiet) {
  std::error_code missing;
  if (std::filesystem::equivalent(in, out, missing))
    tanuki::fail("'", out, "' is the file to be converted, expected another name to write to");
  const auto model = load(in, shapes, false);
  tanuki::save_keras(model, out);
  if (!quiet) std::cout << model.summary_text();
}

/// `shapes`: of a whole model's Inputs, where the file leaves sizes open.
inline void convert(const std::string& in, const std::string& out, const std::vector<tanuki::Shape>& shapes,
                    bool quiet) {
  if (out.ends_with(".keras")) return convert_model(in, out, shapes, quiet);
  if (!out.ends_with(".safetensors"))
    tanuki::fail("'", out, "': expected a name that ends in .safetensors, or in .keras for a whole model");
  const tanuki::ConversionReport report = tanuki::convert_keras(in, out);
  if (quiet) {
    std::cout << report.summary() << '\n';
  } else {
    std::cout << report;
  }
}

}  // namespace tool
