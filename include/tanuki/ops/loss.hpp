#pragma once

// What the losses share: how the losses of a batch become one number. (keras/src/losses/loss.py)
// A loss has a value for each row of the predictions (their last axis); a weight stands for an example, or for
// one of its rows:
//   sum                      Σ w·value
//   sum_over_batch_size      Σ w·value / number of values (Keras' "mean" too)
//   mean_with_sample_weight  Σ w·value / Σ w
// Nothing is divided by 0: the loss is then 0.

#include <string>

#include "tanuki/core/context.hpp"
#include "tanuki/core/later.hpp"
#include "tanuki/ops/labels.hpp"

namespace tanuki::ops {

enum class Reduction { sum_over_batch_size, sum, mean_with_sample_weight };

/// Throws Error for a name that is none of Keras', and for "none": a loss to be trained is one number.
inline Reduction find_reduction(std::string_view loss, std::string_view name) {
  if (name == "sum_over_batch_size" || name == "mean") return Reduction::sum_over_batch_size;
  if (name == "sum") return Reduction::sum;
  if (name == "mean_with_sample_weight") return Reduction::mean_with_sample_weight;
  fail("[", loss, "] reduction is '", name,
       "', expected sum_over_batch_size, mean, sum or mean_with_sample_weight: a loss must be one number");
}

/// What a kernel is given: everything with the batch axis.
template <class B>
struct LossPass {
  ConstTensorView<B> labels, predictions;
  ConstTensorView<B> weights;  ///< null: all 1
  TensorView<B> gradient;      ///< null: not wanted
  float factor;                ///< of the gradient, besides the weight
};

/// Throws Error unless the weights stand for the first axes of `values`, at least for the examples; a last axis of
/// 1 does not count.
inline void check_sample_weight(std::string_view name, const Shape& weights, const Shape& values) {
  std::size_t rank = weights.rank();
  if (rank > 1 && weights.back() == 1 && (rank > values.rank() || values[rank - 1] != 1)) --rank;
  const bool fits = rank >= 1 && rank <= values.rank() &&
                    std::equal(weights.begin(), weights.begin() + rank, values.begin());
  if (fits) return;
  fail("[", name, "] sample_weight ", weights, " does not fit: expected a weight for each of ",
       values.front(), " examples, or one for each of the values ", values);
}

/// A value for each row: the predictions without their last axis, or one for each number of a flat batch.
inline Shape rows_of(const Shape& predictions) {
  return Shape(std::span(predictions.begin(), predictions.rank() > 1 ? predictions.rank() - 1 : 1));
}

template <class B>
double sum_of(ConstTensorView<B> weights) {
  std::vector<float> values(std::size_t(weights.size()));
  if (!values.empty()) Memory<B>::to_host(values.data(), weights.data, values.size());
  double sum = 0;
  for (float value : values) sum += double(value);
  return sum;
}

/// What the sum over values is divided by. Throws Error where the weights do not fit them.
template <class B>
double loss_divisor(std::string_view name, Reduction reduction, const Shape& values,
                    ConstTensorView<B> weights) {
  if (weights) check_sample_weight(name, weights.shape, values);
  const Index count = values.elements();
  if (reduction == Reduction::sum) return 1;
  if (reduction == Reduction::sum_over_batch_size || !weights) return double(count);
  return sum_of(weights) * double(count) / double(weights.size());
}

inline double divide_no_nan(double a, double b) { return b != 0 ? a / b : 0; }

/// Runs `kernel`, a LossSum (now or later) of a LossPass, and divides what it gives; the labels must stay until that is
/// asked for. It is an Error where a label was out of range, which says what was `expected`.
template <class B, class Kernel, class... Expected>
Later<float> reduce_loss(std::string_view name, double divisor, LossPass<B> pass, Kernel kernel,
                         const Expected&... expected) {
  pass.factor = float(divide_no_nan(1, divisor));
  return then(Later<LossSum>(kernel(pass)),
              [name = std::string(name), labels = pass.labels, divisor, expected...](const LossSum& loss) {
                check_labels(name, loss, labels, expected...);
                return float(divide_no_nan(loss.sum, divisor));
              });
}

}  // namespace tanuki::ops
