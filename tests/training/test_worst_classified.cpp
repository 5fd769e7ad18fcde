#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tanuki/training/worst_classified.hpp"

namespace test_worst_classified {

using namespace tanuki;
using Catch::Contains;

namespace {

/// A model that gives what goes in.
Model<> mirror(Index numbers, AnyLoss<Cpu> loss) {
  const auto in = Input({numbers});
  const Model model(in, Identity()(in));
  model.compile({.optimizer = SGD(), .loss = loss});
  return model;
}

}  // namespace

TEST_CASE("the examples of the highest losses come first, with what they are and were taken for") {
  const auto model = mirror(1, BinaryCrossentropy({.from_logits = true}));
  const Tensor<> x({5, 1}, {2, -1, 3, 0.5f, -4}), y({5, 1}, {1, 1, 0, 1, 0});
  const auto worst = worst_classified(model, Dataset::from_tensors(x, y).batch(2), 3);
  REQUIRE(worst.size() == 3);
  CHECK(worst[0].index == 2);
  CHECK(worst[0].loss == Approx(std::log(1 + std::exp(3.0))));
  CHECK(worst[0].label == 0);
  CHECK(worst[0].prediction == 1);
  CHECK(worst[0].probability == Approx(1 / (1 + std::exp(-3.0))));
  CHECK(worst[0].example.to_vector() == std::vector<float>{3});
  CHECK(worst[1].index == 1);
  CHECK(worst[1].label == 1);
  CHECK(worst[1].prediction == 0);
  CHECK(worst[1].probability == Approx(1 / (1 + std::exp(-1.0))));
  CHECK(worst[2].index == 3);  // right, and unsure
  CHECK(worst[2].prediction == 1);
}

TEST_CASE("of several classes the largest counts, of logits and of probabilities") {
  const Tensor<> logits({2, 3}, {0, 2, 1, 5, 0, 0}), numbers({2}, {1, 2}),
      one_hot({2, 3}, {0, 1, 0, 0, 0, 1});
  for (const bool rows : {false, true}) {
    const auto model = rows ? mirror(3, CategoricalCrossentropy({.from_logits = true}))
                            : mirror(3, SparseCategoricalCrossentropy({.from_logits = true}));
    const auto judged = judge(model, Dataset::from_tensors(logits, rows ? one_hot : numbers).batch(2), 9);
    CHECK(judged.predictions.to_vector() == logits.to_vector());
    CHECK(judged.labels.shape() == (rows ? Shape{2, 3} : Shape{2, 1}));
    REQUIRE(judged.worst.size() == 2);
    CHECK(judged.worst[0].index == 1);
    CHECK(judged.worst[0].label == 2);
    CHECK(judged.worst[0].prediction == 0);
    CHECK(judged.worst[0].probability == Approx(std::exp(5.0) / (std::exp(5.0) + 2)));
    CHECK(judged.worst[0].loss == Approx(std::log(std::exp(5.0) + 2)));
  }
  const Tensor<> probabilities({1, 2}, {0.25f, 0.75f});
  const auto worst = worst_classified(mirror(2, "sparse_categorical_crossentropy"),
                                      Dataset::from_tensors(probabilities, Tensor<>({1}, {0})).batch(1), 1);
  CHECK(worst[0].probability == Approx(0.75));
  CHECK(worst[0].loss == Approx(-std::log(0.25)));
}

TEST_CASE("what judge() gives is a confusion matrix's due") {
  const auto model = mirror(1, BinaryCrossentropy({.from_logits = true}));
  const Tensor<> x({4, 1}, {0.2f, -0.2f, 3, 0.4f}), y({4, 1}, {1, 1, 0, 1});
  const auto judged = judge(model, Dataset::from_tensors(x, y).batch(3), 0);
  CHECK(judged.worst.empty());
  CHECK(confusion_matrix(judged.labels, judged.predictions, {"cat", "dog"}, 0).counts ==
        std::vector<Index>{0, 1, 1, 2});
}

TEST_CASE("data and models that do not fit are refused") {
  const auto in = Input({2});
  const Model bare(in, Dense({.units = 1})(in));
  const auto data = Dataset::from_tensors(Tensor<>({2, 2}), Tensor<>({2, 1})).batch(2);
  CHECK_THROWS_WITH(worst_classified(bare, data, 1), Contains("compile"));
  const auto model = mirror(2, "sparse_categorical_crossentropy");
  CHECK_THROWS_WITH(worst_classified(model, data, -1), Contains("-1"));
  CHECK_THROWS_WITH(
      worst_classified(model, Dataset::from_tensors(Tensor<>({0, 2}), Tensor<>({0, 1})).batch(2), 1),
      Contains("empty"));
  CHECK_THROWS_WITH(
      worst_classified(model, Dataset::from_tensors(Tensor<>({2, 2}), Tensor<>({2, 5})).batch(2), 1),
      Contains("(5,)"));
}

}  // namespace test_worst_classified
