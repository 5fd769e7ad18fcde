#include "tanuki/backend/eigen/adam.hpp"
#include "tanuki/backend/eigen/sgd.hpp"
#include "tanuki/optimizers/adam.hpp"
#include "tanuki/optimizers/sgd.hpp"
#include "tests/losses/check_loss.hpp"

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

namespace {

struct Fixture {
  std::vector<Weight<>> weights{{"kernel", Role::learned, Tensor<>({2, 2}, {1, 2, 3, 4})},
                                {"bias", Role::learned, Tensor<>({2}, {5, 6})}};
  Tensor<> kernel_gradient{{2, 2}, {1, 1, 1, 1}}, bias_gradient{{2}, {1, 1}};
  std::vector<ConstTensorView<Cpu>> gradients{kernel_gradient.view(), bias_gradient.view()};

  void step(AnyOptimizer<Cpu>& optimizer) const {
    optimizer.step(default_context<Cpu>(), weights, gradients);
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "an optimizer's state has Keras' names and order") {
  AnyOptimizer<Cpu> adam = Adam();
  const std::vector<std::string> paths{"xception/dense/kernel", "xception/dense/bias"};
  adam.build(weights, paths);
  std::vector<std::string> names;
  for (const auto& variable : adam.state()) names.push_back(variable.name);
  CHECK(names == std::vector<std::string>{"xception_dense_kernel_momentum", "xception_dense_kernel_velocity",
                                          "xception_dense_bias_momentum", "xception_dense_bias_velocity"});
  CHECK(adam.state()[0].value.shape() == Shape{2, 2});
  CHECK(adam.state()[3].value.shape() == Shape{2});
  adam.build(weights);
  CHECK(adam.state()[0].name == "kernel_momentum");
  CHECK(adam.name() == "adam");
}

TEST_CASE_METHOD(Fixture, "a copy has a state of its own, and build() starts anew") {
  AnyOptimizer<Cpu> first = Adam();
  first.build(weights);
  step(first);
  AnyOptimizer<Cpu> second = first;
  step(second);
  CHECK(first.iterations() == 1);
  CHECK(second.iterations() == 2);
  CHECK(first.state()[0].value.to_vector() != second.state()[0].value.to_vector());
  second.build(weights);
  CHECK(second.iterations() == 0);
  CHECK(second.state()[0].value.to_vector() == std::vector<float>(4, 0));
  CHECK(first.state()[0].value.to_vector() == std::vector<float>(4, 0.1f));
}

TEST_CASE_METHOD(Fixture, "with its state restored, an optimizer goes on as if it had never stopped") {
  AnyOptimizer<Cpu> adam = Adam(), resumed = Adam({.learning_rate = 7});
  adam.build(weights);
  step(adam);
  step(adam);
  resumed.build(weights);
  resumed.iterations(adam.iterations());
  resumed.learning_rate(adam.learning_rate());
  for (std::size_t i = 0; i < adam.state().size(); ++i) resumed.state()[i].value = adam.state()[i].value;
  const Tensor<> before = weights[0].value();
  step(adam);
  const std::vector<float> expected = weights[0].value().to_vector();
  weights[0].assign(before);
  step(resumed);
  CHECK(weights[0].value().to_vector() == expected);
}

TEST_CASE_METHOD(Fixture, "the learning rate can be changed between steps") {
  AnyOptimizer<Cpu> sgd = SGD();
  sgd.build(weights);
  CHECK(sgd.learning_rate() == 0.01);
  sgd.learning_rate(0.5);
  step(sgd);
  CHECK(weights[1].value().to_vector() == std::vector<float>{4.5f, 5.5f});
  CHECK_THROWS_WITH(sgd.learning_rate(-1),
                    Equals("[sgd] learning_rate is -1, expected a number of 0 or more"));
  CHECK_THROWS_AS(sgd.learning_rate(NAN), Error);
  CHECK_THROWS_AS(AnyOptimizer<Cpu>(Adam({.learning_rate = -1e-3})), Error);
}

TEST_CASE_METHOD(Fixture, "a step tells of a new version of its weights; without a gradient a weight stays") {
  AnyOptimizer<Cpu> sgd = SGD();
  sgd.build(weights);
  gradients[0] = {};
  step(sgd);
  CHECK(weights[0].version() == 0);
  CHECK(weights[0].value().to_vector() == std::vector<float>{1, 2, 3, 4});
  CHECK(weights[1].version() == 1);
}

TEST_CASE_METHOD(Fixture, "what does not fit is refused before anything has moved") {
  AnyOptimizer<Cpu> adam = Adam();
  CHECK_THROWS_WITH(step(adam),
                    Equals("[adam] a step on 2 weights with 2 gradients, but 0 weights were given to "
                           "build()"));
  adam.build(weights);
  const Tensor<> wrong({3});
  gradients[1] = wrong.view();
  CHECK_THROWS_WITH(step(adam), Equals("[adam] weight 'bias' of shape (2,) got a gradient of shape (3,)"));
  gradients.pop_back();
  CHECK_THROWS_WITH(step(adam), Contains("2 weights with 1 gradients"));
  gradients = {kernel_gradient.view(), bias_gradient.view()};
  std::swap(weights[0], weights[1]);
  CHECK_THROWS_WITH(step(adam), Equals("[adam] weight 'bias' has shape (2,), build() was given (2, 2)"));
  CHECK(weights[1].value().to_vector() == std::vector<float>{1, 2, 3, 4});
  CHECK(adam.iterations() == 0);
  CHECK_THROWS_WITH(adam.build(weights, std::vector<std::string>{"a"}),
                    "[adam] 2 weights were given with 1 paths");
}

namespace {

/// A user's own rule: one step to the sign of the gradient.
struct SignDescent {
  std::string name() const { return "sign_descent"; }
  double learning_rate() const { return 1; }
  std::vector<std::string> slots() const { return {}; }
  template <class B>
  void update(const OptimizerStep<B>& step) const {
    for (Index i = 0; i < step.weight.size(); ++i) {
      step.weight.data[i] -= float(step.learning_rate) * (step.gradient.data[i] > 0 ? 1.0f : -1.0f);
    }
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a user's own rule is a struct of four members") {
  AnyOptimizer<Cpu> rule = SignDescent();
  rule.build(weights);
  step(rule);
  CHECK(weights[1].value().to_vector() == std::vector<float>{4, 5});
  static_assert(!std::is_convertible_v<int, AnyOptimizer<Cpu>>);
  CHECK_FALSE(AnyOptimizer<Cpu>());
}
