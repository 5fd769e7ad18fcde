#pragma once

// compile() as a Keras file has it: optimizer, losses, metrics and their weights, out of "compile_config" of config.json or
// "training_config" of a legacy file. Losses and metrics come by name, as objects with a config, in lists (an entry for
// each output) or in dictionaries (by the outputs' names: the keys of a model whose outputs are a dictionary). Throws Error that names what is not known.
// (keras/src/trainers/trainer.py: compile_from_config; keras/src/trainers/compile_utils.py)

#include <iostream>

#include "tanuki/io/keras/config/field_reader.hpp"
#include "tanuki/io/keras/config/own_class.hpp"
#include "tanuki/optimizers/find.hpp"
#include "tanuki/training/compile_options.hpp"

namespace tanuki::keras {

/// What fields() of losses, metrics, optimizers and schedules is called with.
class TrainingFieldReader {
 public:
  TrainingFieldReader(const Json& config, std::string where) : fields_(config, std::move(where)) {}

  template <class T>
  void operator()(const char* key, T& value) {
    fields_(key, value);
  }
  void operator()(const char* key, LearningRate& rate) {
    const Json* json = fields_.ask(key);
    if (!json || json->is_null()) return;
    const std::string what = fields_.where() + "'" + key + "'";
    rate = json->is_object() ? read_schedule(*json, what) : LearningRate(number(*json, what));
  }
  /// Keras 2's reduction "auto" is the default.
  void operator()(const char* key, std::string& value) {
    const Json* given = std::string_view(key) == "reduction" ? fields_.ask(key) : nullptr;
    if (!given || *given != "auto") fields_(key, value);
  }
  void finish() {
    for (const char* of_keras_2 : {"jit_compile", "is_legacy_optimizer", "fn"}) fields_.ask(of_keras_2);
    const Json* decay = fields_.ask("decay");
    if (decay && *decay != 0.0)
      std::cerr << "Warning: " << fields_.where() << "'decay' of Keras 2 is left out, as Keras does\n";
    fields_.finish();
  }

  static LearningRate read_schedule(const Json& json, const std::string& what);

 private:
  FieldReader fields_;
};

/// Keras takes an optimizer's class name in any case.
inline bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

/// An object of Keras' {"class_name": "Huber", "config": {…}}, or a name alone.
struct NamedConfig {
  std::string name;
  bool is_class = false;  ///< not the name of a function
  const Json* config = nullptr;

  /// `package`: what may stand before a class name.
  NamedConfig(const Json& json, const std::string& what, std::string_view package = {}) {
    static const Json none = Json::object();
    config = &none;
    if (json.is_string()) {
      name = text(json, what);
      return;
    }
    name = text(member(json, "class_name", what), what + "'s 'class_name'");
    if (name.starts_with(package)) name.erase(0, package.size());
    refuse_own_class(json, name, what);
    const Json* given = find_member(json, "config");
    if (name == "function") {
      name = text(given ? *given : Json(), what + "'s function");
      return;
    }
    is_class = true;
    if (given && !given->is_null()) config = given;
  }

  /// The options of class T, if it is called so.
  template <class T>
  typename T::Options options(const std::string& what) const {
    typename T::Options options{};
    if (const Json* own = find_member(*config, "name"); own && own->is_string())
      options.name = own->template get<std::string>();
    TrainingFieldReader reader(*config, what + " (" + name + "): ");
    fields(reader, options);
    reader.finish();
    return options;
  }
};

inline LearningRate TrainingFieldReader::read_schedule(const Json& json, const std::string& what) {
  const NamedConfig object(json, what);
  std::optional<LearningRate> found;
  std::string names;
  each_schedule([&]<class S>() {
    if (object.name == S::class_name()) found = S(object.options<S>(what));
    names += (names.empty() ? "" : ", ") + std::string(S::class_name());
  });
  if (!found) refuse(what, json, "a number, or one of " + names);
  return *found;
}

template <class B>
class CompileReader {
 public:
  /// The names of the model's outputs, in their order. Keras takes loss_weights also by the outputs' `layers`, whose names
  /// may be others.
  explicit CompileReader(std::vector<std::string> outputs, std::vector<std::string> layers = {})
      : outputs_(std::move(outputs)), layers_(std::move(layers)) {}

