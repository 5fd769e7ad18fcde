#pragma once

// From config.json to a model: functional, Sequential, nested, shared layers. Throws Error naming the layer, its class and
// what is wrong with it; whoever knows the file puts its name in front. A model in the model is read when it is first
// called: the sizes that it leaves open, (None, None, 3), are those of that call. (keras/src/models/functional.py:
// functional_from_config, keras/src/models/sequential.py: from_config)

#include <deque>

#include "tanuki/io/keras/config/input_sizes.hpp"
#include "tanuki/io/keras/config/kept.hpp"
#include "tanuki/io/keras/config/operations.hpp"
#include "tanuki/io/keras/config/own_class.hpp"
#include "tanuki/io/keras/config/own_layers.hpp"
#include "tanuki/io/keras/config/traced_calls.hpp"
#include "tanuki/models/sequential.hpp"

namespace tanuki::keras {

struct ModelReaderOptions {
  std::optional<Shape> input_shape;      ///< for an Input whose sizes are left open
  std::vector<Shape> input_shapes = {};  ///< one for each of the model's inputs; one alone is input_shape
};

template <class B>
class ModelReader {
 public:
  using LayerPtr = std::shared_ptr<const Layer<B>>;
  using Tensors = std::vector<SymbolicTensor<B>>;

  explicit ModelReader(ModelReaderOptions options) : given_(std::move(options.input_shapes)) {
    if (given_.empty() && options.input_shape) given_.push_back(*options.input_shape);
  }

  Model<B> read(const Json& config) {
    const std::string type = text(member(config, "class_name", "the model"), "the model's 'class_name'");
    if (!is_model(config)) fail("the model is of the class ", type, ", expected Functional or Sequential");
    if (type == "Sequential" && given_.size() > 1)
      fail("it has 1 input, ", given_.size(), " input_shapes were given");
    const LayerPtr layer = read_model(config, 0, given_);
    const auto& model = static_cast<const Model<B>&>(*layer);
    model.inputs();  // throws where it is not built
    return model;
  }

 private:
  static constexpr int deepest = 32;

  static bool is_model(const Json& layer) {
    const Json* config = find_member(layer, "config");
    if (!config) return false;
    const bool sequential = layer.contains("class_name") && layer["class_name"] == "Sequential";
    return sequential || (config->contains("layers") && config->contains("output_layers"));
  }

  static std::string where(const std::string& name, const std::string& type) {
    return "in layer '" + name + "' (" + type + "): ";
  }

  /// Runs `read`; an Error from it gets the layer's place in front, unless it says one.
  template <class Read>
  static auto within(const std::string& place, Read read) {
    try {
      return read();
    } catch (const Error& error) {
      const std::string message = error.what();
      if (message.starts_with("in layer '")) throw;
      fail(place, message);
    } catch (const std::bad_alloc&) {
      fail(place, "there is no room for it in memory");
    } catch (const std::length_error&) {
      fail(place, "there is no room for it in memory");
    }
  }

  /// `given`: the shapes for its inputs that leave sizes open, in their order.
  LayerPtr read_model(const Json& layer, int depth, const std::vector<Shape>& given) {
    const Json& config = member(layer, "config", "the model");
    const std::string type = text(member(layer, "class_name", "the model"), "the model's 'class_name'");
    if (depth > deepest) fail("models are nested more than ", deepest, " deep");
    const std::string name =
        config.is_array() ? "sequential" : text(member(config, "name", "the model"), "the model's name");
    return within("in model '" + name + "': ", [&] {
      LayerPtr model = type == "Sequential" ? read_sequential(layer, config, name, depth, given)
                                            : read_functional(config, name, depth, given);
      set_trainable(*model, config, "the model");
      if (!config.is_array()) read_dtype_policy(config, *model);
      model->state()->from_file = loaded_model;
      return model;
    });
  }

  /// The layer's own flag alone: each layer in it has its own in the file.
  static void set_trainable(const Layer<B>& layer, const Json& config, const std::string& what) {
    const Json* flag = find_member(config, "trainable");
    if (flag && !flag->is_null()) layer.state()->trainable = boolean(*flag, what + "'s 'trainable'");
  }

