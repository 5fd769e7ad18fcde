#pragma once

// Loading a model, in limited time; one whose compile settings are no condition.

#include <iostream>
#include <string>
#include <vector>

#include "tanuki/keras.hpp"
#include "tanuki/reading_limit.hpp"

namespace tool {

/// Without compile settings. `shapes`: for Inputs whose sizes are left open.
template <class B>
tanuki::Model<B> load_to_predict(const std::string& path, const std::vector<tanuki::Shape>& shapes) {
  const ReadingLimit limit(path);
  return tanuki::load_keras<B>(path, {.compile = false, .input_shapes = shapes});
}

/// With the compile settings of the file. Where these cannot be read: an Error if they are needed, else without them, and
/// stderr says why.
template <class B = tanuki::Cpu>
tanuki::Model<B> load(const std::string& path, const std::vector<tanuki::Shape>& shapes,
                      bool settings_needed) {
  const ReadingLimit limit(path);
  std::string reason;
  try {
    return tanuki::load_keras<B>(path, {.input_shapes = shapes});
  } catch (const tanuki::Error& error) {
    if (settings_needed) throw;
    reason = error.what();
  }
  auto model = load_to_predict<B>(path, shapes);
  std::cerr << "tanuki: without the file's compile settings: " << reason << '\n';
  return model;
}

}  // namespace tool
