#pragma once

// A network as a flat list of ops over numbered values: what layers write down when they are called, and what
// a plan is made from. Shapes in here carry no batch axis.

#include <algorithm>
#include <string>
#include <utility>

#include "tanuki/core/regularizer.hpp"
#include "tanuki/core/session.hpp"
#include "tanuki/ops/op.hpp"

namespace tanuki::ops {

template <class B>
class Graph;

/// A value of a graph, as a layer sees it.
template <class B>
struct Value {
  Graph<B>* graph = nullptr;
  int id = -1;

  const Shape& shape() const { return graph->shape(id); }
};

template <class B>
class Graph {
 public:
  struct Step {
    std::shared_ptr<const Op<B>> op;
    std::vector<int> inputs;
    int output;
    std::string path;    ///< of the layer that wrote it: "xception/block2_sepconv1"
    std::size_t number;  ///< of the step as it was written; what rewriting makes of steps has the last one's
    std::vector<int>
        turn;  ///< when Keras would run it: its turn in the model, then in the nested one, and so on
    DtypePolicy dtype_policy;  ///< of the layer that wrote it
  };

  /// A value whose numbers add to the loss of training.
  struct Penalty {
    int value;
    Regularizer regularizer;
  };

  Value<B> input(const Shape& shape) {
    inputs_.push_back(add_value(shape));
    return {this, inputs_.back()};
  }

  /// Appends an op. Throws Error, with the layer's path, where the inputs do not fit.
  Value<B> emit(std::shared_ptr<const Op<B>> op, std::span<const Value<B>> inputs) {
    std::vector<int> ids;
    std::vector<Shape> shapes;
    for (const auto& value : inputs) {
      ids.push_back(value.id);
      shapes.push_back(value.shape());
    }
    const int output = add_value(op->output_shape(shapes));
    steps_.push_back({std::move(op), std::move(ids), output, path_, steps_.size(), turn_, dtype_policy_});
    return {this, output};
  }
  Value<B> emit(std::shared_ptr<const Op<B>> op, const Value<B>& input) {
    return emit(std::move(op), std::span<const Value<B>>(&input, 1));
  }

  const Shape& shape(int value) const { return shapes_[std::size_t(value)]; }
  int values() const { return int(shapes_.size()); }
  const std::vector<int>& inputs() const { return inputs_; }
  const std::vector<Step>& steps() const { return steps_; }
  std::vector<Shape> input_shapes(const Step& step) const {
    std::vector<Shape> shapes;
    for (int input : step.inputs) shapes.push_back(shape(input));
    return shapes;
  }
  /// Other steps over the same values, in an order in which each comes after those that it reads.
  void replace_steps(std::vector<Step> steps) { steps_ = std::move(steps); }
  /// Other values are given from outside.
  void replace_inputs(std::vector<int> values) { inputs_ = std::move(values); }

  void penalize(const Value<B>& value, Regularizer regularizer) {
    if (regularizer.orthogonal != 0) fail("the activity_regularizer is orthogonal, expected L1 or L2");
    if (regularizer) penalties_.push_back({value.id, regularizer});
  }
  const std::vector<Penalty>& penalties() const { return penalties_; }

  const std::string& path() const { return path_; }

  /// Runs `body` with `name` appended to the path; an Error from inside gets it in front.
  template <class Body>
  auto within(const std::string& name, Body&& body) {
    const std::string outer = path_;
    path_ = outer.empty() ? name : outer + "/" + name;
    struct Restore {
      Graph& graph;
      const std::string& path;
      ~Restore() { graph.path_ = path; }
    } restore{*this, outer};
    try {
      return body();
    } catch (const Error& error) {
      const std::string message = error.what(), in = "in '";
      throw Error(in + name + (message.starts_with(in) ? "/" + message.substr(in.size()) : "': " + message));
    }
  }

  /// Runs `body`; its steps have this policy, but for those of layers inside.
  template <class Body>
  auto with_dtype_policy(DtypePolicy policy, Body&& body) {
    struct Restore {
      DtypePolicy& place;
      DtypePolicy outer;
      ~Restore() { place = outer; }
    } restore{dtype_policy_, std::exchange(dtype_policy_, policy)};
    return body();
  }

  /// Runs `body`; its steps have this turn in the model that is being written.
  template <class Body>
  auto in_turn(int turn, Body&& body) {
    turn_.push_back(turn);
    struct Restore {
      std::vector<int>& turn;
      ~Restore() { turn.pop_back(); }
    } restore{turn_};
    return body();
  }

 private:
  int add_value(const Shape& shape) {
    shapes_.push_back(shape);
    return int(shapes_.size()) - 1;
  }

  std::string path_;
  DtypePolicy dtype_policy_ = tanuki::dtype_policy();
  std::vector<int> turn_;
  std::vector<Shape> shapes_;
  std::vector<int> inputs_;
  std::vector<Step> steps_;
  std::vector<Penalty> penalties_;
};

}  // namespace tanuki::ops
