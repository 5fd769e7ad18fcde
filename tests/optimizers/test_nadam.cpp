#include "tests/optimizers/check_optimizer.hpp"

namespace test_nadam {

using namespace tanuki;
using namespace tanuki::tests;

TEST_CASE("Nadam agrees with Keras") {
  check_optimizer_golden("nadam", Nadam());
  check_optimizer_golden("nadam_options",
                         Nadam({.learning_rate = 0.05, .beta_1 = 0.7, .beta_2 = 0.9, .epsilon = 1e-3}));
}

TEST_CASE("Nadam does not depend on the number of threads") { check_same_on_any_threads(Nadam()); }

TEST_CASE("Nadam goes on from a state that was written, and one that was read is a step's old one") {
  struct Run {
    std::vector<Weight<>> weights{{"w", Role::learned, random_tensor({5}, -1, 1)}};
    AnyOptimizer<Cpu> optimizer = Nadam();

    Run() { optimizer.build(weights); }
    void steps(std::uint64_t first, std::uint64_t last) {
      for (std::uint64_t step = first; step < last; ++step) {
        const Tensor<> gradient = random_tensor({5}, -1, 1, step);
        const auto view = gradient.view();
        optimizer.step(default_context<Cpu>(), weights, std::span(&view, 1));
      }
    }
    std::vector<float> found() { return weights[0].value().to_vector(); }
  };
  Run never, read, written;
  never.steps(0, 4);
  read.steps(0, 2);
  written.weights[0].assign(read.weights[0].value());
  const auto from = read.optimizer.state(), to = written.optimizer.state();
  for (std::size_t i = 0; i < from.size(); ++i) to[i].value = from[i].value;
  written.optimizer.iterations(2);
  const float product = from.back().value.to_vector()[0];
  CHECK(product < 0.5f);
  read.steps(2, 4);
  written.steps(2, 4);
  CHECK(read.found() == never.found());
  CHECK(written.found() == never.found());
  CHECK(read.optimizer.state().back().value.to_vector()[0] < product);
}

TEST_CASE("Nadam's options are checked") {
  CHECK_THROWS_WITH(Nadam({.beta_2 = 1}), "[nadam] a beta is 1, expected 0 to below 1");
  CHECK_THROWS_WITH(Nadam({.epsilon = -1}), "[nadam] epsilon is -1, expected 0 or more");
}

}  // namespace test_nadam
