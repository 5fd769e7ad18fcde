#pragma once

// Depth first: runs of forward steps that take a batch some images at a time, so that what one step writes is
// in the cache when the next reads it. Each thread takes the next images through all steps of a segment.

#include <algorithm>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

/// What the cut looks at, of one forward step.
struct StepSize {
  Index per_image;   ///< floats that it reads and writes for one image
  bool per_example;  ///< Op::per_example()
};

struct Segment {
  std::size_t begin, end;  ///< the forward steps [begin, end)
  Index images;            ///< at a time; 0: the whole batch at once

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// As many images at a time as a step's floats fill a cache with, at most 16. A segment takes the fewest that one of its steps
/// does; it goes on while that is no less than a quarter of where it began, and a step takes no more than twice as many.
inline std::vector<Segment> find_segments(const std::vector<StepSize>& steps,
                                          Index cache_floats = Index{1} << 20) {
  std::vector<Segment> segments;
  Index first = 0;  // images at the last segment's first step
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Index images = steps[i].per_example
                             ? std::clamp<Index>(cache_floats / std::max<Index>(steps[i].per_image, 1), 1, 16)
                             : 0;
    const bool fits = !segments.empty() && (images == 0) == (first == 0) &&
                      images <= 2 * segments.back().images && 4 * images >= first;
    if (fits) {
      segments.back().end = i + 1;
      segments.back().images = std::min(segments.back().images, images);
    } else {
      segments.push_back({i, i + 1, images});
      first = images;
    }
  }
  return segments;
}

}  // namespace tanuki
