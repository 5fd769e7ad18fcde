// A loss, a metric and a rule of a program's own that copy numbers to the host and back, as docs/adding-a-loss.md says.

#include "tanuki/backend/cuda/backend.hpp"
#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/losses/loss.hpp"
#include "tanuki/metrics/metric.hpp"
#include "tanuki/optimizers/optimizer.hpp"
#include "tests/cuda/parity.hpp"

namespace tanuki::test_own_parts {

template <class B>
std::vector<float> values_of(ConstTensorView<B> view) {
  std::vector<float> values(std::size_t(view.size()));
  Memory<B>::to_host(values.data(), view.data, values.size());
  return values;
}

struct SumOfSquares {
  std::string name() const { return "sum_of_squares"; }
  void check(const Shape&, const Shape&) const {}
  template <class B>
  float operator()(Context<B>&, ConstTensorView<B>, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    auto values = values_of<B>(predictions);
    float sum = 0;
    for (float& value : values) sum += value * value, value *= 2;
    if (gradient) Memory<B>::from_host(gradient.data, values.data(), values.size());
    return sum;
  }
};

struct Largest : MeanMetric {
  Largest() : MeanMetric("largest") {}
  void check(const Shape&, const Shape&) const {}
  template <class B>
  void update(Context<B>&, ConstTensorView<B>, ConstTensorView<B> predictions,
              ConstTensorView<B> weights = {}) {
    const auto values = values_of<B>(predictions);
    add(double(*std::max_element(values.begin(), values.end())) * double(values.size()), predictions.shape,
        weights);
  }
};

struct Momentum {
  std::string name() const { return "momentum"; }
  double learning_rate() const { return 0.5; }
  std::vector<Slot> slots() const { return {"momentum"}; }
  template <class B>
  void update(const OptimizerStep<B>& step) const {
    const auto gradient = values_of<B>(step.gradient);
    auto weight = values_of<B>(step.weight), momentum = values_of<B>(step.slots[0].view());
    for (std::size_t i = 0; i < weight.size(); ++i) {
      momentum[i] = 0.5f * momentum[i] + gradient[i];
      weight[i] -= float(step.learning_rate) * momentum[i];
    }
    Memory<B>::from_host(step.weight.data, weight.data(), weight.size());
    Memory<B>::from_host(step.slots[0].data(), momentum.data(), momentum.size());
  }
};

/// Plain loops over views are for the CPU.
struct OnTheCpu : SumOfSquares {
  float operator()(Context<Cpu>&, ConstTensorView<Cpu>, ConstTensorView<Cpu>, TensorView<Cpu>) const {
    return 0;
  }
};
static_assert(LossFor<OnTheCpu, Cpu> && !LossFor<OnTheCpu, Cuda>);
static_assert(!std::is_convertible_v<OnTheCpu, AnyLoss<Cuda>>);

/// Two steps down the gradient of the loss: the losses, what the metric says, and the weight.
template <class B>
std::vector<float> two_steps() {
  Context<B> context;
  std::vector<Weight<B>> weights{{"kernel", Role::learned, Tensor<B>({3, 1}, {1, -2, 3})}};
  const AnyLoss<B> loss = SumOfSquares();
  AnyMetric<B> metric = Largest();
  AnyOptimizer<B> optimizer = Momentum();
  optimizer.build(weights);
  Tensor<B> gradient({3, 1});
  std::vector<float> all;
  for (int step = 0; step < 2; ++step) {
    const auto now = std::as_const(weights[0]).value().view();
    all.push_back(loss(context, now, now, gradient.view()));
    metric.update(context, now, now);
    optimizer.step(context, weights, std::vector<ConstTensorView<B>>{gradient.view()});
  }
  all.push_back(float(metric.result()));
  for (float value : weights[0].value().to_vector()) all.push_back(value);
  return all;
}

TEST_CASE("a loss, a metric and a rule of a program's own do on the GPU what they do on the CPU") {
  const auto given = two_steps<Cuda>();
  CHECK(given == two_steps<Cpu>());
  CHECK(given == std::vector<float>{14, 0, 1.5f, -0.5f, 1, -1.5f});
}

}  // namespace tanuki::test_own_parts
