#pragma once

// Curves, histograms and pictures of a training for TensorBoard: TensorBoard({.log_dir = "logs"}), then
// `tensorboard --logdir logs`. Tags and steps are Keras'. Of its options write_graph, profile_batch and embeddings_freq are
// not here. (keras/src/callbacks/tensorboard.py)

#include <chrono>
#include <memory>
#include <optional>

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/callbacks/frequency.hpp"
#include "tanuki/callbacks/weight_image.hpp"
#include "tanuki/io/event_file.hpp"
#include "tanuki/training/callback.hpp"

namespace tanuki {

struct TensorBoardOptions {
  std::string log_dir = "logs";  ///< gets the folders "train" and, where there is validation, "validation"
  Index histogram_freq = 0;      ///< histograms of the weights after every so many epochs; 0: none
  bool write_images = false;     ///< with the histograms, the weights as pictures too
  bool write_steps_per_second = false;
  Frequency update_freq =
      "epoch";  ///< "batch", or a number of batches: writes the running means of the epoch too
};

/// Writes "epoch_loss" … at each epoch, "batch_loss" … at each update_freq-th batch, "evaluation_loss_vs_iterations" … where
/// there is validation. (Keras 3.15.1 loses what is due at the end of an epoch if update_freq does not divide the batches.)
/// While fit() runs, other callbacks can add to it: see train().
class TensorBoard final : public Callback {
 public:
  using Options = TensorBoardOptions;

  /// Throws Error for options that make no sense.
  explicit TensorBoard(TensorBoardOptions options = {}) : options_(std::move(options)) {
    if (options_.log_dir.empty()) fail("[tensorboard] log_dir is empty");
    if (options_.histogram_freq < 0)
      fail("[tensorboard] histogram_freq is ", options_.histogram_freq, ", expected 0 or more");
    const auto& freq = options_.update_freq;
    if (freq.word() == "batch") {
      batches_ = 1;
    } else if (freq.word().empty() && freq.batches() > 0) {
      batches_ = freq.batches();
    } else if (freq.word() != "epoch") {
      fail("[tensorboard] update_freq is ", freq.text(),
           ", expected 'epoch', 'batch' or a number of batches, 1 or more");
    }
  }

  /// What is written to with a summary of io/summary.hpp: train().write(image_summary("photo", image), epoch).
  EventFile& train() { return opened(train_, "train"); }
  EventFile& validation() { return opened(validation_, "validation"); }

  void on_train_begin() override {
    train_.reset(), validation_.reset();
    batch_ = 0;
  }
  void on_epoch_begin(Index) override {
    epoch_began_ = Clock::now();
    first_batch_ = batch_;
  }
  void on_train_batch_begin(Index) override {
    ++batch_;
    batch_began_ = Clock::now();
  }

  void on_train_batch_end(Index, const Logs& logs) override {
    if (batches_ == 0 || batch_ % batches_ != 0) return;
    if (options_.write_steps_per_second)
      train().write(scalar_summary("batch_steps_per_second", 1 / seconds_since(batch_began_)), batch_);
    for (const auto& [name, value] : logs) train().write(scalar_summary("batch_" + name, value), batch_);
  }

  void on_epoch_end(Index epoch, const Logs& logs) override {
    Logs mine, of_validation;
    for (const auto& [name, value] : logs) {
      const bool validated = name.starts_with("val_");
      (validated ? of_validation : mine).emplace_back(validated ? name.substr(4) : name, value);
    }
    for (const auto& [name, value] : of_validation)
      validation().write(scalar_summary("evaluation_" + name + "_vs_iterations", value),
                         model().iterations());
    mine.set("learning_rate", model().learning_rate());
    if (options_.write_steps_per_second)
      mine.set("steps_per_second", double(batch_ - first_batch_) / seconds_since(epoch_began_));
    for (const auto& [name, value] : mine) train().write(scalar_summary("epoch_" + name, value), epoch);
    for (const auto& [name, value] : of_validation)
      validation().write(scalar_summary("epoch_" + name, value), epoch);
    if (options_.histogram_freq && epoch % options_.histogram_freq == 0) write_weights(epoch);
    for (auto* file : {&train_, &validation_}) {
      if (*file) (*file)->flush();
    }
  }

  void on_train_end(const Logs&) override {
    for (auto* file : {&train_, &validation_}) {
      if (*file) (*file)->flush();
      file->reset();
    }
  }

  std::string state() const override {
    CallbackStateWriter writer;
    writer.put(batch_), writer.put(first_batch_);
    return std::move(writer).bytes();
  }
  void restore(const std::string& state) override {
    CallbackStateReader reader("tensorboard", state);
    reader.get(batch_), reader.get(first_batch_);
    reader.expect_end();
    epoch_began_ = Clock::now(),
    first_batch_ = batch_;  // the part of an epoch that is left has its own speed
  }

 private:
  using Clock = std::chrono::steady_clock;

  static double seconds_since(Clock::time_point begin) {
    return std::max(std::chrono::duration<double>(Clock::now() - begin).count(), 1e-9);
  }

  EventFile& opened(std::optional<EventFile>& file, const char* folder) const {
    if (!file) file.emplace(std::filesystem::path(options_.log_dir) / folder);
    return *file;
  }

  void write_weights(Index epoch) {
    for (const auto& [path, shape, values] : model().weights()) {
      train().write(histogram_summary(path + "/histogram", values), epoch);
      if (!options_.write_images) continue;
      if (const auto image = weight_image(path + "/image", shape, values)) train().write(*image, epoch);
    }
  }

  TensorBoardOptions options_;
  Index batches_ = 0;                  ///< between two updates; 0: only at epochs
  Index batch_ = 0, first_batch_ = 0;  ///< of this fit; where the epoch began
  Clock::time_point epoch_began_ = {}, batch_began_ = {};
  std::optional<EventFile> train_, validation_;
};

}  // namespace tanuki
