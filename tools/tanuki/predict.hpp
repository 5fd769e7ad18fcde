#pragma once

// `tanuki predict`: a Keras model's outputs for a .npy file, or for image files.

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/data/decode.hpp"
#include "tanuki/data/resize.hpp"
#include "tanuki/io/npy.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/load.hpp"
#include "tanuki/ports.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

struct PredictSettings {
  std::string model;
  std::vector<std::string> files;  ///< an IN.npy for each input, then an OUT.npy for each output; or images
  std::vector<tanuki::Shape> shapes;  ///< of the model's Input, where the file leaves sizes open; for images
  bool json = false;                  ///< for images

  bool of_tensors() const { return !files.empty() && files[0].ends_with(".npy"); }
};

/// What is in the first files, one for each of the model's inputs, goes through the model, what comes out into the rest.
/// Sizes that the model leaves open are those of the files.
template <class B>
void predict_npy(const std::string& model_file, const std::vector<std::string>& files) {
  const Ports ports = ports_of(model_file);
  const std::size_t inputs = ports.inputs.size();
  if (files.size() != inputs + ports.outputs)
    tanuki::fail("'", model_file, "' has ", ports.counts(), ": ", files.size(),
                 files.size() == 1 ? " file was" : " files were", " given, expected ", inputs, " IN.npy and ",
                 ports.outputs, " OUT.npy");
  for (const std::string& file : files) {
    if (!file.ends_with(".npy")) tanuki::fail("'", file, "': expected a name that ends in .npy");
  }
  for (std::size_t out = inputs; out < files.size(); ++out) {
    for (std::size_t i = 0; i < out; ++i) {
      std::error_code missing;
      if (files[i] == files[out] || std::filesystem::equivalent(files[i], files[out], missing))
        tanuki::fail("'", files[out], "' would be written, and is '", files[i], "': expected another name");
    }
  }
  std::vector<tanuki::Tensor<>> x;
  std::vector<tanuki::Shape> shapes;
  std::string names;
  for (std::size_t i = 0; i < inputs; ++i) {
    x.push_back(read_batch(files[i], ports.inputs[i]));
    shapes.push_back(x.back().shape().without_batch());
    names += (names.empty() ? "'" : ", '") + files[i] + "'";
  }
  const auto model = load_to_predict<B>(model_file, shapes);
  const auto predict = [&] {
    try {
      return model.predict_all(x);
    } catch (const tanuki::Error& error) {
      tanuki::fail(names, ": ", error.what());
    }
  };
  const auto y = predict();
  for (std::size_t i = 0; i < y.size(); ++i) tanuki::write_npy(files.at(inputs + i), y[i]);
}

/// Whether the range of a photo's pixels tells anything: it has dark ones and bright ones.
inline bool of_all_brightness(const tanuki::Tensor<>& photo) {
  const auto [low, high] = std::minmax_element(photo.data(), photo.data() + photo.size());
  return *low < 64 && *high > 192;
}

/// Prints the output for each image, resized to the model's input, as `path: numbers`, or as JSON. The pixels go in as
/// numbers from 0 to 255. `shapes`: of the model's Input, where the file leaves sizes open. Goes on after an image that
/// cannot be read, and throws Error in the end.
template <class B>
void predict_images(const std::string& model_file, const std::vector<std::string>& images,
                    const std::vector<tanuki::Shape>& shapes, bool json) {
  for (const std::string& path : images) {
    if (path.ends_with(".npy"))
      tanuki::fail("'", path, "' is no image: expected images alone, or .npy files alone");
  }
  const Ports ports = ports_of(model_file);
  if (ports.inputs.size() != 1 || ports.outputs != 1)
    tanuki::fail("'", model_file, "' has ", ports.counts(),
                 ", for images expected one of each; it takes .npy files");
  if (shapes.empty() && ports.inputs[0].open())
    tanuki::fail("'", model_file, "' takes ", ports.inputs[0].str(),
                 ", expected its sizes: --input-shape 150,150,3");
  const auto model = load_to_predict<B>(model_file, shapes);
  const tanuki::Shape shape = model.inputs()[0].shape();
  if (shape.rank() != 3 || shape[2] != 3)
    tanuki::fail("'", model_file, "' takes ", shape, ", expected images (height, width, 3)");
  auto result = nlohmann::ordered_json::array();
  std::size_t bad = 0;
  bool looked = false;
  const auto read = [&](const std::string& path) -> std::optional<tanuki::Tensor<>> {
    try {
      const auto image =
          tanuki::resize_bilinear(tanuki::decode_image(std::filesystem::path(path)), {shape[0], shape[1]});
      return tanuki::Tensor<>(shape.with_batch(1), image.to_vector());
    } catch (const tanuki::Error& error) {
      if (images.size() == 1) throw;
      std::cerr << "tanuki: " << error.what() << '\n';
      return std::nullopt;
    }
  };
  for (const std::string& path : images) {
    const auto photo = read(path);
    if (!photo) {
      ++bad;
      continue;
    }
    if (!looked && of_all_brightness(*photo)) {
      looked = true;
      const std::string warning = tanuki::lint::input_range(model, tanuki::Batch{{&*photo}, {}});
      if (!warning.empty()) std::cerr << "Warning: " << warning << '\n';
    }
    const auto output = model.predict(*photo).to_vector();
    if (json) {
      result.push_back({{"image", path}, {"prediction", output}});
      continue;
    }
    std::cout << path << ":";
    for (float value : output) std::cout << ' ' << value;
    std::cout << '\n';
  }
  if (json)
    std::cout << result.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
  if (bad) tanuki::fail(bad, " of ", images.size(), " images could not be read");
}

/// Throws NoDevice where there is no GPU for it.
template <class B>
void predict(const PredictSettings& settings) {
  tanuki::default_context<B>();  // before anything is read: what the environment says may be wrong
  if (settings.of_tensors()) return predict_npy<B>(settings.model, settings.files);
  predict_images<B>(settings.model, settings.files, settings.shapes, settings.json);
}

}  // namespace tool
