#include "tanuki/backend/eigen/accuracy.hpp"
#include "tanuki/metrics/binary_accuracy.hpp"
#include "tanuki/metrics/categorical_accuracy.hpp"
#include "tanuki/metrics/sparse_categorical_accuracy.hpp"
#include "tests/losses/check_loss.hpp"

namespace test_accuracy {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;

namespace {

void update(AnyMetric<Cpu>& metric, const Tensor<>& labels, const Tensor<>& predictions) {
  metric.update(default_context<Cpu>(), labels.view(), predictions.view());
}

void check_golden(const std::string& name, AnyMetric<Cpu> metric, int updates) {
  INFO(name);
  for (int i = 0; i < updates; ++i) {
    const auto get = [&](const std::string& what) {
      return golden("losses.safetensors", name + "/" + what + "/" + std::to_string(i));
    };
    update(metric, get("y_true"), get("y_pred"));
    CHECK(metric.result() == Approx(double(get("result").data()[0])).epsilon(1e-6));
  }
}

}  // namespace

TEST_CASE("accuracies agree with Keras, update by update") {
  check_golden("binary_accuracy", BinaryAccuracy(), 4);
  check_golden("binary_accuracy_0", BinaryAccuracy({.threshold = 0}), 4);
  check_golden("binary_accuracy_wide", BinaryAccuracy(), 3);
  check_golden("categorical_accuracy", CategoricalAccuracy(), 3);
  check_golden("sparse_categorical_accuracy", SparseCategoricalAccuracy(), 3);
  check_golden("sparse_categorical_accuracy_column", SparseCategoricalAccuracy(), 3);
}

TEST_CASE("the threshold itself is a no, and there is no sigmoid") {
  AnyMetric<Cpu> metric = BinaryAccuracy();
  const Tensor<> labels({4, 1}, {0, 1, 0, 1}), predictions({4, 1}, {0.5f, 0.5f, 0.25f, 40});
  update(metric, labels, predictions);
  CHECK(metric.result() == 0.75);
  CHECK(metric.threshold() == 0.5);
  AnyMetric<Cpu> categorical = CategoricalAccuracy();
  CHECK_FALSE(categorical.threshold());
}

TEST_CASE("of equal scores the first counts") {
  AnyMetric<Cpu> metric = SparseCategoricalAccuracy();
  update(metric, Tensor<>({2}, {0, 1}), Tensor<>({2, 3}, {5, 5, 1, 5, 5, 1}));
  CHECK(metric.result() == 0.5);
}

TEST_CASE("accuracy over more numbers than a block") {
  Tensor<> labels({40'000, 1}), predictions({40'000, 1});
  for (Index i = 0; i < 40'000; ++i) predictions.data()[i] = i % 4 ? 0.1f : 0.9f;
  AnyMetric<Cpu> metric = BinaryAccuracy();
  update(metric, labels, predictions);
  CHECK(metric.result() == 0.75);
}

TEST_CASE("names of accuracies") {
  CHECK(AnyMetric<Cpu>(BinaryAccuracy()).name() == "binary_accuracy");
  CHECK(AnyMetric<Cpu>(CategoricalAccuracy()).name() == "categorical_accuracy");
  CHECK(AnyMetric<Cpu>(SparseCategoricalAccuracy()).name() == "sparse_categorical_accuracy");
  CHECK(AnyMetric<Cpu>(BinaryAccuracy({.name = "right"})).name() == "right");
}

TEST_CASE("labels that do not fit an accuracy") {
  AnyMetric<Cpu> binary = BinaryAccuracy(), categorical = CategoricalAccuracy(),
                 sparse = SparseCategoricalAccuracy();
  CHECK_THROWS_WITH(binary.check({2}, {1}),
                    Contains("[binary_accuracy] labels (2,) do not fit predictions (1,)"));
  CHECK_THROWS_WITH(categorical.check({1}, {3}), Contains("[categorical_accuracy] labels (1,)"));
  CHECK_THROWS_WITH(sparse.check({3}, {3}), Contains("[sparse_categorical_accuracy] labels (3,)"));
  CHECK_THROWS_AS(update(binary, Tensor<>({3, 1}), Tensor<>({2, 1})), Error);
  CHECK_THROWS_AS(update(categorical, Tensor<>({3, 2}), Tensor<>({2, 2})), Error);
  CHECK_THROWS_AS(update(sparse, Tensor<>({3}), Tensor<>({2, 2})), Error);
}

}  // namespace test_accuracy
