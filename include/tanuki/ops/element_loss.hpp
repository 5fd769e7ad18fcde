#pragma once

// Losses that compare number with number; a row's value is the mean over the last axis.
// (keras/src/losses/losses.py) With y the label, p the prediction, e = p - y and ε = 1e-7:
//   squared_error              e²
//   absolute_error             |e|
//   absolute_percentage_error  100·|e| / max(|y|, ε)
//   squared_logarithmic_error  (log(max(p, ε) + 1) - log(max(y, ε) + 1))²
//   huber                      e²/2 where |e| ≤ delta, else delta·|e| - delta²/2
//   log_cosh                   e + log(1 + exp(-2e)) - log 2
//   poisson                    p - y·log(p + ε)
//   hinge                      max(1 - y·p, 0); labels that are all 0 or 1 become -1 or 1
//   squared_hinge              its square
//   binary_crossentropy        logits z: max(z, 0) - z·y + log1p(exp(-|z|)); probabilities p:
//                              -(y·log(p) + (1 - y)·log(1 - p)), p clipped to [ε, 1 - ε], no gradient where it was
//   binary_focal_crossentropy  that, times (1 - p_t)^gamma, p_t = y·p + (1 - y)·(1 - p), and if balanced times
//                              y·alpha + (1 - y)·(1 - alpha)
// Smoothing s of the binary ones: y becomes y·(1 - s) + s/2. Unlike in Keras, a label of theirs outside [0, 1] is an
// Error: the formulas mean nothing there.

#include "tanuki/ops/loss.hpp"

namespace tanuki::ops {

enum class ElementLoss {
  squared_error,
  absolute_error,
  absolute_percentage_error,
  squared_logarithmic_error,
  huber,
  log_cosh,
  poisson,
  hinge,
  squared_hinge,
  binary_crossentropy,
  binary_focal_crossentropy
};

struct ElementLossArguments {
  double delta = 1;            ///< huber
  bool from_logits = false;    ///< the binary ones
  double label_smoothing = 0;  ///< the binary ones
  bool balanced = false;       ///< focal
  double alpha = 0.25, gamma = 2;
};

/// A backend gives: run(context, kind, arguments, pass): the weighted sum over all rows, now or later; it writes the
/// gradient of factor times that sum unless pass.gradient is null. The binary ones report a label out of range.
template <class B>
struct ElementLossKernel {
  static_assert(backend_missing<B>,
                "this backend has no element_loss kernel: include tanuki/tanuki.hpp or tanuki/cuda.hpp");
};

/// Throws Error where labels or weights do not fit; later, where labels are out of range.
template <class B>
Later<float> element_loss(Context<B>& context, std::string_view name, ElementLoss kind,
                          const ElementLossArguments& arguments, Reduction reduction,
                          const LossPass<B>& pass) {
  check_paired_labels(name, pass.labels.shape, pass.predictions.shape);
  const double divisor = loss_divisor(name, reduction, rows_of(pass.predictions.shape), pass.weights);
  return reduce_loss<B>(
      name, divisor, pass,
      [&](const LossPass<B>& full) { return ElementLossKernel<B>::run(context, kind, arguments, full); },
      "a number from 0 to 1");
}

}  // namespace tanuki::ops
