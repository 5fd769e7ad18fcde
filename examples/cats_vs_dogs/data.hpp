#pragma once

// The photos of cats_vs_dogs: cached in memory after the first epoch, in another order each epoch.

#include <filesystem>
#include <set>
#include <tanuki/tanuki.hpp>

#include "options.hpp"

struct Photos {
  tanuki::Dataset train, validation;
  std::vector<std::pair<std::string, tanuki::Dataset>> evaluate;  // by the name that --evaluate gave

  /// Of all these, those that could not be read so far.
  std::size_t skipped() const {
    std::set<std::string> paths;
    const auto count = [&](const tanuki::Dataset& data) {
      for (const auto& file : data.bad_files()) paths.insert(file.path);
    };
    count(train), count(validation);
    for (const auto& [name, data] : evaluate) count(data);
    return paths.size();
  }
};

/// True for a folder of train/ and validation/. Throws tanuki::Error, naming the folder, for one that seems to be
/// meant so and is not, as train/ beside val/: they would be taken for the two classes.
inline bool is_split(const std::string& folder) {
  namespace fs = std::filesystem;
  if (fs::is_directory(folder + "/train") && fs::is_directory(folder + "/validation")) return true;
  if (!fs::is_directory(folder)) return false;
  for (const auto& name : tanuki::image_folder_detail::subfolders(folder)) {
    std::string lower = name;
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    for (const char* part : {"train", "training", "val", "valid", "validation", "test", "testing"}) {
      if (lower == part) {
        tanuki::fail("'", folder, "' has a sub-folder '", name, "': expected both train/ and validation/, ",
                     "or one sub-folder a class");
      }
    }
  }
  return false;
}

/// Labels number the classes in their order, so each set must have the same ones.
inline void expect_classes(const tanuki::Dataset& data, const std::string& folder,
                           const tanuki::Dataset& train) {
  const auto &found = data.class_names(), &wanted = train.class_names();
  if (found == wanted) return;
  tanuki::fail("'", folder, "' has the classes ", found[0], " and ", found[1], ", the training photos ",
               wanted[0], " and ", wanted[1]);
}

inline tanuki::Dataset open_folder(const std::string& folder, const Options& options) {
  return tanuki::image_dataset_from_directory(folder, {.label_mode = tanuki::LabelMode::binary,
                                                       .batch_size = 0,
                                                       .image_size = {options.image_size, options.image_size},
                                                       .shuffle = false});
}

inline tanuki::Dataset batches(const tanuki::Dataset& photos, const Options& options) {
  return photos.batch(options.batch_size).prefetch(10);
}

/// Throws tanuki::Error, naming the folder, where it does not hold two classes of photos, everywhere the same.
inline Photos load_photos(const Options& options) {
  Photos photos;
  const auto training_batches = [&](const tanuki::Dataset& data) {
    return batches(data.cache().shuffle(options.seed), options);
  };
  if (is_split(options.data)) {
    photos.train = training_batches(open_folder(options.data + "/train", options));
    photos.validation = batches(open_folder(options.data + "/validation", options).cache(), options);
    expect_classes(photos.validation, options.data + "/validation", photos.train);
  } else {
    const auto parts = open_folder(options.data, options).split({0.4, 0.1, 0.1}, options.seed);
    photos.train = training_batches(parts[0]);
    photos.validation = batches(parts[1].cache(), options);
    photos.evaluate.emplace_back("test", batches(parts[2], options));
  }
  for (const auto& folder : options.evaluate) {
    photos.evaluate.emplace_back(
        folder, batches(open_folder(is_split(folder) ? folder + "/validation" : folder, options), options));
    expect_classes(photos.evaluate.back().second, folder, photos.train);
  }
  return photos;
}
