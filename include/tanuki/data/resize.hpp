#pragma once

// Resizing as tf.image.resize(method="bilinear", antialias=False) does it, to the bit: half-pixel centres,
// borders clamped, float32 arithmetic. Source: tensorflow/core/kernels/image/resize_bilinear_op.cc.
// Images and tensors are (height, width, channels). Throws Error on an empty image or a size below 1.

#include <algorithm>
#include <cmath>
#include <vector>

#include "tanuki/data/image.hpp"

namespace tanuki {

namespace resize_detail {

/// Which two inputs an output lies between, and how far on the way to the second.
struct Tap {
  Index lower, upper;
  float weight;
};

inline std::vector<Tap> taps(Index in, Index out) {
  std::vector<Tap> taps(static_cast<std::size_t>(out));
  const float scale = float(in) / float(out);
  for (Index i = 0; i < out; ++i) {
    const float at = (float(i) + 0.5f) * scale - 0.5f;
    const float floor = std::floor(at);
    taps[std::size_t(i)] = {std::max(Index(floor), Index{0}), std::min(Index(std::ceil(at)), in - 1),
                            at - floor};
  }
  return taps;
}

/// A window into an image: `stride` numbers from one row to the next.
template <class T>
struct Window {
  const T* data;
  Index height, width, channels, stride;
};

template <class T>
Tensor<Cpu> bilinear(const Window<T>& in, ImageSize size) {
  if (size.height < 1 || size.width < 1)
    fail("[resize] to (", size.height, ", ", size.width, "): expected at least (1, 1)");
  if (in.height < 1 || in.width < 1)
    fail("[resize] an image of (", in.height, ", ", in.width, ") has no pixels");
  Tensor<Cpu> resized(Shape{size.height, size.width, in.channels});
  const std::vector<Tap> rows = taps(in.height, size.height), columns = taps(in.width, size.width);
  float* out = resized.data();
  for (const Tap& row : rows) {
    const T* upper = in.data + row.lower * in.stride;
    const T* lower = in.data + row.upper * in.stride;
    for (const Tap& column : columns) {
      const Index left = column.lower * in.channels, right = column.upper * in.channels;
      for (Index c = 0; c < in.channels; ++c) {
        const float top_left = float(upper[left + c]), bottom_left = float(lower[left + c]);
        const float top = top_left + (float(upper[right + c]) - top_left) * column.weight;
        const float bottom = bottom_left + (float(lower[right + c]) - bottom_left) * column.weight;
        *out++ = top + (bottom - top) * row.weight;
      }
    }
  }
  return resized;
}

/// keras.preprocessing.image.smart_resize: the largest centred crop with the aspect ratio of `size`.
template <class T>
Window<T> crop_to_aspect_ratio(Window<T> in, ImageSize size) {
  if (size.height < 1 || size.width < 1 || in.height < 1 || in.width < 1) return in;  // bilinear() rejects it
  const Index height = std::clamp(in.width * size.height / size.width, Index{1}, in.height);
  const Index width = std::clamp(in.height * size.width / size.height, Index{1}, in.width);
  in.data += (in.height - height) / 2 * in.stride + (in.width - width) / 2 * in.channels;
  in.height = height;
  in.width = width;
  return in;
}

inline Window<std::uint8_t> window(const Image& image) {
  const Shape shape = image_shape(image);
  return {image.pixels.data(), shape[0], shape[1], shape[2], shape[1] * shape[2]};
}

inline Window<float> window(ConstTensorView<Cpu> x) {
  if (x.shape.rank() != 3)
    fail("[resize] a tensor of shape ", x.shape, " was given, expected (height, width, channels)");
  return {x.data, x.shape[0], x.shape[1], x.shape[2], x.shape[1] * x.shape[2]};
}

}  // namespace resize_detail

/// tf.image.resize(image, size): distorts where the aspect ratios differ.
inline Tensor<Cpu> resize_bilinear(const Image& image, ImageSize size) {
  return resize_detail::bilinear(resize_detail::window(image), size);
}
inline Tensor<Cpu> resize_bilinear(ConstTensorView<Cpu> x, ImageSize size) {
  return resize_detail::bilinear(resize_detail::window(x), size);
}

/// keras.preprocessing.image.smart_resize(image, size): crops instead of distorting.
inline Tensor<Cpu> smart_resize(const Image& image, ImageSize size) {
  using namespace resize_detail;
  return bilinear(crop_to_aspect_ratio(window(image), size), size);
}
inline Tensor<Cpu> smart_resize(ConstTensorView<Cpu> x, ImageSize size) {
  using namespace resize_detail;
  return bilinear(crop_to_aspect_ratio(window(x), size), size);
}

}  // namespace tanuki
