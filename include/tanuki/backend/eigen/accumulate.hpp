#pragma once

// Sums of gradients on the CPU.

#include "tanuki/backend/eigen/elementwise.hpp"
#include "tanuki/ops/accumulate.hpp"

namespace tanuki::ops {

template <>
struct AccumulateKernel<Cpu> {
  static void sum(Context<Cpu>& context, ConstTensorView<Cpu> a, ConstTensorView<Cpu> b,
                  TensorView<Cpu> out) {
    eigen::elementwise(context, out.size(),
                       [a = a.data, b = b.data, out = out.data](Index i) { out[i] = a[i] + b[i]; });
  }
  static void add(Context<Cpu>& context, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates)
      eigen::elementwise(context, of.size,
                         [sum = of.weight, g = of.gradient](Index i) { sum[i] = sum[i] + g[i]; });
  }
  static void divide(Context<Cpu>& context, float divisor, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates)
      eigen::elementwise(context, of.size, [=, sum = of.weight](Index i) { sum[i] = sum[i] / divisor; });
  }
  static void clear(Context<Cpu>&, WeightUpdates<Cpu> updates) {
    for (const auto& of : updates) Memory<Cpu>::zero(of.weight, std::size_t(of.size));
  }
};

}  // namespace tanuki::ops
