#pragma once

// Which tensor of a file belongs to which weight of a model. Names are paths, "xception/block1_conv1/kernel";
// what is before the last '/' is the layer. Nothing is loaded here, so a file that does not fit changes
// nothing.
//
// 1. The same layer names, below one common prefix: a whole model's file fits its base alone.
// 2. Automatic names (conv2d, conv2d_7, batch_normalization …) count how many layers a program had made
//    before, so they are matched by name only where all of a kind are there, else by order and shape.
// 3. Files that know no names number the layers of each class, "conv2d_3/0": matched by that order alone. Then
//    the targets must come in the order of Keras' model.layers: by depth, then by traversal.
// A layer fits when it has the same weights of the same shapes, none more and none less. Throws Error with
// the file, the weight and both shapes where a target finds no source, unless MatchOptions say otherwise.

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

struct WeightShape {
  std::string name;
  Shape shape;
};

/// A weight whose tensor in the file has another shape.
struct WeightMismatch {
  std::string name;     // in the model
  Shape shape;          // there
  std::string in_file;  // its name in the file
  Shape in_file_shape;
};

struct MatchOptions {
  bool by_name =
      false;  // layers of the same name alone; a layer that the file does not name keeps its weights
  bool skip_mismatch = false;  // a layer that does not fit keeps its weights. Not for files of rule 3
};

struct WeightMatch {
  static constexpr std::size_t none = std::size_t(-1);

  std::vector<std::size_t> source;  // source[i] is the index of the source for target i, or none
  std::string prefix;               // the common prefix in the file, "" or "xception/"
  std::vector<std::string> unused;  // sources that no target took, in file order
  std::vector<WeightMismatch>
      mismatched;           // of the targets without a source: those with a tensor that does not fit
  std::size_t misfits = 0;  // layers that the file has, and that do not fit
};

class WeightMatcher {
 public:
  WeightMatcher(std::span<const WeightShape> targets, std::span<const WeightShape> sources, std::string file,
                MatchOptions options = {})
      : targets_(targets),
        sources_(sources),
        file_(std::move(file)),
        options_(options),
        match_{std::vector<std::size_t>(targets.size(), none), "", {}, {}} {
    target_layers_ = layers_of(targets);
    source_layers_ = layers_of(sources);
  }

