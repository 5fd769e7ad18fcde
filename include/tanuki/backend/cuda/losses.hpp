#pragma once

// What the losses share on the GPU: a value for each number or row, their sum, and the first label out of range.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki::gpu {

class LossValues {
 public:
  explicit LossValues(Context<Cuda>& context, Index count) : context_(context), count_(count) {
    struct Values;
    // The values, what is summed up of them, the sum, the bad label.
    memory_ = Context<Cuda>::scratch_of_doubles<Values>(count + most_parts + 2);
    context.device().zero(context.device().main_stream(), bad_label(), sizeof(double));
  }

  double* values() const { return memory_; }
  long long* bad_label() const { return reinterpret_cast<long long*>(result() + 1); }

  /// Waits for it.
  ops::LossSum sum() const {
    const Index parts = sum_parts(count_);
    double* partial = memory_ + count_;
    context_.launch("sums", "sum_doubles", {unsigned(parts)}, {256}, static_cast<const double*>(memory_),
                    count_, partial);
    context_.launch("sums", "sum_doubles", {1}, {256}, static_cast<const double*>(partial), parts, result());
    struct {
      double sum;
      long long bad_label;
    } found;
    context_.device().copy_to_host(context_.device().main_stream(), &found, result(), sizeof found);
    return {found.sum, found.bad_label > 0 ? count_ - Index(found.bad_label) : Index{-1}};
  }

 private:
  static constexpr Index most_parts = 512;

  double* result() const { return memory_ + count_ + most_parts; }

  Context<Cuda>& context_;
  Index count_;
  double* memory_;
};

/// How many of `count` numbers or rows a weight stands for.
inline Index numbers_a_weight(ConstTensorView<Cuda> weights, Index count) {
  return weights && weights.size() ? std::max<Index>(count / weights.size(), 1) : std::max<Index>(count, 1);
}

}  // namespace tanuki::gpu
