#pragma once

// Labelled images from a folder, after keras.utils.image_dataset_from_directory: every sub-folder is a class,
// in alphabetical order 0, 1, …; in it, at any depth, the files .jpg .jpeg .png .bmp .gif (in any case) are
// its images, sorted by folder and name. What begins with a dot is ignored. Values are 0 … 255, float32.
// Throws Error, with the path, where there is no such folder, no class, a class without images, or a wrong
// number of classes for binary labels. A bad file is reported and skipped when it is met; a pass that meets the
// last file of a class of which none can be read throws.

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <string>

#include "tanuki/core/context.hpp"
#include "tanuki/data/dataset.hpp"
#include "tanuki/data/decode.hpp"
#include "tanuki/data/resize.hpp"

namespace tanuki {

/// Targets. integer: the class's number, (1). categorical: one-hot, (classes). binary: 0 or 1, (1).
enum class LabelMode { integer, categorical, binary };

struct ImageFolderOptions {
  LabelMode label_mode = LabelMode::integer;
  std::vector<std::string> class_names = {};  // sub-folders to use, in the order of their classes; empty: all
  Index batch_size = 32;                      // 0: single examples
  ImageSize image_size = {256, 256};
  bool shuffle = true;  // another order each epoch; false: the sorted order
  std::uint64_t seed = 0;
  bool crop_to_aspect_ratio = false;      // false: distort
  int workers = 0;                        // threads that decode; 0: as many as the default context has
  BadFileReporter on_bad_file = nullptr;  // default: a line on stderr
};

/// The files of a folder: file i belongs to class labels[i].
struct ImageFolder {
  std::vector<std::string> class_names;
  std::vector<std::string> file_paths;
  std::vector<Index> labels;
};

namespace image_folder_detail {

namespace fs = std::filesystem;

inline bool hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

inline bool is_image(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  constexpr const char* known[] = {".jpg", ".jpeg", ".png", ".bmp", ".gif"};
  return std::find(std::begin(known), std::end(known), extension) != std::end(known);
}

inline std::vector<std::string> subfolders(const fs::path& directory) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.is_directory() && !hidden(entry.path())) names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Sorted by folder, then by name. A link that leads nowhere is listed: its reading will say so.
inline std::vector<std::string> images(const fs::path& directory) {
  std::vector<fs::path> paths;
  for (auto entry = fs::recursive_directory_iterator(directory); entry != fs::end(entry); ++entry) {
    const fs::path& path = entry->path();
    if (entry->is_directory()) {
      if (hidden(path)) entry.disable_recursion_pending();
    } else if (!hidden(path) && is_image(path)) {
      paths.push_back(path);
    }
  }
  std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) {
    return std::pair(a.parent_path().native(), a.filename().native()) <
           std::pair(b.parent_path().native(), b.filename().native());
  });
  std::vector<std::string> names;
  for (const fs::path& path : paths) names.push_back(path.string());
  return names;
}

/// A table of image files.
class Files final : public Table {
 public:
  Files(std::string directory, ImageFolder folder, ImageFolderOptions options,
        std::shared_ptr<BadFiles> bad_files)
      : directory_(std::move(directory)),
        folder_(std::move(folder)),
        options_(std::move(options)),
        bad_files_(std::move(bad_files)),
        readable_(folder_.class_names.size()) {
    for (Index label : folder_.labels) ++readable_[std::size_t(label)];
  }

  Index cardinality() const override { return Index(folder_.file_paths.size()); }
  int workers() const override { return options_.workers; }

  std::vector<Index> order(Index) const override { return entries_in_order(cardinality()); }

  std::optional<Example> at(Index entry, Index) const override {
    const std::string& path = folder_.file_paths[std::size_t(entry)];
    const Index label = folder_.labels[std::size_t(entry)];
    if (!bad_files_->contains(path)) {
      if (const auto image = read(path, label)) return Example{resized(*image), target(label)};
    }
    if (readable_[std::size_t(label)] == 0)
      fail("[image_dataset_from_directory] '", directory_, "': not one of the ",
           std::count(folder_.labels.begin(), folder_.labels.end(), label), " images of class '",
           folder_.class_names[std::size_t(label)], "' can be read; for example: ", bad_files_->reason(path));
    return std::nullopt;
  }

