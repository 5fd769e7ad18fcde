#pragma once

// Counting matches on the CPU.

#include <algorithm>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki::ops {

template <>
struct AccuracyKernel<Cpu> {
  static Index binary(Context<Cpu>& context, float threshold, ConstTensorView<Cpu> labels,
                      ConstTensorView<Cpu> predictions) {
    return count(context, predictions.size(), 1,
                 [=](Index i) { return labels.data[i] == (predictions.data[i] > threshold ? 1.0f : 0.0f); });
  }

  static Index categorical(Context<Cpu>& context, ConstTensorView<Cpu> labels,
                           ConstTensorView<Cpu> predictions) {
    const Index classes = predictions.shape.back();
    return count(context, predictions.size() / classes, classes, [=](Index row) {
      return largest(labels.data + row * classes, classes) ==
             largest(predictions.data + row * classes, classes);
    });
  }

  static Index sparse(Context<Cpu>& context, ConstTensorView<Cpu> labels, ConstTensorView<Cpu> predictions) {
    const Index classes = predictions.shape.back();
    return count(context, predictions.size() / classes, classes, [=](Index row) {
      return labels.data[row] == float(largest(predictions.data + row * classes, classes));
    });
  }

 private:
  template <class Match>
  static Index count(Context<Cpu>& context, Index rows, Index columns, Match match) {
    return eigen::block_sum<Index>(context, rows, eigen::rows_per_block(columns),
                                   [=](Index first, Index last) {
                                     Index matches = 0;
                                     for (Index row = first; row < last; ++row) matches += match(row);
                                     return matches;
                                   });
  }

  static Index largest(const float* scores, Index classes) {
    return std::max_element(scores, scores + classes) - scores;
  }
};

}  // namespace tanuki::ops
