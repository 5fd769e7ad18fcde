#pragma once

// IoU of every class. (keras/src/metrics/iou_metrics.py)

#include "tanuki/metrics/iou.hpp"

namespace tanuki {

struct MeanIoUOptions {
  Index num_classes = 0;  ///< must be given
  std::optional<Index> ignore_class = std::nullopt;
  bool sparse_y_true = true;
  bool sparse_y_pred = true;
  Index axis = -1;
  std::string dtype = "int64";
  std::string name = "mean_io_u";
};

/// Keras' names of the options, for reading and writing a config.
template <class Field>
void fields(Field& field, MeanIoUOptions& options) {
  field("num_classes", options.num_classes);
  field("ignore_class", options.ignore_class);
  field("sparse_y_true", options.sparse_y_true);
  field("sparse_y_pred", options.sparse_y_pred);
  field("axis", options.axis);
  field("dtype", options.dtype);
}

class MeanIoU : public ClassOverlap {
 public:
  using Options = MeanIoUOptions;

  static std::string_view class_name() { return "MeanIoU"; }

  explicit MeanIoU(MeanIoUOptions options = {})
      : ClassOverlap({.num_classes = options.num_classes,
                      .target_class_ids = all_classes(options.num_classes),
                      .ignore_class = options.ignore_class,
                      .sparse_y_true = options.sparse_y_true,
                      .sparse_y_pred = options.sparse_y_pred,
                      .axis = options.axis,
                      .dtype = options.dtype,
                      .name = options.name}),
        options_(std::move(options)) {}

  const MeanIoUOptions& options() const { return options_; }

 private:
  MeanIoUOptions options_;
};

}  // namespace tanuki
