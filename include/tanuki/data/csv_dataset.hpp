#pragma once

// Labelled images from a CSV file (csv_file.hpp) with a column of paths and one of labels:
//   csv_dataset({.file = "pets.csv", .label_column = "species", .images = {.image_size = {150, 150}}})
// Relative paths begin at `root`, by default the folder of the file. The labels are the names of the classes, numbered 0, 1, …
// in alphabetical order, or by value where all are whole numbers. Throws Error, with the file and where there is one the line,
// for a file that cannot be read, a column that is not there, an empty path or label, or no record at all; bad images are met
// as in image_files.hpp.

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "tanuki/data/csv_file.hpp"
#include "tanuki/data/image_files.hpp"

namespace tanuki {

struct CsvDatasetOptions {
  std::filesystem::path file;
  std::string path_column = "path";
  std::string label_column = "label";
  std::filesystem::path root = {};  // empty: the folder that the file is in
  ImageFilesOptions images = {};    // class_names: labels to use; records of others are left out
};

namespace csv_dataset_detail {

inline std::optional<long long> whole_number(const std::string& text) {
  long long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

inline std::vector<std::string> in_order(const std::set<std::string>& labels) {
  std::vector<std::string> names(labels.begin(), labels.end());
  if (std::all_of(names.begin(), names.end(),
                  [](const auto& name) { return whole_number(name).has_value(); }))
    std::stable_sort(names.begin(), names.end(),
                     [](const auto& a, const auto& b) { return whole_number(a) < whole_number(b); });
  return names;
}

}  // namespace csv_dataset_detail

/// The files that it lists, in its order.
inline LabelledFiles list_csv(const CsvDatasetOptions& options) {
  CsvFile file(options.file);
  const std::size_t path_column = file.column(options.path_column),
                    label_column = file.column(options.label_column);
  const std::filesystem::path root = options.root.empty() ? options.file.parent_path() : options.root;

  std::vector<std::string> paths, labels;
  std::set<std::string> found;
  while (const auto record = file.next()) {
    const std::string &path = record->fields[path_column], &label = record->fields[label_column];
    if (path.empty()) file.refuse(record->line, "its ", options.path_column, " is empty");
    if (label.empty()) file.refuse(record->line, "its ", options.label_column, " is empty");
    paths.push_back((root / path).string());
    labels.push_back(label);
    found.insert(label);
  }
  if (paths.empty()) fail("'", file.name(), "': it has no records");

  LabelledFiles files{options.images.class_names, {}, {}};
  if (files.class_names.empty()) files.class_names = csv_dataset_detail::in_order(found);
  std::map<std::string, Index> number;
  for (const auto& name : files.class_names) {
    if (!number.emplace(name, Index(number.size())).second)
      fail("'", file.name(), "': class_names has '", name, "' twice");
    if (!found.contains(name)) fail("'", file.name(), "': it has no record of the class '", name, "'");
  }
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto at = number.find(labels[i]);
    if (at == number.end()) continue;
    files.file_paths.push_back(std::move(paths[i]));
    files.labels.push_back(at->second);
  }
  return files;
}

inline Dataset csv_dataset(const CsvDatasetOptions& options) {
  const std::string name = "[csv_dataset] '" + options.file.string() + "'";
  check_image_files_options(name, options.images);
  try {
    return image_files_dataset(name, list_csv(options), options.images);
  } catch (const Error& error) {
    const std::string message = error.what();
    throw Error(message.starts_with("[csv_dataset]") ? message : "[csv_dataset] " + message);
  }
}

}  // namespace tanuki
