#pragma once

// `tanuki predict`: a Keras model's outputs for a .npy file, or for image files.

#include <iostream>
#include <string>
#include <vector>

#include "tanuki/data/decode.hpp"
#include "tanuki/data/resize.hpp"
#include "tanuki/io/npy.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

/// What is in the first files, one for each of the model's inputs, goes through the model, what comes out into the rest.
inline void predict_npy(const std::string& model_file, const std::vector<std::string>& files) {
  const auto model = tanuki::load_keras(model_file, {.compile = false});
  const std::size_t inputs = model.inputs().size(), outputs = model.outputs().size();
  if (files.size() != inputs + outputs)
    tanuki::fail("'", model_file, "': ", files.size(), " files were given, expected ", inputs, " IN.npy and ",
                 outputs, " OUT.npy");
  std::vector<tanuki::Tensor<>> x;
  std::string names;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].ends_with(".npy")) tanuki::fail("'", files[i], "': expected a name that ends in .npy");
    if (i >= inputs) continue;
    x.push_back(tanuki::read_npy(files[i]));
    names += (names.empty() ? "'" : ", '") + files[i] + "'";
  }
  try {
    const auto y = model.predict_all(x);
    for (std::size_t i = 0; i < outputs; ++i) tanuki::write_npy(files[inputs + i], y[i]);
  } catch (const tanuki::Error& error) {
    tanuki::fail(names, ": ", error.what());
  }
}

/// Prints the output for each image, resized to the model's input, as `path: numbers`, or as JSON. The pixels go in as
/// numbers from 0 to 255.
inline void predict_images(const std::string& model_file, const std::vector<std::string>& images, bool json) {
  const auto model = tanuki::load_keras(model_file, {.compile = false});
  const tanuki::Shape shape = model.inputs()[0].shape();
  if (shape.rank() != 3 || shape[2] != 3)
    tanuki::fail("'", model_file, "' takes ", shape, ", expected images (height, width, 3)");
  auto result = nlohmann::ordered_json::array();
  for (const std::string& path : images) {
    const auto image =
        tanuki::resize_bilinear(tanuki::decode_image(std::filesystem::path(path)), {shape[0], shape[1]});
    const std::vector<float> pixels = image.to_vector();
    const auto output = model.predict(tanuki::Tensor<>(shape.with_batch(1), pixels)).to_vector();
    if (json) {
      result.push_back({{"image", path}, {"prediction", output}});
      continue;
    }
    std::cout << path << ":";
    for (float value : output) std::cout << ' ' << value;
    std::cout << '\n';
  }
  if (json) std::cout << result.dump() << '\n';
}

}  // namespace tool
