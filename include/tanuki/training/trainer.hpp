#pragma once

// What compile() makes of a model: the training plan over the weights that were trainable then, the
// optimizer and the objective. One step of training or evaluation; the loops are in fit.hpp and evaluate.hpp.

#include <cmath>
#include <functional>

#include "tanuki/core/format.hpp"
#include "tanuki/core/glob.hpp"
#include "tanuki/models/frontier.hpp"
#include "tanuki/models/model.hpp"
#include "tanuki/ops/finite.hpp"
#include "tanuki/ops/regularize.hpp"
#include "tanuki/training/device_batch.hpp"
#include "tanuki/training/objective.hpp"
#include "tanuki/training/training_state.hpp"

namespace tanuki {

template <class B = Cpu>
class Trainer {
 public:
  /// `before`: what the model was compiled into until now, whose random numbers this one goes on from.
  Trainer(const Model<B>& model, CompileOptions<B> options, const Trainer* before)
      : options_(std::move(options)),
        optimizer_(options_.optimizer),
        objective_(model, options_),
        snapshot_(model.trainable_weights()),
        plan_(make_plan(model, true, snapshot_)),
        seed_(random_seed()),
        first_step_(before && before->seed_ == seed_ ? before->first_step_ + before->steps_ : 0),
        epochs_(before && before->seed_ == seed_ ? before->epochs_ : 0),
        unfroze_(before && before->steps_ && snapshot_.size() > before->snapshot_.size()) {
    std::map<const void*, std::string> paths;
    for (const auto& [path, weight] : model.named_weights()) paths[weight.id()] = path;
    for (const auto& weight : snapshot_) paths_.push_back(paths.at(weight.id()));
    std::copy_if(snapshot_.begin(), snapshot_.end(), std::back_inserter(regularized_),
                 [](const auto& weight) { return bool(weight.regularizer()); });
    optimizer_.build(snapshot_, paths_, multipliers(model, options_.learning_rate_multipliers));
    reset_metrics();
  }

  /// What the host may do while a GPU works.
  using Meanwhile = std::function<void()>;

  /// Forward, backward, optimizer. With a micro_batch_size the batch goes through in parts of so many examples (see
  /// micro_batch.hpp). Returns the batch's loss. Throws Error, and leaves every weight as it was, where the loss is not
  /// finite. A GPU is waited for when the gradients are under way and `meanwhile` has been called.
  float train_step(Context<B>& context, const DeviceBatch<B>& batch, Index micro_batch_size = 0,
                   const Meanwhile& meanwhile = {}) {
    check_micro_batches(plan_.graph(), micro_batch_size);
    const Index examples = batch.size();
    Plan<B>& plan = training_plan(batch);
    const bool whole = micro_batch_size == 0 || examples <= micro_batch_size;
    if (!whole) objective_.check_parts();
    Losses parts;
    std::vector<ConstTensorView<B>> gradients;
    Later<std::size_t> first_wrong = std::size_t{0};
    const auto finish = [&](const std::vector<TensorView<B>>& sums) {
      parts.penalties.push_back(regularization(context, sums));
      gradients = gradients_of_snapshot(sums);
      first_wrong = ops::first_not_finite<B>(context, gradients);
    };
    std::optional<BatchPart<B>> part;  // stays until the losses are known
    for (Index first = 0, size = whole ? examples : micro_batch_size; first < examples; first += size) {
      parts.settle();
      part = batch.part(first, std::min(size, examples - first));
      Random random = Random{seed_, hash("train")}.fork(first_step_ + steps_);
      random.example = std::uint64_t(first);
      const auto values = plan.forward(context, part->x, random);
      again(context, plan, first ? StepPart::more_gradients : StepPart::gradients, part->x[0].shape[0], [&] {
        add_gradients(context, *part, values, examples, plan, parts);
        if (whole) return finish(plan.weight_gradients());
        if (first == 0) sums_.reset();
        sums_.add(context, plan.weight_gradients());
      });
    }
    if (!whole) again(context, plan, StepPart::search, 0, [&] { finish(sums_.views()); });
    if (meanwhile) meanwhile();
    const auto [losses, loss] = waited_for(parts);
    if (!std::isfinite(loss)) refuse("the loss is ", shortest(loss), batch.not_finite());
    if (const auto i = first_wrong.get(); i < gradients.size())
      refuse("the gradient of '", paths_[i], "' is not finite");
    again(context, plan, optimizer_.updates_next() ? StepPart::update : StepPart::add_up, 0, [&] {
      if (!plan_.trainable_weights().empty()) optimizer_.step(context, snapshot_, gradients);
      plan.commit(context);
    });
    objective_.add(losses, loss, examples);
    ++steps_;
    return float(loss);
  }

