#include "tanuki/backend/eigen/row_loss.hpp"
#include "tanuki/losses/categorical_crossentropy.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_categorical_crossentropy {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

namespace {

const Tensor<> one_hot({4, 3}, {1, 0, 0, 0, 0, 1, 0, 1, 0, 0.25f, 0.25f, 0.5f});

}  // namespace

TEST_CASE("categorical crossentropy agrees with Keras") {
  check_loss_golden("categorical_crossentropy_logits", CategoricalCrossentropy({.from_logits = true}));
  check_loss_golden("categorical_crossentropy_logits_extreme",
                    CategoricalCrossentropy({.from_logits = true}));
  check_loss_golden("categorical_crossentropy_probabilities", CategoricalCrossentropy());
  check_loss_golden("categorical_crossentropy_probabilities_unnormalized", CategoricalCrossentropy());
}

TEST_CASE("categorical crossentropy's gradient is that of its value") {
  check_loss_gradient(CategoricalCrossentropy({.from_logits = true}), one_hot, random_tensor({4, 3}, -3, 3));
  check_loss_gradient(CategoricalCrossentropy(), one_hot, random_tensor({4, 3}, 0.2f, 0.8f));
  check_loss_gradient(CategoricalCrossentropy({.label_smoothing = 0.3}), one_hot,
                      random_tensor({4, 3}, 0.2f, 0.8f));
  // labels that do not add up to 1, and a map of scores
  const Tensor<> labels = random_tensor({2, 2, 3}, 0, 1);
  check_loss_gradient(CategoricalCrossentropy({.from_logits = true}), labels,
                      random_tensor({2, 2, 3}, -3, 3, 4));
  check_loss_gradient(CategoricalCrossentropy(), labels, random_tensor({2, 2, 3}, 0.2f, 0.8f, 4));
}

TEST_CASE("a score that was clipped has no gradient of its own") {
  const Tensor<> labels({1, 3}, {0, 1, 0}), scores({1, 3}, {1, 0, 0});
  const AnyLoss<Cpu> loss = CategoricalCrossentropy();
  CHECK(loss_of(loss, labels, scores) == Approx(-std::log(1e-7)).epsilon(1e-6));
  CHECK(gradient_of(loss, labels, scores).to_vector() == std::vector<float>{0, 0, 0});
}

TEST_CASE("label smoothing spreads a part over all classes") {
  const Tensor<> hard({1, 4}, {0, 0, 1, 0}), soft({1, 4}, {0.05f, 0.05f, 0.85f, 0.05f});
  const Tensor<> logits({1, 4}, {0.5f, -1, 2, 0.25f});
  CHECK(loss_of(CategoricalCrossentropy({.from_logits = true, .label_smoothing = 0.2}), hard, logits) ==
        Approx(loss_of(CategoricalCrossentropy({.from_logits = true}), soft, logits)).epsilon(1e-6));
  CHECK_THROWS_WITH(CategoricalCrossentropy({.label_smoothing = -0.1}), Contains("label_smoothing is -0.1"));
}

TEST_CASE("categorical crossentropy does not depend on the number of threads") {
  const Tensor<> labels = random_tensor({9'000, 7}, 0, 1, 2);
  check_same_on_any_threads(CategoricalCrossentropy({.from_logits = true}), labels,
                            random_tensor({9'000, 7}, -9, 9));
  check_same_on_any_threads(CategoricalCrossentropy(), labels, random_tensor({9'000, 7}, 0, 1));
}

TEST_CASE("one-hot labels have the predictions' shape") {
  const AnyLoss<Cpu> loss = CategoricalCrossentropy();
  loss.check({3}, {3});
  loss.check({5, 5, 3}, {5, 5, 3});
  CHECK_THROWS_WITH(
      loss.check({1}, {3}),
      Equals("[categorical_crossentropy] labels (1,) do not fit predictions (3,): expected one-hot "
             "labels of the same shape (for class numbers, use the sparse kind)"));
  CHECK_THROWS_WITH(loss.check({1}, {1}), Contains("predictions (1,) are no scores of classes"));
  CHECK_THROWS_WITH(loss.check({}, {}), Contains("predictions () are no scores of classes"));
  CHECK_THROWS_AS(loss_of(loss, one_hot, Tensor<>({3, 3})), Error);
  CHECK(loss.name() == "categorical_crossentropy");
  CHECK(AnyLoss<Cpu>(CategoricalCrossentropy({.from_logits = true})).from_logits());
}

}  // namespace test_categorical_crossentropy
