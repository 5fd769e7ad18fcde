#pragma once

// A drawing into a file whose name says what it is: .svg or .png.

#include <filesystem>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/data/write_png.hpp"
#include "tanuki/io/plots/pixel_surface.hpp"
#include "tanuki/io/plots/svg_surface.hpp"

namespace tanuki::plots {

/// draw(make) draws on what make(width, height) gives, and returns that. Throws Error for another ending, and, with the
/// path, where the file cannot be written.
template <class Draw>
void write_plot(const std::filesystem::path& path, const Draw& draw) {
  const std::string ending = path.extension().string();
  if (ending == ".svg") {
    AtomicFile file(path.string());
    file.write(draw([](int width, int height) { return SvgSurface(width, height); }).text());
    file.commit();
  } else if (ending == ".png") {
    write_png(path, draw([](int width, int height) { return PixelSurface(width, height); }).image());
  } else {
    fail("[plot] '", path.string(), "': a file that ends in .svg or .png is expected");
  }
}

}  // namespace tanuki::plots
