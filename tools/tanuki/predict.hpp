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

/// The file that is `in` goes through the model, what comes out into the file `out`.
inline void predict_npy(const std::string& model_file, const std::string& in, const std::string& out) {
  if (!out.ends_with(".npy")) tanuki::fail("'", out, "': expected a name that ends in .npy");
  const auto model = tanuki::load_keras(model_file, {.compile = false});
  const auto input = tanuki::read_npy(in);
  try {
    tanuki::write_npy(out, model.predict(input));
  } catch (const tanuki::Error& error) {
    tanuki::fail("'", in, "': ", error.what());
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
