#pragma once

// IoU of one-hot labels and of predictions with a score for each class. (keras/src/metrics/iou_metrics.py)

#include "tanuki/metrics/iou.hpp"

namespace tanuki {

struct OneHotIoUOptions {
  Index num_classes = 0;                     ///< must be given
  std::vector<Index> target_class_ids = {};  ///< must be given
  std::optional<Index> ignore_class = std::nullopt;
  bool sparse_y_pred = false;
  Index axis = -1;
  std::string dtype = "int64";
  std::string name = "one_hot_io_u";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, OneHotIoUOptions& options) {
  field("num_classes", options.num_classes);
  field("target_class_ids", options.target_class_ids);
  field("ignore_class", options.ignore_class);
  field("sparse_y_pred", options.sparse_y_pred);
  field("axis", options.axis);
  field("dtype", options.dtype);
}

class OneHotIoU : public ClassOverlap {
 public:
  using Options = OneHotIoUOptions;

  static std::string_view class_name() { return "OneHotIoU"; }

  explicit OneHotIoU(OneHotIoUOptions options = {})
      : ClassOverlap({.num_classes = options.num_classes,
                      .target_class_ids = options.target_class_ids,
                      .ignore_class = options.ignore_class,
                      .sparse_y_true = false,
                      .sparse_y_pred = options.sparse_y_pred,
                      .axis = options.axis,
                      .dtype = options.dtype,
                      .name = options.name}),
        options_(std::move(options)) {}

  const OneHotIoUOptions& options() const { return options_; }

 private:
  OneHotIoUOptions options_;
};

}  // namespace tanuki
