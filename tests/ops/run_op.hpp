#pragma once

// Runs one op outside of any model, as a plan would, and compares what it gives.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "tanuki/ops/graph.hpp"

namespace tanuki::test {

/// Uniform in ±1.
inline Tensor<> uniform_tensor(const Shape& shape, std::uint64_t seed) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = Random{seed, 1}.uniform(i, -1.0f, 1.0f);
  return {shape, values};
}

inline Weight<> random_weight(const Shape& shape, std::uint64_t seed) {
  return {"kernel", Role::learned, uniform_tensor(shape, seed)};
}

inline bool same_bits(const Tensor<>& a, const Tensor<>& b) {
  return a.shape() == b.shape() &&
         std::memcmp(a.data(), b.data(), std::size_t(a.size()) * sizeof(float)) == 0;
}

/// The largest difference, relative to the largest expected magnitude.
inline double error(const Tensor<>& given, const std::vector<double>& expected) {
  REQUIRE(std::size_t(given.size()) == expected.size());
  double difference = 0, magnitude = 1e-30;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    difference = std::fmax(difference, std::fabs(given.data()[i] - expected[i]));
    if (!std::isfinite(given.data()[i])) return INFINITY;
    magnitude = std::fmax(magnitude, std::fabs(expected[i]));
  }
  return difference / magnitude;
}

struct Gradients {
  std::vector<Tensor<>> inputs, weights;
};

/// An op of one input in one place.
class OneInputRun {
 public:
  OneInputRun(std::shared_ptr<const ops::Op<Cpu>> op, int threads = 1)
      : op_(std::move(op)), context_(threads) {}

  /// The batch's output; what was in it before must not matter.
  Tensor<> forward(const Tensor<>& x) {
    const Shape without = x.shape().without_batch();
    Tensor<> y(op_->output_shape(std::span(&without, 1)).with_batch(x.shape().front()));
    fill(y);
    const ConstTensorView<Cpu> input = x.view();
    op_->forward({context_, std::span(&input, 1), y.view(), {}, {}});
    return y;
  }

  /// Gradients of sum(dy * y). The op sees no more than it said that it reads.
  Gradients backward(const Tensor<>& x, const Tensor<>& dy,
                     ops::Wanted wanted = {.inputs = true, .weights = true}) {
    Gradients gradients;
    std::vector<TensorView<Cpu>> inputs, weights;
    gradients.inputs.emplace_back(x.shape());
    for (const auto& weight : op_->weights()) gradients.weights.emplace_back(weight.shape());
    for (auto& gradient : gradients.inputs) {
      fill(gradient);
      inputs.push_back({wanted.inputs ? gradient.data() : nullptr, gradient.shape()});
    }
    for (auto& gradient : gradients.weights) {
      fill(gradient);
      weights.push_back({wanted.weights ? gradient.data() : nullptr, gradient.shape()});
    }
    const auto reads = op_->reads(wanted);
    const ConstTensorView<Cpu> input{reads.inputs ? x.data() : nullptr, x.shape()};
    const Tensor<> y = reads.output ? forward(x) : Tensor<>(dy.shape());
    const ConstTensorView<Cpu> output{reads.output ? y.data() : nullptr, dy.shape()};
    op_->backward({context_, std::span(&input, 1), output, dy.view(), inputs, weights, {}, {}});
    return gradients;
  }

  /// Compares backward with central differences of forward, at some elements of the input and of every
  /// weight. For ops that are linear in each of them, so that the step can be large.
  void check_finite_differences(Tensor<> x, double tolerance) {
    const Tensor<> y = forward(x), dy = uniform_tensor(y.shape(), 99);
    const Gradients gradients = backward(x, dy);
    const auto loss = [&] {
      const Tensor<> out = forward(x);
      double sum = 0;
      for (Index i = 0; i < out.size(); ++i) sum += double(out.data()[i]) * double(dy.data()[i]);
      return sum;
    };
    const auto check = [&](float* numbers, const Tensor<>& gradient) {
      double largest = 1e-30;
      for (Index i = 0; i < gradient.size(); ++i)
        largest = std::fmax(largest, std::fabs(double(gradient.data()[i])));
      for (std::uint64_t draw = 0; draw < 12; ++draw) {
        const Index i = Index(Random{7, 2}.word(draw) % std::uint64_t(gradient.size()));
        const float before = numbers[i];
        numbers[i] = before + 0.5f;
        const double up = loss();
        numbers[i] = before - 0.5f;
        const double down = loss();
        numbers[i] = before;
        CHECK(std::fabs((up - down) - double(gradient.data()[i])) <= tolerance * largest);
      }
    };
    check(x.data(), gradients.inputs[0]);
    const auto weights = op_->weights();
    for (std::size_t i = 0; i < weights.size(); ++i) check(weights[i].edit().data(), gradients.weights[i]);
  }

 private:
  static void fill(Tensor<>& tensor) {
    for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = 1e9f;
  }

  std::shared_ptr<const ops::Op<Cpu>> op_;
  Context<Cpu> context_;
};

/// Checks that emitting the op on an input of this shape throws exactly this message.
template <class Emit>
void check_refuses(const Shape& input, Emit emit, const std::string& message) {
  ops::Graph<Cpu> graph;
  const ops::Value<Cpu> x = graph.input(input);
  CHECK_THROWS_WITH(emit(x), message);
}

}  // namespace tanuki::test