  /// The end of a fit: where the optimizer keeps averages of the weights, these take the weights' place.
  void finalize() { optimizer_.finalize(snapshot_); }

  /// Forward in inference mode, for the loss and the metrics.
  float test_step(Context<B>& context, const Model<B>& model, const DeviceBatch<B>& batch,
                  const Meanwhile& meanwhile = {}) {
    const Index examples = batch.size();
    const auto all = batch.whole();
    const Random random = Random{seed_, hash("test")}.fork(std::uint64_t(this->examples()));
    Plan<B>& plan = batch.features() ? *test_split_->above : test_plan(model);
    auto outputs = plan.forward(context, all.x, random);
    Losses parts;
    again(context, plan, StepPart::test, examples, [&] {
      parts.penalties = activity_losses(context, outputs, {}, examples);
      parts.penalties.push_back(regularization(context));
      outputs.resize(model.outputs().size());
      parts.losses.push_back(objective_.run(context, outputs, all.y, all.weights, {}));
      objective_.count(context, outputs, all.y, all.weights);
    });
    if (meanwhile) meanwhile();
    const auto [losses, loss] = waited_for(parts);
    objective_.add(losses, loss, examples);
    return float(loss);
  }

  void reset_metrics() { objective_.reset(); }
  /// Running means since reset_metrics(): "loss", then the metrics by name.
  Logs logs() const { return objective_.logs(); }
  /// The examples that logs() covers.
  Index examples() const { return objective_.examples(); }

  /// True where the model's trainable weights are no longer those of compile().
  bool drifted(const Model<B>& model) const { return !(model.trainable_weights() == snapshot_); }

  /// More weights are trained than those before, which a trainer has trained.
  bool unfroze() const { return unfroze_; }

  /// What compile() was given; the optimizer as it was then, without a state.
  const CompileOptions<B>& options() const { return options_; }
  AnyOptimizer<B>& optimizer() { return optimizer_; }
  const Objective<B>& objective() const { return objective_; }
  Plan<B>& plan() { return plan_; }

  /// The plan for training in two at the frontier, for batches that say `features`; null where there is little below it.
  SplitPlan<B>* training_split() {
    if (!training_split_) training_split_ = split_at_frontier(plan_, moving_weights());
    return training_split_ ? &*training_split_ : nullptr;
  }
  /// The same of the plan for validation.
  SplitPlan<B>* test_split(const Model<B>& model) {
    if (!test_split_) test_split_ = split_at_frontier(test_plan(model), moving_weights());
    return test_split_ ? &*test_split_ : nullptr;
  }
  /// Numbers the epochs of all fits of the model, so that none repeats another's order and augmentation.
  Index next_epoch() { return epochs_++; }

  /// True the first time that it is asked.
  bool warn_once() { return !std::exchange(warned_, true); }
  bool warned() const { return warned_; }

  /// Training steps done since compile().
  std::uint64_t steps() const { return steps_; }

  /// The paths of the weights that are trained.
  const std::vector<std::string>& paths() const { return paths_; }

  /// What a checkpoint keeps of this; the optimizer's numbers where they are, or copies that `owners` hold.
  TrainerState state(std::vector<std::shared_ptr<void>>& owners) {
    TrainerState state{.seed = seed_,
                       .first_step = first_step_,
                       .steps = steps_,
                       .epochs = epochs_,
                       .optimizer = optimizer_.class_name(),
                       .iterations = optimizer_.iterations(),
                       .metrics = objective_.state()};
    if (!optimizer_.learning_rate_source().is_schedule()) state.learning_rate = optimizer_.learning_rate();
    for (const auto& [name, value] : optimizer_.state())
      state.variables.push_back({name, on_host(value, owners)});
    return state;
  }

