#pragma once

// What compile() makes of a model: the training plan over the weights that were trainable then, the
// optimizer, the loss and the metrics. One step of training or evaluation; the loops are in fit.hpp and
// evaluate.hpp.

#include <cmath>

#include "tanuki/losses/loss.hpp"
#include "tanuki/metrics/metric.hpp"
#include "tanuki/models/model.hpp"
#include "tanuki/ops/finite.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tanuki/training/host.hpp"
#include "tanuki/training/micro_batch.hpp"

namespace tanuki {

template <class B = Cpu>
class Trainer {
 public:
  /// `before`: what the model was compiled into until now, whose random numbers this one goes on from.
  Trainer(const Model<B>& model, AnyOptimizer<B> optimizer, AnyLoss<B> loss,
          std::vector<AnyMetric<B>> metrics, const Trainer* before)
      : optimizer_(std::move(optimizer)),
        loss_(std::move(loss)),
        metrics_(std::move(metrics)),
        snapshot_(model.trainable_weights()),
        plan_(make_plan(model, snapshot_)),
        seed_(random_seed()),
        first_step_(before && before->seed_ == seed_ ? before->first_step_ + before->steps_ : 0),
        epochs_(before && before->seed_ == seed_ ? before->epochs_ : 0) {
    std::map<const void*, std::string> paths;
    for (const auto& [path, weight] : model.named_weights()) paths[weight.id()] = path;
    for (const auto& weight : plan_.trainable_weights()) paths_.push_back(paths.at(weight.id()));
    optimizer_.build(plan_.trainable_weights(), paths_);
    reset_metrics();
  }

  /// Forward, backward, optimizer. The labels and images have the batch axis. With a micro_batch_size the
  /// batch goes through in parts of so many examples (see micro_batch.hpp). Returns the batch's mean loss.
  /// Throws Error, and leaves every weight as it was, where the loss is not finite.
  float train_step(Context<B>& context, const Tensor<Cpu>& x, const Tensor<Cpu>& y,
                   Index micro_batch_size = 0) {
    check_micro_batches(plan_.graph(), micro_batch_size);
    const bool trains = !plan_.trainable_weights().empty();
    const Index batch = x.shape().rank() ? x.shape()[0] : 0;
    const bool whole = micro_batch_size == 0 || batch <= micro_batch_size;
    float loss;
    if (whole) {
      loss = gradients_of(context, OnDevice<B>(x).view(), OnDevice<B>(y).view(), 0, 1);
    } else {
      loss = sum_gradients(context, x, y, micro_batch_size);
    }
    if (trains) {
      const auto gradients = whole ? plan_.weight_gradients() : sums_.views();
      check_finite(context, gradients);
      optimizer_.step(context, plan_.trainable_weights(), gradients);
    }
    plan_.commit(context);
    ++steps_;
    return loss;
  }

  /// Forward in inference mode, for the loss and the metrics.
  float test_step(Context<B>& context, Plan<B>& inference, const Tensor<Cpu>& x, const Tensor<Cpu>& y) {
    const OnDevice<B> images(x), labels(y);
    const auto input = images.view();
    const auto output = inference.forward(context, std::span(&input, 1),
                                          Random{seed_, hash("test")}.fork(std::uint64_t(examples_)))[0];
    check(labels.view(), output);
    const float loss = loss_(context, labels.view(), output, {});
    count(context, labels.view(), output, loss);
    return loss;
  }

  void reset_metrics() {
    loss_sum_ = 0;
    examples_ = 0;
    for (auto& metric : metrics_) metric.reset();
  }

  /// Running means since reset_metrics(): "loss", then the metrics by name.
  Logs logs() const {
    Logs logs{{"loss", examples_ ? loss_sum_ / double(examples_) : 0.0}};
    for (const auto& metric : metrics_) logs.emplace_back(metric.name(), metric.result());
    return logs;
  }

  /// The examples that logs() covers.
  Index examples() const { return examples_; }

  /// True where the model's trainable weights are no longer those of compile().
  bool drifted(const Model<B>& model) const { return !(model.trainable_weights() == snapshot_); }

  AnyOptimizer<B>& optimizer() { return optimizer_; }
  const AnyLoss<B>& loss() const { return loss_; }
  const std::vector<AnyMetric<B>>& metrics() const { return metrics_; }
  Plan<B>& plan() { return plan_; }
  /// Numbers the epochs of all fits of the model, so that none repeats another's order and augmentation.
  Index next_epoch() { return epochs_++; }

