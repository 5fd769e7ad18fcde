#pragma once

// Gradients in bounds on the GPU, many a launch. Norms stay there: the host does not wait for them.

#include "tanuki/backend/cuda/lists.hpp"
#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/clip.hpp"

namespace tanuki::ops {

template <>
struct ClipKernel<Cuda> {
  /// On the device: of each update a factor and a divisor.
  using Scales = const float*;

  static Scales scales(Context<Cuda>& context, float limit, bool together, WeightUpdates<Cuda> updates) {
    struct Squares;
    struct Factors;
    const Index count = Index(updates.size());
    double* squares = Context<Cuda>::scratch_of_doubles<Squares>(count);
    float* scales = Context<Cuda>::scratch<Factors>(2 * count);
    square_sums(context, updates, squares);
    context.launch("clip", "clip_scales", {1}, {256}, static_cast<const double*>(squares), limit,
                   int(together), scales, count);
    return scales;
  }
  static void scale(Context<Cuda>& context, Scales scales, std::size_t first, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "clip", "scale_each", updates, scales + 2 * first);
  }

  static void scale(Context<Cuda>& context, ConstTensorView<Cuda> x, float factor, float divisor,
                    TensorView<Cuda> y) {
    context.launch_over(y.size(), "elementwise", "scale", x.data, factor, divisor, y.data, y.size());
  }
  static void clamp(Context<Cuda>& context, float limit, WeightUpdates<Cuda> updates) {
    gpu::update_weights(context, "clip", "clamp_each", updates, limit);
  }

 private:
  /// Of the gradients, each summed up in the parts that sum_of() takes.
  static void square_sums(Context<Cuda>& context, WeightUpdates<Cuda> updates, double* squares) {
    struct Parts;
    constexpr Index most = Index(std::size(gpu::TensorList{}.size));
    double* parts = Context<Cuda>::scratch_of_doubles<Parts>(most * gpu::sum_parts(Index{1} << 30));
    context.device().zero(context.device().main_stream(), squares, updates.size() * sizeof(double));
    gpu::for_lists<gpu::TensorList>(
        updates.size(),
        [&](gpu::TensorList& list, int place, std::size_t i) {
          list.data[place] = updates[i].gradient, list.number[place] = int(i);
          return updates[i].size;
        },
        [&](const gpu::TensorList& list, unsigned blocks) {
          context.launch("clip", "sum_squares", {blocks}, {256}, list, parts);
          context.launch("clip", "sum_parts", {unsigned(list.count)}, {256}, list,
                         static_cast<const double*>(parts), squares);
        },
        gpu::sum_parts);
  }
};

}  // namespace tanuki::ops
