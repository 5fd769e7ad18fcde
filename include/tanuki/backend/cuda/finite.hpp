#pragma once

// Looks for infinities and NaN on the GPU.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/backend/cuda/readings.hpp"
#include "tanuki/ops/finite.hpp"

namespace tanuki::ops {

template <>
struct FiniteKernel<Cuda> {
  static Later<std::size_t> first(Context<Cuda>& context, std::span<const ConstTensorView<Cuda>> tensors) {
    if (tensors.empty()) return std::size_t{0};
    const gpu::ReadingPlace found(context);
    gpu::for_lists<gpu::TensorList>(
        tensors.size(),
        [&](gpu::TensorList& list, int place, std::size_t i) {
          list.data[place] = tensors[i].data, list.number[place] = int(i);
          return tensors[i] ? tensors[i].size() : 0;
        },
        [&](const gpu::TensorList& list, unsigned blocks) {
          context.launch("sums", "mark_not_finite", {blocks}, {256}, list, found.from_behind(),
                         static_cast<long long>(tensors.size()));
        });
    return [found, count = tensors.size()] { return count - std::size_t(found.read().from_behind); };
  }
};

}  // namespace tanuki::ops