  WeightMatch match() {
    const auto is_numbered = [](const Layer& layer) { return layer.numbered; };
    const bool counted = std::all_of(source_layers_.begin(), source_layers_.end(), is_numbered);
    if (!sources_.empty() && counted && !options_.by_name) {
      match_by_counters();
    } else {
      match_by_names();
    }
    const std::set<std::size_t> used(match_.source.begin(), match_.source.end());
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!used.count(i)) match_.unused.push_back(sources_[i].name);
    }
    return std::move(match_);
  }

 private:
  struct Layer {
    std::string path;  // without a '/' at its end
    std::vector<std::size_t> weights;
    bool numbered = true;  // its weights are called 0, 1, …
    bool used = false;
  };
  using Layers = std::vector<Layer*>;

  static std::string_view last_part(std::string_view path) { return path.substr(path.rfind('/') + 1); }
  static std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

  static bool is_number(std::string_view name) {
    return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
  }

  static std::vector<Layer> layers_of(std::span<const WeightShape> weights) {
    std::vector<Layer> layers;
    std::map<std::string, std::size_t> places;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const std::size_t slash = weights[i].name.rfind('/');
      const std::string path = slash == std::string::npos ? "" : weights[i].name.substr(0, slash);
      const auto [place, added] = places.emplace(path, layers.size());
      if (added) layers.push_back({path, {}});
      Layer& layer = layers[place->second];
      layer.weights.push_back(i);
      if (!is_number(last_part(weights[i].name))) layer.numbered = false;
    }
    return layers;
  }

  /// "conv2d" for "conv2d_7" and Keras 1's "convolution2d_7"; every other name as it is.
  static std::string kind_of(std::string_view name) {
    static const std::map<std::string, std::string, std::less<>> automatic{
        {"conv2d", ""},
        {"convolution2d", "conv2d"},
        {"depthwise_conv2d", ""},
        {"separable_conv2d", ""},
        {"separableconvolution2d", "separable_conv2d"},
        {"batch_normalization", ""},
        {"batchnormalization", "batch_normalization"},
        {"dense", ""},
        {"conv1d", ""},
        {"conv1d_transpose", ""},
        {"conv2d_transpose", ""},
        {"depthwise_conv1d", ""},
        {"separable_conv1d", ""},
        {"p_re_lu", ""},
        {"layer_normalization", ""},
        {"group_normalization", ""},
        {"normalization", ""},
        {"sequential", ""},
        {"functional", ""},
        {"model", "functional"}};
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    const bool counted = digits > 1 && digits < name.size() && name[digits - 1] == '_';
    const auto place = automatic.find(counted ? name.substr(0, digits - 1) : name);
    if (place == automatic.end()) return std::string(name);
    return place->second.empty() ? place->first : place->second;
  }

  /// kind_of for every part of a path.
  static std::string key_of(const std::string& path) {
    std::string key;
    for (std::size_t start = 0; start <= path.size();) {
      const std::size_t end = std::min(path.find('/', start), path.size());
      key += (start ? "/" : "") + kind_of(std::string_view(path).substr(start, end - start));
      start = end + 1;
    }
    return key;
  }

  /// The sources of the weights of `target` in `source`; empty where the two do not fit.
  std::vector<std::size_t> pair(const Layer& target, const Layer& source) const {
    std::vector<std::size_t> pairs;
    if (target.weights.size() != source.weights.size()) return pairs;
    for (std::size_t i = 0; i < target.weights.size(); ++i) {
      const WeightShape& wanted = targets_[target.weights[i]];
      const std::size_t found = find_weight(wanted.name, i, source);
      if (found == none || !(sources_[found].shape == wanted.shape)) return {};
      pairs.push_back(found);
    }
    return pairs;
  }

  /// The one of that name in the layer, else the one at that position if it has a number for a name.
  std::size_t find_weight(const std::string& name, std::size_t position, const Layer& source) const {
    for (std::size_t i : source.weights) {
      if (last_part(sources_[i].name) == last_part(name)) return i;
    }
    if (position >= source.weights.size()) return none;
    const std::size_t i = source.weights[position];
    return is_number(last_part(sources_[i].name)) ? i : none;
  }

  bool take(const Layer& target, Layer& source) {
    const auto pairs = pair(target, source);
    if (pairs.empty()) return false;
    for (std::size_t i = 0; i < pairs.size(); ++i) match_.source[target.weights[i]] = pairs[i];
    return source.used = true;
  }

  void match_by_names() {
    choose_prefix();
    std::map<std::string, Layers> wanted, given;
    for (Layer& layer : target_layers_) wanted[key_of(layer.path)].push_back(&layer);
    for (Layer& layer : source_layers_) {
      if (layer.path.starts_with(match_.prefix)) given[key_of(inner_path(layer))].push_back(&layer);
    }
    for (Layer& target : target_layers_) {  // in the model's order, so that an error names the first misfit
      const std::string key = key_of(target.path);
      const auto kind = wanted.find(key);
      if (kind != wanted.end()) match_kind(kind->second, given[key]);
      wanted.erase(key);
    }
  }

  std::string inner_path(const Layer& source) const { return source.path.substr(match_.prefix.size()); }

  /// The prefix below which the most layers of the model are found; of equal ones the shortest.
  void choose_prefix() {
    std::map<std::string, int> wanted;
    for (const Layer& layer : target_layers_) ++wanted[key_of(layer.path)];
    std::map<std::string, std::map<std::string, int>> found;
    std::map<std::string, int> score;
    for (const Layer& layer : source_layers_) {
      for (std::size_t start = 0; start <= layer.path.size();) {
        const std::string prefix = layer.path.substr(0, start), key = key_of(layer.path.substr(start));
        if (wanted.count(key) && found[prefix][key]++ < wanted[key]) ++score[prefix];
        start = std::min(layer.path.find('/', start), layer.path.size()) + 1;
      }
    }
    int best = 0;
    for (const auto& [prefix, count] : score) {  // sorted, "" first
      const bool shorter = prefix.size() < match_.prefix.size();
      if (count > best || (count == best && shorter)) best = count, match_.prefix = prefix;
    }
  }

  /// All layers of the model of one kind against all of the file.
  void match_kind(const Layers& targets, const Layers& sources) {
    std::vector<std::pair<Layer*, Layer*>> by_name;
    for (Layer* target : targets) {
      for (Layer* source : sources) {
        if (inner_path(*source) == target->path && !pair(*target, *source).empty())
          by_name.emplace_back(target, source);
      }
    }
    if (by_name.size() == targets.size() || options_.by_name || options_.skip_mismatch) {
      for (auto [target, source] : by_name) {
        take(*target, *source);
        target->used = true;
      }
    }
    for (Layer* target : targets) {
      const auto fits = [&](Layer* source) { return !source->used && take(*target, *source); };
      const bool by_order = !options_.by_name;
      if (target->used || (by_order && std::any_of(sources.begin(), sources.end(), fits))) continue;
      const Layer* source = closest(*target, sources);
      if (options_.by_name && (!source || inner_path(*source) != target->path)) continue;
      if (!options_.skip_mismatch) refuse(*target, source);
      if (!source) continue;
      ++match_.misfits;
      note_mismatch(*target, *source);
    }
  }

  void note_mismatch(const Layer& target, const Layer& source) {
    for (std::size_t i = 0; i < target.weights.size(); ++i) {
      const WeightShape& wanted = targets_[target.weights[i]];
      const std::size_t found = find_weight(wanted.name, i, source);
      if (found == none || sources_[found].shape == wanted.shape) continue;
      match_.mismatched.push_back({wanted.name, wanted.shape, sources_[found].name, sources_[found].shape});
    }
  }

  /// For the message: the layer of that name, else the first that is left.
  const Layer* closest(const Layer& target, const Layers& sources) const {
    const Layer* left = nullptr;
    for (const Layer* source : sources) {
      if (!source->used && (!left || inner_path(*source) == target.path)) left = source;
    }
    return left;
  }

  void match_by_counters() {
    std::vector<std::string> target_parents, source_parents;
    const auto collect = [](const std::vector<Layer>& layers, std::vector<std::string>& parents) {
      for (const Layer& layer : layers) {
        const std::string parent = parent_of(layer.path);
        if (std::find(parents.begin(), parents.end(), parent) == parents.end()) parents.push_back(parent);
      }
    };
    collect(target_layers_, target_parents);
    collect(source_layers_, source_parents);
    for (const std::string& target_parent : target_parents) {
      Misfit misfit;
      const auto fits = [&](const std::string& parent) { return match_model(target_parent, parent, misfit); };
      const auto place = std::find_if(source_parents.begin(), source_parents.end(), fits);
      if (place == source_parents.end()) refuse(*misfit.target, misfit.source);
      if (target_parents.size() == 1) match_.prefix = *place;
      source_parents.erase(place);
    }
  }

  struct Misfit {
    std::size_t position = 0;
    const Layer* target = nullptr;
    const Layer* source = nullptr;
  };

  /// One model of the file for one model here: the k-th layer of a class there is the k-th here.
  bool match_model(const std::string& target_parent, const std::string& source_parent, Misfit& misfit) {
    std::map<std::string, Layers> left;  // by class, the next one last
    for (std::size_t i = source_layers_.size(); i-- > 0;) {
      Layer& layer = source_layers_[i];
      if (parent_of(layer.path) == source_parent) left[kind_of(last_part(layer.path))].push_back(&layer);
    }
    std::size_t position = 0;
    for (Layer& target : target_layers_) {
      if (parent_of(target.path) != target_parent) continue;
      const Layer* next = nullptr;
      bool taken = false;
      for (const std::string& layer_class : classes_of(target)) {
        Layers& candidates = left[layer_class];
        if (candidates.empty()) continue;
        if (!next) next = candidates.back();
        taken = take(target, *candidates.back());
        if (taken) candidates.pop_back();
        if (taken) break;
      }
      if (!taken) {
        if (!misfit.target || position > misfit.position) misfit = {position, &target, next};
        return false;
      }
      ++position;
    }
    return true;
  }

  /// The classes that a layer of such weights can be of; first the one that its name speaks for.
  std::vector<std::string> classes_of(const Layer& target) const {
    auto classes = classes_with_weights_of(target);
    const auto named = std::find(classes.begin(), classes.end(), kind_of(last_part(target.path)));
    if (named != classes.end()) std::rotate(classes.begin(), named, named + 1);
    return classes;
  }
  std::vector<std::string> classes_with_weights_of(const Layer& target) const {
    const WeightShape& first = targets_[target.weights[0]];
    const std::string_view name = last_part(first.name);
    const std::size_t rank = first.shape.rank();
    const auto has = [&](std::string_view weight) {
      return std::any_of(target.weights.begin(), target.weights.end(),
                         [&](std::size_t i) { return last_part(targets_[i].name) == weight; });
    };
    if (name == "depthwise_kernel") return {rank == 3 ? "separable_conv1d" : "separable_conv2d"};
    if (has("moving_mean")) return {"batch_normalization"};
    if (name == "gamma" || name == "beta")
      return {"layer_normalization", "group_normalization", "layer_scale", "batch_normalization"};
    if (name == "mean") return {"normalization"};
    if (name == "alpha") return {"p_re_lu"};
    if (rank == 2) return {"dense"};
    if (rank == 3) return {"conv1d", "conv1d_transpose", "depthwise_conv1d"};
    return {"conv2d", "conv2d_transpose", "depthwise_conv2d"};
  }

  [[noreturn]] void refuse(const Layer& target, const Layer* source) const {
    const auto start = [&] { return "[weights] '" + file_ + "' does not fit the model: "; };
    const WeightShape& first = targets_[target.weights[0]];
    if (!source) fail(start(), "it has nothing for '", first.name, "' of shape ", first.shape);
    for (std::size_t i = 0; i < target.weights.size(); ++i) {
      const WeightShape& wanted = targets_[target.weights[i]];
      const std::size_t found = find_weight(wanted.name, i, *source);
      if (found == none) fail(start(), "it has nothing for '", wanted.name, "' of shape ", wanted.shape);
      const WeightShape& given = sources_[found];
      if (!(given.shape == wanted.shape)) {
        fail(start(), "'", wanted.name, "' has shape ", wanted.shape, ", '", given.name, "' in the file ",
             given.shape);
      }
    }
    fail(start(), "'", target.path, "' has ", target.weights.size(), " weights, '", source->path,
         "' in the file ", source->weights.size());
  }

  static constexpr std::size_t none = WeightMatch::none;

  std::span<const WeightShape> targets_, sources_;
  std::string file_;
  MatchOptions options_;
  WeightMatch match_;
  std::vector<Layer> target_layers_, source_layers_;
};

/// `targets` in the model's order, `sources` in the file's; `file` stands in messages.
inline WeightMatch match_weights(std::span<const WeightShape> targets, std::span<const WeightShape> sources,
                                 const std::string& file, MatchOptions options = {}) {
  return WeightMatcher(targets, sources, file, options).match();
}

}  // namespace tanuki
