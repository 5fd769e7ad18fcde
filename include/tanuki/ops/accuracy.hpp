#pragma once

// How many predictions match their labels. (keras/src/metrics/accuracy_metrics.py)
//   equal:        p is the label
//   binary:       p > threshold, strictly and with no sigmoid, equals the label
//   categorical:  the first largest score stands where the first largest label does
//   sparse:       the first largest score stands at the label's number
//   top_k:        fewer than k scores are above that of the label's class; the score is finite

#include "tanuki/core/context.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

/// A backend gives the sum of the matches' weights (null: all 1): equal(context, labels, predictions, weights),
/// binary(context, threshold, …), categorical(context, …), sparse(context, …), top_k(context, k, one_hot, …).
/// Classes lie along the predictions' last axis.
template <class B>
struct AccuracyKernel {
  static_assert(backend_missing<B>,
                "this backend has no accuracy kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
