#pragma once

// A model without layers for callbacks to see, and the golden logs that go through them; scripts/reference/callbacks.py has the
// same ones.

#include <fstream>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <tanuki/training/callback.hpp>

namespace tanuki::test {

class FakeModel final : public ModelInTraining {
 public:
  double rate = double(0.01f);
  std::vector<WeightValues> now = {{"layer/weight", {1}, {-1}}};
  std::vector<std::string> unfrozen = {};
  Index steps = 0;

  std::string name() const override { return "fake"; }
  MetricDirection direction(const std::string& metric) const override {
    if (metric == "binary_accuracy") return MetricDirection::up;
    if (metric == "mean_squared_error" || metric == "loss") return MetricDirection::down;
    return MetricDirection::unknown;
  }
  Index iterations() const override { return steps; }
  double learning_rate() const override { return rate; }
  void learning_rate(double value) override { rate = value; }
  std::vector<WeightValues> weights() const override { return now; }
  void weights(std::span<const WeightValues> values) override { now = {values.begin(), values.end()}; }
  void unfreeze(const std::string& pattern) override { unfrozen.push_back(pattern); }
  void unfreeze_last(Index count) override { unfrozen.push_back(std::to_string(count)); }
  Index layers_that_match(const std::string& pattern) const override { return pattern[0] == 'b'; }
  Index layers_with_weights() const override { return 10; }
};

using Json = nlohmann::json;

inline const Json& golden_callbacks() {
  static const Json golden = Json::parse(std::ifstream(TANUKI_GOLDENS "/callbacks.json"));
  return golden;
}

/// What is no number is a text there: "nan", "inf", "-inf".
inline double golden_number(const Json& json) {
  if (json.is_number()) return json.get<double>();
  const std::string text = json.get<std::string>();
  const double infinity = std::numeric_limits<double>::infinity();
  return text == "nan" ? std::numeric_limits<double>::quiet_NaN() : text == "inf" ? infinity : -infinity;
}

inline Logs golden_logs(const Json& json) {
  Logs logs;
  if (json.is_object()) {
    for (const auto& [name, value] : json.items()) logs.emplace_back(name, golden_number(value));
  } else {
    for (std::size_t i = 0; i < json.size(); ++i)
      logs.emplace_back(golden_callbacks()["names"][i].get<std::string>(), golden_number(json[i]));
  }
  return logs;
}

/// Sets the options that the golden has to its values.
struct GoldenOptions {
  const Json& json;

  template <class T>
  void operator()(const char* name, T& option) const {
    if (!json.contains(name)) return;
    const Json& value = json[name];
    if constexpr (std::is_same_v<T, bool>) {
      option = value.is_boolean() ? value.get<bool>() : value.get<int>() != 0;
    } else if constexpr (std::is_same_v<T, std::optional<double>>) {
      option = value.get<double>();
    } else {
      option = value.get<T>();
    }
  }
};

/// A callback as resumed training has it: one made anew, with what a checkpoint kept of the one before.
template <class C>
std::unique_ptr<C> resumed(const C& before, const typename C::Options& options, FakeModel& model) {
  const std::string state = before.state();
  auto after = std::make_unique<C>(options);
  after->set_model(&model);
  after->on_train_begin();
  after->restore(state);
  return after;
}

}  // namespace tanuki::test
