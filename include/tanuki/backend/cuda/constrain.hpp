#pragma once

// Constraints on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/constrain.hpp"

namespace tanuki::ops {

template <>
struct ConstrainKernel<Cuda> {
  static void non_negative(Context<Cuda>& context, TensorView<Cuda> weight) {
    context.launch_over(weight.size(), "elementwise", "non_negative", weight.data, weight.size());
  }
  static void norm(Context<Cuda>& context, const AxisRows& rows, const NormTarget& target,
                   TensorView<Cuda> weight) {
    if (weight.size() == 0) return;
    struct Places;
    const Index *starts = nullptr, *steps = nullptr;
    if (!rows.contiguous()) {
      auto places = rows.starts;
      places.insert(places.end(), rows.steps.begin(), rows.steps.end());
      const auto bytes = places.size() * sizeof(Index);
      auto* there = reinterpret_cast<Index*>(Context<Cuda>::scratch<Places>(2 * Index(places.size())));
      context.device().copy_from_host(context.device().main_stream(), there, places.data(), bytes);
      starts = there, steps = there + rows.starts.size();
    }
    context.launch("optimizers", "constrain_norm", {unsigned(rows.count)}, {256}, weight.data, starts, steps,
                   rows.size, int(target.unit), target.min, target.max, target.rate, target.rest);
  }
};

}  // namespace tanuki::ops