  /// Goes on from a state(). Throws Error, before anything has changed, where it is of another seed or optimizer.
  void restore(const TrainerState& state) {
    if (state.seed != seed_)
      fail("the training was begun with the random seed ", state.seed, ", now it is ", seed_,
           ": expected set_random_seed(", state.seed, ")");
    auto variables = optimizer_.state();
    if (state.optimizer != optimizer_.class_name() || variables.size() != state.variables.size())
      fail("the training was begun with the optimizer ", state.optimizer, " of ", state.variables.size(),
           " variables, which differs from ", optimizer_.class_name(), " of ", variables.size());
    if (const auto& source = optimizer_.learning_rate_source();
        state.learning_rate.has_value() == source.is_schedule())
      fail("the training was begun with ",
           source.is_schedule() ? "a fixed learning_rate" : "a schedule of the learning_rate", ", now ",
           source.is_schedule() ? "it follows " + source.class_name() : std::string("it is fixed"));
    for (std::size_t i = 0; i < variables.size(); ++i) {
      const auto& [name, values] = state.variables[i];
      if (variables[i].name != name || !(variables[i].value.shape() == values.shape))
        fail("the optimizer kept '", name, "' ", values.shape, ", now '", variables[i].name, "' ",
             variables[i].value.shape());
    }
    objective_.restore(state.metrics);
    for (std::size_t i = 0; i < variables.size(); ++i)
      Memory<B>::from_host(variables[i].value.data(), state.variables[i].values.data,
                           std::size_t(variables[i].value.size()));
    optimizer_.iterations(state.iterations);
    if (state.learning_rate) optimizer_.learning_rate(*state.learning_rate);
    first_step_ = state.first_step, steps_ = state.steps, epochs_ = state.epochs;
  }

 private:
  /// An output of the plan whose numbers add to the loss.
  struct Penalty {
    std::size_t output;
    Regularizer regularizer;
  };

  /// Of a batch: each output's loss in each of its parts, and what comes on top of these.
  struct Losses {
    std::vector<std::vector<Later<double>>> losses;
    std::vector<Later<double>> penalties;

    /// Waits for what there is.
    void settle() {
      for (auto& part : losses) {
        for (auto& loss : part) loss = loss.get();
      }
      for (auto& penalty : penalties) penalty = penalty.get();
    }
  };

  Plan<B> make_plan(const Model<B>& model, bool training, const std::vector<Weight<B>>& trainable) {
    std::vector<int> outputs;
    auto graph = model.graph(training, outputs);
    outputs = objective_.loss_inputs(graph, std::move(outputs));
    penalties_.clear();
    for (const auto& [value, regularizer] : graph.penalties()) {
      const auto place = std::find(outputs.begin(), outputs.end(), value);
      penalties_.push_back({std::size_t(place - outputs.begin()), regularizer});
      if (place == outputs.end()) outputs.push_back(value);
    }
    return Plan<B>(std::move(graph), std::move(outputs), trainable);
  }

  /// The model's own plan for inference, or one that ends in the logits and what is penalized.
  Plan<B>& test_plan(const Model<B>& model) {
    if (!objective_.looks_through() && penalties_.empty()) return model.inference_plan();
    if (!test_plan_) test_plan_ = std::make_unique<Plan<B>>(make_plan(model, false, {}));
    return *test_plan_;
  }

  Plan<B>& training_plan(const DeviceBatch<B>& batch) {
    return batch.features() ? *training_split_->above : plan_;
  }

  /// What training moves: the weights that are trained, and the statistics of batches.
  std::set<const void*> moving_weights() const {
    std::set<const void*> moving;
    for (const auto& weight : snapshot_) moving.insert(weight.id());
    detail::add_moving_weights(plan_.graph(), moving);
    return moving;
  }

  /// Of a step, between two times that a GPU is waited for, what the plan does not do in graphs of its own.
  enum class StepPart { gradients, more_gradients, search, add_up, update, test };
  template <class Work>
  void again(Context<B>& context, const Plan<B>& plan, StepPart part, Index batch, Work&& work) {
    if (plan.is_observed())
      work();
    else
      replays_.run(context, part, batch, work);
  }

  /// Losses and backward of a part of a batch of so many examples, for which the plan gave `values`.
  void add_gradients(Context<B>& context, const BatchPart<B>& part,
                     const std::vector<ConstTensorView<B>>& values, Index examples, Plan<B>& plan,
                     Losses& parts) {
    auto outputs = values;
    outputs.resize(objective_.outputs());
    std::vector<TensorView<B>> gradients;
    for (std::size_t i = 0; i < values.size(); ++i) gradients.push_back(plan.output_gradient(i));
    const double share = double(part.x[0].shape[0]) / double(examples);
    parts.losses.push_back(objective_.run(context, outputs, part.y, part.weights, gradients, share));
    for (std::size_t i = outputs.size(); i < values.size(); ++i)
      Memory<B>::zero(gradients[i].data, std::size_t(gradients[i].size()));
    for (auto& penalty : activity_losses(context, values, gradients, examples))
      parts.penalties.push_back(std::move(penalty));
    if (!plan_.trainable_weights().empty()) plan.backward(context);
    objective_.count(context, outputs, part.y, part.weights);
  }

