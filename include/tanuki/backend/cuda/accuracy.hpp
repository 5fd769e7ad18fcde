#pragma once

// Counting matches on the GPU, a thread a row.

#include "tanuki/backend/cuda/losses.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki::ops {

template <>
struct AccuracyKernel<Cuda> {
  using View = ConstTensorView<Cuda>;

  static Later<double> equal(Context<Cuda>& context, View labels, View predictions, View weights) {
    return count(context, 0, predictions.size(), 1, labels, predictions, weights);
  }
  static Later<double> binary(Context<Cuda>& context, float threshold, View labels, View predictions,
                              View weights) {
    return count(context, 1, predictions.size(), 1, labels, predictions, weights, threshold);
  }
  static Later<double> categorical(Context<Cuda>& context, View labels, View predictions, View weights) {
    const Index classes = predictions.shape.back();
    return count(context, 2, predictions.size() / classes, classes, labels, predictions, weights);
  }
  static Later<double> sparse(Context<Cuda>& context, View labels, View predictions, View weights) {
    const Index classes = predictions.shape.back();
    return count(context, 3, predictions.size() / classes, classes, labels, predictions, weights);
  }
  static Later<double> top_k(Context<Cuda>& context, Index k, bool one_hot, View labels, View predictions,
                             View weights) {
    const Index classes = predictions.shape.back();
    return count(context, one_hot ? 5 : 4, predictions.size() / classes, classes, labels, predictions,
                 weights, 0, k);
  }

 private:
  /// `kind` as in kernels/row_pairs.inc.
  static Later<double> count(Context<Cuda>& context, int kind, Index rows, Index classes, View labels,
                             View predictions, View weights, float threshold = 0, Index k = 0) {
    if (rows == 0) return 0.0;
    const gpu::LossValues values(context, rows);
    context.launch_over(rows, "row_pairs", "matches", kind, threshold, int(std::min<Index>(k, classes)),
                        int(classes), labels.data, predictions.data, weights.data,
                        gpu::numbers_a_weight(weights, rows), values.values(), rows);
    return then(values.sum(), [](const LossSum& found) { return found.sum; });
  }
};

}  // namespace tanuki::ops
