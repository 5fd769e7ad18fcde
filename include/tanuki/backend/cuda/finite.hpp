#pragma once

// Looks for infinities and NaN on the GPU.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/finite.hpp"

namespace tanuki::ops {

template <>
struct FiniteKernel<Cuda> {
  static bool all(Context<Cuda>& context, ConstTensorView<Cuda> x) {
    return gpu::sum_of(context, gpu::Sum::not_finite, x.data, x.size()) == 0;
  }

  /// Waits once for all of them.
  static std::size_t first(Context<Cuda>& context, std::span<const ConstTensorView<Cuda>> tensors) {
    struct Counts;
    if (tensors.empty()) return 0;
    double* counts = Context<Cuda>::scratch_of_doubles<Counts>(Index(tensors.size()));
    context.device().zero(context.device().main_stream(), counts, tensors.size() * sizeof(double));
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (tensors[i] && tensors[i].size())
        gpu::put_sum_of(context, gpu::Sum::not_finite, tensors[i].data, tensors[i].size(), counts + i);
    }
    std::vector<double> found(tensors.size());
    context.device().copy_to_host(context.device().main_stream(), found.data(), counts,
                                  found.size() * sizeof(double));
    return std::size_t(std::find_if(found.begin(), found.end(), [](double count) { return count != 0; }) -
                       found.begin());
  }
};

}  // namespace tanuki::ops