  /// Each output's loss of the batch, and all together.
  std::pair<std::vector<double>, double> waited_for(const Losses& parts) const {
    std::vector<double> losses(objective_.outputs());
    for (const auto& part : parts.losses) {
      for (std::size_t i = 0; i < losses.size(); ++i) losses[i] += part[i].get();
    }
    return {losses, objective_.total(losses, total_of(parts.penalties).get())};
  }

  /// The loss of the regularizers; adds its gradient to those of plan_.trainable_weights(), if they are given.
  Later<double> regularization(Context<B>& context, const std::vector<TensorView<B>>& gradients = {}) const {
    std::vector<TensorView<B>> mine;  // a weight that no output depends on has none
    const auto& trained = plan_.trainable_weights();
    for (const auto& weight : regularized_) {
      const auto place = std::size_t(std::find(trained.begin(), trained.end(), weight) - trained.begin());
      mine.push_back(place < gradients.size() ? gradients[place] : TensorView<B>{});
    }
    return then(ops::regularization_loss<B>(context, regularized_, mine),
                [](float loss) { return double(loss); });
  }

  /// Of a gradient for each of plan_.trainable_weights() one for each of snapshot_; null for what no output depends on.
  std::vector<ConstTensorView<B>> gradients_of_snapshot(const std::vector<TensorView<B>>& gradients) const {
    std::vector<ConstTensorView<B>> all;
    auto next = gradients.begin();
    auto trained = plan_.trainable_weights().begin();  // in the same order
    for (const auto& weight : snapshot_) {
      const bool mine = trained != plan_.trainable_weights().end() && *trained == weight;
      all.push_back(mine ? ConstTensorView<B>(*next++) : ConstTensorView<B>{});
      trained += mine;
    }
    return all;
  }

  /// The factor of each of snapshot_. Throws Error for a pattern that matches no weight of the model.
  std::vector<double> multipliers(const Model<B>& model,
                                  const std::vector<LearningRateMultiplier>& given) const {
    std::vector<double> factors(snapshot_.size(), 1);
    for (const auto& [pattern, factor] : given) {
      const auto weights = model.named_weights();
      if (std::none_of(weights.begin(), weights.end(), [&, &pattern = pattern](const auto& weight) {
            return glob_matches(pattern, weight.path);
          }))
        fail("in '", model.name(), "': learning_rate_multipliers has '", pattern,
             "', which matches no weight");
      for (std::size_t i = 0; i < factors.size(); ++i) {
        if (glob_matches(pattern, paths_[i])) factors[i] = factor;
      }
    }
    return factors;
  }

  /// The losses of the layers' activity_regularizer, a mean over the batch; adds their gradients to those of the plan's
  /// outputs, if they are given.
  std::vector<Later<double>> activity_losses(Context<B>& context, std::span<const ConstTensorView<B>> values,
                                             std::span<const TensorView<B>> gradients, Index batch) const {
    std::vector<Later<double>> losses;
    for (auto [output, regularizer] : penalties_) {
      for (float* part : {&regularizer.l1, &regularizer.l2}) *part /= float(batch);
      const auto gradient = gradients.empty() ? TensorView<B>{} : gradients[output];
      losses.push_back(ops::RegularizeKernel<B>::run(context, regularizer, values[output], gradient));
    }
    return losses;
  }

  template <class... What>
  [[noreturn]] void refuse(const What&... what) const {
    std::ostringstream message;
    (message << ... << what) << " at training step " << steps_ + 1
                             << "; the weights are those of the step before";
    throw NotFinite(message.str());
  }

  CompileOptions<B> options_;
  AnyOptimizer<B> optimizer_;
  Objective<B> objective_;
  std::vector<Weight<B>> snapshot_;
  std::vector<Weight<B>> regularized_;  ///< of snapshot_
  std::vector<Penalty> penalties_;
  Plan<B> plan_;
  std::unique_ptr<Plan<B>> test_plan_;
  std::optional<SplitPlan<B>> training_split_, test_split_;
  GradientSums<B> sums_;
  Replays<B, StepPart> replays_;
  std::vector<std::string> paths_;  ///< of snapshot_
  std::uint64_t seed_;
  std::uint64_t first_step_;  ///< steps of the trainers before, for the random numbers
  Index epochs_;
  bool unfroze_;
  std::uint64_t steps_ = 0;
  bool warned_ = false;
};

}  // namespace tanuki
