#pragma once

// model.summary(): the model's layers as Keras' table.

#include <iostream>

#include "tanuki/models/model.hpp"
#include "tanuki/models/summary_table.hpp"

namespace tanuki {

template <class B>
std::string Model<B>::summary_text() const {
  Summary summary{.name = this->name(), .sequential = true, .rows = {}};
  for (const auto& node : layers()) {
    if (!node->layer && this->class_name() == "Sequential") continue;
    SummaryRow row{node->name, node->layer ? node->layer->class_name() : "InputLayer", node->outputs,
                   node->layer ? node->layer->count_params() : 0};
    for (const auto& input : node->inputs) {
      row.connected_to.push_back(input.node()->name + "[0][" + std::to_string(input.index()) + "]");
    }
    const bool follows = summary.rows.empty() || (node->inputs.size() == 1 &&
                                                  node->inputs[0].node()->name == summary.rows.back().name);
    summary.sequential = summary.sequential && (follows || this->class_name() == "Sequential");
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
