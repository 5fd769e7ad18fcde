#pragma once

// The examples that a classifier is most wrong about as one picture, below each what it is and what it was taken for.

#include "tanuki/io/plots/as_pixels.hpp"
#include "tanuki/io/plots/image_grid.hpp"
#include "tanuki/training/worst_classified.hpp"

namespace tanuki {

/// The name of a class, or its number where there is none.
inline std::string name_of_class(const std::vector<std::string>& names, Index which) {
  return which >= 0 && which < Index(names.size()) ? names[std::size_t(which)] : std::to_string(which);
}

/// "cat 98 %, is dog", or "dog 55 %" for one that is taken for what it is.
inline std::string worst_caption(const WorstClassified& example, const std::vector<std::string>& names) {
  std::string text = name_of_class(names, example.prediction) + " " +
                     std::to_string(std::lround(100 * example.probability)) + " %";
  if (example.label != example.prediction) text += ", is " + name_of_class(names, example.label);
  return text;
}

/// Throws Error where the examples are no images of one size, or there are none.
inline Image worst_classified_grid(const std::vector<WorstClassified>& examples,
                                   const std::vector<std::string>& names, Index columns = 0) {
  if (examples.empty()) fail("[worst_classified_grid] no examples were given");
  const Shape& shape = examples[0].example.shape();
  std::vector<std::string> labels;
  std::vector<float> pixels;
  for (const auto& example : examples) {
    if (!(example.example.shape() == shape))
      fail("[worst_classified_grid] examples of shape ", shape, " and ", example.example.shape(),
           " were given, expected one size");
    const Image image = as_pixels(example.example);
    pixels.insert(pixels.end(), image.pixels.begin(), image.pixels.end());
    labels.push_back(worst_caption(example, names));
  }
  const Tensor<Cpu> images(Shape{Index(examples.size()), shape[0], shape[1], Image::channels}, pixels);
  return image_grid(images.view(), {.columns = columns, .labels = std::move(labels)});
}

/// worst_classified_grid() as a PNG file.
inline void write_worst_classified(const std::filesystem::path& path,
                                   const std::vector<WorstClassified>& examples,
                                   const std::vector<std::string>& names, Index columns = 0) {
  write_png(path, worst_classified_grid(examples, names, columns));
}

}  // namespace tanuki