 private:
  std::optional<Image> read(const std::string& path, Index label) const {
    try {
      return decode_image(fs::path(path));
    } catch (const Error& error) {
      if (bad_files_->add({path, error.what()})) --readable_[std::size_t(label)];
      return std::nullopt;
    }
  }

  Tensor<Cpu> resized(const Image& image) const {
    return options_.crop_to_aspect_ratio ? smart_resize(image, options_.image_size)
                                         : resize_bilinear(image, options_.image_size);
  }

  Tensor<Cpu> target(Index label) const {
    if (options_.label_mode != LabelMode::categorical) return Tensor<Cpu>(Shape{1}, {float(label)});
    Tensor<Cpu> one_hot(Shape{Index(folder_.class_names.size())});
    one_hot.data()[label] = 1;
    return one_hot;
  }

  std::string directory_;
  ImageFolder folder_;
  ImageFolderOptions options_;
  std::shared_ptr<BadFiles> bad_files_;
  mutable std::vector<std::atomic<Index>> readable_;  // images a class, as far as is known
};

}  // namespace image_folder_detail

/// `class_names` as in ImageFolderOptions.
inline ImageFolder list_image_folder(const std::filesystem::path& directory,
                                     std::vector<std::string> class_names = {}) {
  using namespace image_folder_detail;
  const auto reject = [&](const auto&... reason) {
    fail("[image_dataset_from_directory] '", directory.string(), "': ", reason...);
  };
  try {
    if (!fs::exists(directory)) reject("there is no such folder");
    if (!fs::is_directory(directory)) reject("it is no folder");
    const std::vector<std::string> found = subfolders(directory);
    if (found.empty()) reject("it has no sub-folders; expected one a class, with images in it");
    if (class_names.empty()) class_names = found;
    ImageFolder folder;
    for (const std::string& name : class_names) {
      if (std::count(class_names.begin(), class_names.end(), name) > 1)
        reject("class_names has '", name, "' twice");
      if (std::find(found.begin(), found.end(), name) == found.end())
        reject("it has no sub-folder for the class '", name, "'");
      const std::vector<std::string> paths = images(directory / name);
      if (paths.empty()) reject("the class '", name, "' has no images (.jpg, .jpeg, .png, .bmp or .gif)");
      folder.labels.insert(folder.labels.end(), paths.size(), Index(folder.class_names.size()));
      folder.file_paths.insert(folder.file_paths.end(), paths.begin(), paths.end());
      folder.class_names.push_back(name);
    }
    return folder;
  } catch (const fs::filesystem_error& error) {
    reject(error.what());
    throw;
  }
}

inline Dataset image_dataset_from_directory(const std::filesystem::path& directory,
                                            ImageFolderOptions options = {}) {
  const auto reject = [&](const auto&... reason) {
    fail("[image_dataset_from_directory] '", directory.string(), "': ", reason...);
  };
  if (options.image_size.height < 1 || options.image_size.width < 1)
    reject("image_size is (", options.image_size.height, ", ", options.image_size.width,
           "), expected at least (1, 1)");
  constexpr Index most_pixels = Index{1} << 27;  // of decode_image()
  if (options.image_size.height > most_pixels / options.image_size.width)
    reject("image_size is (", options.image_size.height, ", ", options.image_size.width,
           "), expected at most ", most_pixels, " pixels");
  if (options.batch_size < 0) reject("batch_size is ", options.batch_size, ", expected 0 or more");
  if (options.workers < 0) reject("workers is ", options.workers, ", expected 0 or more");
  if (options.workers == 0) options.workers = default_context<Cpu>().threads();

  ImageFolder folder = list_image_folder(directory, options.class_names);
  if (options.label_mode == LabelMode::binary && folder.class_names.size() != 2)
    reject("binary labels need exactly 2 classes, it has ", folder.class_names.size());

  const auto origin = std::make_shared<Origin>(
      Origin{folder.class_names, folder.file_paths, std::make_shared<BadFiles>(options.on_bad_file)});
  Dataset dataset(std::make_shared<image_folder_detail::Files>(directory.string(), std::move(folder), options,
                                                               origin->bad_files),
                  origin);
  if (options.shuffle) dataset = dataset.shuffle(options.seed);
  return options.batch_size ? dataset.batch(options.batch_size).prefetch(2) : dataset;
}

}  // namespace tanuki
