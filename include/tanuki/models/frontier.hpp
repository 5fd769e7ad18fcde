#pragma once

// A plan in two: what comes out the same for an image in every epoch, because nothing below is trained, random or of a
// whole batch, and what is left. The first part's results can be kept. (Asked of PyTorch in issue 120495.)

#include "tanuki/models/plan.hpp"

namespace tanuki {

template <class B>
struct SplitPlan {
  /// Gives the values at the frontier.
  std::unique_ptr<Plan<B>> below;
  /// Takes them as its inputs and gives the whole plan's outputs, to the bit.
  std::unique_ptr<Plan<B>> above;
  /// The weights that the first part reads.
  std::vector<Weight<B>> weights;
};

namespace detail {

/// Weights that move while a plan trains, besides those that gradients move: the statistics of batches.
template <class B>
void add_moving_weights(const ops::Graph<B>& graph, std::set<const void*>& moving) {
  for (const auto& step : graph.steps()) {
    if (!step.op->saved(graph.input_shapes(step)).for_commit) continue;
    for (const auto& weight : step.op->weights()) moving.insert(weight.id());
  }
}

}  // namespace detail

/// None where the part below the frontier would have no layer with a kernel: then it is not worth the while.
/// `moving`: the weights that change while it is in use.
template <class B>
std::optional<SplitPlan<B>> split_at_frontier(const Plan<B>& plan, const std::set<const void*>& moving) {
  const auto& graph = plan.graph();
  std::vector<char> still(std::size_t(graph.values()), 0);
  for (int input : graph.inputs()) still[std::size_t(input)] = 1;
  std::vector<typename ops::Graph<B>::Step> below, above;
  SplitPlan<B> split;
  std::set<const void*> seen;
  bool worth = false;
  for (const auto& step : graph.steps()) {
    const auto weights = step.op->weights();
    const bool keeps =
        step.op->per_example() &&  // so it is not random
        std::all_of(step.inputs.begin(), step.inputs.end(), [&](int id) { return still[std::size_t(id)]; }) &&
        std::none_of(weights.begin(), weights.end(), [&](auto& weight) { return moving.count(weight.id()); });
    still[std::size_t(step.output)] = keeps;
    (keeps ? below : above).push_back(step);
    if (!keeps) continue;
    for (const auto& weight : weights) {
      worth |= weight.shape().rank() >= 2;
      if (seen.insert(weight.id()).second) split.weights.push_back(weight);
    }
  }
  if (!worth) return std::nullopt;

  std::vector<int> frontier;
  const auto add = [&](int value) {
    if (still[std::size_t(value)] && std::find(frontier.begin(), frontier.end(), value) == frontier.end())
      frontier.push_back(value);
  };
  for (const auto& step : above) std::for_each(step.inputs.begin(), step.inputs.end(), add);
  std::for_each(plan.outputs().begin(), plan.outputs().end(), add);
  const auto part = [&](auto steps, std::vector<int> inputs, const std::vector<int>& wanted,
                        const auto& trainable) {
    auto copy = graph;
    copy.replace_steps(std::move(steps));
    copy.replace_inputs(std::move(inputs));
    return std::make_unique<Plan<B>>(std::move(copy), wanted, trainable,
                                     PlanOptions{.fusion = FusionRules::none()});
  };
  split.below = part(std::move(below), graph.inputs(), frontier, std::vector<Weight<B>>());
  split.above = part(std::move(above), frontier, plan.outputs(), plan.trainable_weights());
  return split;
}

}  // namespace tanuki
