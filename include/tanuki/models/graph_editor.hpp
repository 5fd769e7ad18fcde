#pragma once

// A graph while rules rewrite it: who makes a value, who reads it, and where a backward will run.

#include <optional>
#include <set>

#include "tanuki/ops/graph.hpp"

namespace tanuki {

template <class B>
class GraphEditor {
 public:
  using Step = typename ops::Graph<B>::Step;

  /// `outputs` and what they need stay; `trainable`: the weights that a backward goes to.
  GraphEditor(ops::Graph<B>& graph, const std::vector<int>& outputs, std::span<const Weight<B>> trainable)
      : graph_(graph), uses_(std::size_t(graph.values()), 0), maker_(std::size_t(graph.values()), none) {
    std::set<const void*> trained;
    for (const auto& weight : trainable) trained.insert(weight.id());
    std::set<int> needed(outputs.begin(), outputs.end());
    for (const auto& step : graph.steps()) steps_.push_back(Entry{step, false});
    for (std::size_t i = steps_.size(); i-- > 0;) {
      if (!needed.count(steps_[i]->step.output)) {
        steps_[i].reset();
        continue;
      }
      for (int input : steps_[i]->step.inputs) needed.insert(input), ++uses_[std::size_t(input)];
    }
    for (int output : outputs) uses_[std::size_t(output)] += 2;  // never swallowed
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (!steps_[i]) continue;
      auto& [step, backward] = *steps_[i];
      for (const auto& weight : step.op->weights()) backward |= trained.count(weight.id()) != 0;
      for (int input : step.inputs) {
        const auto maker = maker_[std::size_t(input)];
        backward |= maker != none && steps_[maker]->backward;
      }
      maker_[std::size_t(step.output)] = i;
    }
  }
  GraphEditor(const GraphEditor&) = delete;
  GraphEditor& operator=(const GraphEditor&) = delete;

  std::size_t size() const { return steps_.size(); }
  /// Null where the step is gone.
  const Step* step(std::size_t i) const { return steps_[i] ? &steps_[i]->step : nullptr; }
  const Shape& shape(int value) const { return graph_.shape(value); }
  bool has_backward(std::size_t i) const { return steps_[i]->backward; }

  /// The op of this step if it is an Op.
  template <class Op>
  const Op* as(std::size_t i) const {
    return dynamic_cast<const Op*>(steps_[i]->step.op.get());
  }

  /// The step that makes input `which` of step i, if nothing else reads it and both or neither have a backward:
  /// then the two may become one.
  std::optional<std::size_t> only_for(std::size_t i, std::size_t which = 0) const {
    const int value = steps_[i]->step.inputs[which];
    const auto maker = maker_[std::size_t(value)];
    if (maker == none || uses_[std::size_t(value)] != 1 || has_backward(maker) != has_backward(i)) return {};
    return maker;
  }

  /// Step i does `op` from now on.
  void replace(std::size_t i, std::shared_ptr<const ops::Op<B>> op) { steps_[i]->step.op = std::move(op); }
  /// Step `later` does `op` on `inputs` and takes the place of `earlier` too; the layer's path is that of
  /// `named`, one of the two.
  void merge(std::size_t earlier, std::size_t later, std::size_t named, std::shared_ptr<const ops::Op<B>> op,
             std::vector<int> inputs) {
    auto& step = steps_[later]->step;
    step.op = std::move(op);
    step.inputs = std::move(inputs);
    step.path = steps_[named]->step.path;
    steps_[earlier].reset();
  }

  /// Writes the steps that are left into the graph.
  void finish() {
    std::vector<Step> left;
    for (auto& entry : steps_) {
      if (entry) left.push_back(std::move(entry->step));
    }
    graph_.replace_steps(std::move(left));
  }

 private:
  static constexpr std::size_t none = std::size_t(-1);
  struct Entry {
    Step step;
    bool backward;
  };

  ops::Graph<B>& graph_;
  std::vector<std::optional<Entry>> steps_;
  std::vector<int> uses_;
  std::vector<std::size_t> maker_;
};

}  // namespace tanuki
