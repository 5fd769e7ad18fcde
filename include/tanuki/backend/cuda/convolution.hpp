#pragma once

// Convolutions over all channels on the GPU: by the device itself where it does them (device_convolution.hpp), else as matrix
// products (convolution_rows.hpp).

#include "tanuki/backend/cuda/device_convolution.hpp"
#include "tanuki/ops/op.hpp"

namespace tanuki::gpu {

class DenseConvolution {
 public:
  /// relu: the input is read through one.
  DenseConvolution(Context<Cuda>& context, const ops::WindowGeometry& g, bool relu, Precision precision)
      : context_(context), g_(g), relu_(relu), precision_(precision), rows_(context, g, relu, precision) {}

  /// Floats that it works in: forward, and backward to what is wanted.
  Index floats(Index images, Index outputs, ops::Wanted wanted) const {
    Index most = floats_of(ConvolutionResult::output, images, outputs);
    if (wanted.inputs) most = std::max(most, floats_of(ConvolutionResult::input_gradient, images, outputs));
    if (wanted.weights) most = std::max(most, floats_of(ConvolutionResult::kernel_gradient, images, outputs));
    return most;
  }

  /// y = relu_after(convolution + addend + bias); the last two may be null.
  void forward(const float* x, Index images, const float* kernel, Index outputs, const float* addend,
               const float* bias, bool relu_after, float* y) const {
    if (const auto own = by_device(ConvolutionResult::output, images, outputs, {x, y}))
      return own->forward(x, kernel, addend, bias, relu_after, y);
    rows_.forward(x, images, kernel, outputs, addend, bias, relu_after, y);
  }

  void kernel_gradient(const float* x, Index images, const float* dy, Index outputs, float* dkernel) const {
    if (const auto own = by_device(ConvolutionResult::kernel_gradient, images, outputs, {x, dy}))
      return own->kernel_gradient(x, dy, dkernel);
    rows_.kernel_gradient(x, images, dy, outputs, dkernel);
  }

  /// x: where there is a ReLU; dx is 0 where x is not positive.
  void input_gradient(const float* x, Index images, const float* dy, Index outputs, const float* kernel,
                      float* dx) const {
    if (const auto own = by_device(ConvolutionResult::input_gradient, images, outputs, {dy, dx}))
      return own->input_gradient(x, dy, kernel, dx);
    rows_.input_gradient(x, images, dy, outputs, kernel, dx);
  }

 private:
  std::optional<DeviceConvolution> by_device(ConvolutionResult result, Index images, Index outputs,
                                             std::initializer_list<const float*> tensors) const {
    if (!std::all_of(tensors.begin(), tensors.end(), &DeviceConvolution::can_lie_at)) return {};
    return DeviceConvolution::find(context_, result, g_, relu_, precision_, images, outputs);
  }
  Index floats_of(ConvolutionResult result, Index images, Index outputs) const {
    const auto own = by_device(result, images, outputs, {});
    return own ? own->floats() : ConvolutionRows::floats(g_, relu_, images);
  }

  Context<Cuda>& context_;
  const ops::WindowGeometry& g_;
  bool relu_;
  Precision precision_;
  ConvolutionRows rows_;
};

}  // namespace tanuki::gpu
