#pragma once

// The photos of cats_vs_dogs: cached in memory after the first epoch, in another order each epoch.

#include <filesystem>
#include <tanuki/tanuki.hpp>

#include "options.hpp"

struct Photos {
  tanuki::Dataset train, validation;
  std::vector<std::pair<std::string, tanuki::Dataset>> evaluate;  // by the name that --evaluate gave
};

inline tanuki::Dataset open_folder(const std::string& folder, const Options& options) {
  return tanuki::image_dataset_from_directory(folder, {.label_mode = tanuki::LabelMode::binary,
                                                       .batch_size = 0,
                                                       .image_size = {options.image_size, options.image_size},
                                                       .shuffle = false});
}

inline tanuki::Dataset batches(const tanuki::Dataset& photos, const Options& options) {
  return photos.batch(options.batch_size).prefetch(10);
}

/// Throws tanuki::Error, naming the folder, where it does not hold two classes of photos.
inline Photos load_photos(const Options& options) {
  namespace fs = std::filesystem;
  Photos photos;
  const auto training_batches = [&](const tanuki::Dataset& data) {
    return batches(data.cache().shuffle(options.seed), options);
  };
  if (fs::is_directory(options.data + "/train") && fs::is_directory(options.data + "/validation")) {
    photos.train = training_batches(open_folder(options.data + "/train", options));
    photos.validation = batches(open_folder(options.data + "/validation", options).cache(), options);
  } else {
    const auto parts = open_folder(options.data, options).split({0.4, 0.1, 0.1}, options.seed);
    photos.train = training_batches(parts[0]);
    photos.validation = batches(parts[1].cache(), options);
    photos.evaluate.emplace_back("test", batches(parts[2], options));
  }
  for (const auto& folder : options.evaluate) {
    const bool split = fs::is_directory(folder + "/train") && fs::is_directory(folder + "/validation");
    photos.evaluate.emplace_back(
        folder, batches(open_folder(split ? folder + "/validation" : folder, options), options));
  }
  return photos;
}
