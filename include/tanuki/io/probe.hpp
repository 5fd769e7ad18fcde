#pragma once

// The probe of a weight file: for one seeded example, a short fingerprint of the output of every layer, innermost
// layers of nested models included, and of what the fused inference plan predicts. Computed again on another machine
// it tells a wrong weight or a wrong kernel from another order of summation. A fingerprint is the output's Euclidean
// norm and its sums under random signs; a sum may differ by 1e-3 of the norm. Computed in float32 whatever the
// session's policy. As JSON:
//   {"version": 1, "seed": 1, "layers": [["block1_conv1", norm, sum, sum, sum], …]}

#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/core/context.hpp"
#include "tanuki/io/probe_key.hpp"
#include "tanuki/models/model.hpp"

namespace tanuki {
namespace detail {

struct Fingerprint {
  static constexpr std::size_t sums = 3;

  std::string layer;
  Index size = 0;
  double norm = 0;
  std::array<double, sums> sum{};

  static Fingerprint of(std::string layer, std::span<const float> output, std::uint64_t seed) {
    Fingerprint print{std::move(layer), Index(output.size())};
    for (float x : output) print.norm += double(x) * double(x);
    print.norm = std::sqrt(print.norm);
    for (std::size_t k = 0; k < sums; ++k) {
      const Random signs{seed, hash("probe signs") + k};
      PhiloxBlock words{};
      for (std::size_t i = 0; i < output.size(); ++i) {
        if (i % 128 == 0) words = signs.block(i / 128);
        const bool negative = words[i / 32 % 4] >> (i % 32) & 1;
        print.sum[k] += negative ? -double(output[i]) : double(output[i]);
      }
    }
    return print;
  }

  bool agrees(const Fingerprint& other) const {
    const double allowed = 1e-3 * std::max(norm, other.norm) + 1e-7 * std::sqrt(double(size));
    bool good = std::abs(norm - other.norm) <= allowed;  // false for what is no number
    for (std::size_t k = 0; k < sums; ++k) good = good && std::abs(sum[k] - other.sum[k]) <= allowed;
    return good;
  }
};

/// A model's recipe with the value of every layer.
template <class B>
class ProbeRecipe {
 public:
  explicit ProbeRecipe(const Model<B>& model) {
    std::vector<ops::Value<B>> inputs;
    for (const auto& input : model.inputs()) inputs.push_back(graph_.input(input.shape()));
    for (const auto& input : inputs) seen_.insert(input.id);
    trace(model, inputs, "", false);
  }

  std::vector<Fingerprint> run(std::span<const ConstTensorView<B>> inputs, std::uint64_t seed) {
    std::vector<Fingerprint> prints;
    if (values_.empty()) return prints;
    PlanOptions options;
    options.dtype_policy = DtypePolicy::float32;
    Plan<B> plan(std::move(graph_), values_, {}, options);
    const auto outputs = plan.forward(default_context<B>(), inputs);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      std::vector<float> numbers(static_cast<std::size_t>(outputs[i].size()));
      Memory<B>::to_host(numbers.data(), outputs[i].data, numbers.size());
      prints.push_back(Fingerprint::of(names_[i], numbers, seed));
    }
    return prints;
  }

 private:
  using Values = std::vector<ops::Value<B>>;

  Values trace(const Model<B>& model, const Values& given, const std::string& prefix, bool training) {
    std::map<const Node<B>*, Values> values;
    for (std::size_t i = 0; i < given.size(); ++i) values[model.inputs()[i].node().get()] = {given[i]};
    for (const auto& node : model.nodes()) {
      if (!node->layer) continue;
      Values inputs;
      for (const auto& input : node->inputs) inputs.push_back(values.at(input.node().get())[input.index()]);
      values[node.get()] = call(*node->layer, inputs, prefix + node->name, node->training.value_or(training));
    }
    Values outputs;
    for (const auto& output : model.outputs())
      outputs.push_back(values.at(output.node().get())[output.index()]);
    return outputs;
  }

  Values call(const Layer<B>& layer, const Values& inputs, const std::string& path, bool training) {
    const auto* model = dynamic_cast<const Model<B>*>(&layer);
    if (model && fits(*model, inputs))
      return graph_.within(layer.name(), [&] { return trace(*model, inputs, path + "/", training); });
    Values outputs = layer.trace(inputs, training);
    for (const auto& value : outputs) {
      if (!seen_.insert(value.id).second) continue;  // what hands its input on
      names_.push_back(path);
      values_.push_back(value.id);
    }
    return outputs;
  }

