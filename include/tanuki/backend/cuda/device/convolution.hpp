#pragma once

// A convolution that a device is given to do, where it does convolutions itself.

#include <compare>

#include "tanuki/backend/cuda/device/work.hpp"

namespace tanuki::gpu {

/// Which of a convolution's tensors is made of the two others.
enum class ConvolutionResult { output, input_gradient, kernel_gradient };

/// Its window along the height or the width.
struct ConvolutionAxis {
  long long in, out, taps, stride, dilation;
  long long before, after;  ///< zeros around the numbers that are there
  auto operator<=>(const ConvolutionAxis&) const = default;
};

/// What can be known of it before there is memory.
struct ConvolutionForm {
  ConvolutionResult result;
  long long images, channels, outputs;
  ConvolutionAxis rows, columns;
  Precision precision;
  auto operator<=>(const ConvolutionForm&) const = default;

  long long input_size() const { return images * rows.in * columns.in * channels; }
  long long output_size() const { return images * rows.out * columns.out * outputs; }
  long long kernel_size() const { return outputs * rows.taps * columns.taps * channels; }
};

/// Images are (images, height, width, channels), the kernel is (outputs, height, width, channels). All begin at a multiple of
/// 16 bytes.
struct Convolution {
  ConvolutionForm form;
  const float *a, *b;  ///< for y: x and the kernel; for dx: dy and the kernel; for dkernel: x and dy
  float* c;
  void* workspace;  ///< as large as the device says for the form
  bool operator==(const Convolution&) const = default;
};

}  // namespace tanuki::gpu
