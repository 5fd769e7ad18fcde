#pragma once

// Keras' legacy .h5, of weights (what keras.applications publishes) or of a whole model (then below
// `model_weights`): the attribute `layer_names`, and for every layer `weight_names`, both split into
// `layer_names0..n` where they are long. Names are brought to "layer/weight":
// 'block1_conv1/block1_conv1/kernel:0' and Keras 1's 'block1_conv1_W_1:0' are 'block1_conv1/kernel'. Source:
// keras/src/legacy/saving/legacy_h5_format.py. Throws Error with the file and the layer.

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tanuki/io/keras/legacy_names.hpp"
#include "tanuki/io/keras/weights_h5.hpp"

namespace tanuki {

class LegacyH5Reader {
 public:
  LegacyH5Reader(const Hdf5File& file, KerasContents& result)
      : file_(file), result_(result), root_(file.has("model_weights") ? "model_weights" : "") {}

  bool is_legacy() const { return names(root_, "layer_names").has_value(); }

  void read() {
    result_.keras_version = file_.text(root_, "keras_version").value_or("");
    find_models();
    const auto layers = names(root_, "layer_names");
    if (!layers) file_.refuse(root_, "there is no attribute 'layer_names'");
    for (const std::string& layer : *layers) read_group(layer);
    for (const std::string& group : {below("top_level_model_weights"), std::string("optimizer_weights")}) {
      const auto arrays = names(group, "weight_names");
      if (arrays && !arrays->empty())
        result_.ignored.push_back(group + ": " + std::to_string(arrays->size()) + " arrays");
    }
  }

 private:
  struct Entry {
    std::string layer, weight, dataset;
  };

  std::string below(const std::string& name) const { return root_.empty() ? name : root_ + "/" + name; }

  std::optional<std::vector<std::string>> names(const std::string& path, const std::string& attribute) const {
    return keras::legacy_names(file_, path, attribute);
  }

  /// A whole model's file holds the graph: it tells which layers are models themselves.
  void find_models() {
    const auto text = file_.text("", "model_config");
    if (!text) return;
    knows_models_ = true;
    const auto config = nlohmann::json::parse(*text, nullptr, false);
    if (!config.is_object() || !config.contains("config") || !config["config"].is_object()) return;
    for (const auto& layer : config["config"].value("layers", nlohmann::json::array())) {
      if (!layer.is_object() || !layer.contains("config") || !layer["config"].is_object()) continue;
      const auto& inner = layer["config"];
      if (inner.contains("layers") && inner.contains("name") && inner["name"].is_string()) {
        models_.insert(inner["name"].get<std::string>());
      }
    }
  }

  void read_group(const std::string& group) {
    const auto weights = names(below(group), "weight_names");
    if (!weights) file_.refuse(below(group), "there is no attribute 'weight_names'");
    const bool one_layer = knows_models_ ? !models_.count(group) : has_one_scope(*weights);
    std::vector<Entry> entries;
    for (const std::string& weight : *weights) {
      entries.push_back(entry_of(group, weight, one_layer));
      entries.back().dataset = below(group) + "/" + weight;
    }
    // A model in the model lists what is trainable first: bring each of its layers' weights together.
    std::map<std::string, std::size_t> first;
    for (const Entry& entry : entries) first.emplace(entry.layer, first.size());
    std::stable_sort(entries.begin(), entries.end(),
                     [&](const Entry& a, const Entry& b) { return first[a.layer] < first[b.layer]; });
    std::set<std::string> all;
    for (const Entry& entry : entries) all.insert(entry.layer + "/" + entry.weight);
    for (Entry& entry : entries) {  // Keras 2 calls DepthwiseConv2D's so, Keras 3 does not
      const bool separable = all.count(entry.layer + "/pointwise_kernel");
      if (entry.weight == "depthwise_kernel" && !separable) entry.weight = "kernel";
      result_.tensors.push_back(
          {entry.layer + "/" + entry.weight, entry.dataset, file_.shape(entry.dataset)});
    }
  }

  static std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t start = 0; start <= path.size();) {
      const std::size_t end = std::min(path.find('/', start), path.size());
      parts.push_back(path.substr(start, end - start));
      start = end + 1;
    }
    return parts;
  }

  /// Whether all weights lie in the same scope; then they are one layer's, whatever the scope is called.
  static bool has_one_scope(const std::vector<std::string>& weights) {
    std::set<std::string> scopes;
    for (const std::string& weight : weights) {
      const std::size_t slash = weight.rfind('/');
      scopes.insert(slash == std::string::npos ? "" : weight.substr(0, slash));
    }
    return scopes.size() == 1;
  }

  static Entry entry_of(const std::string& group, const std::string& weight, bool one_layer) {
    std::vector<std::string> scope = split(weight.substr(0, weight.rfind(':')));
    std::string last = scope.back();
    scope.pop_back();
    const std::string known = known_weight(last, scope.empty());
    if (!known.empty()) last = known;
    bool inside = !one_layer;
    if (scope.size() > 1 && scope.front() == group && scope[1] != group)
      inside = true;  // 'head/dense/kernel'
    while (!scope.empty() && scope.front() == group) scope.erase(scope.begin());
    std::string layer = group;
    if (inside) {
      for (const std::string& part : scope) layer += "/" + part;
    }
    return {layer, last, ""};
  }

  /// Keras 3's name for a weight; `with_layer`: Keras 1's form, the layer's name before the weight's.
  static std::string known_weight(std::string name, bool with_layer) {
    static const std::vector<std::pair<std::string, std::string>> known{
        {"depthwise_kernel", "depthwise_kernel"},
        {"pointwise_kernel", "pointwise_kernel"},
        {"moving_variance", "moving_variance"},
        {"moving_mean", "moving_mean"},
        {"running_std", "moving_variance"},
        {"running_mean", "moving_mean"},
        {"gamma", "gamma"},
        {"beta", "beta"},
        {"kernel", "kernel"},
        {"bias", "bias"},
        {"W", "kernel"},
        {"b", "bias"}};
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    if (digits > 1 && digits < name.size() && name[digits - 1] == '_') name.resize(digits - 1);
    for (const auto& [old_name, new_name] : known) {
      if (name == old_name || (with_layer && name.ends_with("_" + old_name))) return new_name;
    }
    return "";
  }

  const Hdf5File& file_;
  KerasContents& result_;
  std::string root_;
  bool knows_models_ = false;
  std::set<std::string> models_;
};

}  // namespace tanuki
