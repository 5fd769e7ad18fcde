#pragma once

// Max pooling on the CPU. Forward shares out rows of windows, backward images.

#include <algorithm>

#include "tanuki/backend/eigen/pooling.hpp"
#include "tanuki/backend/eigen/simd.hpp"
#include "tanuki/ops/max_pool2d.hpp"

namespace tanuki::ops {

template <>
struct MaxPool2DKernel<Cpu> {
  static void forward(Context<Cpu>& context, const WindowGeometry& geometry, ConstTensorView<Cpu> x,
                      TensorView<Cpu> y, TensorView<Cpu> taps) {
    const Index row_size = geometry.columns.out * geometry.channels;
    const Index image_size = geometry.rows.in * geometry.columns.in * geometry.channels;
    context.parallel(x.shape[0] * geometry.rows.out, [&](Index task, int) {
      const float* image = x.data + task / geometry.rows.out * image_size;
      for (Index column = 0; column < geometry.columns.out; ++column) {
        const Index place = task * row_size + column * geometry.channels;
        const Index row = task % geometry.rows.out;
        if (taps) {
          largest(geometry, row, column, image, y.data + place, taps.data + place);
        } else {
          largest(geometry, row, column, image, y.data + place);
        }
      }
    });
  }

  static void backward(Context<Cpu>& context, const WindowGeometry& geometry, ConstTensorView<Cpu> taps,
                       ConstTensorView<Cpu> dy, TensorView<Cpu> dx) {
    const Index in_size = dx.size() / dx.shape[0], out_size = dy.size() / dy.shape[0];
    context.parallel(dx.shape[0], [&](Index n, int) {
      float* image = dx.data + n * in_size;
      std::fill_n(image, in_size, 0.0f);
      for (Index position = 0; position < geometry.positions(); ++position) {
        const float* gradient = dy.data + n * out_size + position * geometry.channels;
        const float* chosen = taps.data + n * out_size + position * geometry.channels;
        eigen::each_tap(geometry, position / geometry.columns.out, position % geometry.columns.out,
                        [&](Index pixel, Index number) {
                          eigen::kernels().add_of_tap(image + pixel, gradient, chosen, float(number),
                                                      geometry.channels);
                        });
      }
    });
  }

 private:
  /// One window's result in y, and the tap it came from.
  static void largest(const WindowGeometry& geometry, Index row, Index column, const float* image, float* y,
                      float* taps) {
    bool first = true;
    eigen::each_tap(geometry, row, column, [&](Index pixel, Index number) {
      const float* x = image + pixel;
      const float tap = float(number);
      if (first) {
        std::copy_n(x, geometry.channels, y);
        std::fill_n(taps, geometry.channels, tap);
      } else {
        eigen::kernels().larger_tap(y, taps, x, tap, geometry.channels);
      }
      first = false;
    });
  }

  static void largest(const WindowGeometry& geometry, Index row, Index column, const float* image, float* y) {
    bool first = true;
    eigen::each_tap(geometry, row, column, [&](Index pixel, Index) {
      const float* x = image + pixel;
      if (first) {
        std::copy_n(x, geometry.channels, y);
      } else {
        eigen::kernels().larger(y, x, geometry.channels);
      }
      first = false;
    });
  }
};

}  // namespace tanuki::ops
