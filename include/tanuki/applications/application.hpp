#pragma once

// What the builders of keras.applications share. The layers that Keras names automatically have the names of a fresh
// process: conv2d, conv2d_1 … (keras/src/applications)

#include <map>
#include <optional>

#include "tanuki/core/filled_later.hpp"
#include "tanuki/layers/activation.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/conv2d.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/global_average_pooling2d.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki::applications {

struct ApplicationOptions {
  std::string weights = {};  ///< a safetensors file from `tanuki convert`; none: random weights
  Shape input_shape = {};    ///< (height, width, channels); (): the size that Keras has
  bool include_top = true;   ///< end in `classes` probabilities, else in the features before
  Index classes = 1000;
  std::string classifier_activation = "softmax";
  std::string name = {};  ///< none: Keras'
  bool mmap = false;      ///< the weights stay in the file, see LoadWeightsOptions
};

namespace detail {

/// Automatic names.
class FreshNames {
 public:
  std::string operator()(const std::string& name) {
    const int before = counts_[name]++;
    return before ? name + "_" + std::to_string(before) : name;
  }

 private:
  std::map<std::string, int> counts_;
};

/// While it lives, weights that a file will fill are not drawn. Throws Error for Keras' word in place of a file.
class FilledByFile {
 public:
  explicit FilledByFile(const std::string& weights) {
    if (weights == "imagenet")
      fail("[applications] weights is 'imagenet', expected a file of weights: scripts/fetch_weights.sh ",
           "fetches Xception's; Keras' save_weights() or save() writes any other's");
    if (!weights.empty()) filled_.emplace();
  }

 private:
  std::optional<FilledLater> filled_;
};

/// Throws Error for images smaller than least × least.
template <class B>
SymbolicTensor<B> application_input(const ApplicationOptions& options, Index size, Index least,
                                    const char* name) {
  const Shape shape = options.input_shape.rank() ? options.input_shape : Shape{size, size, 3};
  if (shape.rank() != 3 || shape[0] < least || shape[1] < least) {
    fail("in '", options.name.empty() ? name : options.name, "': input_shape is ", shape,
         ", expected (height, width, channels) of at least ", least, " × ", least);
  }
  return Input<B>(shape);
}

/// The last layer of all.
template <class B>
SymbolicTensor<B> predictions(const SymbolicTensor<B>& x, const ApplicationOptions& options,
                              const Initializer& kernel_initializer = glorot_uniform()) {
  return Dense<B>({.units = options.classes,
                   .activation = options.classifier_activation,
                   .kernel_initializer = kernel_initializer,
                   .name = "predictions"})(x);
}

/// Throws Error for a weight file that does not fit.
template <class B>
Model<B> application(const SymbolicTensor<B>& input, const SymbolicTensor<B>& output,
                     const ApplicationOptions& options, const std::string& name) {
  Model<B> model(input, output, options.name.empty() ? name : options.name);
  if (!options.weights.empty()) model.load_weights(options.weights, {.mmap = options.mmap});
  return model;
}

}  // namespace detail

}  // namespace tanuki::applications
