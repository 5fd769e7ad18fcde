#pragma once

// One op, run by hand: everything that is to be written is poisoned and fenced, what reads() did not ask for
// is not there, and every gradient is compared with central differences.

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <concepts>
#include <limits>

#include "tanuki/ops/op.hpp"

namespace tanuki::test {

/// Normal numbers; another label, other numbers.
inline Tensor<Cpu> random_tensor(const Shape& shape, std::uint64_t label = 0, float mean = 0,
                                 float deviation = 1) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  const Random random = Random{2024, 0}.fork(label);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = mean + deviation * random.normal(i);
  return {shape, values};
}

/// Numbers `gap` apart, around zero but none of them zero, in random order: for ops with kinks.
inline Tensor<Cpu> distinct_tensor(const Shape& shape, std::uint64_t label = 0, float gap = 0.1f) {
  const auto order = Random{2024, 1}.fork(label).permutation(shape.elements());
  std::vector<float> values;
  for (Index place : order) values.push_back((float(place) - 0.5f * float(shape.elements()) + 0.25f) * gap);
  return {shape, values};
}

/// Memory to be written: NaN inside, a fence on both sides.
class Poisoned {
 public:
  explicit Poisoned(const Shape& shape)
      : shape_(shape),
        numbers_(std::size_t(shape.elements() + 2 * fence), std::numeric_limits<float>::quiet_NaN()) {
    for (std::size_t i = 0; i < fence; ++i) numbers_[i] = numbers_[numbers_.size() - 1 - i] = mark;
  }
  explicit Poisoned(ConstTensorView<Cpu> values) : Poisoned(values.shape) {
    std::copy_n(values.data, values.size(), view().data);
  }

  TensorView<Cpu> view() { return {numbers_.data() + fence, shape_}; }
  std::vector<float> values() const { return {numbers_.begin() + fence, numbers_.end() - fence}; }

  /// Everything inside was written with numbers, and nothing outside.
  void check(const std::string& what) const {
    INFO(what << " " << shape_);
    const auto inside = values();
    REQUIRE(std::all_of(inside.begin(), inside.end(), [](float value) { return std::isfinite(value); }));
    const auto untouched = [](float value) { return value == mark; };
    REQUIRE(std::all_of(numbers_.begin(), numbers_.begin() + fence, untouched));
    REQUIRE(std::all_of(numbers_.end() - fence, numbers_.end(), untouched));
  }

 private:
  static constexpr int fence = 16;
  static constexpr float mark = 12345.0f;
  Shape shape_;
  std::vector<float> numbers_;
};

/// What a forward and a backward gave.
struct OpResult {
  std::vector<float> output, saved;
  std::vector<std::vector<float>> input_gradients, weight_gradients;

  friend bool operator==(const OpResult&, const OpResult&) = default;
};

class OpRun {
 public:
  /// Keeps a copy of the op, so that it may be a temporary.
  template <class O>
  requires(std::derived_from<O, ops::Op<Cpu>> && !std::is_abstract_v<O>)
      OpRun(O op, std::vector<Tensor<Cpu>> inputs, Random random = {11, 3})
      : OpRun(static_cast<const ops::Op<Cpu>&>(op), std::move(inputs), random) {
    op_ = std::make_shared<O>(std::move(op));
  }
  /// The op must stay.
  OpRun(const ops::Op<Cpu>& op, std::vector<Tensor<Cpu>> inputs, Random random = {11, 3})
      : op_(&op, [](auto*) {}), inputs_(std::move(inputs)), random_(random), batch_(inputs_[0].shape()[0]) {
    for (const auto& input : inputs_) shapes_.push_back(input.shape().without_batch());
  }

  std::vector<Tensor<Cpu>>& inputs() { return inputs_; }
  Shape output_shape() const { return op_->output_shape(shapes_).with_batch(batch_); }
  /// The first input and the output may share their memory, if the op allows it.
  bool same_size() const { return inputs_[0].size() == output_shape().elements(); }

  /// `in_place`: over a copy of the first input.
  OpResult forward(Context<Cpu>& context, bool in_place = false) const {
    Poisoned output = in_place ? Poisoned(inputs_[0].view()) : Poisoned(output_shape());
    Poisoned saved({saved_size()});
    auto views = input_views();
    if (in_place) views[0].data = output.view().data;
    op_->forward({context, views, {output.view().data, output_shape()}, saved_view(saved), random_});
    output.check("output");
    saved.check("saved");
    return {output.values(), saved.values(), {}, {}};
  }

