#pragma once

// compile() as Keras writes it into config.json: the counterpart of compile_reader.hpp. Throws Error for an optimizer, a
// schedule, a loss or a metric that Keras does not have.

#include "tanuki/io/keras/config/field_writer.hpp"
#include "tanuki/optimizers/find.hpp"
#include "tanuki/training/compile_options.hpp"

namespace tanuki::keras {

/// What fields() of losses, metrics, optimizers and schedules is called with.
class TrainingFieldWriter {
 public:
  explicit TrainingFieldWriter(Json& config) : fields_(config), config_(config) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    fields_(key, value);
  }
  void operator()(const char* key, const LearningRate& rate) {
    config_[key] = rate.is_schedule() ? write_schedule(rate) : Json(rate.at(0));
  }

  /// The config of a loss, metric, optimizer or schedule.
  template <class Options>
  static Json config_of(Options options) {
    Json config{{"name", options.name}};
    TrainingFieldWriter writer(config);
    fields(writer, options);
    return config;
  }

 private:
  static Json write_schedule(const LearningRate& rate) {
    Json json;
    each_schedule([&]<class S>() {
      if (const S* schedule = rate.get<S>())
        json = object_json("keras.optimizers.schedules", S::class_name(), config_of(schedule->options()));
    });
    if (json.is_null())
      fail("the learning-rate schedule '", rate.class_name(), "' is none of Keras' that tanuki writes");
    return json;
  }

  FieldWriter fields_;
  Json& config_;
};

template <class B>
class CompileWriter {
 public:
  /// `optimizer`: with the learning rate that it has now. `keys`: the outputs' where they are a dictionary, as losses,
  /// weights and metrics then are; else none.
  static Json write(const CompileOptions<B>& options, const AnyOptimizer<B>& optimizer,
                    const std::vector<std::string>& keys = {}) {
    const auto& losses = options.loss.all();
    std::vector<std::string> trained;  // Keras wants weights of just the outputs that have a loss
    Json weights = Json::array();
    for (std::size_t i = 0; i < options.loss_weights.size(); ++i) {
      if (!keys.empty() && losses.size() == keys.size() && !losses[i]) continue;
      weights.push_back(options.loss_weights[i]);
      if (!keys.empty()) trained.push_back(keys.at(i));
    }
    return {{"optimizer", write_optimizer(optimizer)},
            {"loss", write_losses(losses, keys)},
            {"loss_weights", weights.empty() ? Json() : by_key(std::move(weights), trained)},
            {"metrics", write_metrics(options.metrics, keys)},
            {"weighted_metrics", write_metrics(options.weighted_metrics, keys)},
            {"run_eagerly", false},
            {"steps_per_execution", 1},
            {"jit_compile", false}};
  }

 private:
  static Json write_optimizer(const AnyOptimizer<B>& optimizer) {
    Json config;
    const bool known = visit_options(
        optimizer, [&](const auto& options) { config = TrainingFieldWriter::config_of(options); });
    if (!known) fail("the optimizer '", optimizer.name(), "' is none of Keras' that tanuki writes");
    return object_json("keras.optimizers", optimizer.class_name(), std::move(config));
  }

  /// The entries of the list as a dictionary, but nulls; the list as it is where it is of another length than `keys`.
  static Json by_key(Json list, const std::vector<std::string>& keys) {
    if (keys.empty() || keys.size() != list.size()) return list;
    Json dictionary = Json::object();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (!list[i].is_null()) dictionary[keys[i]] = std::move(list[i]);
    }
    return dictionary;
  }

  static Json write_losses(const std::vector<AnyLoss<B>>& losses, const std::vector<std::string>& keys) {
    Json list = Json::array();
    for (const auto& loss : losses) list.push_back(loss ? write_loss(loss) : Json());
    return list.size() == 1 ? list[0] : by_key(std::move(list), keys);
  }
  static Json write_loss(const AnyLoss<B>& loss) {
    Json json;
    each_loss([&]<class L>(const char*) {
      if (const L* mine = loss.template get<L>())
        json = object_json("keras.losses", L::class_name(), TrainingFieldWriter::config_of(mine->options()));
    });
    if (json.is_null() && loss.template get<Crossentropy>()) json = loss.name();
    if (json.is_null()) fail("the loss '", loss.name(), "' is none of Keras' that tanuki writes");
    return json;
  }

  static Json write_metrics(const std::vector<MetricList<B>>& lists, const std::vector<std::string>& keys) {
    if (lists.empty()) return nullptr;
    Json all = Json::array();
    for (const auto& list : lists) {
      Json mine = Json::array();
      for (const auto& metric : list.all()) mine.push_back(write_metric(metric));
      all.push_back(std::move(mine));
    }
    return all.size() == 1 ? all[0] : by_key(std::move(all), keys);
  }
  static Json write_metric(const AnyMetric<B>& metric) {
    Json json;
    const auto keep = [&](const char* class_name, Json config) {
      config["name"] = metric.name();
      if (!config.contains("dtype")) config["dtype"] = "float32";
      json = object_json("keras.metrics", class_name, std::move(config));
    };
    each_metric([&]<class M>(const char* class_name, const char*) {
      if (const M* mine = metric.template get<M>())
        keep(class_name, TrainingFieldWriter::config_of(mine->options()));
    });
    each_loss_metric([&]<class L>(const char* class_name, const char*) {
      const auto* mine = metric.template get<LossMetric<L>>();
      if (!mine) return;
      Json config = TrainingFieldWriter::config_of(mine->loss().options());
      for (const char* of_the_loss_alone : {"reduction", "ignore_class"}) config.erase(of_the_loss_alone);
      if (class_name == std::string_view("BinaryCrossentropy")) config.erase("axis");
      keep(class_name, std::move(config));
    });
    if (json.is_null() && metric.template get<AccuracyByShape>()) json = metric.name();
    if (json.is_null()) fail("the metric '", metric.name(), "' is none of Keras' that tanuki writes");
    return json;
  }
};

}  // namespace tanuki::keras
