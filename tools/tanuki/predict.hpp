#pragma once

// `tanuki predict`: a Keras model's outputs for a .npy file, or for image files.

#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "tanuki/data/decode.hpp"
#include "tanuki/data/resize.hpp"
#include "tanuki/io/npy.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/load.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

struct PredictSettings {
  std::string model;
  std::vector<std::string> files;  ///< an IN.npy for each input, then an OUT.npy for each output; or images
  std::vector<tanuki::Shape> shapes;  ///< of the model's Input, where the file leaves sizes open; for images
  bool json = false;                  ///< for images

  bool of_tensors() const { return !files.empty() && files[0].ends_with(".npy"); }
};

/// How many inputs the model in a file has, before it is loaded with their sizes.
inline std::size_t count_inputs(const std::string& model_file) {
  const auto read = [&] {
    if (tanuki::keras::is_zip(model_file)) return tanuki::KerasArchive(model_file).config();
    const auto mapped = std::make_shared<const tanuki::MappedFile>(model_file);
    return tanuki::keras::legacy_config(tanuki::Hdf5File(mapped->bytes(), model_file, mapped));
  };
  const ReadingLimit limit;
  const auto file = tanuki::keras::of_file(model_file, read);
  const auto* config = tanuki::keras::find_member(file, "config");
  const auto* inputs = config ? tanuki::keras::find_member(*config, "input_layers") : nullptr;
  return inputs ? tanuki::keras::references(*inputs, "its input_layers").size() : 1;
}

/// What is in the first files, one for each of the model's inputs, goes through the model, what comes out into the rest.
/// Sizes that the model leaves open are those of the files.
template <class B>
void predict_npy(const std::string& model_file, const std::vector<std::string>& files) {
  const std::size_t inputs = count_inputs(model_file);
  if (files.size() <= inputs)
    tanuki::fail("'", model_file, "': ", files.size(), " files were given, expected ", inputs,
                 " IN.npy and an OUT.npy for each output");
  std::vector<tanuki::Tensor<>> x;
  std::vector<tanuki::Shape> shapes;
  std::string names;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!files[i].ends_with(".npy")) tanuki::fail("'", files[i], "': expected a name that ends in .npy");
    if (i >= inputs) continue;
    x.push_back(tanuki::read_npy(files[i]));
    if (x.back().shape().rank() == 0)
      tanuki::fail("'", files[i], "' holds a single number, expected a batch");
    shapes.push_back(x.back().shape().without_batch());
    names += (names.empty() ? "'" : ", '") + files[i] + "'";
  }
  for (std::size_t out = inputs; out < files.size(); ++out) {
    for (std::size_t i = 0; i < out; ++i) {
      std::error_code missing;
      if (files[i] == files[out] || std::filesystem::equivalent(files[i], files[out], missing))
        tanuki::fail("'", files[out], "' would be written, and is '", files[i], "': expected another name");
    }
  }
  const auto model = load_to_predict<B>(model_file, shapes);
  const std::size_t makes = model.outputs().size();
  if (files.size() != inputs + makes)
    tanuki::fail("'", model_file, "': ", files.size(), " files were given, expected ", inputs, " IN.npy and ",
                 makes, " OUT.npy");
  const auto predict = [&] {
    try {
      return model.predict_all(x);
    } catch (const tanuki::Error& error) {
      tanuki::fail(names, ": ", error.what());
    }
  };
  const auto y = predict();
  for (std::size_t i = 0; i < makes; ++i) tanuki::write_npy(files[inputs + i], y[i]);
}

/// Prints the output for each image, resized to the model's input, as `path: numbers`, or as JSON. The pixels go in as
/// numbers from 0 to 255. `shapes`: of the model's Input, where the file leaves sizes open.
template <class B>
void predict_images(const std::string& model_file, const std::vector<std::string>& images,
                    const std::vector<tanuki::Shape>& shapes, bool json) {
  for (const std::string& path : images) {
    if (path.ends_with(".npy"))
      tanuki::fail("'", path, "' is no image: expected images alone, or .npy files alone");
  }
  const auto model = load_to_predict<B>(model_file, shapes);
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
  if (json)
    std::cout << result.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

/// Throws NoDevice where there is no GPU for it.
template <class B>
void predict(const PredictSettings& settings) {
  tanuki::default_context<B>();  // before anything is read: what the environment says may be wrong
  if (settings.of_tensors()) return predict_npy<B>(settings.model, settings.files);
  predict_images<B>(settings.model, settings.files, settings.shapes, settings.json);
}

}  // namespace tool
