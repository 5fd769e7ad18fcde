#pragma once

// A classifier looked at example by example: what it says of each, and where it is most wrong.

#include "tanuki/metrics/confusion_matrix.hpp"
#include "tanuki/training/evaluate.hpp"
#include "tanuki/training/predict.hpp"

namespace tanuki {

struct WorstClassified {
  Index index;          ///< in the data, from 0, as its first pass goes through it
  double loss;          ///< of this example, by compile()'s loss
  Index label;          ///< its class
  Index prediction;     ///< the class that it was taken for
  double probability;   ///< that the model gives this class
  Tensor<Cpu> example;  ///< what the model saw
};

/// What a model says of all examples of a dataset: a row each.
struct Judgement {
  Tensor<Cpu> labels, predictions;
  std::vector<WorstClassified> worst;  ///< those of the highest losses, the highest first
};

namespace detail {

/// Rows put below each other.
inline Tensor<Cpu> stack_rows(const std::vector<float>& rows, Index columns) {
  return Tensor<Cpu>(Shape{Index(rows.size()) / columns, columns}, std::span<const float>(rows));
}

/// Of the class that a row of predictions names.
inline double probability(const float* row, Index columns, Index which, bool logits) {
  if (columns == 1) {
    const double one = logits ? 1 / (1 + std::exp(-double(*row))) : double(*row);
    return which == 1 ? one : 1 - one;
  }
  if (!logits) return double(row[which]);
  double sum = 0;
  for (Index c = 0; c < columns; ++c) sum += std::exp(double(row[c]) - double(row[which]));
  return 1 / sum;
}

}  // namespace detail

/// Goes through `data` (batched) once. Throws Error for a model that is not compiled, has several inputs or outputs, or
/// does not give (examples, classes), and for data that is empty or does not fit.
template <class B>
Judgement judge(const Model<B>& model, const Dataset& data, Index worst) {
  if (model.inputs().size() != 1 || model.outputs().size() != 1)
    fail("[judge] '", model.name(), "' has ", model.inputs().size(), " inputs and ", model.outputs().size(),
         " outputs, expected one of each");
  const AnyLoss<B> loss = model.trainer().options().loss.all()[0];
  if (!loss) fail("[judge] '", model.name(), "' was compiled without a loss");
  if (worst < 0) fail("[judge] the worst ", worst, " are asked for, expected 0 or more");
  auto& context = default_context<B>();
  const bool logits = loss.from_logits();
  std::vector<float> all_labels, all_predictions;
  Index examples = 0, given = 1, made = 1;
  std::vector<WorstClassified> found;
  const auto pass = data.iterate(0);
  while (const auto batch = pass->next()) {
    const Index count = batch->x.shape().rank() ? batch->x.shape()[0] : 0;
    const Tensor<Cpu> predictions = model.predict(batch->x, {.batch_size = std::max<Index>(count, 1)});
    given = detail::row_size("[judge] labels", batch->y.shape());
    made = detail::row_size("[judge] predictions", predictions.shape());
    if (batch->y.shape()[0] != count)
      fail("[judge] labels ", batch->y.shape(), " do not fit images ", batch->x.shape());
    all_labels.insert(all_labels.end(), batch->y.data(), batch->y.data() + batch->y.size());
    all_predictions.insert(all_predictions.end(), predictions.data(),
                           predictions.data() + predictions.size());
    for (Index i = 0; i < count && worst > 0; ++i, ++examples) {
      const OnDevice<B> label(batch->y, i, 1), prediction(predictions, i, 1);
      loss.check(label.view().shape.without_batch(), prediction.view().shape.without_batch());
      const double its_loss = double(loss(context, label.view(), prediction.view()));
      const auto place = std::upper_bound(found.begin(), found.end(), its_loss,
                                          [](double l, const WorstClassified& w) { return l > w.loss; });
      if (place == found.end() && Index(found.size()) == worst) continue;
      const float* row = predictions.data() + i * made;
      const Index class_number = detail::predicted_class(row, made, logits ? 0.0f : 0.5f);
      const Shape shape = batch->x.shape().without_batch();
      found.insert(place, {.index = examples,
                           .loss = its_loss,
                           .label = detail::label_class(batch->y.data() + i * given, given),
                           .prediction = class_number,
                           .probability = detail::probability(row, made, class_number, logits),
                           .example = Tensor<Cpu>(shape, std::span(batch->x.data() + i * shape.elements(),
                                                                   std::size_t(shape.elements())))});
      if (Index(found.size()) > worst) found.pop_back();
    }
  }
  if (all_labels.empty()) fail("[judge] the data is empty");
  return {detail::stack_rows(all_labels, given), detail::stack_rows(all_predictions, made), std::move(found)};
}

/// The `count` examples of the highest loss, the highest first; see judge().
template <class B>
std::vector<WorstClassified> worst_classified(const Model<B>& model, const Dataset& data, Index count) {
  return std::move(judge(model, data, count).worst);
}

}  // namespace tanuki
