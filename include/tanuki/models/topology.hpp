#pragma once

// The nodes between a model's inputs and outputs, in an order in which they can run, and the layers in Keras'
// order of `model.layers`: by depth, then by traversal. (keras/src/ops/function.py: map_graph)

#include <algorithm>
#include <map>
#include <set>

#include "tanuki/layers/layer.hpp"

namespace tanuki {

template <class B>
struct Topology {
  std::vector<std::shared_ptr<const Node<B>>> nodes;   ///< inputs before users; Inputs themselves included
  std::vector<std::shared_ptr<const Node<B>>> layers;  ///< the first node of each layer, in Keras' order
  std::vector<int> turns;                              ///< of each of `nodes`: when Keras runs it
};

namespace detail {

template <class B>
class TopologyFinder {
 public:
  using NodePtr = std::shared_ptr<const Node<B>>;

  explicit TopologyFinder(const std::vector<SymbolicTensor<B>>& inputs) {
    for (const auto& input : inputs) given_.insert(input.node().get());
  }

  Topology<B> find(const std::vector<SymbolicTensor<B>>& outputs) {
    for (const auto& output : outputs) visit(output.node());
    std::map<const Node<B>*, int> node_depth;
    std::map<const void*, int> layer_depth;
    std::vector<const Node<B>*> run;  // Keras runs what is deeper first, then what it came upon first
    const auto depth_of = [&](const Node<B>* node) -> int& {
      const auto [place, added] = node_depth.emplace(node, 0);
      if (added) run.push_back(node);
      return place->second;
    };
    for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
      int& known = depth_of(it->get());
      const int depth = known = std::max(known, layer_depth[identity(**it)]);
      layer_depth[identity(**it)] = depth;
      for (const auto& input : (*it)->inputs) {
        int& below = depth_of(input.node().get());
        below = std::max(below, depth + 1);
      }
    }
    Topology<B> found{order_, {}, {}};
    std::stable_sort(run.begin(), run.end(), [&](auto a, auto b) { return node_depth[a] > node_depth[b]; });
    std::map<const Node<B>*, int> turn;
    for (const auto* node : run) turn.emplace(node, int(turn.size()));
    for (const auto& node : order_) found.turns.push_back(turn[node.get()]);
    std::set<const void*> seen;
    for (const auto& node : order_) {
      if (seen.insert(identity(*node)).second) found.layers.push_back(node);
    }
    std::sort(found.layers.begin(), found.layers.end(), [&](const NodePtr& a, const NodePtr& b) {
      const int depth_a = layer_depth[identity(*a)], depth_b = layer_depth[identity(*b)];
      return depth_a != depth_b ? depth_a > depth_b : traversal_[identity(*a)] < traversal_[identity(*b)];
    });
    std::set<std::string> names;
    for (const auto& node : found.layers) {
      if (!names.insert(node->name).second)
        fail("the name '", node->name, "' is used by two layers of the model");
    }
    return found;
  }

 private:
  static const void* identity(const Node<B>& node) {
    return node.layer ? static_cast<const void*>(node.layer->state().get()) : &node;
  }

  void visit(const NodePtr& node) {
    if (!visited_.insert(node.get()).second) return;
    if (!node->layer && !given_.count(node.get())) {
      fail("the model's outputs depend on Input '", node->name, "', which is not among its inputs");
    }
    traversal_.emplace(identity(*node), int(traversal_.size()));
    for (const auto& input : node->inputs) visit(input.node());
    order_.push_back(node);
  }

  std::set<const Node<B>*> given_, visited_;
  std::map<const void*, int> traversal_;
  std::vector<NodePtr> order_;
};

}  // namespace detail

/// Throws Error where the outputs do not follow from the inputs, or where two layers have one name.
template <class B>
Topology<B> find_topology(const std::vector<SymbolicTensor<B>>& inputs,
                          const std::vector<SymbolicTensor<B>>& outputs) {
  for (const auto& input : inputs) {
    if (input.node()->layer)
      fail("a model's input must be an Input, '", input.node()->name, "' is a layer's output");
  }
  return detail::TopologyFinder<B>(inputs).find(outputs);
}

}  // namespace tanuki
