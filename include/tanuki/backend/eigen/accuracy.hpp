#pragma once

// Counting matches on the CPU.

#include <algorithm>
#include <cmath>

#include "tanuki/backend/eigen/block_sum.hpp"
#include "tanuki/ops/accuracy.hpp"

namespace tanuki::ops {

template <>
struct AccuracyKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static double equal(Context<Cpu>& context, View labels, View predictions, View weights) {
    return count(context, predictions.size(), 1, weights,
                 [=](Index i) { return labels.data[i] == predictions.data[i]; });
  }

  static double binary(Context<Cpu>& context, float threshold, View labels, View predictions, View weights) {
    return count(context, predictions.size(), 1, weights,
                 [=](Index i) { return labels.data[i] == (predictions.data[i] > threshold ? 1.0f : 0.0f); });
  }

  static double categorical(Context<Cpu>& context, View labels, View predictions, View weights) {
    const Index classes = predictions.shape.back();
    return count(context, predictions.size() / classes, classes, weights, [=](Index row) {
      return largest(labels.data + row * classes, classes) ==
             largest(predictions.data + row * classes, classes);
    });
  }

  static double sparse(Context<Cpu>& context, View labels, View predictions, View weights) {
    const Index classes = predictions.shape.back();
    return count(context, predictions.size() / classes, classes, weights, [=](Index row) {
      return labels.data[row] == float(largest(predictions.data + row * classes, classes));
    });
  }

  static double top_k(Context<Cpu>& context, Index k, bool one_hot, View labels, View predictions,
                      View weights) {
    const Index classes = predictions.shape.back();
    return count(context, predictions.size() / classes, classes, weights, [=](Index row) {
      const float* scores = predictions.data + row * classes;
      const float number = one_hot ? float(largest(labels.data + row * classes, classes)) : labels.data[row];
      if (!(number >= 0 && number < float(classes))) return false;
      const float score = scores[Index(number)];
      const auto above = std::count_if(scores, scores + classes, [=](float other) { return other > score; });
      return std::isfinite(score) && above < k;
    });
  }

 private:
  template <class Match>
  static double count(Context<Cpu>& context, Index rows, Index columns, View weights, Match match) {
    const Index stride = weights && rows ? rows / weights.size() : 1;  // rows a weight
    return eigen::block_sum<double>(context, rows, eigen::rows_per_block(columns),
                                    [=](Index first, Index last) {
                                      double matches = 0;
                                      for (Index row = first; row < last; ++row) {
                                        if (!match(row)) continue;
                                        matches += weights ? double(weights.data[row / stride]) : 1.0;
                                      }
                                      return matches;
                                    });
  }

  static Index largest(const float* scores, Index classes) {
    return std::max_element(scores, scores + classes) - scores;
  }
};

}  // namespace tanuki::ops
