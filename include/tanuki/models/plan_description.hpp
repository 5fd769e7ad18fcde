#pragma once

// plan.describe(): what was fused, what runs depth first, and the memory of each step.

#include "tanuki/core/format.hpp"
#include "tanuki/models/plan.hpp"

namespace tanuki {
namespace detail {

/// "1.5 MiB"
inline std::string mib(Index floats) {
  return fixed(double(floats) * double(sizeof(float)) / (1 << 20), 2) + " MiB";
}

}  // namespace detail

/// A line for each segment and step, for batches of `batch` images on so many threads:
///   segment 1, 1 image at a time: 7.91 MiB a thread
///     block1_conv1  conv2d 3x3 strides (2, 2) + batch_normalization + relu -> (74, 74, 32)  0.67 MiB an image
/// A step with a backward ends in "backward"; one that writes over its input in "in place".
template <class B>
std::string Plan<B>::describe(Index batch, Index threads) const {
  const Layouts layouts(schedule_, batch, threads);
  const auto& forward = schedule_.forward();
  std::set<std::size_t> trained;
  for (const auto& run : schedule_.backward()) trained.insert(run.step);
  std::string text =
      std::to_string(forward.size()) + " steps forward, " + std::to_string(schedule_.backward().size()) +
      " backward; batches of " + std::to_string(batch) + " on " + std::to_string(threads) + " threads take " +
      detail::mib(layouts.shared.size) + " and " + detail::mib(layouts.local_size) + " a thread\n";
  for (std::size_t s = 0; s < schedule_.segments().size(); ++s) {
    const Segment& segment = schedule_.segments()[s];
    text += "segment " + std::to_string(s + 1);
    text += segment.images ? ", " + std::to_string(layouts.images[s]) +
                                 (layouts.images[s] == 1 ? " image" : " images") + " at a time"
                           : ", whole batches";
    text += ": " + detail::mib(layouts.local[s].size) + " a thread\n";
    for (std::size_t k = segment.begin; k < segment.end; ++k) {
      const Step& step = graph_->steps()[forward[k].step];
      const Shape& shape = graph_->shape(step.output);
      text += "  " + step.path + "  " + step.op->describe() + " -> " + shape.str() + "  ";
      const bool in_place = schedule_.value(step.inputs[0]) == schedule_.value(step.output);
      text += in_place ? "in place" : detail::mib(shape.elements()) + " an image";
      if (trained.count(forward[k].step)) text += ", backward";
      text += '\n';
    }
  }
  return text;
}

}  // namespace tanuki
