// Every loss class, made from Keras' config, gives Keras' value and gradient.

#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/backend/eigen/overlap_loss.hpp"
#include "tanuki/backend/eigen/row_loss.hpp"
#include "tanuki/losses/find.hpp"
#include "tests/losses/golden_cases.hpp"

namespace test_find {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;

namespace {

AnyLoss<Cpu> made_from(const nlohmann::json& description) {
  AnyLoss<Cpu> loss;
  each_loss([&]<class L>(std::string_view) {
    if (L::class_name() == description.at("class").get<std::string>())
      loss = L(options_from<typename L::Options>(description.at("config")));
  });
  REQUIRE(loss);
  return loss;
}

Tensor<> get(const std::string& name) { return golden("losses.safetensors", name); }

}  // namespace

TEST_CASE("losses of every class, reduction and weighting agree with Keras") {
  std::set<std::string> classes;
  for (const auto& [name, description] : golden_cases().items()) {
    if (name.rfind("all/", 0) != 0) continue;
    INFO(name);
    const std::string data = description.value("data", name);
    const Tensor<> labels = get(data + "/y_true"), predictions = get(data + "/y_pred");
    const bool weighted = name != data;
    const Tensor<> weights = weighted ? get(name + "/sample_weight") : Tensor<>();
    const auto view = weighted ? weights.view() : ConstTensorView<Cpu>{};
    const auto loss = made_from(description);
    Tensor<> gradient = random_tensor(predictions.shape(), -9, 9);  // must be overwritten
    auto& context = default_context<Cpu>();
    const float value = loss(context, labels.view(), predictions.view(), gradient.view(), view);
    check_near(Tensor<>({}, {value}), get(name + "/value"), 1e-6f);
    const Tensor<> expected = get(name + "/grad");
    check_near(gradient, expected, 2e-6f, 0.05f * largest(expected));
    CHECK(loss(context, labels.view(), predictions.view(), {}, view) == value);
    Context<Cpu> one(1), three(3);
    CHECK(loss(one, labels.view(), predictions.view(), {}, view) ==
          loss(three, labels.view(), predictions.view(), {}, view));
    classes.insert(description.at("class"));
  }
  CHECK(classes.size() == 19);
}

TEST_CASE("gradients of losses agree with finite differences") {
  const auto labels = random_tensor({4, 3}, 0.1f, 0.9f, 3), p = random_tensor({4, 3}, 0.15f, 0.85f, 4);
  const Tensor<> hot({4, 3}, {1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0});
  for (const char* name : {"mae", "mape", "msle", "huber", "log_cosh", "poisson", "kld", "cosine_similarity",
                           "categorical_hinge", "dice", "tversky", "hinge", "squared_hinge"}) {
    INFO(name);
    check_loss_gradient(name, name == std::string("categorical_hinge") ? hot : labels, p);
  }
  check_loss_gradient(BinaryFocalCrossentropy({.apply_class_balancing = true}), labels, p);
  check_loss_gradient(BinaryFocalCrossentropy({.from_logits = true}), labels, random_tensor({4, 3}, -2, 2));
  check_loss_gradient(CategoricalFocalCrossentropy(), hot, p);
  check_loss_gradient(CategoricalFocalCrossentropy({.from_logits = true}), hot, random_tensor({4, 3}, -2, 2));
}

TEST_CASE("losses go by Keras' names") {
  const auto check = [](const char* name, const char* expected) {
    CHECK(find_loss<Cpu>(name).name() == expected);
  };
  check("binary_crossentropy", "binary_crossentropy");
  check("BinaryCrossentropy", "binary_crossentropy");
  check("bce", "binary_crossentropy");
  check("MSE", "mean_squared_error");
  check("KLD", "kl_divergence");
  check("Huber", "huber_loss");
  check("huber", "huber_loss");
  CHECK(find_loss<Cpu>("SparseCategoricalCrossentropy").get<SparseCategoricalCrossentropy>());
  CHECK_FALSE(find_loss<Cpu>("mse").get<Huber>());
  CHECK_THROWS_WITH(find_loss<Cpu>("mea"), Contains("no loss 'mea'") && Contains("mean_absolute_error"));
}

TEST_CASE("crossentropy is the kind that fits the shapes") {
  const AnyLoss<Cpu> loss = "crossentropy";
  const Tensor<> numbers({2}, {2, 0}), one_hot({2, 3}, {0, 0, 1, 1, 0, 0});
  const Tensor<> scores({2, 3}, {0.2f, 0.3f, 0.5f, 0.7f, 0.2f, 0.1f});
  CHECK(loss_of(loss, numbers, scores) == loss_of("sparse_categorical_crossentropy", numbers, scores));
  CHECK(loss_of(loss, one_hot, scores) == loss_of("categorical_crossentropy", one_hot, scores));
  const Tensor<> yes({2, 1}, {1, 0}), p({2, 1}, {0.7f, 0.1f});
  CHECK(loss_of(loss, yes, p) == loss_of("bce", yes, p));
}

TEST_CASE("options of losses that make no sense are refused") {
  CHECK_THROWS_WITH(MeanSquaredError({.reduction = "none"}),
                    Contains("[mean_squared_error] reduction is 'none'") && Contains("one number"));
  CHECK_THROWS_WITH(BinaryCrossentropy({.axis = 1}), Contains("axis is 1, expected -1"));
  CHECK_THROWS_WITH(Huber({.delta = -1}), Contains("delta is -1"));
  CHECK_THROWS_WITH(Dice({.axis = 1}), Contains("[dice] axis is 1"));
}

TEST_CASE("sample weights must fit, and may all be 0") {
  const AnyLoss<Cpu> loss = "mse", mean = MeanSquaredError({.reduction = "mean_with_sample_weight"});
  const Tensor<> labels({3, 2}), predictions({3, 2}, {1, 2, 3, 4, 5, 6});
  const auto with = [&](const AnyLoss<Cpu>& which, const Tensor<>& weights) {
    return which(default_context<Cpu>(), labels.view(), predictions.view(), {}, weights.view());
  };
  CHECK(with(loss, Tensor<>({3})) == 0);
  CHECK(with(mean, Tensor<>({3})) == 0);
  CHECK(with(loss, Tensor<>({3, 1}, {0, 0, 6})) == 61);
  CHECK_THROWS_WITH(with(loss, Tensor<>({2})), Contains("sample_weight (2,) does not fit"));
  CHECK_THROWS_WITH(with(loss, Tensor<>({3, 2})), Contains("sample_weight (3, 2) does not fit"));
}

}  // namespace test_find
