#pragma once

// Convolutions in groups on the CPU: for each group a product of the patches of its channels with its columns of the
// kernel.

#include "tanuki/backend/eigen/gemm.hpp"
#include "tanuki/backend/eigen/pooling.hpp"
#include "tanuki/ops/grouped_conv2d.hpp"

namespace tanuki::eigen {

/// The patches of `channels` of an image's channels, from `images` on, as the A of a matrix product.
class GroupPatches {
 public:
  static constexpr bool in_place = false;

  GroupPatches(const float* images, const ops::WindowGeometry& geometry, Index channels)
      : images_(images), geometry_(geometry), channels_(channels) {}

  void copy(Index first, Index count, float* to, Index stride) const {
    const auto& [rows, columns, all_channels] = geometry_;
    const Index taps = rows.kernel * columns.kernel, image_size = rows.in * columns.in * all_channels;
    for (Index i = first; i < first + count; ++i, to += stride) {
      const Index row = i / columns.out % rows.out, column = i % columns.out;
      const float* image = images_ + i / geometry_.positions() * image_size;
      if (taps_on_image(geometry_, row, column) < taps) std::fill_n(to, taps * channels_, 0.0f);
      each_tap(geometry_, row, column,
               [&](Index pixel, Index tap) { std::copy_n(image + pixel, channels_, to + tap * channels_); });
    }
  }

 private:
  const float* images_;
  const ops::WindowGeometry& geometry_;
  Index channels_;
};

}  // namespace tanuki::eigen

namespace tanuki::ops {

template <>
struct GroupedConv2DKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, const WindowGeometry& geometry, View x, View kernel,
                      TensorView<Cpu> y) {
    const Groups groups(geometry, kernel.shape);
    for (Index g = 0; g < groups.count; ++g) {
      const eigen::GroupPatches patches(x.data + g * groups.in, geometry, groups.in);
      eigen::multiply(context, y.size() / groups.all_out, patches, groups.kernel(kernel.data, g),
                      y.data + g * groups.out, groups.all_out);
    }
  }

  static void backward_kernel(Context<Cpu>& context, const WindowGeometry& geometry, View x, View dy,
                              TensorView<Cpu> dkernel) {
    struct ProductScratch;
    const Groups groups(geometry, dkernel.shape);
    float* product = Context<Cpu>::scratch<ProductScratch>(groups.patch * groups.out);
    for (Index g = 0; g < groups.count; ++g) {
      const eigen::GroupPatches patches(x.data + g * groups.in, geometry, groups.in);
      const eigen::Matrix gradient{dy.data + g * groups.out, dy.size() / groups.all_out, groups.out,
                                   groups.all_out};
      eigen::multiply_transposed(context, patches, groups.patch, gradient, product);
      for (Index row = 0; row < groups.patch; ++row) {
        std::copy_n(product + row * groups.out, groups.out,
                    dkernel.data + row * groups.all_out + g * groups.out);
      }
    }
  }

  /// The gradients of the patches, image by image, each added to the pixels that it was copied from.
  static void backward_input(Context<Cpu>& context, const WindowGeometry& geometry, View dy, View kernel,
                             TensorView<Cpu> dx) {
    struct PatchScratch;
    const Groups groups(geometry, kernel.shape);
    const Index positions = geometry.positions(), image_size = dx.size() / dx.shape.front(),
                most = std::min(positions, std::max<Index>((Index{1} << 18) / groups.patch, 12));
    context.parallel(dx.shape.front(), [&](Index image, int) {
      float* to_image = dx.data + image * image_size;
      std::fill_n(to_image, image_size, 0.0f);
      float* patches = Context<Cpu>::scratch<PatchScratch>(most * groups.patch);
      for (Index g = 0; g < groups.count; ++g) {
        for (Index first = 0; first < positions; first += most) {
          const Index count = std::min(most, positions - first);
          const float* gradient = dy.data + (image * positions + first) * groups.all_out + g * groups.out;
          eigen::multiply(context, count, eigen::PlainRows{gradient, groups.all_out},
                          groups.kernel(kernel.data, g).transposed(), patches, groups.patch);
          for (Index i = 0; i < count; ++i) {
            const Index y = (first + i) / geometry.columns.out, x = (first + i) % geometry.columns.out;
            eigen::each_tap(geometry, y, x, [&](Index pixel, Index tap) {
              float* to = to_image + pixel + g * groups.in;
              eigen::kernels().add(to, to, patches + i * groups.patch + tap * groups.in, groups.in);
            });
          }
        }
      }
    });
  }

 private:
  struct Groups {
    Index count, in, out;  ///< groups, and the channels of one
    Index all_out, patch;

    Groups(const WindowGeometry& geometry, const Shape& kernel)
        : count(geometry.channels / kernel[kernel.rank() - 2]),
          in(geometry.channels / count),
          out(kernel.back() / count),
          all_out(kernel.back()),
          patch(kernel.elements() / all_out) {}

    /// Its columns of the kernel.
    eigen::Matrix kernel(const float* data, Index group) const {
      return {data + group * out, patch, out, all_out};
    }
  };
};

}  // namespace tanuki::ops
