#pragma once

// How many predictions match their labels. (keras/src/metrics/accuracy_metrics.py)
//   binary:       p > threshold, strictly and with no sigmoid, equals the label
//   categorical:  the first largest score stands where the first largest label does
//   sparse:       the first largest score stands at the label's number

#include "tanuki/core/context.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

/// A backend gives the counts: binary(context, threshold, labels, predictions), categorical(context, labels,
/// predictions), sparse(context, labels, predictions). Classes lie along the predictions' last axis.
template <class B>
struct AccuracyKernel {
  static_assert(backend_missing<B>,
                "this backend has no accuracy kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

}  // namespace tanuki::ops
