#pragma once

// What the data tests share: a folder that is gone afterwards, image files made on the spot, passes read out.

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tanuki/data/dataset.hpp"
#include "tanuki/data/image.hpp"
#include "tanuki/data/stb.hpp"

namespace test {

using Bytes = std::vector<std::uint8_t>;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "tanuki-test-XXXXXX").string();
    if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void write(const std::filesystem::path& path, const Bytes& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(bytes.data()), std::streamsize(bytes.size()));
}

/// The pixels of scripts/reference/resize.py.
inline Bytes pattern(tanuki::Index count) {
  Bytes pixels(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = std::uint8_t((i * i * 7 + i * 31) % 251);
  return pixels;
}

inline Bytes encode(const std::string& kind, int height, int width, int channels, const Bytes& pixels) {
  using namespace tanuki::stb;
  Bytes file;
  const auto append = [](void* to, void* bytes, int count) {
    const auto* begin = static_cast<const std::uint8_t*>(bytes);
    static_cast<Bytes*>(to)->insert(static_cast<Bytes*>(to)->end(), begin, begin + count);
  };
  int done = 0;
  if (kind == "png") done = stbi_write_png_to_func(append, &file, width, height, channels, pixels.data(), 0);
  if (kind == "bmp") done = stbi_write_bmp_to_func(append, &file, width, height, channels, pixels.data());
  if (kind == "jpg") done = stbi_write_jpg_to_func(append, &file, width, height, channels, pixels.data(), 90);
  if (!done) throw std::runtime_error("cannot make a " + kind);
  return file;
}

/// A picture of one colour: told apart by its first value wherever it goes.
inline Bytes plain(const std::string& kind, int height, int width, std::uint8_t value) {
  return encode(kind, height, width, 3, Bytes(std::size_t(height * width * 3), value));
}

/// 2 x 1: red, blue.
inline Bytes gif() {
  return {'G', 'I',  'F', '8', '9', 'a', 2, 0, 1, 0, 0x80, 0, 0, 255,  0,    0, 0,   0,
          255, 0x2C, 0,   0,   0,   0,   2, 0, 1, 0, 0,    2, 2, 0x44, 0x0A, 0, 0x3B};
}

/// The first value of x of every element of a pass.
inline std::vector<float> firsts(const tanuki::Dataset& dataset, tanuki::Index epoch = 0) {
  std::vector<float> values;
  for (auto pass = dataset.iterate(epoch); auto example = pass->next();)
    values.push_back(example->x.data()[0]);
  return values;
}

/// All values of x of a pass, batched or not.
inline std::vector<float> all(const tanuki::Dataset& dataset, tanuki::Index epoch = 0) {
  std::vector<float> values;
  for (auto pass = dataset.iterate(epoch); auto example = pass->next();) {
    const auto x = example->x.to_vector();
    values.insert(values.end(), x.begin(), x.end());
  }
  return values;
}

inline std::vector<float> numbers(int first, int last) {
  std::vector<float> values;
  for (int i = first; i < last; ++i) values.push_back(float(i));
  return values;
}

inline std::vector<float> sorted(std::vector<float> values) {
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace test