  CompileOptions<B> read(const Json& json) const {
    CompileOptions<B> options;
    const Json* optimizer = find_member(json, "optimizer");
    if (!optimizer) optimizer = find_member(json, "optimizer_config");
    if (optimizer && optimizer->is_null()) fail("the compile settings have no optimizer");
    options.optimizer = optimizer ? read_optimizer(*optimizer) : "rmsprop";  // Keras' default
    if (const Json* loss = given(json, "loss")) {
      const auto entries = for_outputs(*loss, "the loss");
      std::vector<AnyLoss<B>> losses;
      for (const Json* entry : entries)
        losses.push_back(entry && !entry->is_null() ? read_loss(*entry) : AnyLoss<B>());
      options.loss = Losses<B>(std::move(losses));
    }
    if (const Json* weights = given(json, "loss_weights")) {
      for (const Json* entry : for_outputs(*weights, "loss_weights"))
        options.loss_weights.push_back(entry && !entry->is_null() ? number(*entry, "a loss weight") : 1);
    }
    options.metrics = read_metrics(json, "metrics");
    options.weighted_metrics = read_metrics(json, "weighted_metrics");
    return options;
  }

 private:
  static const Json* given(const Json& json, const char* key) {
    const Json* found = find_member(json, key);
    return found && !found->is_null() ? found : nullptr;
  }

  static AnyOptimizer<B> read_optimizer(const Json& json) {
    const std::string what = "the optimizer";
    const NamedConfig object(json, what, "Custom>");  // so Keras 2 calls its newer ones
    if (!object.is_class) return find_optimizer<B>(object.name);
    AnyOptimizer<B> found;
    each_optimizer([&]<class O>() {
      if (same_letters(object.name, O::class_name())) found = O(object.options<O>(what));
    });
    return found ? found : find_optimizer<B>(object.name);  // which says what there is
  }

  static AnyLoss<B> read_loss(const Json& json) {
    const std::string what = "the loss";
    const NamedConfig object(json, what);
    AnyLoss<B> found;
    if (object.is_class) {
      each_loss([&]<class L>(const char*) {
        if (object.name == L::class_name()) found = L(object.options<L>(what));
      });
    }
    return found ? found : find_loss<B>(object.name);
  }

  static AnyMetric<B> read_metric(const Json& json) {
    const std::string what = "a metric";
    const NamedConfig object(json, what);
    std::optional<AnyMetric<B>> found;
    const auto renamed = [&](AnyMetric<B> metric) {
      if (const Json* own = find_member(*object.config, "name"); own && own->is_string())
        metric.name(own->get<std::string>());
      found = std::move(metric);
    };
    if (object.is_class) {
      each_metric([&]<class M>(const char* class_name, const char*) {
        if (object.name == class_name) renamed(M(object.options<M>(what)));
      });
      each_loss_metric([&]<class L>(const char* class_name, const char*) {
        if (object.name == class_name) renamed(L(object.options<L>(what)));
      });
    }
    if (object.name == "MeanMetricWrapper") {  // Keras 2's, around a function
      const std::string place = what + " (MeanMetricWrapper)";
      renamed(AnyMetric<B>(text(member(*object.config, "fn", place), place + "'s 'fn'")));
    }
    return found ? *found : AnyMetric<B>(object.name);
  }

  /// All metrics of one output: one, or a list.
  static MetricList<B> read_list(const Json* json) {
    std::vector<AnyMetric<B>> metrics;
    if (json && json->is_array()) {
      for (const Json& one : *json) {
        const auto inner = read_list(&one).all();
        metrics.insert(metrics.end(), inner.begin(), inner.end());
      }
    } else if (json && !json->is_null()) {
      metrics.push_back(read_metric(*json));
    }
    return metrics;
  }

  std::vector<MetricList<B>> read_metrics(const Json& json, const char* key) const {
    std::vector<MetricList<B>> lists;
    const Json* metrics = given(json, key);
    if (!metrics) return lists;
    if (outputs_.size() == 1 && !is_dictionary(*metrics)) return {read_list(metrics)};
    for (const Json* entry : for_outputs(*metrics, key)) lists.push_back(read_list(entry));
    return lists;
  }

  static bool is_dictionary(const Json& json) { return json.is_object() && !json.contains("class_name"); }

  /// An entry for each output, null where there is none; one alone stands for all.
  std::vector<const Json*> for_outputs(const Json& json, const std::string& what) const {
    std::vector<const Json*> entries(outputs_.size());
    if (json.is_array()) {
      if (json.size() != outputs_.size())
        fail(what, " has ", json.size(), " entries, expected one for each of ", outputs_.size(), " outputs");
      for (std::size_t i = 0; i < entries.size(); ++i) entries[i] = &json[i];
    } else if (is_dictionary(json)) {
      for (const auto& [name, value] : json.items()) {
        entries[place_of(name, what)] = &value;
      }
    } else {
      std::fill(entries.begin(), entries.end(), &json);
    }
    return entries;
  }

  std::size_t place_of(const std::string& name, const std::string& what) const {
    for (const auto* names : {&outputs_, &layers_}) {
      const auto place = std::find(names->begin(), names->end(), name);
      if (place != names->end()) return std::size_t(place - names->begin());
    }
    fail(what, " is given for '", name, "', which is no output");
  }

  std::vector<std::string> outputs_, layers_;
};

}  // namespace tanuki::keras
