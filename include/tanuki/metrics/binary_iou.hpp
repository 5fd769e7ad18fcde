#pragma once

// IoU of two classes: a prediction is of class 1 where it is at or above the threshold. (keras/src/metrics/iou_metrics.py)

#include "tanuki/metrics/iou.hpp"

namespace tanuki {

struct BinaryIoUOptions {
  std::vector<Index> target_class_ids = {0, 1};
  double threshold = 0.5;
  std::string dtype = "int64";
  std::string name = "binary_io_u";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, BinaryIoUOptions& options) {
  field("target_class_ids", options.target_class_ids);
  field("threshold", options.threshold);
  field("dtype", options.dtype);
}

class BinaryIoU : public ClassOverlap {
 public:
  using Options = BinaryIoUOptions;

  static std::string_view class_name() { return "BinaryIoU"; }

  explicit BinaryIoU(BinaryIoUOptions options = {})
      : ClassOverlap({.num_classes = 2,
                      .target_class_ids = options.target_class_ids,
                      .dtype = options.dtype,
                      .name = options.name}),
        options_(std::move(options)) {}

  const BinaryIoUOptions& options() const { return options_; }

  template <class B>
  void update(Context<B>&, ConstTensorView<B> labels, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    update_above(options_.threshold, labels, predictions, weights);
  }

 private:
  BinaryIoUOptions options_;
};

}  // namespace tanuki
