#pragma once

// Saves what is trained after epochs or batches, all of them or the best: ModelCheckpoint({.filepath = "best.safetensors",
// .save_best_only = true}). To go on with an interrupted training is what BackupAndRestore is for. (keras/src/callbacks/model_checkpoint.py)

#include <filesystem>
#include <functional>

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/callbacks/filepath_format.hpp"
#include "tanuki/callbacks/frequency.hpp"
#include "tanuki/callbacks/monitor_callback.hpp"
#include "tanuki/io/safetensors.hpp"

namespace tanuki {

struct ModelCheckpointOptions {
  std::string filepath = {};  ///< "{epoch:02d}-{val_loss:.2f}.safetensors"; its folder is made
  std::string monitor = "val_loss";
  bool verbose = false;
  bool save_best_only = false;
  bool save_weights_only = false;  ///< the name must then end in .safetensors or .weights.h5
  std::string mode = "auto";       ///< "min", "max", or what the metric wants
  Frequency save_freq = "epoch";   ///< or after so many batches
  std::optional<double> initial_value_threshold = std::nullopt;  ///< the best before the first one
  /// Writes a file; without it the weights are written as Model::save_weights() does. For Keras' formats:
  /// [&](const std::string& path) { save_keras(model, path); }
  std::function<void(const std::string& path)> save = {};
  std::ostream* output = nullptr;  ///< for messages and warnings; null: std::cout
};

/// As in Keras, the best number lasts from one fit() to the next, and what cannot be compared, for the logs do not have
/// `monitor`, is saved.
class ModelCheckpoint final : public MonitorCallback {
 public:
  using Options = ModelCheckpointOptions;

  /// Throws Error for options that make no sense.
  explicit ModelCheckpoint(ModelCheckpointOptions options)
      : MonitorCallback({.callback = "model_checkpoint",
                         .monitor = options.monitor,
                         .mode = options.mode,
                         .min_delta = 0,
                         .output = options.output}),
        options_(std::move(options)) {
    const auto& freq = options_.save_freq;
    if (freq.word() != "epoch" && (!freq.word().empty() || freq.batches() < 1))
      fail("[", name(), "] save_freq is ", freq.text(),
           ", expected 'epoch' or a number of batches, 1 or more");
    const auto& path = options_.filepath;
    if (path.empty()) fail("[", name(), "] filepath is empty, expected a name as 'best.safetensors'");
    if (options_.save_weights_only && !path.ends_with(".safetensors") && !path.ends_with(".weights.h5"))
      fail("[", name(), "] filepath is '", path,
           "', expected a name that ends in .safetensors or .weights.h5 for save_weights_only");
    if (!options_.save && !path.ends_with(".safetensors"))
      fail("[", name(), "] filepath is '", path,
           "', expected a name that ends in .safetensors, or a .save that writes the file: "
           "[&](const std::string& path) { save_keras(model, path); }");
    now_.best = options_.initial_value_threshold;
  }

  void on_epoch_begin(Index epoch) override { now_.epoch = epoch; }
  void on_train_batch_end(Index batch, const Logs& logs) override {
    if (!by_batches()) return;
    const bool new_epoch = batch <= now_.last_batch;
    now_.batches += new_epoch ? batch + 1 : batch - now_.last_batch;
    now_.last_batch = batch;
    if (now_.batches < options_.save_freq.batches()) return;
    now_.batches = 0;
    save({.epoch = now_.epoch + 1, .batch = batch + 1, .logs = logs});
  }
  void on_epoch_end(Index epoch, const Logs& logs) override {
    if (!by_batches()) save({.epoch = epoch + 1, .logs = logs});
  }

  /// Null before the first one.
  const std::optional<double>& best() const { return now_.best; }

  std::string state() const override {
    CallbackStateWriter writer;
    writer.put(now_.best), writer.put(now_.epoch), writer.put(now_.batches), writer.put(now_.last_batch);
    return std::move(writer).bytes();
  }
  void restore(const std::string& state) override {
    CallbackStateReader reader(name(), state);
    Now then;
    reader.get(then.best), reader.get(then.epoch), reader.get(then.batches), reader.get(then.last_batch);
    reader.expect_end();
    now_ = then;
  }

 private:
  struct Now {
    std::optional<double> best = std::nullopt;
    Index epoch = 0;
    Index batches = 0;      ///< since the last file
    Index last_batch = -1;  ///< in its epoch
  };

  bool by_batches() const { return options_.save_freq.word().empty(); }

  void save(const FilepathNumbers& numbers) {
    const std::string path = format_filepath(name(), options_.filepath, numbers);
    if (!is_to_be_saved(numbers, path)) return;
    const auto folder = std::filesystem::path(path).parent_path();
    std::error_code error;
    if (!folder.empty()) std::filesystem::create_directories(folder, error);
    if (error) fail("[", name(), "] the folder '", folder.string(), "' cannot be made: ", error.message());
    if (options_.save) {
      options_.save(path);
    } else {
      save_weights(path);
    }
    say(numbers, "finished saving model to " + path);
  }

  bool is_to_be_saved(const FilepathNumbers& numbers, const std::string& path) {
    if (!options_.save_best_only) {
      say(numbers, "saving model to " + path);
      return true;
    }
    goes_up();
    const auto current = monitored(numbers.logs);
    if (!current) {
      warn_of_missing("the best model is told by '" + monitor() + "', which is not available; all are saved",
                      numbers.logs);
      return true;
    }
    const std::string before = now_.best ? fixed(*now_.best, 5) : "None";
    if (!is_improvement(*current, now_.best)) {
      say(numbers, monitor() + " did not improve from " + before);
      return false;
    }
    say(numbers,
        monitor() + " improved from " + before + " to " + fixed(*current, 5) + ", saving model to " + path);
    now_.best = current;
    return true;
  }

  void say(const FilepathNumbers& numbers, const std::string& text) const {
    if (options_.verbose) out() << "\nEpoch " << numbers.epoch << ": " << text << std::endl;
  }

  void save_weights(const std::string& path) const {
    const auto weights = model().weights();
    std::vector<SafetensorsInput> tensors;
    for (const auto& [name, shape, values] : weights) tensors.push_back({name, shape, values.data()});
    write_safetensors(path, tensors, {{"format", "tanuki"}, {"model", model().name()}});
  }

  ModelCheckpointOptions options_;
  Now now_;
};

}  // namespace tanuki