  LayerPtr read_layer(const Json& layer) {
    const std::string type = text(member(layer, "class_name", "a layer"), "a layer's 'class_name'");
    const Json& config = member(layer, "config", "a layer of class " + type);
    const std::string name = text(member(config, "name", "a layer of class " + type), "a layer's 'name'");
    const std::string place = where(name, type);
    return within(place, [&]() -> LayerPtr {
      if (name.empty()) fail("its name is empty");
      const auto* recipe = layer_registry<B>().of_file(layer, type);
      if (!recipe) {
        const std::string own = own_class(layer, type);
        if (own.empty())
          fail("this class is not known; a program's own are made known by ", how_to_register("", type));
        fail("its class '", own,
             "' is of the program that wrote the file, and not known here; it is made known by ",
             how_to_register(own, type));
      }
      FieldReader reader(config, place);
      Regularizer activity_regularizer;
      reader("activity_regularizer", activity_regularizer);
      LayerPtr made = recipe->make(reader, name);
      if (activity_regularizer) made->activity_regularizer(activity_regularizer);
      set_trainable(*made, config, "it");
      made->state()->from_file = kept_of_layer(layer, recipe->module.empty());
      read_dtype_policy(config, *made);
      return made;
    });
  }

  static void read_dtype_policy(const Json& config, const Layer<B>& layer) {
    const Json* dtype = find_member(config, "dtype");
    if (!dtype || dtype->is_null()) return;
    if (const Json* inner = find_member(*dtype, "config")) dtype = &member(*inner, "name", "its dtype");
    const std::string policy = text(*dtype, "its dtype");
    if (policy != "float32" && policy != "mixed_bfloat16")
      refuse("its dtype", *dtype, "float32 or mixed_bfloat16");
    layer.dtype_policy(policy == "float32" ? DtypePolicy::float32 : DtypePolicy::mixed_bfloat16);
  }

  /// An InputLayer as a tensor; `given`: the shape for one that leaves sizes open.
  static SymbolicTensor<B> read_input(const Json& layer, const std::optional<Shape>& given) {
    const Json& config = member(layer, "config", "an InputLayer");
    const std::string name = input_name(layer);
    return within(where(name, "InputLayer"), [&] {
      const Json* shape = find_member(config, "batch_shape");
      if (!shape) shape = find_member(config, "batch_input_shape");
      if (!shape) fail("it has no 'batch_shape'");
      for (const char* flag : {"sparse", "ragged"}) {
        const Json* value = find_member(config, flag);
        if (value && !value->is_null() && *value != false) fail("it is ", flag, ", which is not supported");
      }
      return Input<B>(input_shape(*shape, given), name, kept_of_input(config));
    });
  }
  static std::string input_name(const Json& layer) {
    const Json& config = member(layer, "config", "an InputLayer");
    return text(member(config, "name", "an InputLayer"), "an InputLayer's 'name'");
  }

  LayerPtr read_sequential(const Json& layer, const Json& config, const std::string& name, int depth,
                           const std::vector<Shape>& shapes) {
    const Json& layers =
        config.is_array() ? config : list(member(config, "layers", "the model"), "its layers");
    const auto given = shapes.empty() ? std::nullopt : std::optional(shapes[0]);
    std::vector<AnyLayer<B>> stack;
    std::vector<Shape>
        flow;  // what the next layer is called with, as far as `traced`; empty where it is not known
    std::size_t traced = 0;
    const auto start = [&](SymbolicTensor<B> input) {
      flow = {input.shape()};
      stack.emplace_back(std::move(input));
      traced = 1;
    };
    for (const Json& item : layers) {
      if (find_member(item, "class_name") && item["class_name"] == "InputLayer") {
        if (!stack.empty()) fail("an InputLayer must come first");
        start(read_input(item, given));
        continue;
      }
      if (stack.empty()) {
        if (const Json* shape = said_input_shape(layer, config, item))
          start(Input<B>(input_shape(*shape, given), name + "_input",
                         kept_of_input({{"batch_shape", *shape}})));
        else if (given)
          start(Input<B>(*given, name + "_input"));
      }
      if (!is_model(item)) {
        stack.emplace_back(*read_layer(item));
        continue;
      }
      for (; !flow.empty() && traced < stack.size(); ++traced)
        flow = stack[traced].layer()->output_shapes(flow);
      stack.emplace_back(*read_model(item, depth + 1, flow));
    }
    Index calls = 0;
    for (const auto& called : stack) {
      if (!called.layer()) continue;
      const void* state = called.layer()->state().get();
      calls_.add(state);
      calls += calls_.in(state);
    }
    const auto model = std::make_shared<Sequential<B>>(std::move(stack), name);
    calls_.set(model->state().get(), calls);
    return model;
  }

