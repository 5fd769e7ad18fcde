// Every metric class, made from Keras' config, counts as Keras does, with and without weights.

#include "tanuki/backend/eigen/accuracy.hpp"
#include "tanuki/backend/eigen/element_loss.hpp"
#include "tanuki/backend/eigen/overlap_loss.hpp"
#include "tanuki/backend/eigen/row_loss.hpp"
#include "tanuki/metrics/find.hpp"
#include "tests/losses/golden_cases.hpp"

namespace test_find {

using namespace tanuki;
using namespace tanuki::tests;
using Catch::Matchers::Contains;

namespace {

AnyMetric<Cpu> made_from(const nlohmann::json& description) {
  const std::string wanted = description.at("class");
  std::optional<AnyMetric<Cpu>> metric;
  each_metric([&]<class M>(const char* name, const char*) {
    if (name == wanted) metric.emplace(M(options_from<typename M::Options>(description.at("config"))));
  });
  each_loss_metric([&]<class L>(const char* name, const char*) {
    if (name == wanted) metric.emplace(L(options_from<typename L::Options>(description.at("config"))));
  });
  REQUIRE(metric);
  return *metric;
}

Tensor<> get(const std::string& name) { return golden("losses.safetensors", name); }

void update(AnyMetric<Cpu>& metric, const Tensor<>& labels, const Tensor<>& predictions) {
  metric.check(labels.shape().without_batch(), predictions.shape().without_batch());
  metric.update(default_context<Cpu>(), labels.view(), predictions.view());
}

}  // namespace

TEST_CASE("metrics of every class agree with Keras, weighted and not, and come back from their state") {
  std::set<std::string> classes;
  for (const auto& [name, description] : golden_cases().items()) {
    if (name.rfind("all_metrics/", 0) != 0) continue;
    INFO(name);
    classes.insert(description.at("class"));
    AnyMetric<Cpu> metric = made_from(description), restored = metric;
    const bool weighted = name.find("/weighted") != std::string::npos;
    for (int i = 0; i < description.at("updates").get<int>(); ++i) {
      const std::string end = "/" + std::to_string(i);
      const Tensor<> weights = weighted ? get(name + "/sample_weight" + end) : Tensor<>();
      const Tensor<> labels = get(name + "/y_true" + end), predictions = get(name + "/y_pred" + end);
      metric.check(labels.shape().without_batch(), predictions.shape().without_batch());
      metric.update(default_context<Cpu>(), labels.view(), predictions.view(),
                    weighted ? weights.view() : ConstTensorView<Cpu>{});
      CHECK(metric.result() == Approx(double(get(name + "/result" + end).data()[0])).epsilon(1e-6));
    }
    restored.restore(metric.state());
    CHECK(restored.result() == metric.result());
    metric.reset();
    restored.reset();
    CHECK(metric.result() == restored.result());
  }
  CHECK(classes.size() == 36);
}

TEST_CASE("metrics go by Keras' names, and are called what they were asked for by") {
  CHECK(find_metric<Cpu>("BinaryAccuracy").name() == "binary_accuracy");
  CHECK(find_metric<Cpu>("mse").name() == "mean_squared_error");
  CHECK(AnyMetric<Cpu>("mse").name() == "mse");
  CHECK(AnyMetric<Cpu>("acc").name() == "acc");
  CHECK(find_metric<Cpu>("LogCoshError").name() == "logcosh");
  CHECK(find_metric<Cpu>("auc").get<AUC>());
  CHECK(find_metric<Cpu>("cosine_similarity").get<CosineSimilarityMetric>());
  CHECK_THROWS_WITH(find_metric<Cpu>("acuracy"),
                    Contains("no metric 'acuracy'") && Contains("accuracy, auc"));
}

TEST_CASE("accuracy is the kind that fits the shapes") {
  AnyMetric<Cpu> metric = "accuracy";
  update(metric, Tensor<>({4, 1}, {1, 0, 1, 1}), Tensor<>({4, 1}, {0.7f, 0.2f, 0.1f, 0.9f}));
  CHECK(metric.result() == 0.75);
  metric.reset();
  const Tensor<> scores({2, 3}, {1, 5, 2, 3, 1, 2});
  update(metric, Tensor<>({2}, {1, 2}), scores);
  CHECK(metric.result() == 0.5);
  metric.reset();
  update(metric, Tensor<>({2, 1}, {1, 2}), scores);
  CHECK(metric.result() == 0.5);
  metric.reset();
  update(metric, Tensor<>({2, 3}, {0, 1, 0, 1, 0, 0}), scores);
  CHECK(metric.result() == 1);
  CHECK_THROWS_AS(metric.check({2}, {3}), Error);
}

TEST_CASE("options of metrics that make no sense are refused") {
  CHECK_THROWS_WITH(AUC({.num_thresholds = 1}), Contains("num_thresholds is 1"));
  CHECK_THROWS_WITH(AUC({.curve = "RIC"}), Contains("curve is RIC"));
  CHECK_THROWS_WITH(AUC({.thresholds = {0.5, 1.5}}), Contains("a threshold is 1.5"));
  CHECK_THROWS_WITH(Precision({.thresholds = -1}), Contains("[precision] thresholds is -1"));
  CHECK_THROWS_WITH(Recall({.top_k = 0}), Contains("top_k is 0"));
  CHECK_THROWS_WITH(AnyMetric<Cpu>(Recall({.class_id = 3})).check({3}, {3}), Contains("expected at least 4"));
  CHECK_THROWS_WITH(TopKCategoricalAccuracy({.k = 0}), Contains("k is 0"));
  CHECK_THROWS_WITH(IoU({.num_classes = 2, .target_class_ids = {0, 2}}), Contains("target_class_ids has 2"));
  CHECK_THROWS_WITH(MeanIoU({.num_classes = 2, .axis = 1}), Contains("axis is 1"));
  CHECK_THROWS_WITH(AnyMetric<Cpu>("MeanIoU").check({1}, {1}), Contains("num_classes is 0"));
  CHECK_THROWS_WITH(AnyMetric<Cpu>(OneHotMeanIoU({.num_classes = 3})).check({1}, {3, 3}),
                    Contains("labels as rows"));
  CHECK_NOTHROW(
      AnyMetric<Cpu>(MeanIoU({.num_classes = 3, .sparse_y_pred = false})).check({4, 4, 1}, {4, 4, 3}));
  CHECK_THROWS_WITH(F1Score({.average = "mean"}), Contains("average is 'mean'"));
  CHECK_THROWS_WITH(AnyMetric<Cpu>(F1Score()).check({3}, {3}),
                    Contains("without an average it is 3 numbers"));
}

}  // namespace test_find
