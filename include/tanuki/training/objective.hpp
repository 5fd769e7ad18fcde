#pragma once

// What training minimises and watches: a loss, metrics and a weight for each output, and their running means.
//   loss = Σ weight · loss of an output + what the regularizers add
// The logs are named as Keras names them: "loss"; the metrics, with several outputs "<output>_<metric>"; of several
// losses "<output>_loss". (keras/src/trainers/compile_utils.py)

#include <map>
#include <set>

#include "tanuki/core/logs.hpp"
#include "tanuki/models/model.hpp"
#include "tanuki/ops/clip.hpp"
#include "tanuki/training/compile_options.hpp"
#include "tanuki/training/look_through.hpp"
#include "tanuki/training/micro_batch.hpp"

namespace tanuki {

template <class B>
class Objective {
 public:
  using Views = std::vector<ConstTensorView<B>>;

  /// Throws Error where there are not as many losses, weights or metrics as outputs, or a metric has a name that is
  /// taken.
  Objective(const Model<B>& model, const CompileOptions<B>& options) : model_(model.name()) {
    const auto& losses = options.loss.all();
    const std::size_t count = model.outputs().size();
    if (losses.size() != 1) expect("losses", losses.size(), count);
    if (!options.loss_weights.empty()) expect("loss_weights", options.loss_weights.size(), count);
    for (std::size_t i = 0; i < count; ++i) {
      Output output{.name = model.output_names()[i], .loss = losses[losses.size() == 1 ? 0 : i]};
      if (!options.loss_weights.empty()) output.weight = options.loss_weights[i];
      if (!std::isfinite(output.weight))
        fail("in '", model_, "': a loss weight is ", output.weight, ", expected a number");
      outputs_.push_back(std::move(output));
    }
    add_metrics("metrics", options.metrics, &Output::metrics);
    add_metrics("weighted_metrics", options.weighted_metrics, &Output::weighted_metrics);
    name_metrics();
  }

