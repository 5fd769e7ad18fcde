#pragma once

// Positives and negatives, true and false, at several thresholds: what AUC, Precision and Recall are worked out from.
// A prediction is positive where it is above the threshold; a label where it is not 0.
// (keras/src/metrics/metrics_utils.py: update_confusion_matrix_variables)

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/metrics/metric.hpp"

namespace tanuki {

struct ConfusionOptions {
  std::vector<float> thresholds;  ///< rising
  bool even = false;              ///< they cut [0, 1] evenly: then found in Keras' way, in float32
  std::optional<Index> top_k = std::nullopt;
  std::optional<Index> class_id = std::nullopt;
};

class Confusion {
 public:
  /// Throws Error, naming the metric, for a k below 1 or a class below 0.
  Confusion(std::string metric, ConfusionOptions options)
      : metric_(std::move(metric)), options_(std::move(options)) {
    if (options_.top_k && *options_.top_k < 1)
      fail("[", metric_, "] top_k is ", *options_.top_k, ", expected at least 1");
    if (options_.class_id && *options_.class_id < 0)
      fail("[", metric_, "] class_id is ", *options_.class_id, ", expected at least 0");
    reset();
  }

  void check(const Shape& labels, const Shape& predictions) const {
    ops::check_paired_labels(metric_, labels, predictions);
    const Index classes = predictions.rank() ? predictions.back() : 1;
    const Index needed = std::max(options_.top_k.value_or(1), options_.class_id.value_or(0) + 1);
    if (needed > classes)
      fail("[", metric_, "] predictions ", predictions, " have ", classes, " classes, expected at least ",
           needed);
  }

  template <class B>
  void update(ConstTensorView<B> labels, ConstTensorView<B> predictions, ConstTensorView<B> weights,
              bool from_logits = false) {
    ops::check_paired_labels(metric_, labels.shape, predictions.shape);
    if (weights) ops::check_sample_weight(metric_, weights.shape, ops::rows_of(predictions.shape));
    const std::vector<float> y = host(labels), w = host(weights);
    std::vector<float> p = host(predictions);
    if (from_logits) {
      for (float& value : p) value = 1 / (1 + std::exp(-value));
    }
    const std::size_t columns = predictions.shape.rank() > 1 ? std::size_t(predictions.shape.back()) : 1;
    if (options_.top_k) keep_top(p, columns);
    for (std::size_t i = 0; i < p.size(); ++i) {
      if (options_.class_id && i % columns != std::size_t(*options_.class_id)) continue;
      const double weight = w.empty() ? 1.0 : double(w[i / (p.size() / w.size())]);
      double* counts = counts_.data() + (y[i] != 0 ? 0 : options_.thresholds.size() + 1);
      counts[0] += weight;  // in all
      for (std::size_t t = 0, end = thresholds_below(p[i]); t < end; ++t) counts[1 + t] += weight;
    }
  }

  std::size_t thresholds() const { return options_.thresholds.size(); }
  double true_positives(std::size_t t) const { return counts_[1 + t]; }
  double false_negatives(std::size_t t) const { return counts_[0] - counts_[1 + t]; }
  double false_positives(std::size_t t) const { return counts_[thresholds() + 2 + t]; }
  double true_negatives(std::size_t t) const { return counts_[thresholds() + 1] - false_positives(t); }
  double precision(std::size_t t) const {
    return ops::divide_no_nan(true_positives(t), true_positives(t) + false_positives(t));
  }
  double recall(std::size_t t) const { return ops::divide_no_nan(true_positives(t), counts_[0]); }
  double false_positive_rate(std::size_t t) const {
    return ops::divide_no_nan(false_positives(t), counts_[thresholds() + 1]);
  }

  void reset() { counts_.assign(2 * (thresholds() + 1), 0.0); }
  std::vector<double> state() const { return counts_; }
  void restore(std::span<const double> state) {
    if (state.size() != counts_.size())
      fail("[", metric_, "] a state of ", state.size(), " numbers was given, expected ", counts_.size());
    counts_.assign(state.begin(), state.end());
  }

 private:
  static constexpr float dropped = -1e10f;

  template <class B>
  static std::vector<float> host(ConstTensorView<B> view) {
    std::vector<float> values(std::size_t(view ? view.size() : 0));
    if (!values.empty()) Memory<B>::to_host(values.data(), view.data, values.size());
    return values;
  }

  std::size_t thresholds_below(float p) const {
    const auto& all = options_.thresholds;
    if (!options_.even) return std::size_t(std::lower_bound(all.begin(), all.end(), p) - all.begin());
    const float clipped = p > 0 ? std::min(p, 1.0f) : 0.0f;
    return std::size_t(std::max(std::ceil(clipped * float(all.size() - 1)), 1.0f));
  }

  /// Of each row only the k largest stay, of equal ones the first.
  void keep_top(std::vector<float>& p, std::size_t columns) const {
    std::vector<std::size_t> order(columns);
    for (auto row = p.begin(); row != p.end(); row += std::ptrdiff_t(columns)) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return row[std::ptrdiff_t(a)] > row[std::ptrdiff_t(b)];
      });
      for (std::size_t k = std::size_t(*options_.top_k); k < columns; ++k)
        row[std::ptrdiff_t(order[k])] = dropped;
    }
  }

  std::string metric_;
  ConfusionOptions options_;
  std::vector<double>
      counts_;  ///< of positive labels all, then those above each threshold; then of negative ones
};

/// A metric that is worked out from a Confusion: a derived class adds result().
class ConfusionMetric {
 public:
  const std::string& name() const { return name_; }
  void check(const Shape& labels, const Shape& predictions) const { confusion_.check(labels, predictions); }

  template <class B>
  void update(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    confusion_.update(labels, predictions, weights, from_logits_);
  }

  void reset() { confusion_.reset(); }
  std::vector<double> state() const { return confusion_.state(); }
  void restore(std::span<const double> state) { confusion_.restore(state); }

 protected:
  ConfusionMetric(const std::string& name, ConfusionOptions options, bool from_logits = false)
      : name_(name), confusion_(name, std::move(options)), from_logits_(from_logits) {}

  /// The options of a metric at one threshold, 0.5 if none was given (with top_k: everything in it). Throws Error for one
  /// outside [0, 1].
  static ConfusionOptions at_threshold(const std::string& name, std::optional<double> threshold,
                                       std::optional<Index> top_k, std::optional<Index> class_id) {
    if (threshold && !(*threshold >= 0 && *threshold <= 1))
      fail("[", name, "] thresholds is ", *threshold, ", expected 0 to 1");
    return {{float(threshold.value_or(top_k ? -1e10 : 0.5))}, false, top_k, class_id};
  }

  const Confusion& confusion() const { return confusion_; }

 private:
  std::string name_;
  Confusion confusion_;
  bool from_logits_;
};

}  // namespace tanuki
