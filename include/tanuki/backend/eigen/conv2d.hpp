#pragma once

// Convolutions on the CPU as matrix products of the patches under the window, (positions, kernel height ·
// kernel width · in), with the kernel. A 1x1 convolution without strides reads the image itself; otherwise
// the patches are copied out for one block of positions at a time.

#include <cstring>

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/ops/conv2d.hpp"

namespace tanuki::eigen {

/// The patches of a batch of images, as the A of a matrix product.
class Patches {
 public:
  static constexpr bool in_place = false;

  Patches(const float* images, const ops::WindowGeometry& geometry) : images_(images), geometry_(geometry) {}

  /// Writes `count` patches, from number `first` on.
  void copy(Index first, Index count, float* to) const {
    const Index size = geometry_.rows.kernel * geometry_.columns.kernel * geometry_.channels;
    for (Index patch = first; patch < first + count; ++patch, to += size) {
      if (on_padding(patch)) std::fill_n(to, size, 0.0f);
      each_run(geometry_, patch, [&](Index at, Index in_patch, Index length) {
        copy_run(images_ + at, to + in_patch, length);
      });
    }
  }

  /// body(in images, in patch, length) for every row of the patch, as far as it lies on the image.
  template <class Body>
  static void each_run(const ops::WindowGeometry& g, Index patch, Body body) {
    const Index image = patch / g.positions(), y = patch % g.positions() / g.columns.out,
                x = patch % g.columns.out;
    const Index first = g.columns.first_tap(x), length = (g.columns.end_tap(x) - first) * g.channels;
    const Index top = image * g.rows.in + g.rows.start(y), left = g.columns.start(x) + first;
    for (Index tap = g.rows.first_tap(y); tap < g.rows.end_tap(y); ++tap) {
      body(((top + tap) * g.columns.in + left) * g.channels, (tap * g.columns.kernel + first) * g.channels,
           length);
    }
  }

 private:
  bool on_padding(Index patch) const {
    const auto on = [](const ops::WindowAxis& axis, Index at) {
      return axis.start(at) < 0 || axis.start(at) + axis.kernel > axis.in;
    };
    const Index columns = geometry_.columns.out;
    return on(geometry_.columns, patch % columns) || on(geometry_.rows, patch / columns % geometry_.rows.out);
  }

  /// Short runs (nine floats in a net's first layer) are not worth a call of memcpy.
  static void copy_run(const float* from, float* to, Index length) {
    if (length < 4 || length > 64) {
      std::memcpy(to, from, std::size_t(length) * sizeof(float));
      return;
    }
    for (Index i = 0; i + 4 <= length; i += 4) std::memcpy(to + i, from + i, 16);
    std::memcpy(to + length - 4, from + length - 4, 16);
  }

  const float* images_;
  ops::WindowGeometry geometry_;
};

}  // namespace tanuki::eigen

namespace tanuki::ops {

template <>
struct Conv2DKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, const WindowGeometry& geometry, View x, View kernel,
                      TensorView<Cpu> y) {
    const Index out = kernel.shape[3];
    with_rows(geometry, x.data, [&](const auto& rows) {
      eigen::multiply(context, y.size() / out, rows, matrix(kernel), y.data, out);
    });
  }

  static void backward_kernel(Context<Cpu>& context, const WindowGeometry& geometry, View x, View dy,
                              TensorView<Cpu> dkernel) {
    const Index out = dkernel.shape[3];
    with_rows(geometry, x.data, [&](const auto& rows) {
      eigen::multiply_transposed(context, rows, dkernel.size() / out,
                                 eigen::dense(dy.data, dy.size() / out, out), dkernel.data);
    });
  }

  /// The gradients of the patches, block by block, each added to the pixels that it was copied from.
  static void backward_input(Context<Cpu>& context, const WindowGeometry& geometry, View dy, View kernel,
                             TensorView<Cpu> dx) {
    const eigen::Matrix transposed = matrix(kernel).transposed();
    const Index out = kernel.shape[3], patch = transposed.columns, positions = geometry.positions();
    if (is_pointwise(geometry)) {
      eigen::multiply(context, dy.size() / out, eigen::PlainRows{dy.data, out}, transposed, dx.data, patch);
      return;
    }
    struct KernelScratch;
    struct PatchScratch;
    float* memory = Context<Cpu>::scratch<KernelScratch>(eigen::PackedMatrix::size(transposed));
    const auto packed = eigen::PackedMatrix::pack(context, transposed, memory);
    const Index image_size = geometry.rows.in * geometry.columns.in * geometry.channels;
    const Index most = std::min(positions, std::max<Index>((Index{1} << 18) / patch, 12));
    context.parallel(dx.shape.front(), [&](Index image, int) {
      std::fill_n(dx.data + image * image_size, image_size, 0.0f);
      for (Index first = 0; first < positions; first += most) {
        const Index count = std::min(most, positions - first), row = image * positions + first;
        float* patches = Context<Cpu>::scratch<PatchScratch>(count * patch);
        eigen::multiply(context, count, eigen::PlainRows{dy.data + row * out, out}, packed, patches, patch);
        for (Index i = 0; i < count; ++i) {
          eigen::Patches::each_run(geometry, row + i, [&](Index at, Index in_patch, Index length) {
            eigen::kernels().add(dx.data + at, dx.data + at, patches + i * patch + in_patch, length);
          });
        }
      }
    });
  }

 private:
  static bool is_pointwise(const WindowGeometry& g) {
    return g.rows.kernel == 1 && g.columns.kernel == 1 && g.rows.stride == 1 && g.columns.stride == 1;
  }

  static eigen::Matrix matrix(View kernel) {
    return eigen::dense(kernel.data, kernel.size() / kernel.shape[3], kernel.shape[3]);
  }

  /// body(the patches of x as rows of a matrix).
  template <class Body>
  static void with_rows(const WindowGeometry& geometry, const float* x, Body body) {
    if (is_pointwise(geometry)) {
      body(eigen::PlainRows{x, geometry.channels});
    } else {
      body(eigen::Patches(x, geometry));
    }
  }
};

}  // namespace tanuki::ops
