#include "tanuki/backend/eigen/accuracy.hpp"
#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/losses/mean_squared_error.hpp"
#include "tanuki/metrics/binary_accuracy.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_metric {

using namespace tanuki;
using namespace tanuki::tests;

namespace {

const Tensor<> yes({1, 1}, {1}), no({1, 1}, {0});

void update(AnyMetric<Cpu>& metric, const Tensor<>& labels, const Tensor<>& predictions) {
  metric.update(default_context<Cpu>(), labels.view(), predictions.view());
}

}  // namespace

TEST_CASE("the mean agrees with Keras") {
  Mean mean;
  for (int i = 0; i < 3; ++i) {
    const std::string step = "/" + std::to_string(i);
    mean.update(golden("losses.safetensors", "mean/values" + step).to_vector());
    CHECK(mean.result() ==
          Approx(double(golden("losses.safetensors", "mean/result" + step).data()[0])).epsilon(1e-6));
  }
  CHECK(mean.name() == "mean");
}

TEST_CASE("the mean is weighted, and 0 of nothing") {
  Mean mean({.name = "loss"});
  CHECK(mean.result() == 0);
  mean.update(1.0, 32);
  mean.update(4.0, 16);
  CHECK(mean.result() == 2);
  mean.reset();
  CHECK(mean.result() == 0);
}

TEST_CASE("copies of a metric count for themselves") {
  AnyMetric<Cpu> first = BinaryAccuracy();
  update(first, yes, yes);
  AnyMetric<Cpu> second = first;
  update(second, yes, no);
  CHECK(first.result() == 1);
  CHECK(second.result() == 0.5);
  second.reset();
  CHECK(first.result() == 1);
  first = second;
  update(first, yes, no);
  CHECK(second.result() == 0);
  update(second, yes, yes);
  CHECK(first.result() == 0);
  CHECK(second.result() == 1);
}

namespace {

/// Wants to be told of weights.
struct Heaviest : MeanMetric {
  Heaviest() : MeanMetric("heaviest") {}
  void check(const Shape&, const Shape&) const {}
  void update(Context<Cpu>&, ConstTensorView<Cpu>, ConstTensorView<Cpu> predictions,
              ConstTensorView<Cpu> weights) {
    add(weights ? 2.0 : 1.0, predictions.shape, weights);
  }
};

}  // namespace

TEST_CASE("a user's own metric may always want to be told of weights") {
  AnyMetric<Cpu> metric = Heaviest();
  update(metric, yes, yes);
  CHECK(metric.result() == 1);
  metric.update(default_context<Cpu>(), yes.view(), yes.view(), yes.view());
  CHECK(metric.result() == 1.5);
}

TEST_CASE("a metric's counts come back from a checkpoint") {
  AnyMetric<Cpu> metric = BinaryAccuracy(), restored = BinaryAccuracy();
  update(metric, yes, yes);
  update(metric, yes, no);
  restored.restore(metric.state());
  update(metric, yes, yes);
  update(restored, yes, yes);
  CHECK(restored.result() == metric.result());
  CHECK_THROWS_AS(restored.restore(std::vector<double>{1}), Error);
}

TEST_CASE("a loss serves as a metric: the mean over all examples") {
  AnyMetric<Cpu> metric = MeanSquaredError();
  CHECK(metric.name() == "mean_squared_error");
  update(metric, Tensor<>({1, 1}, {0}), Tensor<>({1, 1}, {3}));
  update(metric, Tensor<>({2, 1}, {0, 0}), Tensor<>({2, 1}, {0, 3}));
  CHECK(metric.result() == 6);
  CHECK_FALSE(metric.threshold());
  CHECK_THROWS_AS(metric.check({2}, {1}), Error);
  static_assert(!std::is_convertible_v<int, AnyMetric<Cpu>>);
}

}  // namespace test_metric
