#pragma once

// What the trainings of tests/resume learn from: noise with a cross or a square, in tensors and in files.

#include <filesystem>
#include <fstream>
#include <string>

#include "tanuki/tanuki.hpp"

namespace resume {

using namespace tanuki;

constexpr Index side = 12;

inline Dataset squares_and_crosses(Index count, std::uint64_t seed) {
  Tensor<> x(Shape{count, side, side, 3}), y(Shape{count, 1});
  const Random random{seed, hash("pictures")};
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = float(random.uniform(std::uint64_t(i)));
  for (Index i = 0; i < count; ++i) {
    y.data()[i] = float(i % 2);
    for (Index k = 2; k < 10; ++k) x.data()[((i * side + k) * side + (i % 2 ? k : 5)) * 3] = 2;
  }
  return Dataset::from_tensors(std::move(x), std::move(y));
}

/// The same as PNG files, drawn where they are not there yet, and one that cannot be decoded.
inline Dataset photos(const std::string& folder, Index count, std::uint64_t seed) {
  namespace fs = std::filesystem;
  auto pass = squares_and_crosses(count, seed).iterate(0);
  for (Index i = 0; i < count; ++i) {
    const auto drawn = pass->next();
    const fs::path path =
        fs::path(folder) / (i % 2 ? "crosses" : "squares") / (std::to_string(100 + i) + ".png");
    if (fs::exists(path)) continue;
    fs::create_directories(path.parent_path());
    Image image{side, side, {}};
    for (float value : drawn->x.to_vector()) image.pixels.push_back(std::uint8_t(127 * value));
    write_png(path, image);
  }
  std::ofstream(fs::path(folder) / "crosses/110.png") << "no picture";
  return image_dataset_from_directory(folder, {.label_mode = LabelMode::binary,
                                               .batch_size = 0,
                                               .image_size = {side, side},
                                               .seed = 3,
                                               .on_bad_file = [](const BadFile&) {}});
}

}  // namespace resume
