#pragma once

// The functional API's record of calls. A node is a call of a layer, not a layer: it keeps the inputs and the
// `training` that was given. (keras/src/ops/node.py)

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tanuki/core/session.hpp"
#include "tanuki/core/weight.hpp"

namespace tanuki {

template <class B>
class Layer;
template <class B>
struct Node;

/// What a call may be told: base(x, {.training = false}).
struct CallOptions {
  std::optional<bool> training = std::nullopt;  ///< not given: as the surrounding call
};

/// A promise of a tensor, without the batch axis (Keras' KerasTensor).
template <class B = Cpu>
class SymbolicTensor {
 public:
  SymbolicTensor(std::shared_ptr<const Node<B>> node, std::size_t index)
      : node_(std::move(node)), index_(index) {}

  const Shape& shape() const { return node_->outputs[index_]; }
  const std::shared_ptr<const Node<B>>& node() const { return node_; }
  std::size_t index() const { return index_; }

 private:
  std::shared_ptr<const Node<B>> node_;
  std::size_t index_;
};

template <class B>
struct Node {
  std::shared_ptr<const Layer<B>> layer;  ///< null for an Input
  std::string name;
  std::vector<SymbolicTensor<B>> inputs;
  std::optional<bool> training;
  std::vector<Shape> outputs;
  std::string from_file = {};  ///< of an Input: as LayerState::from_file
};

/// The start of a functional model: one example's shape, without the batch axis. Throws Error where an extent is no
/// number of 1 or more.
template <class B = Cpu>
SymbolicTensor<B> Input(const Shape& shape, std::string name = {}, std::string from_file = {}) {
  auto node = std::make_shared<Node<B>>();
  node->name = name.empty() ? unique_name("input_layer") : std::move(name);
  if (std::any_of(shape.begin(), shape.end(), [](Index extent) { return extent < 1; }))
    fail("in '", node->name, "': [input] shape is ", shape,
         ", expected extents of 1 or more, without the batch axis");
  node->outputs = {shape};
  node->from_file = std::move(from_file);
  return {std::move(node), 0};
}

}  // namespace tanuki
