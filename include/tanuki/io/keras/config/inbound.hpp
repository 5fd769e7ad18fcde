#pragma once

// The calls of a layer in a functional model's config, in Keras 3's form ({"args", "kwargs"} with __keras_tensor__) and
// in the older one ([["layer", 0, 0, {}], …]). (keras/src/models/functional.py: serialize_node, deserialize_node)

#include <optional>
#include <set>

#include "tanuki/io/keras/config/json.hpp"

namespace tanuki::keras {

/// An output of a call of a layer.
struct TensorReference {
  std::string layer;
  std::size_t call = 0, output = 0;
};

/// One positional argument: tensors (one, or the flattened list), or a constant.
struct CallArgument {
  std::vector<TensorReference> tensors;
  Json constant;
};

struct CallRecord {
  std::vector<CallArgument> arguments;
  std::map<std::string, Json> keywords;  ///< without training, and what is null
  std::optional<bool> training;
  bool older = false;  ///< the form of Keras 2, which counts a nested model's calls from 1

  std::vector<TensorReference> tensors() const {
    std::vector<TensorReference> all;
    for (const auto& argument : arguments)
      all.insert(all.end(), argument.tensors.begin(), argument.tensors.end());
    return all;
  }
};

inline std::size_t position(const Json& value, const std::string& what) {
  const Index index = integer(value, what);
  if (index < 0 || index > 1'000'000) refuse(what, value, "a position");
  return std::size_t(index);
}

/// ["layer", 0, 0]
inline TensorReference reference(const Json& value, const std::string& what) {
  if (!value.is_array() || value.size() < 3 || !value[0].is_string())
    refuse(what, value, "[layer, number of its call, number of the output]");
  return {value[0].get<std::string>(), position(value[1], what), position(value[2], what)};
}

inline bool is_tensor(const Json& value) {
  return value.is_object() && value.contains("class_name") && value["class_name"] == "__keras_tensor__";
}

/// All tensors in lists and objects, an object's in the order of its keys, as Keras flattens them.
inline void collect_tensors(const Json& value, const std::string& what, std::vector<TensorReference>& found) {
  if (is_tensor(value)) {
    const Json& config = member(value, "config", what);
    found.push_back(reference(member(config, "keras_history", what), what + "'s 'keras_history'"));
  } else if (value.is_array() || value.is_object()) {
    for (const Json& item : value) {
      if (!is_tensor(item) && !item.is_array() && !item.is_object())
        refuse(what, item, "tensors in this list alone");
      collect_tensors(item, what, found);
    }
  } else {
    refuse(what, value, "a tensor");
  }
}

inline bool has_tensor(const Json& value) {
  if (is_tensor(value)) return true;
  if (!value.is_array() && !value.is_object()) return false;
  return std::any_of(value.begin(), value.end(), [](const Json& item) { return has_tensor(item); });
}

/// [null, null]: a mask for each input, and none.
inline bool is_empty_list(const Json& value) {
  return value.is_array() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_null(); });
}

inline void read_keywords(const Json& keywords, const std::string& what, CallRecord& call) {
  if (!keywords.is_object()) refuse(what + "'s kwargs", keywords, "an object");
  for (const auto& [key, value] : keywords.items()) {
    if (value.is_null() || (key == "mask" && is_empty_list(value))) continue;
    if (key == "training") {
      call.training = value.is_number() ? number(value, what + "'s 'training'") != 0
                                        : boolean(value, what + "'s 'training'");
    } else if (key == "inputs" || key == "x" || key == "x1" || key == "x2") {
      call.arguments.emplace_back();
      if (has_tensor(value)) {
        collect_tensors(value, what, call.arguments.back().tensors);
      } else {
        call.arguments.back().constant = value;
      }
    } else if (has_tensor(value)) {
      fail(what, ": the argument '", key, "' is a tensor, which is not supported");
    } else {
      call.keywords[key] = value;
    }
  }
}

inline CallRecord read_call(const Json& node, const std::string& what) {
  CallRecord call;
  if (node.is_array()) {
    call.older = true;
    call.arguments.emplace_back();
    for (const Json& input : node) {
      call.arguments.back().tensors.push_back(reference(input, what));
      if (input.size() > 3) read_keywords(input[3], what, call);
    }
    return call;
  }
  for (const Json& argument : list(member(node, "args", what), what + "'s args")) {
    call.arguments.emplace_back();
    if (has_tensor(argument)) {
      collect_tensors(argument, what, call.arguments.back().tensors);
    } else {
      call.arguments.back().constant = argument;
    }
  }
  read_keywords(member(node, "kwargs", what), what, call);
  return call;
}

/// input_layers and output_layers: ["x", 0, 0], a list of such, lists in lists, or an object by name.
inline std::vector<TensorReference> references(const Json& value, const std::string& what) {
  std::vector<TensorReference> found;
  if (value.is_array() && value.size() == 3 && value[0].is_string()) {
    found.push_back(reference(value, what));
  } else if (value.is_array() || value.is_object()) {
    for (const Json& item : value) {
      const auto inner = references(item, what);
      found.insert(found.end(), inner.begin(), inner.end());
    }
  } else {
    refuse(what, value, "[layer, number of its call, number of the output], or a list of such");
  }
  return found;
}

/// The keys of such an object; none where it is a list, or has lists in it.
inline std::vector<std::string> dictionary_keys(const Json& value) {
  std::vector<std::string> keys;
  if (!value.is_object()) return keys;
  for (const auto& [key, item] : value.items()) {
    if (references(item, key).size() != 1) return {};
    keys.push_back(key);
  }
  return keys;
}

}  // namespace tanuki::keras