  /// True the first time that it is asked.
  bool warn_once() { return !std::exchange(warned_, true); }

  /// Training steps done since compile().
  std::uint64_t steps() const { return steps_; }

 private:
  static Plan<B> make_plan(const Model<B>& model, const std::vector<Weight<B>>& trainable) {
    std::vector<int> outputs;
    auto graph = model.graph(true, outputs);
    if (outputs.size() != 1 || graph.inputs().size() != 1) {
      fail("in '", model.name(), "': it has ", graph.inputs().size(), " inputs and ", outputs.size(),
           " outputs; a model to be trained has one of each");
    }
    return Plan<B>(std::move(graph), std::move(outputs), trainable);
  }

  /// Forward, loss and backward of a part of a batch, which begins at example `first` and is `share` of it.
  /// Returns the mean loss of the part.
  float gradients_of(Context<B>& context, ConstTensorView<B> images, ConstTensorView<B> labels, Index first,
                     double share) {
    Random random = Random{seed_, hash("train")}.fork(first_step_ + steps_);
    random.example = std::uint64_t(first);
    const auto output = plan_.forward(context, std::span(&images, 1), random)[0];
    check(labels, output);
    const auto gradient = plan_.output_gradient(0);
    const float loss = loss_(context, labels, output, gradient);
    if (!std::isfinite(loss)) {
      fail("the loss is ", loss, " at training step ", steps_ + 1,
           "; the weights are those of the step before");
    }
    count(context, labels, output, loss);
    if (plan_.trainable_weights().empty()) return loss;
    if (share < 1) detail::scale_gradient(gradient, float(share));
    plan_.backward(context);
    return loss;
  }

  /// The same for a whole batch, part by part; the gradients are then in sums_.
  float sum_gradients(Context<B>& context, const Tensor<Cpu>& x, const Tensor<Cpu>& y,
                      Index micro_batch_size) {
    const Index batch = x.shape()[0];
    if (y.shape().rank() == 0 || y.shape()[0] != batch) {
      fail("labels ", y.shape(), " do not fit images ", x.shape(), ": the batches differ");
    }
    double loss = 0;
    sums_.reset();
    for (Index first = 0; first < batch; first += micro_batch_size) {
      const Index examples = std::min(micro_batch_size, batch - first);
      const double share = double(examples) / double(batch);
      const OnDevice<B> images(x, first, examples), labels(y, first, examples);
      loss += share * double(gradients_of(context, images.view(), labels.view(), first, share));
      sums_.add(context, plan_.weight_gradients());
    }
    return float(loss);
  }

  void check(const ConstTensorView<B>& labels, const ConstTensorView<B>& output) const {
    if (labels.shape.rank() == 0 || labels.shape[0] != output.shape[0]) {
      fail("labels ", labels.shape, " do not fit predictions ", output.shape, ": the batches differ");
    }
    loss_.check(labels.shape.without_batch(), output.shape.without_batch());
    for (const auto& metric : metrics_)
      metric.check(labels.shape.without_batch(), output.shape.without_batch());
  }

  void check_finite(Context<B>& context, const std::vector<ConstTensorView<B>>& gradients) const {
    for (std::size_t i = 0; i < gradients.size(); ++i) {
      if (ops::FiniteKernel<B>::all(context, gradients[i])) continue;
      fail("the gradient of '", paths_[i], "' is not finite at training step ", steps_ + 1,
           "; the weights are those of the step before");
    }
  }

  void count(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> output, float loss) {
    loss_sum_ += double(loss) * double(output.shape[0]);
    examples_ += output.shape[0];
    for (auto& metric : metrics_) metric.update(context, labels, output);
  }

  AnyOptimizer<B> optimizer_;
  AnyLoss<B> loss_;
  std::vector<AnyMetric<B>> metrics_;
  std::vector<Weight<B>> snapshot_;
  Plan<B> plan_;
  GradientSums<B> sums_;
  std::vector<std::string> paths_;  ///< of plan_.trainable_weights()
  std::uint64_t seed_;
  std::uint64_t first_step_;  ///< steps of the trainers before, for the random numbers
  Index epochs_;
  std::uint64_t steps_ = 0;
  bool warned_ = false;
  double loss_sum_ = 0;
  Index examples_ = 0;
};

}  // namespace tanuki
