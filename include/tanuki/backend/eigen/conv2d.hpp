#pragma once

// Convolutions on the CPU as matrix products of the patches under the window, (positions, kernel height ·
// kernel width · in), with the kernel. A 1x1 convolution without strides reads the image itself; otherwise
// the patches are copied out for one block of positions at a time, or read from copied lines (patch_lines.hpp).

#include "tanuki/backend/eigen/patch_lines.hpp"
#include "tanuki/ops/conv2d.hpp"

namespace tanuki::ops {

template <>
struct Conv2DKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, const WindowGeometry& geometry, View x, View kernel,
                      TensorView<Cpu> y) {
    const Index out = kernel.shape.back();
    with_rows(geometry, x.data, [&](const auto& rows) {
      eigen::multiply(context, y.size() / out, rows, matrix(kernel), y.data, out);
    });
  }

  static void backward_kernel(Context<Cpu>& context, const WindowGeometry& geometry, View x, View dy,
                              TensorView<Cpu> dkernel) {
    const Index out = dkernel.shape.back();
    with_rows(geometry, x.data, [&](const auto& rows) {
      eigen::multiply_transposed(context, rows, dkernel.size() / out,
                                 eigen::dense(dy.data, dy.size() / out, out), dkernel.data);
    });
  }

  /// The gradients of the patches, block by block, each added to the pixels that it was copied from.
  static void backward_input(Context<Cpu>& context, const WindowGeometry& geometry, View dy, View kernel,
                             TensorView<Cpu> dx) {
    const eigen::Matrix transposed = matrix(kernel).transposed();
    const Index out = kernel.shape.back(), patch = transposed.columns;
    if (geometry.is_pointwise()) {
      eigen::multiply(context, dy.size() / out, eigen::PlainRows{dy.data, out}, transposed, dx.data, patch);
      return;
    }
    struct KernelScratch;
    float* memory = Context<Cpu>::scratch<KernelScratch>(eigen::PackedMatrix::size(transposed));
    backward_input(context, geometry, dy, eigen::PackedMatrix::pack(context, transposed, memory), dx);
  }

  /// The same with the kernel's transpose packed, in float32 or bfloat16.
  template <class Packed>
  static void backward_input(Context<Cpu>& context, const WindowGeometry& geometry, View dy,
                             const Packed& packed, TensorView<Cpu> dx) {
    struct PatchScratch;
    const Index out = packed.depth, patch = packed.columns, positions = geometry.positions();
    const Index image_size = geometry.rows.in * geometry.columns.in * geometry.channels;
    const Index most = std::min(positions, std::max<Index>((Index{1} << 18) / patch, 12));
    context.parallel(dx.shape.front(), [&](Index image, int) {
      std::fill_n(dx.data + image * image_size, image_size, 0.0f);
      for (Index first = 0; first < positions; first += most) {
        const Index count = std::min(most, positions - first), row = image * positions + first;
        float* patches = Context<Cpu>::scratch<PatchScratch>(count * patch);
        const eigen::PlainRows rows{dy.data + row * out, out};
        if constexpr (std::is_same_v<Packed, eigen::PackedMatrix>) {
          eigen::multiply(context, count, rows, packed, patches, patch);
        } else {
          eigen::multiply_bf16(context, count, rows, packed, patches, patch);
        }
        for (Index i = 0; i < count; ++i) {
          const Index y = (first + i) / geometry.columns.out, x = (first + i) % geometry.columns.out;
          eigen::Patches::each_run(geometry, image, y, x, [&](Index at, Index in_patch, Index length) {
            eigen::kernels().add(dx.data + at, dx.data + at, patches + i * patch + in_patch, length);
          });
        }
      }
    });
  }

 private:
  static eigen::Matrix matrix(View kernel) {
    const Index out = kernel.shape.back();
    return eigen::dense(kernel.data, kernel.size() / out, out);
  }

  /// body(the patches of x as rows of a matrix).
  template <class Body>
  static void with_rows(const WindowGeometry& geometry, const float* x, Body body) {
    if (geometry.is_pointwise()) {
      body(eigen::PlainRows{x, geometry.channels});
    } else {
      body(eigen::Patches(x, geometry));
    }
  }
};

}  // namespace tanuki::ops
