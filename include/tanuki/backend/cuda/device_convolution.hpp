#pragma once

// A convolution that the device does itself: on a GPU, by cuDNN. The device takes the kernel with its outputs first, so that a
// copy of it is turned over; a ReLU before it and what comes after it are passes of their own.

#include <array>
#include <cstdint>
#include <optional>

#include "tanuki/backend/cuda/convolution_rows.hpp"
#include "tanuki/ops/activation.hpp"

namespace tanuki::gpu {

class DeviceConvolution {
 public:
  /// Nothing where the device does not do it.
  static std::optional<DeviceConvolution> find(Context<Cuda>& context, ConvolutionResult result,
                                               const ops::WindowGeometry& g, bool relu, Precision precision,
                                               Index images, Index outputs) {
    const bool many_pixels = g.rows.kernel * g.columns.kernel > 1;
    if (!context.cudnn() || !many_pixels || precision == Precision::bfloat16 || images < 1) return {};
    const ConvolutionForm form{.result = result,
                               .images = images,
                               .channels = g.channels,
                               .outputs = outputs,
                               .rows = axis(g.rows),
                               .columns = axis(g.columns),
                               .precision = precision};
    const auto bytes = context.device().workspace_of(form);
    if (!bytes) return {};
    return DeviceConvolution(context, form, relu, Index((*bytes + sizeof(float) - 1) / sizeof(float)));
  }

  /// What it works in.
  Index floats() const { return padded(form_.kernel_size()) + padded(relued_size()) + workspace_; }

  /// Where its tensors may lie.
  static bool can_lie_at(const float* data) { return reinterpret_cast<std::uintptr_t>(data) % 16 == 0; }

  /// y = relu_after(convolution + addend + bias); the last two may be null.
  void forward(const float* x, const float* kernel, const float* addend, const float* bias, bool relu_after,
               float* y) const {
    run(relued(x), outputs_first(kernel), y);
    if (addend || bias || relu_after)
      context_.launch_over(form_.output_size(), "elementwise", "finish", addend, bias, y, int(form_.outputs),
                           int(relu_after), Index(form_.output_size()));
  }

  void kernel_gradient(const float* x, const float* dy, float* dkernel) const {
    float* turned = room();
    run(relued(x), dy, turned);
    const Index channels = form_.channels, outputs = form_.outputs;
    turn({taps(), channels, outputs}, {channels, 1, taps() * channels}, turned, dkernel);
  }

  /// x: where there is a ReLU.
  void input_gradient(const float* x, const float* dy, const float* kernel, float* dx) const {
    run(dy, outputs_first(kernel), dx);
    if (relu_)
      context_.launch_over(form_.input_size(), "elementwise", "relu_mask", x, dx, Index(form_.input_size()));
  }

 private:
  DeviceConvolution(Context<Cuda>& context, const ConvolutionForm& form, bool relu, Index workspace)
      : context_(context), form_(form), relu_(relu), workspace_(workspace) {}

  /// As many zeros after as before, where that makes no more positions: cuDNN has more engines for it.
  static ConvolutionAxis axis(const ops::WindowAxis& of) {
    const Index least = of.start(of.out - 1) + of.extent() - of.in;
    const Index after = std::clamp(of.pad, std::max<Index>(least, 0), least + of.stride - 1);
    return {of.in, of.out, of.kernel, of.stride, of.dilation, of.pad, after};
  }

  Index taps() const { return form_.rows.taps * form_.columns.taps; }
  Index relued_size() const {
    return relu_ && form_.result != ConvolutionResult::input_gradient ? form_.input_size() : 0;
  }

  /// What follows begins at a multiple of 256 bytes.
  static Index padded(Index floats) { return (floats + 63) / 64 * 64; }
  /// First the turned kernel, then what a ReLU made of x, then the workspace.
  float* room() const { return ConvolutionRows::room(floats()); }

  const float* relued(const float* x) const {
    if (!relu_) return x;
    float* to = room() + padded(form_.kernel_size());
    context_.launch_over(form_.input_size(), "activation", "activation", int(ops::ActivationKind::relu), 0.0f,
                         0.0f, x, to, Index(form_.input_size()));
    return to;
  }
  const float* outputs_first(const float* kernel) const {
    float* to = room();
    const Index channels = form_.channels, outputs = form_.outputs;
    turn({outputs, taps(), channels}, {1, channels * outputs, outputs}, kernel, to);
    return to;
  }
  /// to (extent …) from where its axes have these strides.
  void turn(const std::array<Index, 3>& extent, const std::array<Index, 3>& stride, const float* from,
            float* to) const {
    Axes axes{};
    axes.rank = 3;
    for (std::size_t i = 0; i < 3; ++i) axes.extent[i] = extent[i], axes.stride[i] = stride[i];
    context_.launch_over(form_.kernel_size(), "broadcast", "gather", from, to, axes,
                         Index(form_.kernel_size()));
  }

  void run(const float* a, const float* b, float* c) const {
    void* workspace = room() + padded(form_.kernel_size()) + padded(relued_size());
    context_.convolve({.form = form_, .a = a, .b = b, .c = c, .workspace = workspace});
  }

  Context<Cuda>& context_;
  ConvolutionForm form_;
  bool relu_;
  Index workspace_;  ///< floats
};

}  // namespace tanuki::gpu