  struct Entry {
    std::string name, type;
    LayerPtr layer;  ///< null for an Input and an operation, and for a model that is not called yet
    const Json* json = nullptr;
    std::vector<CallRecord> calls;
    std::vector<Tensors> outputs;  ///< of each call; empty until it is made
    bool model = false, operation = false;
  };
  struct PendingCall {
    std::size_t entry, call;
    std::size_t missing = 0;
  };
  using Entries = std::vector<Entry>;

  LayerPtr read_functional(const Json& config, const std::string& name, int depth,
                           const std::vector<Shape>& given) {
    const InputSizes sizes(config, given, depth == 0);
    Entries entries;
    std::map<std::string, std::size_t> places;
    for (const Json& layer : list(member(config, "layers", "the model"), "its layers")) {
      Entry entry = read_entry(layer, sizes);
      if (!places.emplace(entry.name, entries.size()).second)
        fail("the name '", entry.name, "' is used by two layers");
      entries.push_back(std::move(entry));
    }
    make_calls(entries, places, depth);
    const auto find = [&](const char* key) {
      Tensors tensors;
      for (TensorReference& reference :
           references(member(config, key, "the model"), std::string("its ") + key)) {
        const auto place = places.find(reference.layer);
        if (place == places.end())
          fail("its ", key, " name '", reference.layer, "', which is no layer of it");
        const Entry& entry = entries[place->second];
        // A nested functional model's calls are counted from 1 here, and from 0 among inbound_nodes.
        if (entry.model && entry.type != "Sequential" && reference.call > 0) --reference.call;
        tensors.push_back(tensor_of(entry, reference, key));
      }
      if (tensors.empty()) fail("its ", key, " are empty");
      return tensors;
    };
    Tensors inputs = find("input_layers"), outputs = find("output_layers");
    const auto model = std::make_shared<Model<B>>(std::move(inputs), std::move(outputs), name);
    Index calls = 0;
    for (const Entry& entry : entries) calls += Index(entry.calls.size()) * calls_.in(identity(entry));
    calls_.set(model->state().get(), calls);
    model->keys({dictionary_keys(config["input_layers"]), dictionary_keys(config["output_layers"])});
    return model;
  }

  Entry read_entry(const Json& layer, const InputSizes& sizes) {
    Entry entry;
    entry.json = &layer;
    entry.type = text(member(layer, "class_name", "a layer"), "a layer's 'class_name'");
    const Json& config = member(layer, "config", "a layer of class " + entry.type);
    const Json* name = find_member(layer, "name");
    entry.name =
        text(name ? *name : member(config, "name", "a layer of class " + entry.type), "a layer's 'name'");
    if (entry.type == "InputLayer") {
      entry.outputs.push_back({read_input(layer, sizes.of(input_name(layer)))});
      return entry;
    }
    entry.model = is_model(layer);
    entry.operation = is_operation(layer);
    if (!entry.operation && !entry.model) entry.layer = read_layer(layer);
    const std::string place = where(entry.name, entry.type);
    for (const Json& node : list(member(layer, "inbound_nodes", place + "it"), place + "its inbound_nodes"))
      entry.calls.push_back(read_call(node, place + "a call of it"));
    entry.outputs.resize(entry.calls.size());
    return entry;
  }

