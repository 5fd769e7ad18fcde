#pragma once

// Affine transforms of images on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/affine_transform.hpp"

namespace tanuki::ops {

template <>
struct AffineTransformKernel<Cuda> {
  static void forward(Context<Cuda>& context, std::span<const AffineMatrix> matrices,
                      const AffineSampling& sampling, ConstTensorView<Cuda> x, TensorView<Cuda> y) {
    struct Matrices;
    static_assert(sizeof(AffineMatrix) == 6 * sizeof(float));
    const auto count = Index(matrices.size()) * 6;
    if (count == 0) return;
    float* there = Context<Cuda>::scratch<Matrices>(count);
    Memory<Cuda>::from_host(there, &matrices[0].a0, std::size_t(count));
    const float* read = there;
    context.launch_over(y.size(), "images", "affine_transform", x.data, read, y.data, int(sampling.fill_mode),
                        int(sampling.bilinear), sampling.fill_value, int(x.shape[1]), int(x.shape[2]),
                        int(x.shape[3]), y.size());
  }
};

}  // namespace tanuki::ops
