#include "tests/optimizers/check_optimizer.hpp"

namespace test_optimizer {

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
  std::vector<Slot> slots() const { return {}; }
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
  CHECK(rule.class_name() == "sign_descent");
  CHECK(rule.get<SignDescent>() != nullptr);
  CHECK(rule.get<SGD>() == nullptr);
  CHECK_FALSE(visit_options(rule, [](auto&) { FAIL(); }));
  static_assert(!std::is_convertible_v<int, AnyOptimizer<Cpu>>);
  CHECK_FALSE(AnyOptimizer<Cpu>());
}

TEST_CASE_METHOD(Fixture, "a multiplier scales the learning rate of its weight, in whatever optimizer") {
  for (const AnyOptimizer<Cpu>& rule : {AnyOptimizer<Cpu>(SGD({.weight_decay = 0.1})),
                                        AnyOptimizer<Cpu>(Adam()), AnyOptimizer<Cpu>("nadam")}) {
    INFO(rule.name());
    const Fixture one, other;
    AnyOptimizer<Cpu> scaled = rule, slow = rule;
    const std::vector<double> multipliers{0.5, 1};
    scaled.build(one.weights, {}, multipliers);
    slow.build(other.weights);
    slow.learning_rate(double(float(rule.learning_rate()) * 0.5f));
    one.step(scaled);
    other.step(slow);
    CHECK(one.weights[0].value().to_vector() == other.weights[0].value().to_vector());
    CHECK(one.weights[1].value().to_vector() != other.weights[1].value().to_vector());
  }
  AnyOptimizer<Cpu> sgd = SGD();
  CHECK_THROWS_WITH(sgd.build(weights, {}, std::vector<double>{1, -2}),
                    "[sgd] a multiplier is -2, expected a number of 0 or more");
  CHECK_THROWS_WITH(sgd.build(weights, {}, std::vector<double>{1}),
                    "[sgd] 2 weights were given with 1 multipliers");
  sgd.build(weights, {}, std::vector<double>{0, 1});
  step(sgd);
  CHECK(weights[0].value().to_vector() == std::vector<float>{1, 2, 3, 4});
}

TEST_CASE("an optimizer can be given by Keras' name") {
  for (const char* name : {"sgd", "adam", "adamw", "rmsprop", "adagrad", "adadelta", "adamax", "nadam"})
    CHECK(AnyOptimizer<Cpu>(name));
  CHECK(AnyOptimizer<Cpu>("RMSprop").class_name() == "RMSprop");
  CHECK(AnyOptimizer<Cpu>("AdamW").settings().weight_decay == 0.004);
  CHECK(AnyOptimizer<Cpu>(std::string("Adam")).name() == "adam");
  CHECK_THROWS_WITH(AnyOptimizer<Cpu>("adan"),
                    "there is no optimizer 'adan', expected one of adadelta, adagrad, adam, adamax, adamw, "
                    "nadam, rmsprop, sgd");
}

namespace {

/// The keys that fields() names, and what they say if it is a number.
struct Keys {
  std::map<std::string, double> found;
  template <class T>
  void operator()(const char* key, T& value) {
    found[key] = -1;
    if constexpr (std::is_arithmetic_v<T>) found[key] = double(value);
    if constexpr (std::same_as<T, LearningRate>) found[key] = value.at(0);
  }
};

}  // namespace

TEST_CASE("an optimizer's options can be visited, with the learning rate of now") {
  const std::set<std::string> shared{"name",
                                     "learning_rate",
                                     "weight_decay",
                                     "clipnorm",
                                     "global_clipnorm",
                                     "clipvalue",
                                     "use_ema",
                                     "ema_momentum",
                                     "ema_overwrite_frequency",
                                     "loss_scale_factor",
                                     "gradient_accumulation_steps"};
  const std::map<std::string, std::set<std::string>> own{
      {"Adadelta", {"rho", "epsilon"}},
      {"Adagrad", {"initial_accumulator_value", "epsilon"}},
      {"Adam", {"beta_1", "beta_2", "epsilon", "amsgrad"}},
      {"Adamax", {"beta_1", "beta_2", "epsilon"}},
      {"AdamW", {"beta_1", "beta_2", "epsilon", "amsgrad"}},
      {"Nadam", {"beta_1", "beta_2", "epsilon"}},
      {"RMSprop", {"rho", "momentum", "epsilon", "centered"}},
      {"SGD", {"momentum", "nesterov"}}};
  int optimizers = 0;
  each_optimizer([&]<class O>() {
    AnyOptimizer<Cpu> optimizer = O();
    optimizer.learning_rate(0.25);
    Keys keys;
    CHECK(visit_options(optimizer, [&](auto& options) { fields(keys, options); }));
    std::set<std::string> expected = own.at(optimizer.class_name()), names;
    expected.insert(shared.begin(), shared.end());
    for (const auto& [key, value] : keys.found) names.insert(key);
    CHECK(names == expected);
    CHECK(keys.found["learning_rate"] == 0.25);
    CHECK(keys.found["ema_momentum"] == 0.99);
    ++optimizers;
  });
  CHECK(optimizers == 8);
}

}  // namespace test_optimizer
