#include "tests/backend/products.hpp"
#include "tests/optimizers/check_optimizer.hpp"

namespace test_adam {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Adam agrees with Keras") {
  check_optimizer_golden("adam", Adam());
  check_optimizer_golden("adam_options",
                         Adam({.learning_rate = 0.02, .beta_1 = 0.8, .beta_2 = 0.95, .epsilon = 1e-3}));
  check_optimizer_golden("adam_slow", Adam({.learning_rate = 1e-5f}));
  check_optimizer_golden("adam_amsgrad", Adam({.learning_rate = 0.02, .beta_2 = 0.9, .amsgrad = true}));
  check_optimizer_golden("adam_decay", Adam({.learning_rate = 0.02, .weight_decay = 0.5}));
}

TEST_CASE("AdamW agrees with Keras") {
  check_optimizer_golden("adamw", AdamW());
  check_optimizer_golden("adamw_options",
                         AdamW({.learning_rate = 0.1, .weight_decay = 0.3, .beta_1 = 0.5, .amsgrad = true}));
}

TEST_CASE("Adam rounds where Keras rounds") {
  // Keras 3.15.1, float32 variables at 0, gradients (1, -0.25, 0.01)·step. In double the first would be
  // -1e-3.
  const std::vector<std::vector<float>> expected{{-0.000999990152f, 0.000999980723f, -0.000999677344f},
                                                 {-0.00196516118f, 0.00196514744f, -0.00196471321f},
                                                 {-0.00292315823f, 0.00292314193f, -0.00292262994f},
                                                 {-0.00388355879f, 0.00388354086f, -0.00388297555f},
                                                 {-0.00485078711f, 0.00485076802f, -0.00485016312f}};
  const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>({3})}};
  AnyOptimizer<Cpu> adam = Adam();
  adam.build(weights);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    const float t = float(step + 1);
    const Tensor<> gradient({3}, {t, -0.25f * t, 0.01f * t});
    const auto view = gradient.view();
    adam.step(default_context<Cpu>(), weights, std::span(&view, 1));
    check_near(weights[0].value(), Tensor<>({3}, expected[step]), 2e-7f);
  }
}

TEST_CASE("Adam's first step is the learning rate, whatever the gradient's size") {
  for (float size : {0.1f, 1.0f, 1e3f}) {
    const std::vector<Weight<>> weights{{"w", Role::learned, Tensor<>({2})}};
    AnyOptimizer<Cpu> adam = Adam({.learning_rate = 0.5});
    adam.build(weights);
    const Tensor<> gradient({2}, {size, -size});
    const auto view = gradient.view();
    adam.step(default_context<Cpu>(), weights, std::span(&view, 1));
    CHECK(weights[0].value().data()[0] == Approx(-0.5).epsilon(1e-3));
    CHECK(weights[0].value().data()[1] == Approx(0.5).epsilon(1e-3));
  }
}

TEST_CASE("Adam takes the same step, to the bit, with all instructions that have FMA") {
  constexpr Index count = 61;
  const ops::AdamStep step{.one_minus_beta_1 = 0.1f, .one_minus_beta_2 = 1e-3f, .epsilon = 1e-7f};
  std::vector<float> expected;
  for (const eigen::Kernels* kernels : test::all_kernels()) {
    std::vector<float> state = test::numbers(3 * count, 1);  // weights, momenta, velocities
    for (Index i = 2 * count; i < 3 * count; ++i) state[std::size_t(i)] = std::abs(state[std::size_t(i)]);
    const std::vector<float> gradient = test::numbers(count, 2), before = state;
    kernels->adam(step, 1e-3f, state.data(), gradient.data(), state.data() + count, state.data() + 2 * count,
                  count);
    double worst = 0;
    for (std::size_t i = 0; i < std::size_t(count); ++i) {
      const double g = gradient[i], m = before[count + i] + (g - before[count + i]) * 0.1,
                   v = before[2 * count + i] + (g * g - before[2 * count + i]) * 1e-3;
      worst = std::max(worst, std::abs(state[i] - (before[i] - 1e-3 * m / (std::sqrt(v) + 1e-7))));
      worst = std::max({worst, std::abs(state[count + i] - m), std::abs(state[2 * count + i] - v)});
    }
    CAPTURE(kernels->name);
    CHECK(worst < 1e-6);
    if (kernels->isa == eigen::Isa::portable) continue;
    if (expected.empty()) expected = state;
    CHECK(test::same_bits(state, expected));
  }
}

TEST_CASE("Adam does not depend on the number of threads") {
  check_same_on_any_threads(Adam());
  check_same_on_any_threads(AdamW({.amsgrad = true}));
}

TEST_CASE("Adam's options are checked") {
  CHECK_THROWS_WITH(Adam({.beta_1 = 1.0}), "[adam] a beta is 1, expected 0 to below 1");
  CHECK_THROWS_WITH(Adam({.beta_2 = -0.5}), "[adam] a beta is -0.5, expected 0 to below 1");
  CHECK_THROWS_WITH(Adam({.epsilon = -1}), "[adam] epsilon is -1, expected 0 or more");
  CHECK_THROWS_WITH(AdamW({.weight_decay = std::nullopt}),
                    "[adam_w] weight_decay is none, expected a number");
}

}  // namespace test_adam
