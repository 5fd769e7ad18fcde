#pragma once

// Reading the weights of any file of Keras: .keras, .weights.h5 or the legacy .h5. What it is, the content
// tells. Throws Error with the file and the place where something is missing, damaged or unknown.

#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/io/keras/archive.hpp"
#include "tanuki/io/keras/legacy_h5.hpp"
#include "tanuki/io/keras/version.hpp"
#include "tanuki/io/keras/weights_h5.hpp"
#include "tanuki/io/probe_key.hpp"

namespace tanuki {

/// A weight file of Keras, open.
class KerasWeightsFile {
 public:
  explicit KerasWeightsFile(const std::string& path) : path_(path) {
    auto mapped = std::make_shared<MappedFile>(path);
    const auto bytes = mapped->bytes();
    const std::string_view start(reinterpret_cast<const char*>(bytes.data()),
                                 std::min<std::size_t>(bytes.size(), 4));
    if (bytes.empty()) fail("[keras] '", path, "': the file is empty");
    if (bytes.size() > 8 && bytes[8] == std::byte('{') && start != "PK\3\4") {
      fail("[keras] '", path, "': it looks like a safetensors file, expected .keras, .weights.h5 or .h5");
    }
    if (start == "PK\3\4") {
      archive_ = std::make_unique<KerasArchive>(path);
      member_ = std::make_unique<ZipMember>(archive_->weights());
      file_ = std::make_unique<Hdf5File>(*member_, path + ": model.weights.h5", member_->mapped());
    } else {
      file_ = std::make_unique<Hdf5File>(bytes, path, std::move(mapped));
    }
  }

  const std::string& path() const { return path_; }
  const Hdf5File& hdf5() const { return *file_; }
  /// A whole .keras file; null for weights alone.
  const KerasArchive* archive() const { return archive_.get(); }
  bool is_legacy() const {
    KerasContents ignored;
    return !archive_ && LegacyH5Reader(*file_, ignored).is_legacy();
  }
  /// The file's probe, where it carries one.
  std::optional<std::string> probe() const { return file_->text("", probe_key); }

  /// What is in it, by names as far as the file tells them; no number is read.
  KerasContents contents() const {
    KerasContents contents;
    if (archive_) {
      contents.format = "keras";
      const auto metadata = archive_->metadata();
      if (metadata.contains("keras_version") && metadata["keras_version"].is_string())
        contents.keras_version = metadata["keras_version"].get<std::string>();
      KerasWeightsReader(*file_, contents).read(archive_->config());
    } else if (is_legacy()) {
      contents.format = "legacy h5";
      LegacyH5Reader(*file_, contents).read();
    } else {
      contents.format = "weights.h5";
      KerasWeightsReader(*file_, contents).read(nullptr);
    }
    std::set<std::string_view> names;
    for (const KerasTensor& tensor : contents.tensors) {
      if (!names.insert(tensor.name).second)
        fail("[keras] '", path_, "': '", tensor.name, "' is there twice");
    }
    return contents;
  }

 private:
  std::string path_;
  std::unique_ptr<KerasArchive> archive_;
  std::unique_ptr<ZipMember> member_;
  std::unique_ptr<Hdf5File> file_;
};

struct NamedTensor {
  std::string name;  // "xception/block1_conv1/kernel"
  Tensor<Cpu> value;
};

/// What a Keras file holds, with its numbers.
struct KerasWeights {
  std::vector<NamedTensor> tensors;  // layer by layer
  std::vector<std::string> ignored;  // what was seen and left: the optimizer, states of random generators
  std::string format;                // "keras", "weights.h5" or "legacy h5"
  std::string keras_version;         // empty where the file does not say
  std::optional<std::string> probe;  // where the file carries one
};

inline KerasWeights read_keras_weights(const std::string& path) {
  const KerasWeightsFile file(path);
  KerasContents contents = file.contents();
  KerasWeights result{{}, std::move(contents.ignored), contents.format, contents.keras_version, file.probe()};
  for (KerasTensor& tensor : contents.tensors)
    result.tensors.push_back({std::move(tensor.name), file.hdf5().read(tensor.dataset)});
  return result;
}

}  // namespace tanuki
