#include "tanuki/backend/eigen/row_loss.hpp"
#include "tanuki/losses/categorical_crossentropy.hpp"
#include "tanuki/losses/sparse_categorical_crossentropy.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_sparse_categorical_crossentropy {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;
using Catch::Matchers::Equals;

TEST_CASE("sparse categorical crossentropy agrees with Keras") {
  check_loss_golden("sparse_categorical_crossentropy_logits",
                    SparseCategoricalCrossentropy({.from_logits = true}));
  check_loss_golden("sparse_categorical_crossentropy_logits_extreme",
                    SparseCategoricalCrossentropy({.from_logits = true}));
  check_loss_golden("sparse_categorical_crossentropy_probabilities", SparseCategoricalCrossentropy());
}

TEST_CASE("sparse categorical crossentropy's gradient is that of its value") {
  const Tensor<> labels({4}, {0, 2, 1, 2});
  check_loss_gradient(SparseCategoricalCrossentropy({.from_logits = true}), labels,
                      random_tensor({4, 3}, -3, 3));
  check_loss_gradient(SparseCategoricalCrossentropy(), labels, random_tensor({4, 3}, 0.2f, 0.8f));
}

TEST_CASE("a class number is a one-hot label") {
  const Tensor<> numbers({2}, {2, 0}), one_hot({2, 3}, {0, 0, 1, 1, 0, 0}),
      logits = random_tensor({2, 3}, -2, 2);
  CHECK(loss_of(SparseCategoricalCrossentropy({.from_logits = true}), numbers, logits) ==
        loss_of(CategoricalCrossentropy({.from_logits = true}), one_hot, logits));
}

TEST_CASE("sparse categorical crossentropy does not depend on the number of threads") {
  Tensor<> labels({9'000});
  for (Index i = 0; i < labels.size(); ++i) labels.data()[i] = float(i % 7);
  const AnyLoss<Cpu> of_logits = SparseCategoricalCrossentropy({.from_logits = true});
  check_same_on_any_threads(of_logits, labels, random_tensor({9'000, 7}, -9, 9));
  check_same_on_any_threads(SparseCategoricalCrossentropy(), labels, random_tensor({9'000, 7}, 0, 1));
}

TEST_CASE("a class number stands for each row of scores") {
  const AnyLoss<Cpu> loss = SparseCategoricalCrossentropy();
  loss.check({}, {5});
  loss.check({1}, {5});
  loss.check({4, 4}, {4, 4, 5});
  loss.check({4, 4, 1}, {4, 4, 5});
  CHECK_THROWS_WITH(
      loss.check({5}, {5}),
      Equals("[sparse_categorical_crossentropy] labels (5,) do not fit predictions (5,): expected class "
             "numbers of shape () (for one-hot labels, use the kind that is not sparse)"));
  CHECK_THROWS_AS(loss.check({4}, {4, 4, 5}), Error);
  CHECK_THROWS_WITH(loss.check({1}, {1}), Contains("are no scores of classes"));
  const Tensor<> scores = random_tensor({3, 5}, 0.1f, 0.9f), flat({3}, {4, 0, 1}), column({3, 1}, {4, 0, 1});
  CHECK(loss_of(loss, flat, scores) == loss_of(loss, column, scores));
  CHECK_THROWS_AS(loss_of(loss, Tensor<>({2}), scores), Error);
}

TEST_CASE("a label that is no class is an error") {
  const AnyLoss<Cpu> loss = SparseCategoricalCrossentropy({.from_logits = true});
  const Tensor<> scores = random_tensor({4, 5}, -1, 1);
  CHECK_THROWS_WITH(
      loss_of(loss, Tensor<>({4}, {0, 4, 5, 7}), scores),
      Equals("[sparse_categorical_crossentropy] label 5 at position 2 of 4: expected a whole number from "
             "0 to 4 (5 classes)"));
  CHECK_THROWS_WITH(loss_of(loss, Tensor<>({4}, {0, -1, 1, 1}), scores), Contains("label -1 at position 1"));
  CHECK_THROWS_WITH(loss_of(loss, Tensor<>({4}, {0, 1, 1, 1.5f}), scores),
                    Contains("label 1.5 at position 3"));
  CHECK_THROWS_WITH(loss_of(loss, Tensor<>({4}, {NAN, 1, 1, 1}), scores),
                    Contains("label nan at position 0"));
  CHECK_THROWS_WITH(loss_of(SparseCategoricalCrossentropy(), Tensor<>({4}, {0, 1, 1, 1e30f}), scores),
                    Contains("label 1e+30 at position 3"));
}

}  // namespace test_sparse_categorical_crossentropy
