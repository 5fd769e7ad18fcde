#pragma once

// An operation of two tensors, or of a tensor and a number, in a functional model: x + 3., 2 - x, x / y. Keras
// records it as a node of the operation's class. (keras/src/ops/numpy.py)

#include <cmath>
#include <optional>

#include "tanuki/layers/merge_inputs.hpp"

namespace tanuki {

struct BinaryOperationOptions {
  std::string operation;              ///< Keras' class: see is_binary_operation()
  std::optional<double> scalar = {};  ///< the number; not given: both arguments are tensors
  bool scalar_first = false;          ///< 2 - x, not x - 2
  std::string name = {};
};

/// Add, Subtract, Multiply, Divide, TrueDivide, Maximum, Minimum and Power (which takes a number).
inline std::optional<ops::ScalarArithmetic> find_binary_operation(std::string_view operation) {
  using K = ops::ScalarArithmetic;
  constexpr std::pair<std::string_view, K> known[] = {
      {"Add", K::add},           {"Subtract", K::subtract}, {"Multiply", K::multiply}, {"Divide", K::divide},
      {"TrueDivide", K::divide}, {"Maximum", K::maximum},   {"Minimum", K::minimum},   {"Power", K::power}};
  for (const auto& [name, kind] : known) {
    if (name == operation) return kind;
  }
  return {};
}
inline bool is_binary_operation(std::string_view operation) {
  return find_binary_operation(operation).has_value();
}

template <class B = Cpu>
class BinaryOperation final : public LayerOf<BinaryOperation<B>, B> {
 public:
  /// Throws Error where the operation is unknown, or the number is none.
  explicit BinaryOperation(BinaryOperationOptions options)
      : LayerOf<BinaryOperation<B>, B>(options.operation, options.name), options_(std::move(options)) {
    const auto kind = find_binary_operation(options_.operation);
    if (!kind) {
      fail("in '", this->name(), "': unknown operation '", options_.operation,
           "': expected Add, Subtract, Multiply, Divide, TrueDivide, Maximum, Minimum or Power");
    }
    kind_ = *kind;
    if (options_.scalar && !std::isfinite(float(*options_.scalar)))
      fail("in '", this->name(), "': the number is ", *options_.scalar, ", expected one that fits a float32");
    if (kind_ == ops::ScalarArithmetic::power && !options_.scalar)
      fail("in '", this->name(), "': Power of two tensors is not supported, only of a tensor and a number");
  }

  const BinaryOperationOptions& options() const { return options_; }

 private:
  std::vector<ops::Value<B>> call_all(const std::vector<ops::Value<B>>& inputs, bool) const override {
    const std::size_t expected = options_.scalar ? 1 : 2;
    if (inputs.size() != expected)
      fail("[", this->class_name(), "] takes ", expected, " tensors, ", inputs.size(), " were given");
    if (options_.scalar)
      return {ops::scalar_arithmetic(inputs[0], {kind_, float(*options_.scalar), options_.scalar_first})};
    if (inputs[0].shape().rank() != inputs[1].shape().rank()) {
      fail("[", this->class_name(), "] ", inputs[1].shape(), " does not fit ", inputs[0].shape(),
           ": expected as many axes");
    }
    return {merge_inputs(ops::Arithmetic(kind_), inputs)};
  }

  BinaryOperationOptions options_;
  ops::ScalarArithmetic kind_ = {};
};

}  // namespace tanuki
