#pragma once

// An elementwise operation, or softmax, of one tensor as a functional model records it: keras.ops.sigmoid(x), -x.
// (keras/src/ops/nn.py, keras/src/ops/numpy.py)

#include <optional>

#include "tanuki/layers/activation_functions.hpp"
#include "tanuki/layers/layer.hpp"
#include "tanuki/layers/options.hpp"

namespace tanuki {

struct UnaryOperationOptions {
  std::string operation;    ///< Keras' class: "Sigmoid", "Gelu", "Negative"
  bool approximate = true;  ///< of Gelu
  Index axis = -1;          ///< of Softmax and LogSoftmax; counts the batch axis, which it must not be
  std::optional<float> first = std::nullopt;  ///< alpha, threshold, negative_slope or b; none: Keras' default
  float second = 0;                           ///< the default_value of Threshold
  std::string name = {};
};

namespace detail {

/// An operation with a number of its own.
struct ParametricOperation {
  std::string_view operation;
  ops::ActivationKind kind;
  const char* first;
  float otherwise;  ///< Keras' default
  bool negative;    ///< whether the number may be below 0
};
inline constexpr ParametricOperation parametric_operations[] = {
    {"LeakyRelu", ops::ActivationKind::leaky_relu, "negative_slope", 0.2f, false},
    {"Elu", ops::ActivationKind::elu, "alpha", 1, false},
    {"Celu", ops::ActivationKind::celu, "alpha", 1, true},
    {"HardShrink", ops::ActivationKind::hard_shrink, "threshold", 0.5f, true},
    {"SoftShrink", ops::ActivationKind::soft_shrink, "threshold", 0.5f, true},
    {"Squareplus", ops::ActivationKind::squareplus, "b", 4, true},
    {"Threshold", ops::ActivationKind::threshold, "threshold", 0, true}};

inline const ParametricOperation* find_parametric_operation(std::string_view operation) {
  for (const auto& known : parametric_operations) {
    if (known.operation == operation) return &known;
  }
  return nullptr;
}
inline bool over_axis(std::string_view operation) {
  return operation == "Softmax" || operation == "LogSoftmax";
}

}  // namespace detail

template <class Field>
void fields(Field& field, UnaryOperationOptions& options) {
  if (options.operation == "Gelu") field("approximate", options.approximate);
  if (detail::over_axis(options.operation)) field("axis", options.axis);
  if (const auto* known = detail::find_parametric_operation(options.operation)) {
    float first = options.first.value_or(known->otherwise);
    field(known->first, first);
    options.first = first;
  }
  if (options.operation == "Threshold") field("default_value", options.second);
}

inline std::optional<ActivationFunction> find_unary_operation(const UnaryOperationOptions& options) {
  const std::string_view operation = options.operation;
  using K = ops::ActivationKind;
  constexpr std::pair<std::string_view, std::string_view> by_name[] = {{"Relu", "relu"},
                                                                       {"Relu6", "relu6"},
                                                                       {"Sigmoid", "sigmoid"},
                                                                       {"Silu", "silu"},
                                                                       {"Softplus", "softplus"},
                                                                       {"Softsign", "softsign"},
                                                                       {"Tanh", "tanh"},
                                                                       {"HardSigmoid", "hard_sigmoid"},
                                                                       {"HardSilu", "hard_silu"},
                                                                       {"HardTanh", "hard_tanh"},
                                                                       {"LogSigmoid", "log_sigmoid"},
                                                                       {"Selu", "selu"},
                                                                       {"TanhShrink", "tanh_shrink"},
                                                                       {"SparsePlus", "sparse_plus"},
                                                                       {"SparseSigmoid", "sparse_sigmoid"},
                                                                       {"Exp", "exponential"},
                                                                       {"Mish", "mish"}};
  for (const auto& [name, function] : by_name) {
    if (name == operation) return find_activation(function);
  }
  constexpr std::pair<std::string_view, K> by_kind[] = {
      {"Negative", K::negative}, {"Absolute", K::absolute}, {"Square", K::square}, {"Sqrt", K::sqrt}};
  for (const auto& [name, kind] : by_kind) {
    if (name == operation) return detail::elementwise(name, kind);
  }
  if (operation == "Gelu") return detail::elementwise("Gelu", options.approximate ? K::gelu_tanh : K::gelu);
  if (operation == "Softmax") return find_activation("softmax");
  if (operation == "LogSoftmax") return find_activation("log_softmax");
  if (const auto* known = detail::find_parametric_operation(operation)) {
    auto function =
        detail::elementwise(known->operation, known->kind, options.first.value_or(known->otherwise));
    function.arguments.b = options.second;
    return function;
  }
  return {};
}
inline bool is_unary_operation(const std::string& operation) {
  return find_unary_operation({.operation = operation}).has_value();
}

template <class B = Cpu>
class UnaryOperation final : public LayerOf<UnaryOperation<B>, B> {
 public:
  /// Throws Error where the operation is unknown, and for a number below 0 where none may be.
  explicit UnaryOperation(UnaryOperationOptions options)
      : LayerOf<UnaryOperation<B>, B>(options.operation, options.name), options_(std::move(options)) {
    const auto found = find_unary_operation(options_);
    if (!found) fail("in '", this->name(), "': unknown operation '", options_.operation, "'");
    const auto* known = detail::find_parametric_operation(options_.operation);
    if (known && !known->negative && !(found->arguments.a >= 0))
      fail("in '", this->name(), "': ", known->first, " is ", found->arguments.a, ", expected at least 0");
    function_ = *found;
  }

  const UnaryOperationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    if (!detail::over_axis(options_.operation)) return activate(x, function_);
    const std::size_t from_last = x.shape().rank() - 1 - find_axis(options_.axis, x.shape());
    return ops::softmax(x, function_.softmax, from_last);
  }

  UnaryOperationOptions options_;
  ActivationFunction function_;
};

}  // namespace tanuki
