#pragma once

// Looks for infinities and NaN on the GPU.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/ops/finite.hpp"

namespace tanuki::ops {

template <>
struct FiniteKernel<Cuda> {
  static bool all(Context<Cuda>& context, ConstTensorView<Cuda> x) {
    return first(context, std::span(&x, 1)) == 1;
  }

  /// Waits once for all of them.
  static std::size_t first(Context<Cuda>& context, std::span<const ConstTensorView<Cuda>> tensors) {
    struct Marks;
    if (tensors.empty()) return 0;
    const std::size_t bytes = tensors.size() * sizeof(int);
    int* const marks = reinterpret_cast<int*>(Context<Cuda>::scratch<Marks>(Index(tensors.size())));
    gpu::Device& device = context.device();
    device.zero(device.main_stream(), marks, bytes);
    gpu::for_lists<gpu::TensorList>(
        tensors.size(),
        [&](gpu::TensorList& list, int place, std::size_t i) {
          list.data[place] = tensors[i].data, list.number[place] = int(i);
          return tensors[i] ? tensors[i].size() : 0;
        },
        [&](const gpu::TensorList& list, unsigned blocks) {
          context.launch("sums", "mark_not_finite", {blocks}, {256}, list, marks);
        });
    std::vector<int> found(tensors.size());
    device.copy_to_host(device.main_stream(), found.data(), marks, bytes);
    return std::size_t(std::find(found.begin(), found.end(), 1) - found.begin());
  }
};

}  // namespace tanuki::ops