  /// The outputs of a graph of the model, of which some become the logits that they are made of.
  std::vector<int> loss_inputs(const ops::Graph<B>& graph, std::vector<int> outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!outputs_[i].loss) continue;
      const auto seen = look_through(graph, outputs[i], outputs_[i].loss.replaces());
      if (std::find(outputs.begin(), outputs.end(), seen.logits) != outputs.end()) continue;
      outputs[i] = seen.logits;
      outputs_[i].through = seen;
      outputs_[i].loss = outputs_[i].loss.on_logits();
    }
    if (std::set<int>(outputs.begin(), outputs.end()).size() < outputs.size())
      fail("in '", model_, "': two outputs are the same, expected different ones for training");
    return outputs;
  }
  /// An output is replaced by its logits.
  bool looks_through() const {
    return std::any_of(outputs_.begin(), outputs_.end(),
                       [](const Output& output) { return bool(output.through.activation); });
  }

  std::size_t outputs() const { return outputs_.size(); }

  /// Throws Error where a batch cannot be cut in parts.
  void check_parts() const {
    for (const auto& output : outputs_) {
      if (output.loss &&
          (output.loss.whole_batch() || output.loss.reduction() == ops::Reduction::mean_with_sample_weight)) {
        fail("[", output.loss.name(),
             "] the loss is one of a whole batch, which a micro_batch_size would cut in parts");
      }
    }
  }

  /// Throws Error where labels or weights do not fit what the model gives.
  void check(const Views& predictions, const Views& labels, const Views& weights) const {
    if (labels.size() != outputs_.size())
      fail("in '", model_, "': ", labels.size(), " labels were given, expected one for each of ",
           outputs_.size(), " outputs");
    if (weights.size() > 1 && weights.size() != outputs_.size())
      fail("in '", model_, "': ", weights.size(),
           " sample weights were given, expected one, or one for each of ", outputs_.size(), " outputs");
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const Shape &y = labels[i].shape, &p = predictions[i].shape;
      if (y.rank() == 0 || y[0] != p[0])
        fail("labels ", y, " do not fit predictions ", p, ": the batches differ");
      const Output& output = outputs_[i];
      if (output.loss) output.loss.check(y.without_batch(), p.without_batch());
      for (const auto& metric : output.metrics) metric.check(y.without_batch(), p.without_batch());
      for (const auto& metric : output.weighted_metrics) metric.check(y.without_batch(), p.without_batch());
    }
  }

  /// The losses of a batch, or of the `share` of it that a part is; writes the gradients unless they are null. The labels
  /// must stay until the losses are asked for. Counts nothing: see count() and add().
  std::vector<Later<double>> run(Context<B>& context, const Views& predictions, const Views& labels,
                                 const Views& weights, const std::vector<TensorView<B>>& gradients,
                                 double share = 1) const {
    check(predictions, labels, weights);
    std::vector<Later<double>> losses;
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      const Output& output = outputs_[i];
      const auto gradient = gradients.empty() ? TensorView<B>{} : gradients[i];
      if (output.loss) {
        const double part = output.loss.reduction() == ops::Reduction::sum ? 1 : share;
        const auto loss =
            output.loss.later(context, labels[i], predictions[i], gradient, weight_of(weights, i));
        losses.push_back(then(loss, [part](float value) { return part * double(value); }));
        const float scale = float(part * output.weight);
        if (gradient && scale != 1) ops::ClipKernel<B>::scale(context, gradient, scale, 1, gradient);
      } else {
        losses.push_back(0.0);
        if (gradient) Memory<B>::zero(gradient.data, std::size_t(gradient.size()));
      }
    }
    return losses;
  }

  /// Counts a batch, or a part of one, in the metrics.
  void count(Context<B>& context, const Views& predictions, const Views& labels, const Views& weights) {
    for (std::size_t i = 0; i < outputs_.size(); ++i) {
      Output& output = outputs_[i];
      if (output.metrics.empty() && output.weighted_metrics.empty()) continue;
      const auto seen = activated(context, output, predictions[i]);
      for (auto& metric : output.metrics) metric.update(context, labels[i], seen);
      for (auto& metric : output.weighted_metrics)
        metric.update(context, labels[i], seen, weight_of(weights, i));
    }
  }

  /// The whole loss.
  double total(const std::vector<double>& losses, double regularization) const {
    double sum = regularization;
    for (std::size_t i = 0; i < outputs_.size(); ++i) sum += outputs_[i].weight * losses[i];
    return sum;
  }

  /// Counts the losses of a whole batch: the whole loss by its examples, each output's own as one, as Keras' fit does.
  void add(const std::vector<double>& losses, double total, Index examples) {
    loss_.update(total, double(examples));
    examples_ += examples;
    for (std::size_t i = 0; i < outputs_.size(); ++i) outputs_[i].mean.update(losses[i]);
  }

  void reset() {
    loss_.reset();
    examples_ = 0;
    for (auto& output : outputs_) {
      output.mean.reset();
      for (auto& metric : output.metrics) metric.reset();
      for (auto& metric : output.weighted_metrics) metric.reset();
    }
  }

  /// Running means since reset().
  Logs logs() const {
    Logs logs{{"loss", loss_.result()}};
    std::size_t name = 0;
    for (const auto which : {&Output::metrics, &Output::weighted_metrics}) {
      for (const auto& output : outputs_) {
        for (const auto& metric : output.*which) logs.emplace_back(names_[name++], metric.result());
      }
    }
    if (std::count_if(outputs_.begin(), outputs_.end(), [](auto& output) { return bool(output.loss); }) > 1) {
      for (const auto& output : outputs_) {
        if (output.loss) logs.emplace_back(output.name + "_loss", output.mean.result());
      }
    }
    return logs;
  }

  /// Which way the metric of this name in the logs goes as the model gets better; "loss" goes down.
  MetricDirection direction(std::string_view name) const {
    if (name == "loss") return MetricDirection::down;
    auto next = names_.begin();
    for (const auto which : {&Output::metrics, &Output::weighted_metrics}) {
      for (const auto& output : outputs_) {
        for (const auto& metric : output.*which) {
          if (*next++ == name) return metric.direction();
        }
      }
    }
    return MetricDirection::unknown;
  }

  /// The examples that logs() covers.
  Index examples() const { return examples_; }

  /// What reset() clears, for a checkpoint in the middle of an epoch.
  std::vector<std::vector<double>> state() const {
    std::vector<std::vector<double>> state{loss_.state(), {double(examples_)}};
    for (const auto& output : outputs_) {
      state.push_back(output.mean.state());
      for (const auto& metric : output.metrics) state.push_back(metric.state());
      for (const auto& metric : output.weighted_metrics) state.push_back(metric.state());
    }
    return state;
  }
  /// Throws Error where the state is of other metrics.
  void restore(const std::vector<std::vector<double>>& state) {
    auto next = state.begin();
    const auto put = [&](auto& counter) {
      if (next == state.end() || next->size() != counter.state().size())
        fail("in '", model_, "': the counts of ", state.size(),
             " metrics do not fit what it is compiled with");
      counter.restore(*next++);
    };
    put(loss_);
    examples_ = next == state.end() ? 0 : Index(next++->at(0));
    for (auto& output : outputs_) {
      put(output.mean);
      for (auto& metric : output.metrics) put(metric);
      for (auto& metric : output.weighted_metrics) put(metric);
    }
    if (next != state.end())
      fail("in '", model_, "': the counts of ", state.size(), " metrics do not fit what it is compiled with");
  }

  /// A loss takes logits, and a metric of the same output draws the line at this threshold.
  bool has_threshold_on_logits(double threshold) const {
    return std::any_of(outputs_.begin(), outputs_.end(), [&](const Output& output) {
      return !output.through.activation && output.loss && output.loss.from_logits() &&
             std::any_of(output.metrics.begin(), output.metrics.end(),
                         [&](const auto& metric) { return metric.threshold() == threshold; });
    });
  }

 private:
  using Metrics = std::vector<AnyMetric<B>>;

  struct Output {
    std::string name;
    AnyLoss<B> loss;
    double weight = 1;
    LookThrough<B> through = {};  ///< with an activation: predictions are its logits
    Mean mean = Mean();           ///< of the loss
    Metrics metrics = {}, weighted_metrics = {};
    Tensor<B> activated = {};
  };

  static ConstTensorView<B> weight_of(const Views& weights, std::size_t output) {
    return weights.empty() ? ConstTensorView<B>{} : weights[weights.size() == 1 ? 0 : output];
  }

  void expect(const char* what, std::size_t given, std::size_t outputs) const {
    if (given != outputs)
      fail("in '", model_, "': ", given, " ", what, " were given, expected one for each of ", outputs,
           " outputs");
  }

  void add_metrics(const char* what, const std::vector<MetricList<B>>& lists, Metrics Output::*which) {
    if (outputs_.size() > 1 && !lists.empty()) expect(what, lists.size(), outputs_.size());
    for (std::size_t i = 0; i < lists.size(); ++i) {
      auto& metrics = outputs_[outputs_.size() == 1 ? 0 : i].*which;
      metrics.insert(metrics.end(), lists[i].all().begin(), lists[i].all().end());
    }
  }

  /// Keras' names in the logs: where one is taken, "weighted_<metric>" for a weighted metric, then "<name>_1" …
  void name_metrics() {
    std::map<std::string, int> taken;
    for (const bool weighted : {false, true}) {
      for (const auto& output : outputs_) {
        const std::string start = outputs_.size() > 1 ? output.name + "_" : "";
        for (const auto& metric : weighted ? output.weighted_metrics : output.metrics) {
          std::string name = start + metric.name();
          if (weighted && taken.count(name)) name = start + "weighted_" + metric.name();
          if (name == "loss" || name == "seconds")
            fail("in '", model_, "': a metric is called '", name, "', which is taken: give it another .name");
          const int before = taken[name]++;
          names_.push_back(before ? name + "_" + std::to_string(before) : name);
        }
      }
    }
  }

  ConstTensorView<B> activated(Context<B>& context, Output& output, ConstTensorView<B> predictions) {
    if (!output.through.activation) return predictions;
    if (!(output.activated.shape() == predictions.shape)) output.activated = Tensor<B>(predictions.shape);
    return output.through.activate(context, predictions, output.activated.view());
  }

  std::string model_;
  std::vector<Output> outputs_;
  std::vector<std::string> names_;  ///< of the metrics in the logs
  Mean loss_;
  Index examples_ = 0;
};

}  // namespace tanuki
