#include <catch2/catch.hpp>

#include "tanuki/metrics/confusion_matrix.hpp"

namespace test_confusion_matrix {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a row counts what examples of one class were taken for") {
  const Tensor<Cpu> labels({5, 1}, {0, 2, 1, 2, 2}),
      predictions({5, 3}, {.8f, .1f, .1f, .1f, .1f, .8f, .6f, .3f, .1f, .5f, .2f, .3f, 0, .2f, .8f});
  const auto matrix = confusion_matrix(labels, predictions, {"a", "b", "c"});
  CHECK(matrix.counts == std::vector<Index>{1, 0, 0, 1, 0, 0, 1, 0, 2});
  CHECK(matrix.at(2, 0) == 1);
  CHECK(matrix.examples(2) == 3);
  CHECK(matrix.examples() == 5);
  CHECK(matrix.accuracy() == Approx(0.6));
  const Tensor<Cpu> one_hot({5, 3}, {1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 1});
  CHECK(confusion_matrix(one_hot, predictions, {"a", "b", "c"}).counts == matrix.counts);
}

TEST_CASE("one number is class 1 above the threshold") {
  const Tensor<Cpu> labels({4}, {0, 0, 1, 1}), predictions({4, 1}, {0.4f, 0.6f, 0.3f, 0.9f});
  CHECK(confusion_matrix(labels, predictions, {"no", "yes"}).counts == std::vector<Index>{1, 1, 1, 1});
  CHECK(confusion_matrix(labels, predictions, {"no", "yes"}, 0).counts == std::vector<Index>{0, 2, 0, 2});
}

TEST_CASE("no examples are no accuracy, and what does not fit is refused") {
  CHECK(confusion_matrix(Tensor<Cpu>({0, 1}), Tensor<Cpu>({0, 1}), {"a", "b"}).accuracy() == 0);
  const Tensor<Cpu> three({3, 3}), one({3, 1}), far({3}, {0, 1, 7});
  CHECK_THROWS_WITH(confusion_matrix(one, one, {"a", "b", "c"}), Contains("(3, 1)") && Contains("3 classes"));
  CHECK_THROWS_WITH(confusion_matrix(one, three, {"a", "b"}), Contains("(3, 3)"));
  CHECK_THROWS_WITH(confusion_matrix(Tensor<Cpu>({2}), one, {"a", "b"}), Contains("(2,)"));
  CHECK_THROWS_WITH(confusion_matrix(Tensor<Cpu>({3, 2, 2}), one, {"a", "b"}), Contains("(3, 2, 2)"));
  CHECK_THROWS_WITH(confusion_matrix(far, three, {"a", "b", "c"}), Contains("label 7 of example 2"));
}

}  // namespace test_confusion_matrix
