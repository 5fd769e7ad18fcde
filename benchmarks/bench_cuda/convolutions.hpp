#pragma once

// Convolutions of windows of more than a pixel, by cuDNN and as products of rows that are copied together.

#include "calls.hpp"

namespace tanuki::bench {

inline void time_convolutions(Context<Cuda>& context, Index batch, int reps) {
  std::puts(
      "\n"
      "| convolution | precision | pass | cuDNN: ms | TFLOP/s | as rows: ms | TFLOP/s |\n"
      "| --- | --- | --- | --- | --- | --- | --- |");
  struct Layer {
    Index side, in, out, taps, stride;
  };
  for (const Layer& is :
       {Layer{224, 3, 64, 7, 2}, Layer{150, 3, 32, 3, 2}, Layer{112, 64, 64, 3, 1}, Layer{56, 128, 128, 3, 1},
        Layer{28, 256, 256, 3, 1}, Layer{14, 512, 512, 3, 1}, Layer{56, 128, 128, 3, 2}}) {
    const auto geometry =
        ops::Window{is.taps, is.stride, ops::Padding::same}.over({is.side, is.side, is.in}, "conv2d");
    const Index side = geometry.rows.out;
    const Tensor<Cuda> x = filled({batch, is.side, is.side, is.in}), dy = filled({batch, side, side, is.out}),
                       kernel = filled({is.taps, is.taps, is.in, is.out});
    Tensor<Cuda> dx(x.shape()), y(dy.shape()), dkernel(kernel.shape());
    using Kernel = ops::Conv2DKernel<Cuda>;
    const struct {
      const char* name;
      gpu::ConvolutionResult result;
      std::function<void()> run;
    } passes[] = {{"y", gpu::ConvolutionResult::output,
                   [&] { Kernel::forward(context, geometry, x.view(), kernel.view(), y.view()); }},
                  {"dx", gpu::ConvolutionResult::input_gradient,
                   [&] { Kernel::backward_input(context, geometry, dy.view(), kernel.view(), dx.view()); }},
                  {"dw", gpu::ConvolutionResult::kernel_gradient,
                   [&] { Kernel::backward_kernel(context, geometry, x.view(), dy.view(), dkernel.view()); }}};
    for (const bool tf32 : {false, true}) {
      context.tf32(tf32);
      for (const auto& pass : passes) {
        context.cudnn(true);
        const bool has = gpu::DeviceConvolution::find(context, pass.result, geometry, false,
                                                      context.precision(false), batch, is.out)
                             .has_value();
        const double gigaflops =
            2e-9 * double(batch * geometry.positions() * is.out * is.in * is.taps * is.taps);
        std::printf("| %d × %d, %d → %d, %d × %d / %d | %s | %s |", int(is.side), int(is.side), int(is.in),
                    int(is.out), int(is.taps), int(is.taps), int(is.stride), tf32 ? "TF32" : "float32",
                    pass.name);
        for (const bool cudnn : {true, false}) {
          context.cudnn(cudnn);
          if (cudnn && !has) {
            std::printf(" none | |");
            continue;
          }
          const double ms = milliseconds_a_call(context, reps, pass.run);
          std::printf(" %.4f | %.1f |", ms, gigaflops / ms);
        }
        std::puts("");
      }
    }
  }
  context.tf32(false), context.cudnn(true);
  std::puts("");
}

}  // namespace tanuki::bench
