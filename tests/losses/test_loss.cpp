#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/losses/binary_crossentropy.hpp"
#include "tanuki/losses/mean_squared_error.hpp"
#include "tanuki/metrics/metric.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_loss {

using namespace tanuki;
using namespace tanuki::tests;

namespace {

/// A user's own loss: the sum of the predictions.
struct SumLoss {
  std::string name() const { return "sum"; }
  void check(const Shape& labels, const Shape&) const {
    if (labels.rank() != 1) fail("one axis, please");
  }
  template <class B>
  float operator()(Context<B>&, ConstTensorView<B>, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    float sum = 0;
    for (Index i = 0; i < predictions.size(); ++i) sum += predictions.data[i];
    for (Index i = 0; gradient && i < predictions.size(); ++i) gradient.data[i] = 1;
    return sum;
  }
};

static_assert(LossFor<SumLoss, Cpu>);
static_assert(!LossFor<int, Cpu> && !std::is_convertible_v<int, AnyLoss<Cpu>>);

}  // namespace

TEST_CASE("a user's own loss is a struct of three members") {
  const AnyLoss<Cpu> loss = SumLoss(), copy = loss;
  CHECK(loss.name() == "sum");
  CHECK_FALSE(loss.from_logits());
  const Tensor<> labels({2}), predictions({2}, {3, 4});
  CHECK(loss_of(copy, labels, predictions) == 7);
  CHECK(gradient_of(copy, labels, predictions).to_vector() == std::vector<float>{1, 1});
  CHECK_THROWS_WITH(loss.check({}, {}), "one axis, please");
}

namespace {

/// All five arguments, without a default.
struct WeightedSum {
  std::string name() const { return "weighted_sum"; }
  void check(const Shape&, const Shape&) const {}
  float operator()(Context<Cpu>&, ConstTensorView<Cpu>, ConstTensorView<Cpu> predictions, TensorView<Cpu>,
                   ConstTensorView<Cpu> weights) const {
    float sum = 0;
    for (Index i = 0; i < predictions.size(); ++i)
      sum += predictions.data[i] * (weights ? weights.data[i] : 1);
    return sum;
  }
};

}  // namespace

TEST_CASE("a user's own loss may always want to be told of weights, also as a metric") {
  const AnyLoss<Cpu> loss = WeightedSum();
  AnyMetric<Cpu> metric = WeightedSum();
  const Tensor<> labels({2}), predictions({2}, {3, 4}), weights({2}, {1, 2});
  auto& context = default_context<Cpu>();
  CHECK(loss_of(loss, labels, predictions) == 7);
  CHECK(loss(context, labels.view(), predictions.view(), {}, weights.view()) == 11);
  metric.update(context, labels.view(), predictions.view());
  CHECK(metric.result() == 7);
}

/// Another loss of what MeanSquaredError has besides.
struct Doubled : MeanSquaredError {
  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return 2 * MeanSquaredError::operator()(context, labels, predictions, gradient);
  }
};

/// With a member of its own, and no constructor from options.
struct Scaled : BinaryCrossentropy {
  explicit Scaled(float its_scale) : scale(its_scale) {}
  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient) const {
    return scale * BinaryCrossentropy::operator()(context, labels, predictions, gradient);
  }
  float scale;
};
/// With options of its own, and nothing else.
struct Smoothed : BinaryCrossentropy {
  Smoothed() : BinaryCrossentropy({.label_smoothing = 0.1}) {}
};

/// With a member, all functions of its own, and our constructors.
struct Weighted : BinaryCrossentropy {
  using BinaryCrossentropy::BinaryCrossentropy;
  template <class B>
  float operator()(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                   TensorView<B> gradient, ConstTensorView<B> weights = {}) const {
    return later(context, labels, predictions, gradient, weights).get();
  }
  template <class B>
  Later<float> later(Context<B>& context, ConstTensorView<B> labels, ConstTensorView<B> predictions,
                     TensorView<B> gradient, ConstTensorView<B> weights) const {
    return then(BinaryCrossentropy::later(context, labels, predictions, gradient, weights),
                [by = factor](float loss) { return by * loss; });
  }
  float factor = 1;
};

TEST_CASE("a loss that derives from one of ours is not taken of what its activation was made of") {
  const AnyLoss<Cpu> ours = BinaryCrossentropy(), scaled = Scaled(10), smoothed = Smoothed();
  CHECK(ours.replaces() == "sigmoid");
  CHECK(scaled.replaces().empty());
  CHECK(smoothed.replaces().empty());
  CHECK(AnyLoss<Cpu>(Weighted()).replaces().empty());
  CHECK(ours.on_logits().from_logits());
  const Tensor<> labels({2}, {0, 1}), predictions({2}, {0.3f, 0.6f});
  CHECK(loss_of(scaled, labels, predictions) == Approx(10 * loss_of(ours, labels, predictions)));
  CHECK(loss_of(smoothed, labels, predictions) > loss_of(ours, labels, predictions));
}

TEST_CASE("a loss that derives from one of ours is its own") {
  const Tensor<> labels({2}, {1, 2}), predictions({2}, {3, 4});
  CHECK(loss_of(AnyLoss<Cpu>(MeanSquaredError()), labels, predictions) == 4);
  CHECK(loss_of(AnyLoss<Cpu>(Doubled()), labels, predictions) == 8);
}

}  // namespace test_loss
