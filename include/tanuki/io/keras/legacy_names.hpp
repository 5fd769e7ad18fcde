#pragma once

// A list of names in a legacy .h5, an attribute that is split over "layer_names0", "layer_names1" … where it is too long for
// an object's header. (keras/src/legacy/saving/legacy_h5_format.py: load_attributes_from_hdf5_group)

#include <optional>
#include <string>
#include <vector>

#include "tanuki/io/keras/hdf5.hpp"

namespace tanuki::keras {

/// Nothing where there is no such attribute. Throws Error where it is no text.
inline std::optional<std::vector<std::string>> legacy_names(const Hdf5File& file, const std::string& path,
                                                            const std::string& attribute) {
  auto list = file.texts(path, attribute);
  if (list) return list;
  for (int part = 0; auto more = file.texts(path, attribute + std::to_string(part)); ++part) {
    if (!list) list.emplace();
    list->insert(list->end(), more->begin(), more->end());
  }
  return list;
}

}  // namespace tanuki::keras
