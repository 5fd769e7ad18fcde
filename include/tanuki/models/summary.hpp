#pragma once

// model.summary(): the model's layers as Keras' table.

#include <iostream>

#include "tanuki/models/model.hpp"
#include "tanuki/models/summary_table.hpp"

namespace tanuki {

namespace detail {

/// All calls of a model's layers, by layer and in order: Keras numbers a layer's calls.
template <class B>
class LayerCalls {
 public:
  explicit LayerCalls(const std::vector<std::shared_ptr<const Node<B>>>& nodes) {
    for (const auto& node : nodes) calls_[node->name].push_back(node.get());
  }
  const std::vector<const Node<B>*>& of(const std::string& layer) const { return calls_.at(layer); }

  /// "conv2d[0][1]": layer, number of its call, number of the output.
  std::string label(const SymbolicTensor<B>& tensor) const {
    const auto& calls = of(tensor.node()->name);
    const auto call = std::find(calls.begin(), calls.end(), tensor.node().get()) - calls.begin();
    return tensor.node()->name + "[" + std::to_string(call) + "][" + std::to_string(tensor.index()) + "]";
  }

 private:
  std::map<std::string, std::vector<const Node<B>*>> calls_;
};

}  // namespace detail

template <class B>
std::string Model<B>::summary_text() const {
  Summary summary{.name = this->name(), .sequential = true, .rows = {}};
  const bool stack = this->class_name() == "Sequential";
  const detail::LayerCalls<B> calls(network().topology.nodes);
  for (const auto& node : layers()) {
    if (!node->layer && stack) continue;
    SummaryRow row{node->name, node->layer ? node->layer->class_name() : "InputLayer", node->outputs,
                   node->layer ? node->layer->count_params() : 0};
    for (const auto* call : calls.of(node->name)) {
      for (const auto& input : call->inputs) row.connected_to.push_back(calls.label(input));
    }
    const bool follows = summary.rows.empty() || (row.connected_to.size() == 1 &&
                                                  node->inputs[0].node()->name == summary.rows.back().name);
    summary.sequential = summary.sequential && (follows || stack);
    summary.rows.push_back(std::move(row));
  }
  for (const auto& weight : this->trainable_weights()) summary.trainable += weight.shape().elements();
  for (const auto& weight : this->non_trainable_weights()) summary.non_trainable += weight.shape().elements();
  return summary_table(summary);
}

template <class B>
void Model<B>::summary(std::ostream& out) const {
  out << summary_text() << std::flush;
}

template <class B>
void Model<B>::summary() const {
  summary(std::cout);
}

}  // namespace tanuki
