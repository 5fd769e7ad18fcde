#pragma once

// Labelled images from a folder, after keras.utils.image_dataset_from_directory: every sub-folder is a class,
// in alphabetical order 0, 1, …; in it, at any depth, the files .jpg .jpeg .png .bmp .gif (in any case) are
// its images, sorted by folder and name. What begins with a dot is ignored. Values are 0 … 255, float32.
// Throws Error, with the path, where there is no such folder, no class, a class without images, or a wrong
// number of classes for binary labels. A bad file is reported and skipped when it is met; a pass that meets the
// last file of a class of which none can be read throws.

#include <algorithm>
#include <filesystem>
#include <string>

#include "tanuki/data/image_files.hpp"

namespace tanuki {

using ImageFolderOptions = ImageFilesOptions;  // class_names: sub-folders to use
using ImageFolder = LabelledFiles;

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
                                            const ImageFolderOptions& options = {}) {
  const std::string name = "[image_dataset_from_directory] '" + directory.string() + "'";
  check_image_files_options(name, options);
  return image_files_dataset(name, list_image_folder(directory, options.class_names), options);
}

}  // namespace tanuki
