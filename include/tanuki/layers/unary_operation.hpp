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
  std::string name = {};
};

/// Keras' default arguments are the only ones but for Gelu's.
template <class Field>
void fields(Field& field, UnaryOperationOptions& options) {
  if (options.operation == "Gelu") field("approximate", options.approximate);
}

inline std::optional<ActivationFunction> find_unary_operation(std::string_view operation, bool approximate) {
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
  if (operation == "Gelu") return detail::elementwise("Gelu", approximate ? K::gelu_tanh : K::gelu);
  return {};
}
inline bool is_unary_operation(std::string_view operation) {
  return find_unary_operation(operation, true).has_value();
}

template <class B = Cpu>
class UnaryOperation final : public LayerOf<UnaryOperation<B>, B> {
 public:
  /// Throws Error where the operation is unknown.
  explicit UnaryOperation(UnaryOperationOptions options)
      : LayerOf<UnaryOperation<B>, B>(options.operation, options.name), options_(std::move(options)) {
    const auto found = find_unary_operation(options_.operation, options_.approximate);
    if (!found) fail("in '", this->name(), "': unknown operation '", options_.operation, "'");
    function_ = *found;
  }

  const UnaryOperationOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override { return activate(x, function_); }

  UnaryOperationOptions options_;
  ActivationFunction function_;
};

}  // namespace tanuki