  /// Fills in the gradients that are wanted. `in_place`: over the output's gradient.
  void backward(Context<Cpu>& context, OpResult& result, const std::vector<float>& output_gradient,
                ops::Wanted wanted, bool in_place = false) const {
    if (op_->passes_gradient()) {
      result.input_gradients.assign(inputs_.size(), output_gradient);
      return;
    }
    const ops::Reads reads = op_->reads(wanted);
    auto views = input_views();
    if (!reads.inputs) {
      for (auto& view : views) view.data = nullptr;
    }
    std::vector<Poisoned> input_gradients, weight_gradients;
    std::vector<TensorView<Cpu>> to_inputs, to_weights;
    Poisoned gradient(ConstTensorView<Cpu>{output_gradient.data(), output_shape()});
    const auto weights = op_->weights();
    for (const auto& input : inputs_) input_gradients.emplace_back(input.shape());
    for (const auto& weight : weights) weight_gradients.emplace_back(weight.shape());
    for (auto& memory : input_gradients)
      to_inputs.push_back(wanted.inputs ? memory.view() : TensorView<Cpu>{nullptr, memory.view().shape});
    if (in_place) to_inputs[0].data = gradient.view().data;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      to_weights.push_back(weight_gradients[i].view());
      if (!wanted.weights || weights[i].role() == Role::state) to_weights[i].data = nullptr;
    }
    ConstTensorView<Cpu> saved{result.saved.data(), {Index(result.saved.size())}};
    if (result.saved.empty()) saved = {};
    op_->backward({context,
                   views,
                   {reads.output ? result.output.data() : nullptr, output_shape()},
                   gradient.view(),
                   to_inputs,
                   to_weights,
                   saved,
                   random_});
    result.input_gradients.clear(), result.weight_gradients.clear();
    for (std::size_t i = 0; i < to_inputs.size(); ++i) {
      if (!to_inputs[i]) continue;
      const Poisoned& memory = in_place && i == 0 ? gradient : input_gradients[i];
      memory.check("input gradient " + std::to_string(i));
      result.input_gradients.push_back(memory.values());
    }
    for (std::size_t i = 0; i < to_weights.size(); ++i) {
      if (!to_weights[i]) continue;
      weight_gradients[i].check("gradient of " + weights[i].name());
      result.weight_gradients.push_back(weight_gradients[i].values());
    }
    if (!in_place) CHECK(gradient.values() == output_gradient);
  }

 private:
  std::vector<ConstTensorView<Cpu>> input_views() const {
    std::vector<ConstTensorView<Cpu>> views;
    for (const auto& input : inputs_) views.push_back(input.view());
    return views;
  }
  Index saved_size() const {
    const ops::Saved saved = op_->saved(shapes_);
    return saved.per_image * batch_ + saved.fixed;
  }
  static TensorView<Cpu> saved_view(Poisoned& saved) {
    return saved.view().size() ? saved.view() : TensorView<Cpu>{};
  }

  std::shared_ptr<const ops::Op<Cpu>> op_;
  std::vector<Tensor<Cpu>> inputs_;
  Random random_;
  Index batch_;
  std::vector<Shape> shapes_;
};

/// The norm of a - b over that of b.
inline double relative_norm(const std::vector<float>& a, const std::vector<double>& b) {
  double difference = 0, size = 0;
  for (std::size_t i = 0; i < b.size(); ++i) {
    difference += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
    size += b[i] * b[i];
  }
  return std::sqrt(difference) / (std::sqrt(size) + 1e-12);
}

/// What check_op is told.
struct OpCheck {
  double step = 1e-2;       ///< of the central differences
  double tolerance = 1e-3;  ///< of each gradient's relative norm
};

/// Runs the op in every way a plan may: all gradients or only some, in place, on one thread and on three; all
/// must agree to the bit. Then compares all gradients with central differences.
inline void check_op(const ops::Op<Cpu>& op, const std::vector<Tensor<Cpu>>& inputs, OpCheck check = {}) {
  Context<Cpu> one(1), three(3);
  OpRun run(op, inputs);
  const auto direction = random_tensor(run.output_shape(), 99).to_vector();

  OpResult result = run.forward(one);
  CHECK((run.forward(three) == result));
  if (op.overwrites_input() && run.same_size()) CHECK((run.forward(three, true) == result));
  run.backward(one, result, direction, {.inputs = true, .weights = true});
  for (std::size_t i = 0; i < inputs.size(); ++i) CHECK(run.inputs()[i].to_vector() == inputs[i].to_vector());

  OpResult other = result;
  run.backward(three, other, direction, {.inputs = true, .weights = true});
  CHECK((other == result));
  run.backward(three, other, direction, {.inputs = true});
  CHECK(other.input_gradients == result.input_gradients);
  if (!result.weight_gradients.empty()) {
    run.backward(three, other, direction, {.weights = true});
    CHECK(other.weight_gradients == result.weight_gradients);
  }
  if (op.overwrites_gradient() && run.same_size()) {
    run.backward(three, other, direction, {.inputs = true, .weights = true}, true);
    CHECK((other == result));
  }

  const auto loss = [&] {
    const auto output = run.forward(one).output;
    double sum = 0;
    for (std::size_t i = 0; i < output.size(); ++i) sum += double(output[i]) * double(direction[i]);
    return sum;
  };
  const auto differences = [&](Index count, auto numbers) {
    std::vector<double> slopes;
    for (Index i = 0; i < count; ++i) {
      const float value = numbers()[i], up = value + float(check.step), down = value - float(check.step);
      numbers()[i] = up;
      const double above = loss();
      numbers()[i] = down;
      const double below = loss();
      numbers()[i] = value;
      slopes.push_back((above - below) / (double(up) - double(down)));
    }
    return slopes;
  };
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    INFO("the gradient of input " << i);
    const auto slopes = differences(inputs[i].size(), [&] { return run.inputs()[i].data(); });
    CHECK(relative_norm(result.input_gradients[i], slopes) <= check.tolerance);
  }
  std::size_t next = 0;
  for (const auto& weight : op.weights()) {
    if (weight.role() == Role::state) continue;
    INFO("the gradient of " << weight.name());
    const auto slopes = differences(weight.shape().elements(), [&] { return weight.edit().data(); });
    CHECK(relative_norm(result.weight_gradients[next++], slopes) <= check.tolerance);
  }
}

/// The shape that the op gives for these, without the batch axis.
inline Shape output_shape(const ops::Op<Cpu>& op, std::vector<Shape> inputs) {
  return op.output_shape(inputs);
}

}  // namespace tanuki::test
