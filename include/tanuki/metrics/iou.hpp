#pragma once

// Intersection over union: of what is labelled as a class or predicted as it, the share that is both. The mean over
// target_class_ids, of those classes that came at all. Labels and predictions are numbers of classes, or with
// sparse_y_true and sparse_y_pred false rows of which the largest is the class. What names no class below num_classes, and what is
// labelled ignore_class, does not count. As in Keras everything is an integer unless dtype is a float: fractions of labels, predictions
// and sample weights are cut off. (keras/src/metrics/iou_metrics.py)

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/metrics/metric.hpp"

namespace tanuki {

struct IoUOptions {
  Index num_classes = 0;                     ///< must be given
  std::vector<Index> target_class_ids = {};  ///< must be given
  std::optional<Index> ignore_class = std::nullopt;
  bool sparse_y_true = true;
  bool sparse_y_pred = true;
  Index axis = -1;  ///< over the classes: the last
  std::string dtype = "int64";
  std::string name = "io_u";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, IoUOptions& options) {
  field("num_classes", options.num_classes);
  field("target_class_ids", options.target_class_ids);
  field("ignore_class", options.ignore_class);
  field("sparse_y_true", options.sparse_y_true);
  field("sparse_y_pred", options.sparse_y_pred);
  field("axis", options.axis);
  field("dtype", options.dtype);
}

/// Counts for IoU and its relatives, which differ in their options.
class ClassOverlap {
 public:
  static constexpr MetricDirection direction = MetricDirection::up;

  /// Throws Error for options that make no sense; num_classes and target_class_ids may come to be needed only.
  explicit ClassOverlap(IoUOptions options) : overlap_(std::move(options)) {
    const auto& [classes, targets, ignored, sparse_true, sparse_pred, axis, dtype, name] = overlap_;
    for (Index target : targets) {
      if (target < 0 || target >= classes)
        fail("[", name, "] target_class_ids has ", target, ", expected 0 to ", classes - 1);
    }
    if (axis != -1) fail("[", name, "] axis is ", axis, ", expected -1");
    counts_.resize(std::size_t(std::max(classes, Index{0}) * std::max(classes, Index{0})));
  }

  const std::string& name() const { return overlap_.name; }

  void check(const Shape& labels, const Shape& predictions) const {
    if (overlap_.num_classes < 1 || overlap_.target_class_ids.empty())
      fail("[", name(), "] num_classes is ", overlap_.num_classes, ", of which ",
           overlap_.target_class_ids.size(), " are target_class_ids: expected at least 1 of each");
    if (count(labels, overlap_.sparse_y_true) != count(predictions, overlap_.sparse_y_pred))
      fail("[", name(), "] labels ", labels, " do not fit predictions ", predictions,
           ": expected as many classes", overlap_.sparse_y_true ? "" : ", the labels as rows",
           overlap_.sparse_y_pred ? "" : ", the predictions as rows");
  }

  template <class B>
  void update(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    update_above(std::nullopt, labels, predictions, weights);
  }

  double result() const {
    const std::size_t classes = std::size_t(overlap_.num_classes);
    double sum = 0, came = 0;
    for (Index target : overlap_.target_class_ids) {
      const std::size_t c = std::size_t(target);
      double all = -counts_[c * classes + c];
      for (std::size_t i = 0; i < classes; ++i) all += counts_[c * classes + i] + counts_[i * classes + c];
      if (!(all > 1e-9)) continue;
      sum += counts_[c * classes + c] / (all + epsilon);
      came += 1;
    }
    return sum / (came + epsilon);
  }
  void reset() { std::fill(counts_.begin(), counts_.end(), 0.0); }
  std::vector<double> state() const { return counts_; }
  void restore(std::span<const double> state) {
    if (state.size() != counts_.size())
      fail("[", name(), "] a state of ", state.size(), " numbers was given, expected ", counts_.size());
    counts_.assign(state.begin(), state.end());
  }

 protected:
  /// With a threshold a prediction is of class 1 where it is as large or larger.
  template <class B>
  void update_above(std::optional<double> threshold, ConstTensorView<B> labels,
                    ConstTensorView<B> predictions, ConstTensorView<B> weights) {
    check(labels.shape, predictions.shape);
    std::vector<float> p = host(predictions);
    if (threshold) {
      for (float& value : p) value = value >= float(*threshold);
    }
    const std::vector<float> y = classes_of(host(labels), labels.shape, overlap_.sparse_y_true),
                             w = host(weights);
    p = classes_of(std::move(p), predictions.shape, overlap_.sparse_y_pred);
    if (!w.empty() && (p.size() < w.size() || p.size() % w.size()))
      fail("[", name(), "] ", w.size(), " sample weights were given for ", p.size(), " classes");
    const float classes = float(overlap_.num_classes);
    for (std::size_t i = 0; i < p.size(); ++i) {
      const float label = whole(y[i]), prediction = whole(p[i]);
      if (!(label >= 0 && label < classes && prediction >= 0 && prediction < classes)) continue;
      if (overlap_.ignore_class && label == float(*overlap_.ignore_class)) continue;
      const double weight = w.empty() ? 1.0 : double(whole(w[i / (p.size() / w.size())]));
      counts_[std::size_t(label) * std::size_t(overlap_.num_classes) + std::size_t(prediction)] += weight;
    }
  }

  static std::vector<Index> all_classes(Index count) {
    std::vector<Index> classes(std::size_t(std::max(count, Index{0})));
    std::iota(classes.begin(), classes.end(), Index{0});
    return classes;
  }

 private:
  static constexpr double epsilon = 1e-7;

  static Index count(const Shape& shape, bool sparse) {
    if (sparse) return shape.elements();
    return shape.rank() && shape.back() ? shape.elements() / shape.back() : 0;
  }

  float whole(float value) const { return overlap_.dtype.find("int") < 2 ? std::trunc(value) : value; }

  static std::vector<float> classes_of(std::vector<float> values, const Shape& shape, bool sparse) {
    if (sparse) return values;
    const auto columns = std::ptrdiff_t(shape.back());
    std::vector<float> classes;
    for (auto row = values.begin(); row != values.end(); row += columns)
      classes.push_back(float(std::max_element(row, row + columns) - row));
    return classes;
  }

  template <class B>
  static std::vector<float> host(ConstTensorView<B> view) {
    std::vector<float> values(std::size_t(view ? view.size() : 0));
    if (!values.empty()) Memory<B>::to_host(values.data(), view.data, values.size());
    return values;
  }

  IoUOptions overlap_;
  std::vector<double> counts_;  ///< a row a label, a column a prediction
};

class IoU : public ClassOverlap {
 public:
  using Options = IoUOptions;

  static std::string_view class_name() { return "IoU"; }

  explicit IoU(IoUOptions options = {}) : ClassOverlap(options), options_(std::move(options)) {}

  const IoUOptions& options() const { return options_; }

 private:
  IoUOptions options_;
};

}  // namespace tanuki
