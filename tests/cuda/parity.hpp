#pragma once

// The same op on the CPU and on the device, which is the host device, or a GPU where the tests are linked for one: what it
// gives must be the same up to rounding, and on the device the same to the bit each time, in any order of the threads. What is written is poisoned before, and exactly as large as it must be.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/ops/op.hpp"

namespace tanuki::test {

/// The host device takes the threads of a block in another order; a GPU has its own.
void order_threads(std::uint64_t seed);

/// A tensor that is neither zeroed nor finite until it is written.
template <class B>
Tensor<B> poisoned(const Shape& shape) {
  const std::vector<float> nothing(std::size_t(shape.elements()), std::numeric_limits<float>::quiet_NaN());
  return {shape, nothing};
}

/// Uniform in low … high; another label, other numbers.
inline std::vector<float> numbers(Index count, std::uint64_t label, float low = -1, float high = 1) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = Random{77, label}.uniform(i, low, high);
  return values;
}

/// An input or weight by its shape and range.
struct Given {
  Shape shape;
  float low = -1, high = 1;
};

template <class B>
Tensor<B> tensor(const Given& given, std::uint64_t label) {
  return {given.shape, numbers(given.shape.elements(), label, given.low, given.high)};
}
template <class B>
Weight<B> weight(const Given& given, std::uint64_t label, Role role = Role::learned) {
  return {"weight" + std::to_string(label), role, tensor<B>(given, 1000 + label)};
}

/// What an op gave: output, saved, gradients of inputs and weights, in this order.
using Outcome = std::vector<std::vector<float>>;

template <class B>
Outcome run_op(const ops::Op<B>& op, const std::vector<Given>& given, ops::Wanted wanted, bool in_place,
               bool cudnn = true) {
  Context<B> context;
  if constexpr (std::is_same_v<B, Cuda>) context.cudnn(cudnn);
  std::vector<Tensor<B>> inputs, input_gradients, weight_gradients;
  std::vector<ConstTensorView<B>> views;
  std::vector<Shape> shapes;
  for (std::size_t i = 0; i < given.size(); ++i) inputs.push_back(tensor<B>(given[i], i));
  for (auto& input : inputs) {
    views.push_back(input.view());
    shapes.push_back(input.shape().without_batch());
  }
  const Index batch = inputs[0].shape()[0];
  const Shape shape = op.output_shape(shapes).with_batch(batch);
  const ops::Saved space = op.saved(shapes);
  Tensor<B> output = in_place ? inputs[0] : poisoned<B>(shape),
            saved = poisoned<B>({space.per_image * batch + space.fixed});
  if (in_place) views[0].data = output.data();
  const Random random{5, 9, 0, 3};
  op.prepare(context);
  op.forward({context, views, output.view(), saved.view(), random});
  views[0].data = inputs[0].data();
  Outcome outcome{output.to_vector(), saved.to_vector()};
  if (!wanted.inputs && !wanted.weights) return outcome;
  const auto reads = op.reads(wanted);
  Tensor<B> dy = tensor<B>({shape}, 500);
  std::vector<TensorView<B>> to_inputs, to_weights;
  for (auto& input : inputs) input_gradients.push_back(poisoned<B>(input.shape()));
  for (auto& gradient : input_gradients)
    to_inputs.push_back(wanted.inputs ? gradient.view() : TensorView<B>{nullptr, gradient.shape()});
  if (in_place && wanted.inputs) to_inputs[0].data = dy.data();
  const auto weights = op.weights();
  for (const auto& w : weights) weight_gradients.push_back(poisoned<B>(w.shape()));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const bool mine = wanted.weights && weights[i].role() == Role::learned;
    to_weights.push_back(mine ? weight_gradients[i].view() : TensorView<B>{nullptr, weights[i].shape()});
  }
  for (auto& view : views) view.data = reads.inputs ? view.data : nullptr;
  ConstTensorView<B> y = output.view();
  if (!reads.output) y.data = nullptr;
  op.backward({context, views, y, dy.view(), to_inputs, to_weights, saved.view(), random});
  for (std::size_t i = 0; i < to_inputs.size(); ++i) {
    if (to_inputs[i]) outcome.push_back(in_place && i == 0 ? dy.to_vector() : input_gradients[i].to_vector());
  }
  for (std::size_t i = 0; i < to_weights.size(); ++i) {
    if (to_weights[i]) outcome.push_back(weight_gradients[i].to_vector());
  }
  return outcome;
}

/// The largest difference, relative to the largest expected magnitude; infinite where one of both is no number.
inline double apart(const std::vector<float>& given, const std::vector<float>& expected) {
  REQUIRE(given.size() == expected.size());
  double difference = 0, magnitude = 1e-30;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (std::isfinite(given[i]) != std::isfinite(expected[i])) return INFINITY;
    if (!std::isfinite(expected[i])) continue;
    difference = std::fmax(difference, std::fabs(double(given[i]) - double(expected[i])));
    magnitude = std::fmax(magnitude, std::fabs(double(expected[i])));
  }
  return difference / magnitude;
}

inline bool same_bits(const Outcome& a, const Outcome& b) {
  bool same = a.size() == b.size();
  for (std::size_t i = 0; same && i < a.size(); ++i)
    same =
        a[i].size() == b[i].size() && std::memcmp(a[i].data(), b[i].data(), a[i].size() * sizeof(float)) == 0;
  return same;
}

struct ParityOptions {
  double tolerance = 2e-6;
  ops::Wanted wanted = {.inputs = true, .weights = true};
  bool cudnn = true;  ///< convolutions by the device itself, where it does them
};

/// `make.operator()<B>()` gives the op of a backend, with the same weights for both.
template <class Make>
void check_parity(Make make, const std::vector<Given>& inputs, ParityOptions options = {}) {
  const auto on_cpu = make.template operator()<Cpu>();
  std::vector<bool> places{false};
  std::vector<Shape> shapes;
  for (const auto& input : inputs) shapes.push_back(input.shape.without_batch());
  if (on_cpu.overwrites_input() && on_cpu.output_shape(shapes).elements() == shapes[0].elements())
    places.push_back(true);
  for (const bool in_place : places) {
    const Outcome expected = run_op<Cpu>(on_cpu, inputs, options.wanted, in_place);
    order_threads(1);
    const auto on_device = make.template operator()<Cuda>();
    const Outcome given = run_op<Cuda>(on_device, inputs, options.wanted, in_place, options.cudnn);
    REQUIRE(given.size() == expected.size());
    for (std::size_t i = 0; i < given.size(); ++i) {
      INFO("result " << i << " of " << given.size() << (in_place ? ", in place" : "") << ", input "
                     << inputs[0].shape);
      CHECK(apart(given[i], expected[i]) <= options.tolerance);
    }
    order_threads(12345);
    CHECK(same_bits(
        run_op<Cuda>(make.template operator()<Cuda>(), inputs, options.wanted, in_place, options.cudnn),
        given));
  }
}

}  // namespace tanuki::test
