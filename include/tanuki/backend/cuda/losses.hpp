#pragma once

// What the losses share on the GPU: a value for each number or row, their sum, and the first label out of range.

#include "tanuki/backend/cuda/sums.hpp"
#include "tanuki/ops/loss.hpp"

namespace tanuki::gpu {

class LossValues {
 public:
  explicit LossValues(Context<Cuda>& context, Index count)
      : context_(context), count_(count), place_(context) {
    struct Values;  // and what is summed up of them
    memory_ = Context<Cuda>::scratch_of_doubles<Values>(count + most_parts);
  }

  double* values() const { return memory_; }
  long long* bad_label() const { return place_.from_behind(); }

  /// Divided by `columns`.
  Later<ops::LossSum> sum(Index columns = 1) const {
    const Index parts = sum_parts(count_);
    double* partial = memory_ + count_;
    context_.launch("sums", "sum_doubles", {unsigned(parts)}, {256}, static_cast<const double*>(memory_),
                    count_, partial);
    context_.launch("sums", "sum_doubles", {1}, {256}, static_cast<const double*>(partial), parts,
                    place_.sum());
    return [place = place_, count = count_, columns] {
      const Reading found = place.read();
      return ops::LossSum{found.sum / double(columns),
                          found.from_behind > 0 ? count - Index(found.from_behind) : Index{-1}};
    };
  }

 private:
  static constexpr Index most_parts = 512;

  Context<Cuda>& context_;
  Index count_;
  ReadingPlace place_;
  double* memory_;
};

/// How many of `count` numbers or rows a weight stands for.
inline Index numbers_a_weight(ConstTensorView<Cuda> weights, Index count) {
  return weights && weights.size() ? std::max<Index>(count / weights.size(), 1) : std::max<Index>(count, 1);
}

}  // namespace tanuki::gpu
