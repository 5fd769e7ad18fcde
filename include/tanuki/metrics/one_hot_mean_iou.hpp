#pragma once

// IoU of every class, of one-hot labels and of predictions with a score for each class. (keras/src/metrics/iou_metrics.py)

#include "tanuki/metrics/iou.hpp"

namespace tanuki {

struct OneHotMeanIoUOptions {
  Index num_classes = 0;  ///< must be given
  std::optional<Index> ignore_class = std::nullopt;
  bool sparse_y_pred = false;
  Index axis = -1;
  std::string dtype = "int64";
  std::string name = "one_hot_mean_io_u";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, OneHotMeanIoUOptions& options) {
  field("num_classes", options.num_classes);
  field("ignore_class", options.ignore_class);
  field("sparse_y_pred", options.sparse_y_pred);
  field("axis", options.axis);
  field("dtype", options.dtype);
}

class OneHotMeanIoU : public ClassOverlap {
 public:
  using Options = OneHotMeanIoUOptions;

  static std::string_view class_name() { return "OneHotMeanIoU"; }

  explicit OneHotMeanIoU(OneHotMeanIoUOptions options = {})
      : ClassOverlap({.num_classes = options.num_classes,
                      .target_class_ids = all_classes(options.num_classes),
                      .ignore_class = options.ignore_class,
                      .sparse_y_true = false,
                      .sparse_y_pred = options.sparse_y_pred,
                      .axis = options.axis,
                      .dtype = options.dtype,
                      .name = options.name}),
        options_(std::move(options)) {}

  const OneHotMeanIoUOptions& options() const { return options_; }

 private:
  OneHotMeanIoUOptions options_;
};

}  // namespace tanuki
