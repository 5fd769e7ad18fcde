#pragma once

// Curves over epochs as an SVG picture.

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/io/plots/curves.hpp"
#include "tanuki/io/plots/svg_surface.hpp"

namespace tanuki {

/// The picture as SVG text.
inline std::string svg_curves(const std::vector<CurvePanel>& panels, const CurvesOptions& options = {}) {
  return plots::draw_curves(panels, options,
                            [](int width, int height) { return plots::SvgSurface(width, height); })
      .text();
}

/// Throws Error, with the path, where the file cannot be written.
inline void write_svg_curves(const std::string& path, const std::vector<CurvePanel>& panels,
                             const CurvesOptions& options = {}) {
  AtomicFile file(path);
  file.write(svg_curves(panels, options));
  file.commit();
}

}  // namespace tanuki
