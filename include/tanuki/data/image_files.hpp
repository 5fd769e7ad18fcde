#pragma once

// Labelled image files as a dataset, wherever the list of them comes from. Values are 0 … 255, float32. A bad file is
// reported and skipped when it is met; a pass that meets the last file of a class of which none can be read throws.

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

/// How image files become examples.
struct ImageFilesOptions {
  LabelMode label_mode = LabelMode::integer;
  std::vector<std::string> class_names = {};  // classes to use, in this order; empty: all
  Index batch_size = 32;                      // 0: single examples
  ImageSize image_size = {256, 256};
  bool shuffle = true;  // another order each epoch; false: that of the list
  std::uint64_t seed = 0;
  bool crop_to_aspect_ratio = false;      // false: distort
  bool scaled_decoding = false;           // true: faster, smoother, not as Keras: DecodeOptions::at_least
  int workers = 0;                        // threads that decode; 0: as many as the default context has
  BadFileReporter on_bad_file = nullptr;  // default: a line on stderr
};

/// File i belongs to class labels[i].
struct LabelledFiles {
  std::vector<std::string> class_names;
  std::vector<std::string> file_paths;
  std::vector<Index> labels;
};

/// A table of image files.
class ImageFiles final : public Table {
 public:
  ImageFiles(std::string name, LabelledFiles files, ImageFilesOptions options,
             std::shared_ptr<BadFiles> bad_files)
      : name_(std::move(name)),
        files_(std::move(files)),
        options_(std::move(options)),
        bad_files_(std::move(bad_files)),
        readable_(files_.class_names.size()),
        good_(files_.file_paths.size()) {
    for (Index label : files_.labels) ++readable_[std::size_t(label)];
  }

  Index cardinality() const override { return Index(files_.file_paths.size()); }
  int workers() const override { return options_.workers; }

  std::vector<Index> order(Index) const override { return entries_in_order(cardinality()); }

  /// By the files' names, without the folders that lead to them, and their sizes.
  std::string description() const override {
    std::string all;
    for (std::size_t i = 0; i < files_.file_paths.size(); ++i) {
      const std::filesystem::path path = files_.file_paths[i];
      std::error_code error;
      const auto size = std::filesystem::file_size(path, error);
      all += path.filename().string() + '\n' + std::to_string(error ? 0 : size) + '\n' +
             files_.class_names[std::size_t(files_.labels[i])] + '\n';
    }
    for (const auto& name : files_.class_names) all += name + '\n';
    const ImageSize size = options_.image_size;
    return std::to_string(files_.file_paths.size()) + " image files " +
           checksum(std::as_bytes(std::span(all))) +
           described_step("decode", size.height, size.width, int(options_.label_mode),
                          options_.crop_to_aspect_ratio, options_.scaled_decoding);
  }

  std::optional<Example> at(Index entry, Index) const override {
    const auto image = decoded(entry);
    if (!image) return std::nullopt;
    return Example{resized(*image), target(files_.labels[std::size_t(entry)])};
  }

  /// A file that was decoded once is good.
  std::optional<bool> known(Index entry) const override {
    if (good_[std::size_t(entry)]) return true;
    const bool bad = bad_files_->contains(files_.file_paths[std::size_t(entry)]);
    if (bad && readable_[std::size_t(files_.labels[std::size_t(entry)])] > 0) return false;
    return std::nullopt;
  }
  bool there(Index entry, Index) const override { return decoded(entry).has_value(); }

  std::optional<BadFile> bad_file(Index entry) const override {
    return bad_files_->find(files_.file_paths[std::size_t(entry)]);
  }

 private:
  std::optional<Image> decoded(Index entry) const {
    const std::string& path = files_.file_paths[std::size_t(entry)];
    const Index label = files_.labels[std::size_t(entry)];
    if (!bad_files_->contains(path)) {
      if (auto image = read(path, label)) {
        good_[std::size_t(entry)] = true;
        return image;
      }
    }
    if (readable_[std::size_t(label)] == 0)
      fail(name_, ": not one of the ", std::count(files_.labels.begin(), files_.labels.end(), label),
           " images of class '", files_.class_names[std::size_t(label)],
           "' can be read; for example: ", bad_files_->find(path).value_or(BadFile{}).reason);
    return std::nullopt;
  }

  std::optional<Image> read(const std::string& path, Index label) const {
    bool unreadable = true;
    try {
      const auto bytes = read_image_file(path);
      unreadable = false;
      return decode_image(bytes, path, {.at_least = decoded_size()});
    } catch (const Error& error) {
      bad_files_->add({path, error.what(), unreadable}, [&] { --readable_[std::size_t(label)]; });
      return std::nullopt;
    }
  }

  ImageSize decoded_size() const { return options_.scaled_decoding ? options_.image_size : ImageSize{}; }

  Tensor<Cpu> resized(const Image& image) const {
    return options_.crop_to_aspect_ratio ? smart_resize(image, options_.image_size)
                                         : resize_bilinear(image, options_.image_size);
  }

  Tensor<Cpu> target(Index label) const {
    if (options_.label_mode != LabelMode::categorical) return Tensor<Cpu>(Shape{1}, {float(label)});
    Tensor<Cpu> one_hot(Shape{Index(files_.class_names.size())});
    one_hot.data()[label] = 1;
    return one_hot;
  }

  std::string name_;
  LabelledFiles files_;
  ImageFilesOptions options_;
  std::shared_ptr<BadFiles> bad_files_;
  mutable std::vector<std::atomic<Index>> readable_;  // images a class, as far as is known
  mutable std::vector<std::atomic<bool>> good_;       // those that were decoded
};

/// Throws Error, `name` first.
inline void check_image_files_options(const std::string& name, const ImageFilesOptions& options) {
  const auto reject = [&](const auto&... reason) { fail(name, ": ", reason...); };
  if (options.image_size.height < 1 || options.image_size.width < 1)
    reject("image_size is (", options.image_size.height, ", ", options.image_size.width,
           "), expected at least (1, 1)");
  if (options.image_size.height > image_file::most_pixels / options.image_size.width)
    reject("image_size is (", options.image_size.height, ", ", options.image_size.width,
           "), expected at most ", image_file::most_pixels, " pixels");
  if (options.batch_size < 0) reject("batch_size is ", options.batch_size, ", expected 0 or more");
  if (options.workers < 0) reject("workers is ", options.workers, ", expected 0 or more");
}

/// `name` begins what an Error says: whose files these are. The options have been checked.
inline Dataset image_files_dataset(const std::string& name, LabelledFiles files, ImageFilesOptions options) {
  if (options.workers == 0) options.workers = default_context<Cpu>().threads();
  if (options.label_mode == LabelMode::binary && files.class_names.size() != 2)
    fail(name, ": binary labels need exactly 2 classes, it has ", files.class_names.size());

  const auto origin = std::make_shared<Origin>(
      Origin{files.class_names, files.file_paths, std::make_shared<BadFiles>(options.on_bad_file)});
  Dataset dataset(std::make_shared<ImageFiles>(name, std::move(files), options, origin->bad_files), origin);
  if (options.shuffle) dataset = dataset.shuffle(options.seed);
  return options.batch_size ? dataset.batch(options.batch_size).prefetch(2) : dataset;
}

}  // namespace tanuki