  static bool fits(const Model<B>& model, const Values& inputs) {
    return std::equal(inputs.begin(), inputs.end(), model.inputs().begin(), model.inputs().end(),
                      [](const auto& value, const auto& input) { return value.shape() == input.shape(); });
  }

  ops::Graph<B> graph_;
  std::set<int> seen_;
  std::vector<std::string> names_;
  std::vector<int> values_;
};

inline constexpr const char* whole_plan = "predict()";

template <class B>
std::vector<Fingerprint> fingerprints(const Model<B>& model, std::uint64_t seed) {
  std::vector<Tensor<B>> inputs;
  std::vector<ConstTensorView<B>> views;
  for (const auto& input : model.inputs()) {
    const Shape shape = input.shape().with_batch(1);
    const Random random{seed, hash("probe input") + inputs.size()};
    std::vector<float> numbers(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = random.uniform(i, -1, 1);
    inputs.emplace_back(shape, numbers);
  }
  for (const auto& input : inputs) views.push_back(input.view());
  auto prints = ProbeRecipe<B>(model).run(views, seed);

  std::vector<int> ids;
  auto graph = model.graph(false, ids);
  PlanOptions options;
  options.dtype_policy = DtypePolicy::float32;
  Plan<B> plan(std::move(graph), ids, {}, options);
  for (const auto& output : plan.forward(default_context<B>(), views)) {
    std::vector<float> numbers(static_cast<std::size_t>(output.size()));
    Memory<B>::to_host(numbers.data(), output.data, numbers.size());
    prints.push_back(Fingerprint::of(whole_plan, numbers, seed));
  }
  return prints;
}

struct Probe {
  std::uint64_t seed = 1;
  std::vector<Fingerprint> layers;
};

inline Probe parse_probe(const std::string& text, const std::string& file) {
  const auto refuse = [&](const char* what) { fail("[probe] '", file, "': its probe ", what); };
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("layers") || !json["layers"].is_array()) refuse("is damaged");
  if (!json.contains("version") || json["version"] != 1) refuse("is of a version that is not known");
  if (!json.contains("seed") || !json["seed"].is_number_unsigned()) refuse("has no seed");
  Probe probe{json["seed"].get<std::uint64_t>(), {}};
  for (const auto& layer : json["layers"]) {
    if (!layer.is_array() || layer.size() != 2 + Fingerprint::sums || !layer[0].is_string())
      refuse("is damaged");
    Fingerprint print{layer[0].get<std::string>()};
    for (std::size_t i = 1; i < layer.size(); ++i) {
      if (!layer[i].is_number()) refuse("is damaged");
      (i == 1 ? print.norm : print.sum[i - 2]) = layer[i].get<double>();
    }
    probe.layers.push_back(std::move(print));
  }
  return probe;
}

}  // namespace detail

/// Throws Error for a model that is not built, and for a layer whose output is not finite.
template <class B>
std::string make_probe(const Model<B>& model, std::uint64_t seed = 1) {
  auto layers = nlohmann::json::array();
  for (const auto& print : detail::fingerprints(model, seed)) {
    if (!std::isfinite(print.norm)) fail("[probe] the output of '", print.layer, "' is not finite");
    layers.push_back({print.layer, print.norm, print.sum[0], print.sum[1], print.sum[2]});
  }
  return nlohmann::json{{"version", 1}, {"seed", seed}, {"layers", std::move(layers)}}.dump();
}

/// Computes the probe anew. Throws Error, with the first layer whose output differs, where it is not the same.
template <class B>
void check_probe(const Model<B>& model, const std::string& probe, const std::string& file) {
  const auto expected = detail::parse_probe(probe, file);
  const auto found = detail::fingerprints(model, expected.seed);
  if (found.size() != expected.layers.size()) {
    fail("[probe] '", file, "': its probe has ", expected.layers.size(), " layers, the model ", found.size());
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& want = expected.layers[i];
    if (found[i].agrees(want)) continue;
    const double largest = std::max(found[i].norm, want.norm);
    double difference = std::abs(found[i].norm - want.norm);
    for (std::size_t k = 0; k < want.sum.size(); ++k)
      difference = std::max(difference, std::abs(found[i].sum[k] - want.sum[k]));
    fail("[probe] '", file, "': the output of '", found[i].layer, "' differs from when the file was written",
         want.layer == found[i].layer ? "" : " (there it was called '" + want.layer + "')", ": by ",
         difference / largest, " of its norm ", want.norm, ", at most 0.001 is expected; ",
         i ? "the layers before it agree" : "it is the first layer");
  }
}

}  // namespace tanuki