  /// Makes each call once all its inputs are there.
  void make_calls(Entries& entries, const std::map<std::string, std::size_t>& places, int depth) {
    std::vector<PendingCall> pending;
    std::map<std::pair<std::size_t, std::size_t>, std::vector<std::size_t>> waiting;
    std::deque<std::size_t> ready;
    for (std::size_t e = 0; e < entries.size(); ++e) {
      for (std::size_t c = 0; c < entries[e].calls.size(); ++c) {
        PendingCall call{e, c};
        for (const TensorReference& reference : entries[e].calls[c].tensors()) {
          const auto place = places.find(reference.layer);
          const std::string start = where(entries[e].name, entries[e].type);
          if (place == places.end())
            fail(start, "its input is the output of '", reference.layer, "', which is no layer of the model");
          const Entry& source = entries[place->second];
          const std::size_t index = call_index(entries[e].calls[c], source, reference);
          if (index >= source.outputs.size())
            fail(start, "its input is the output of call ", reference.call, " of '", reference.layer,
                 "', which has ", source.outputs.size());
          if (!source.outputs[index].empty()) continue;
          waiting[{place->second, index}].push_back(pending.size());
          ++call.missing;
        }
        if (call.missing == 0) ready.push_back(pending.size());
        pending.push_back(call);
      }
    }
    std::size_t made = 0;
    for (; !ready.empty(); ++made) {
      const PendingCall call = pending[ready.front()];
      ready.pop_front();
      make_call(entries, places, entries[call.entry], call.call, depth);
      for (std::size_t user : waiting[{call.entry, call.call}]) {
        if (--pending[user].missing == 0) ready.push_back(user);
      }
    }
    if (made == pending.size()) return;
    for (const PendingCall& call : pending) {
      if (call.missing)
        fail(where(entries[call.entry].name, entries[call.entry].type),
             "its input depends on its output: there is a loop");
    }
  }

  static std::size_t call_index(const CallRecord& call, const Entry& source,
                                const TensorReference& reference) {
    return call.older && source.model && reference.call > 0 ? reference.call - 1 : reference.call;
  }

  static const SymbolicTensor<B>& tensor_of(const Entry& entry, const TensorReference& reference,
                                            const std::string& what) {
    if (reference.call >= entry.outputs.size() || entry.outputs[reference.call].size() <= reference.output)
      fail(what, ": '", entry.name, "' has no output ", reference.output, " of a call ", reference.call);
    return entry.outputs[reference.call][reference.output];
  }

  void make_call(const Entries& entries, const std::map<std::string, std::size_t>& places, Entry& entry,
                 std::size_t index, int depth) {
    const CallRecord& call = entry.calls[index];
    const std::string place = where(entry.name, entry.type);
    Tensors inputs = within(place, [&] { return inputs_of(entries, places, call); });
    if (entry.model && !entry.layer) {
      std::vector<Shape> shapes;
      for (const auto& input : inputs) shapes.push_back(input.shape());
      entry.layer = read_model(*entry.json, depth + 1, shapes);
    }
    entry.outputs[index] = within(place, [&] {
      if (entry.operation) return make_operation<B>(*entry.json, entry.name, call)->apply(inputs);
      for (std::size_t i = 1; i < call.arguments.size(); ++i) {
        if (!call.arguments[i].tensors.empty() || !call.arguments[i].constant.is_null())
          fail("a call of it has ", call.arguments.size(), " arguments, expected one");
      }
      if (!call.keywords.empty())
        fail("a call of it has the argument '", call.keywords.begin()->first, "', which is not supported");
      calls_.add(identity(entry));
      return entry.layer->apply(inputs, {.training = explicit_training(entry.type, call.training)});
    });
  }

  static const void* identity(const Entry& entry) {
    return entry.layer ? entry.layer->state().get() : nullptr;
  }

  static Tensors inputs_of(const Entries& entries, const std::map<std::string, std::size_t>& places,
                           const CallRecord& call) {
    Tensors inputs;
    for (TensorReference reference : call.tensors()) {
      const Entry& source = entries[places.at(reference.layer)];
      reference.call = call_index(call, source, reference);
      inputs.push_back(tensor_of(source, reference, "its input"));
    }
    if (inputs.empty()) fail("a call of it has no input");
    return inputs;
  }

  /// Keras writes the default of a layer's call() as if it had been given: no Dropout is meant to stay off by it.
  static std::optional<bool> explicit_training(const std::string& type, std::optional<bool> training) {
    const bool drops = type.find("Dropout") != type.npos || type == "GaussianNoise";
    const bool augments = type.starts_with("Random") || type == "Resizing" || type == "CenterCrop";
    return (drops && training == false) || (augments && training == true) ? std::nullopt : training;
  }

  std::vector<Shape> given_;
  TracedCalls calls_;
};

}  // namespace tanuki::keras
