#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/losses/binary_crossentropy.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_binary_crossentropy {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

TEST_CASE("binary crossentropy agrees with Keras") {
  for (const char* name : {"logits", "logits_extreme_0", "logits_extreme_1", "logits_wide", "soft_labels"}) {
    check_loss_golden(std::string("binary_crossentropy_") + name, BinaryCrossentropy({.from_logits = true}));
  }
  for (const char* name : {"probabilities", "probabilities_edges"}) {
    check_loss_golden(std::string("binary_crossentropy_") + name, BinaryCrossentropy());
  }
}

TEST_CASE("binary crossentropy's gradient is that of its value") {
  const Tensor<> labels({4, 3}, {0, 1, 1, 0, 0.25f, 1, 1, 0, 0, 1, 0.5f, 0});
  check_loss_gradient(BinaryCrossentropy({.from_logits = true}), labels, random_tensor({4, 3}, -3, 3));
  check_loss_gradient(BinaryCrossentropy(), labels, random_tensor({4, 3}, 0.2f, 0.8f));
  check_loss_gradient(BinaryCrossentropy({.from_logits = true, .label_smoothing = 0.3}), labels,
                      random_tensor({4, 3}, -3, 3));
}

TEST_CASE("label smoothing moves labels towards a half") {
  const Tensor<> hard({2, 1}, {0, 1}), soft({2, 1}, {0.1f, 0.9f}), logits({2, 1}, {-1.5f, 0.5f});
  CHECK(loss_of(BinaryCrossentropy({.from_logits = true, .label_smoothing = 0.2}), hard, logits) ==
        Approx(loss_of(BinaryCrossentropy({.from_logits = true}), soft, logits)).epsilon(1e-6));
}

TEST_CASE("logits of any size give a finite loss and gradient") {
  const Tensor<> labels({4, 1}, {0, 1, 0, 1}), logits({4, 1}, {1e4f, -1e4f, -1e4f, 1e4f});
  const AnyLoss<Cpu> loss = BinaryCrossentropy({.from_logits = true});
  CHECK(loss_of(loss, labels, logits) == 5000.0f);
  CHECK(gradient_of(loss, labels, logits).to_vector() == std::vector<float>{0.25f, -0.25f, 0, 0});
}

TEST_CASE("binary crossentropy does not depend on the number of threads") {
  Tensor<> labels = random_tensor({50'000, 2}, 0, 1, 2);
  check_same_on_any_threads(BinaryCrossentropy({.from_logits = true}), labels,
                            random_tensor({50'000, 2}, -9, 9));
}

TEST_CASE("labels may lack a last axis of one, and nothing else") {
  const AnyLoss<Cpu> loss = BinaryCrossentropy();
  loss.check({1}, {1});
  loss.check({}, {1});
  loss.check({1}, {});
  loss.check({4, 4}, {4, 4, 1});
  CHECK_THROWS_WITH(loss.check({2}, {1}),
                    Equals("[binary_crossentropy] labels (2,) do not fit predictions (1,): "
                           "expected one for each number"));
  CHECK_THROWS_AS(loss.check({}, {2}), Error);
  CHECK_THROWS_AS(loss.check({1, 1}, {}), Error);
  const Tensor<> labels({3}, {0, 1, 1}), logits({3, 1}, {1, 2, 3}), two({2, 1});
  CHECK(loss_of(loss, labels, logits) == loss_of(loss, Tensor<>(labels).reshaped({3, 1}), logits));
  CHECK_THROWS_WITH(loss_of(loss, labels, two), Contains("labels (3,) do not fit predictions (2, 1)"));
}

TEST_CASE("a label that is no answer to a yes-or-no question is an error") {
  const AnyLoss<Cpu> loss = BinaryCrossentropy({.from_logits = true});
  const Tensor<> logits({3, 1}, {1, 2, 3});
  CHECK_THROWS_WITH(
      loss_of(loss, Tensor<>({3, 1}, {0, 1, 2}), logits),
      Equals("[binary_crossentropy] label 2 at position 2 of 3: expected a number from 0 to 1"));
  CHECK_THROWS_WITH(loss_of(loss, Tensor<>({3, 1}, {-1, 1, 7}), logits), Contains("label -1 at position 0"));
  CHECK_THROWS_WITH(loss_of(loss, Tensor<>({3, 1}, {0, NAN, 1}), logits),
                    Contains("label nan at position 1"));
}

TEST_CASE("a NaN prediction gives a NaN loss") {
  const Tensor<> labels({2, 1}, {0, 1}), broken({2, 1}, {0.5f, NAN});
  CHECK(std::isnan(loss_of(BinaryCrossentropy(), labels, broken)));
  CHECK(std::isnan(loss_of(BinaryCrossentropy({.from_logits = true}), labels, broken)));
}

TEST_CASE("what a loss says of itself") {
  CHECK(AnyLoss<Cpu>(BinaryCrossentropy()).name() == "binary_crossentropy");
  CHECK_FALSE(AnyLoss<Cpu>(BinaryCrossentropy()).from_logits());
  CHECK(AnyLoss<Cpu>(BinaryCrossentropy({.from_logits = true})).from_logits());
  CHECK_FALSE(AnyLoss<Cpu>());
  CHECK_THROWS_WITH(BinaryCrossentropy({.label_smoothing = 1.5}),
                    Equals("[binary_crossentropy] label_smoothing is 1.5, expected 0 to 1"));
}

}  // namespace test_binary_crossentropy
