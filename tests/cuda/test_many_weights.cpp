// What takes many tensors in a launch: steps of optimizers, and the search for numbers that are not finite.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/optimizers/find.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_many_weights {

using test::numbers;

/// Of sizes around those of a block of threads and of its part, more than a launch takes, some of them empty.
std::vector<Shape> many_shapes() {
  std::vector<Shape> shapes;
  for (Index i = 0; i < 150; ++i)
    shapes.push_back({i % 10 == 9 ? (i % 30 == 9 ? 0 : 4095 + i % 3) : i % 10 == 8 ? 9000 : 1 + i * 7 % 300});
  return shapes;
}

TEST_CASE("many weights move in one step as each alone, to the bit") {
  Context<Cuda> context;
  const auto run = [&](bool together, const auto& rule) {
    std::vector<Tensor<Cuda>> weights, gradients;
    std::vector<std::vector<Tensor<Cuda>>> slots;
    std::vector<OptimizerStep<Cuda>> steps;
    const std::vector<float> shared(1, 0.4f);
    std::uint64_t label = 0;
    for (const Shape& shape : many_shapes()) {
      const Index size = shape.elements();
      weights.emplace_back(shape, numbers(size, ++label)),
          gradients.emplace_back(shape, numbers(size, ++label));
      auto& mine = slots.emplace_back();
      for (std::size_t s = 0; s < rule.slots().size(); ++s)
        mine.emplace_back(shape, numbers(size, ++label, 0.1f, 1));
    }
    for (std::size_t i = 0; i < weights.size(); ++i)
      steps.push_back(
          {context, 0.01 * double(1 + i % 3), 2, weights[i].view(), gradients[i].view(), slots[i], shared});
    if (together) {
      rule.update_all(std::span<const OptimizerStep<Cuda>>(steps));
    } else {
      for (const auto& step : steps) rule.update(step);
    }
    std::vector<std::vector<float>> all;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      all.push_back(weights[i].to_vector());
      for (auto& slot : slots[i]) all.push_back(slot.to_vector());
    }
    return all;
  };
  const auto check = [&](const auto& rule) {
    const auto together = run(true, rule);
    CHECK(together == run(false, rule));
    CHECK(together[0] != numbers(Index(together[0].size()), 1));  // they have moved
  };
  each_optimizer([&]<class O>() { check(O()); });
  check(Adam({.amsgrad = true}));
  check(RMSprop({.momentum = 0.5}));
  check(RMSprop({.epsilon = 1, .centered = true}));
  check(RMSprop({.momentum = 0.5, .epsilon = 1, .centered = true}));
  check(SGD({.momentum = 0.9, .nesterov = true}));
}

/// Adam's, but for what it does with a weight.
struct Halves : Adam {
  template <class B>
  void update(const OptimizerStep<B>& step) const {
    ops::ClipKernel<B>::scale(step.context, step.weight, 0.5f, 1, step.weight);
  }
};

/// Adam's, but for what it does with many.
struct NothingAtOnce : Adam {
  template <class B>
  void update_all(std::span<const OptimizerStep<B>>) const {}
};

TEST_CASE("a rule that comes from Adam moves weights by its own update") {
  Context<Cuda> context;
  const std::vector<Weight<Cuda>> weights{{"a", Role::learned, Tensor<Cuda>({5}, numbers(5, 1))},
                                          {"b", Role::learned, Tensor<Cuda>({3}, numbers(3, 2))}};
  const Tensor<Cuda> a({5}, numbers(5, 3)), b({3}, numbers(3, 4));
  const std::vector<ConstTensorView<Cuda>> gradients{a.view(), b.view()};
  AnyOptimizer<Cuda> halves{Halves()};
  halves.build(weights);
  halves.step(context, weights, gradients);
  auto expected = numbers(5, 1);
  for (float& value : expected) value *= 0.5f;
  CHECK(weights[0].value().to_vector() == expected);
  AnyOptimizer<Cuda> nothing{NothingAtOnce()};
  nothing.build(weights);
  nothing.step(context, weights, gradients);
  CHECK(weights[0].value().to_vector() == expected);
}

TEST_CASE("gradients of many weights are held in bounds together, to the bit as each alone") {
  Context<Cuda> context;
  std::vector<Weight<Cuda>> weights;
  std::vector<Tensor<Cuda>> kept;
  std::vector<ConstTensorView<Cuda>> gradients;
  std::uint64_t label = 0;
  auto shapes = many_shapes();
  shapes.push_back({140'000});  // a thread squares more than a number of it
  for (const Shape& shape : shapes) {
    weights.emplace_back("weight", Role::learned, Tensor<Cuda>(shape));
    kept.emplace_back(shape, numbers(shape.elements(), ++label));
  }
  for (const auto& gradient : std::as_const(kept)) gradients.push_back(gradient.view());
  gradients[3].data = nullptr;
  std::vector<double> squares;
  double sum = 0;
  for (const auto& gradient : gradients) {
    const Index size = gradient ? gradient.size() : 0;
    squares.push_back(gpu::sum_of(context, gpu::Sum::squares, gradient.data, size).get());
    sum += squares.back();
  }
  const auto check = [&](const SGDOptions& options, const auto& bounded) {
    for (const auto& weight : weights) weight.assign(Tensor<Cuda>(weight.shape()));
    AnyOptimizer<Cuda> optimizer{SGD(options)};
    optimizer.build(weights);
    optimizer.step(context, weights, gradients);
    bool same = true;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      auto expected = kept[i].to_vector();
      for (float& value : expected) value = gradients[i] ? 0.0f - bounded(value, i) : 0.0f;
      same = same && weights[i].value().to_vector() == expected;
    }
    CHECK(same);
  };
  check({.learning_rate = 1, .clipvalue = 0.1},
        [](float g, std::size_t) { return std::clamp(g, -0.1f, 0.1f); });
  check({.learning_rate = 1, .clipnorm = 3},
        [&](float g, std::size_t i) { return g * 3.0f / std::max(float(std::sqrt(squares[i])), 3.0f); });
  for (const float limit : {3.0f, 1e6f}) {
    const float factor = limit * std::min(1.0f / std::sqrt(float(sum)), 1.0f / limit);
    check({.learning_rate = 1, .global_clipnorm = limit}, [&](float g, std::size_t) { return g * factor; });
  }
}

TEST_CASE("the first of many tensors that is not finite is found") {
  Context<Cuda> context;
  std::vector<ConstTensorView<Cuda>> many;
  std::vector<Tensor<Cuda>> kept;
  for (const Shape& shape : many_shapes()) kept.emplace_back(shape, numbers(shape.elements(), 3));
  for (int twice = 0; twice < 2; ++twice) {
    for (const auto& tensor : kept) many.push_back(tensor.view());
  }
  CHECK(ops::first_not_finite<Cuda>(context, many).get() == many.size());
  for (const std::size_t i : {std::size_t{299}, std::size_t{128}, std::size_t{127}, std::size_t{8}}) {
    const Index size = many[i].size();  // the last number of all
    std::vector<float> wrong = numbers(size, 4);
    wrong.back() = -INFINITY;
    many[i] = kept.emplace_back(Shape{size}, wrong).view();
    CHECK(ops::first_not_finite<Cuda>(context, many).get() == i);
  }
}

}  // namespace tanuki::test_many_weights
