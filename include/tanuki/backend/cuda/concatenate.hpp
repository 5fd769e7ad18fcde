#pragma once

// Tensors one after the other on the GPU.

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/concatenate.hpp"

namespace tanuki::ops {

template <>
struct ConcatenateKernel<Cuda> {
  static void forward(Context<Cuda>& context, std::span<const ConstTensorView<Cuda>> inputs,
                      const std::vector<Index>& widths, TensorView<Cuda> y) {
    Index first = 0;
    const Index whole = sum(widths), none = 0;
    for (std::size_t i = 0; i < inputs.size(); first += widths[i++])
      context.launch_over(inputs[i].size(), "elementwise", "copy_columns", inputs[i].data, y.data, widths[i],
                          none, whole, first, widths[i], inputs[i].size());
  }
  static void backward(Context<Cuda>& context, const std::vector<Index>& widths, ConstTensorView<Cuda> dy,
                       std::span<const TensorView<Cuda>> gradients) {
    Index first = 0;
    const Index whole = sum(widths), none = 0;
    for (std::size_t i = 0; i < gradients.size(); first += widths[i++]) {
      if (gradients[i])
        context.launch_over(gradients[i].size(), "elementwise", "copy_columns", dy.data, gradients[i].data,
                            whole, first, widths[i], none, widths[i], gradients[i].size());
    }
  }

 private:
  static Index sum(const std::vector<Index>& widths) {
    Index all = 0;
    for (Index width : widths) all += width;
    return all;
  }
};

}  // namespace tanuki::ops
