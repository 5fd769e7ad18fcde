#pragma once

// Metrics by their Keras names: "BinaryAccuracy", "binary_accuracy", "mse". (keras/src/metrics/__init__.py)

#include "tanuki/losses/find.hpp"
#include "tanuki/metrics/accuracy.hpp"
#include "tanuki/metrics/accuracy_by_shape.hpp"
#include "tanuki/metrics/auc.hpp"
#include "tanuki/metrics/binary_iou.hpp"
#include "tanuki/metrics/confusion_count.hpp"
#include "tanuki/metrics/cosine_similarity.hpp"
#include "tanuki/metrics/f1_score.hpp"
#include "tanuki/metrics/fbeta_score.hpp"
#include "tanuki/metrics/iou.hpp"
#include "tanuki/metrics/mean_iou.hpp"
#include "tanuki/metrics/metric.hpp"
#include "tanuki/metrics/one_hot_iou.hpp"
#include "tanuki/metrics/one_hot_mean_iou.hpp"
#include "tanuki/metrics/precision.hpp"
#include "tanuki/metrics/r2_score.hpp"
#include "tanuki/metrics/recall.hpp"
#include "tanuki/metrics/root_mean_squared_error.hpp"
#include "tanuki/metrics/sparse_top_k_categorical_accuracy.hpp"
#include "tanuki/metrics/top_k_categorical_accuracy.hpp"

namespace tanuki {

/// visit.template operator()<M>(class name, function) for every metric class M that has options of its own: M::Options
/// with fields(), an explicit constructor from it, and options().
template <class Visit>
void each_metric(Visit&& visit) {
  const auto one = [&]<class M>(const char* name, const char* function) {
    visit.template operator()<M>(name, function);
  };
  one.template operator()<Accuracy>("Accuracy", "accuracy");
  one.template operator()<AUC>("AUC", "auc");
  one.template operator()<BinaryAccuracy>("BinaryAccuracy", "binary_accuracy");
  one.template operator()<BinaryIoU>("BinaryIoU", "binary_io_u");
  one.template operator()<CategoricalAccuracy>("CategoricalAccuracy", "categorical_accuracy");
  one.template operator()<CosineSimilarityMetric>("CosineSimilarity", "cosine_similarity");
  one.template operator()<F1Score>("F1Score", "f1_score");
  one.template operator()<FBetaScore>("FBetaScore", "fbeta_score");
  one.template operator()<FalseNegatives>("FalseNegatives", "false_negatives");
  one.template operator()<FalsePositives>("FalsePositives", "false_positives");
  one.template operator()<IoU>("IoU", "io_u");
  one.template operator()<MeanIoU>("MeanIoU", "mean_io_u");
  one.template operator()<OneHotIoU>("OneHotIoU", "one_hot_io_u");
  one.template operator()<OneHotMeanIoU>("OneHotMeanIoU", "one_hot_mean_io_u");
  one.template operator()<Precision>("Precision", "precision");
  one.template operator()<R2Score>("R2Score", "r2_score");
  one.template operator()<Recall>("Recall", "recall");
  one.template operator()<RootMeanSquaredError>("RootMeanSquaredError", "root_mean_squared_error");
  one.template operator()<SparseCategoricalAccuracy>("SparseCategoricalAccuracy",
                                                     "sparse_categorical_accuracy");
  one.template operator()<SparseTopKCategoricalAccuracy>("SparseTopKCategoricalAccuracy",
                                                         "sparse_top_k_categorical_accuracy");
  one.template operator()<TopKCategoricalAccuracy>("TopKCategoricalAccuracy", "top_k_categorical_accuracy");
  one.template operator()<TrueNegatives>("TrueNegatives", "true_negatives");
  one.template operator()<TruePositives>("TruePositives", "true_positives");
}

/// The same for the losses that are metrics in Keras too, and what the metrics are called: LossMetric<L>.
template <class Visit>
void each_loss_metric(Visit&& visit) {
  const auto one = [&]<class L>(const char* name, const char* function) {
    visit.template operator()<L>(name, function);
  };
  one.template operator()<BinaryCrossentropy>("BinaryCrossentropy", "binary_crossentropy");
  one.template operator()<CategoricalCrossentropy>("CategoricalCrossentropy", "categorical_crossentropy");
  one.template operator()<CategoricalHinge>("CategoricalHinge", "categorical_hinge");
  one.template operator()<Hinge>("Hinge", "hinge");
  one.template operator()<KLDivergence>("KLDivergence", "kl_divergence");
  one.template operator()<LogCosh>("LogCoshError", "log_cosh_error");
  one.template operator()<MeanAbsoluteError>("MeanAbsoluteError", "mean_absolute_error");
  one.template operator()<MeanAbsolutePercentageError>("MeanAbsolutePercentageError",
                                                       "mean_absolute_percentage_error");
  one.template operator()<MeanSquaredError>("MeanSquaredError", "mean_squared_error");
  one.template operator()<MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError",
                                                       "mean_squared_logarithmic_error");
  one.template operator()<Poisson>("Poisson", "poisson");
  one.template operator()<SparseCategoricalCrossentropy>("SparseCategoricalCrossentropy",
                                                         "sparse_categorical_crossentropy");
  one.template operator()<SquaredHinge>("SquaredHinge", "squared_hinge");
}

/// With its defaults; "accuracy" and "acc" are the one that fits the shapes. Throws Error, with the names that there
/// are, for another one.
template <class B>
AnyMetric<B> find_metric(std::string_view name) {
  if (name == "accuracy" || name == "acc") return AccuracyByShape(std::string(name));
  std::optional<AnyMetric<B>> found;
  std::string names = "accuracy";
  const auto matches = [&](std::string_view class_name, std::string_view function) {
    if (function != "accuracy") names += ", " + std::string(function);
    return name == class_name || detail::spell_out(name) == function;
  };
  each_metric([&]<class M>(const char* class_name, const char* function) {
    if (matches(class_name, function)) found.emplace(M());
  });
  each_loss_metric([&]<class L>(const char* class_name, const char* function) {
    if (!matches(class_name, function)) return;
    found.emplace(LossMetric<L>(L(), function == std::string_view("log_cosh_error") ? "logcosh" : ""));
  });
  if (!found) fail("there is no metric '", name, "', expected one of ", names, ", or its class name");
  return *found;
}

}  // namespace tanuki
