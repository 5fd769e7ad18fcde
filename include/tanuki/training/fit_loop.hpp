#pragma once

// The loop of fit(), which can stop after any batch and go on from there: TrainingState is all that it needs.

#include <chrono>
#include <iostream>
#include <limits>

#include "tanuki/core/format.hpp"
#include "tanuki/training/batches_ahead.hpp"
#include "tanuki/training/callback_list.hpp"
#include "tanuki/training/checkpoint_checks.hpp"
#include "tanuki/training/evaluate.hpp"
#include "tanuki/training/feature_batches.hpp"
#include "tanuki/training/fit_options.hpp"
#include "tanuki/training/history.hpp"
#include "tanuki/training/lint.hpp"
#include "tanuki/training/model_being_fit.hpp"
#include "tanuki/training/progress_bar.hpp"

namespace tanuki {

template <class B>
class FitLoop {
 public:
  FitLoop(const Model<B>& model, const Batches& data, const Batches* validation_data,
          const FitOptions& options)
      : model_(model),
        data_(data),
        validation_data_(validation_data),
        options_(options),
        out_(options.output ? *options.output : std::cout),
        warnings_(options.output ? *options.output : std::cerr),
        compiled_(model.network().trainer),
        seen_(model),
        callbacks_(options.callbacks, seen_),
        store_(callbacks_.checkpoints()),
        lint_(warnings_, model),
        cardinality_(data.cardinality_foretold()),
        epoch_(options.initial_epoch) {
    detail::check_fit_options(options);
    check_micro_batches(model.trainer().plan().graph(), options.micro_batch_size);
    detail::check_that_passes_end(data, validation_data, options);
  }

  History run() {
    lint_.begin(trainer());
    fit_ = model_.network().fits;
    histories_.resize(std::size_t(fit_) + 1), epochs_.resize(std::size_t(fit_) + 1);
    if (store_) saved_ = store_->load();
    if (saved_ && was_done()) return done();
    epochs_.back() = options_.epochs;
    tell([](Callback& c) { c.on_train_begin(); });
    if (saved_ && saved_->fit == fit_) resume();
    saved_.reset();
    keep_features();
    while (epoch_ < options_.epochs && (step_ > 0 || !callbacks_.stops_training())) train_epoch();
    if (history().epochs() > 0) trainer().finalize();
    for (auto& callback : callbacks_) callback->on_train_end(logs_);
    return done();
  }

 private:
  History done() {
    ++model_.network().fits;
    return history();
  }

  Trainer<B>& trainer() { return *compiled_; }
  CheckpointChecks checkpoint() const { return CheckpointChecks(store_->name()); }
  History& history() { return histories_.back(); }

  template <class What>
  void tell(const What& what) {
    for (auto& callback : callbacks_) what(*callback);
    if (model_.network().trainer != compiled_)
      fail("[fit] a callback has compiled '", model_.name(),
           "' or changed its layers: expected that after fit()");
  }

  /// Callbacks may have changed what is trainable.
  void compile_changes() {
    if (!seen_.take_changed()) return;
    const bool reading = pass_ && options_.steps_per_epoch > 0;
    pass_.reset(), features_.reset(), validation_features_.reset();
    model_.recompile();
    compiled_ = model_.network().trainer;
    lint_.go_on(trainer());
    keep_features();
    if (reading) begin_pass(place_);
  }

  /// Where the same images come in later epochs, lets them go through what stays as it is once.
  void keep_features() {
    if (!options_.keep_features || options_.epochs - epoch_ < 2) return;
    const bool first = !features_ && !validation_features_;
    const auto keep = [&](std::unique_ptr<Batches>& features, const Batches* data, const auto& split_plan) {
      if (features || !data || !data->has_entries()) return;
      auto* split = split_plan();
      if (!split) return;
      const auto check = [this](const Batch& batch) { model_.check_batch(batch), lint_.inputs(batch); };
      features = std::make_unique<FeatureBatches<B>>(*data, *split, check, options_.micro_batch_size,
                                                     options_.features_in_memory, warnings_);
    };
    keep(features_, &data_, [&] { return trainer().training_split(); });
    keep(validation_features_, validation_data_, [&] { return trainer().test_split(model_); });
    if (options_.verbose && first && (features_ || validation_features_))
      out_ << (features_ ? "Images" : "Validation images")
           << " go through the layers that are not trained once; what comes out is kept." << std::endl;
  }

  void train_epoch() {
    const auto begin = std::chrono::steady_clock::now();
    if (step_ == 0) {
      tell([&](Callback& c) { c.on_epoch_begin(epoch_); });
      compile_changes();
      trainer().reset_metrics();
      if (options_.steps_per_epoch == 0) pass_.reset();
    }
    if (options_.verbose) out_ << "Epoch " << epoch_ + 1 << '/' << options_.epochs << std::endl;
    std::optional<ProgressBar> bar;
    if (options_.verbose)
      bar.emplace(out_, ProgressBarOptions{.steps = options_.steps_per_epoch
                                                        ? options_.steps_per_epoch
                                                        : std::max<Index>(data_.cardinality(), 0)});
    for (const Batch* batch; !callbacks_.stops_training() && (batch = next_batch());) {
      train_batch(*batch);
      if (bar) bar->update(step_, logs_);
      ++unsaved_;
      if (store_ && store_->save_freq() && unsaved_ >= store_->save_freq() && !seen_.changed()) save();
    }
    if (step_ == 0) fail("[fit] the data is empty");
    if (validation_data_ && (epoch_ + 1) % options_.validation_freq == 0) {
      for (const auto& [key, value] : validate()) logs_.emplace_back("val_" + key, value);
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    if (bar) bar->finish(logs_);
    lint_.epoch_end();
    tell([&](Callback& c) { c.add_to_logs(logs_), c.on_epoch_end(epoch_, logs_); });
    Logs timed = logs_;
    timed.emplace_back("seconds", seconds.count());
    history().add(timed);
    compile_changes();
    ++epoch_, step_ = 0;
    if (store_) save();
  }

  void train_batch(const Batch& batch) {
    tell([&](Callback& c) { c.on_train_batch_begin(step_); });
    bool finite = true;
    try {
      if (!batch.features) model_.check_batch(batch), lint_.inputs(batch);
      lint_.batch(trainer(), batch, place_.batches == 1);
      const bool last = options_.steps_per_epoch && step_ + 1 == options_.steps_per_epoch;
      trainer().train_step(default_context<B>(), pass_->there(batch, options_.micro_batch_size),
                           options_.micro_batch_size, [&] {
                             if (!last) pass_->meanwhile();
                           });
    } catch (const NotFinite& error) {
      finite = false;
      if (!callbacks_.handles_not_finite()) throw NotFinite(where() + error.what());
    } catch (const std::exception& error) {
      fail_in(where(), error);
    }
    logs_ = trainer().logs();
    if (!finite) logs_.set("loss", std::numeric_limits<double>::quiet_NaN());
    tell([&](Callback& c) { c.on_train_batch_end(step_, logs_); });
    ++step_;
  }

  Logs validate() {
    Logs logs;
    try {
      std::string wrong;
      logs = model_.evaluate_batches(validation_features_ ? *validation_features_ : *validation_data_, 0,
                                     options_.validation_steps, &wrong);
      if (!std::isfinite(logs[0].second) && !callbacks_.handles_not_finite())
        fail("the loss is ", shortest(logs[0].second), wrong.empty() ? "" : ", from " + wrong + " on");
    } catch (const std::exception& error) {
      fail_in("[fit] epoch " + std::to_string(epoch_ + 1) + ", validation_data: ", error);
    }
    return logs;
  }

  std::string where() const {
    return "[fit] epoch " + std::to_string(epoch_ + 1) + ", batch " + std::to_string(step_ + 1) + ": ";
  }

  /// Null at the end of the epoch.
  const Batch* next_batch() try { return read_batch(); } catch (const std::exception& error) {
    fail_in(where(), error);
  }

  /// With steps_per_epoch a pass goes on in the next epoch.
  const Batch* read_batch() {
    const bool counted = options_.steps_per_epoch > 0;
    if (counted && step_ == options_.steps_per_epoch) return nullptr;
    if (!pass_) begin_pass({.pass = trainer().next_epoch()});
    const Batch* batch = pass_->next();
    if (!batch && counted) {
      begin_pass({.pass = trainer().next_epoch()});
      batch = pass_->next();
    }
    place_.batches += batch != nullptr;
    return batch;
  }

  void begin_pass(PassPlace place) {
    // A callback may change what features come of, after each batch; and who has no room for a batch has none for two.
    const bool ahead = !features_ && options_.micro_batch_size == 0;
    pass_.emplace((features_ ? *features_ : data_).iterate(place.pass), ahead);
    if (const Index batches = pass_->skip(place.batches); batches < place.batches)
      fail("the data has ended after ", batches, " batches; when the training was stopped it had given ",
           place.batches);
    place_ = place;
  }

  // Checkpoints.

  void save() {
    TrainingState state{.fit = fit_,
                        .epoch = epoch_,
                        .step = step_,
                        .complete = epoch_ >= options_.epochs || (step_ == 0 && callbacks_.stops_training()),
                        .cardinality = cardinality_,
                        .logs = logs_,
                        .histories = histories_,
                        .epochs = epochs_,
                        .trainable = trainer().paths(),
                        .recipe = training_recipe(model_),
                        .class_names = data_.class_names(),
                        .callbacks = callbacks_.states()};
    if (pass_ && (step_ > 0 || options_.steps_per_epoch)) state.place = place_;
    for (const auto& [path, weight] : model_.named_weights())
      state.weights.push_back({path, on_host(weight.value(), state.owners)});
    state.trainer = trainer().state(state.owners);
    store_->save(state);
    unsaved_ = 0;
  }

  /// True where the checkpoint is of a later fit. Its weights are then taken over.
  bool was_done() {
    const TrainingState& saved = *saved_;
    checkpoint().check_fit(saved, fit_, options_.epochs);
    histories_ = saved.histories, epochs_ = saved.epochs;
    histories_.resize(std::size_t(fit_) + 1), epochs_.resize(std::size_t(fit_) + 1);
    if (saved.fit <= fit_) return false;
    load_weights();
    if (options_.verbose)
      out_ << "Fit " << fit_ + 1 << " was done before: '" << store_->name() << "' is in fit " << saved.fit + 1
           << std::endl;
    return true;
  }

  void load_weights() {
    std::vector<ModelInTraining::WeightValues> values;
    for (const auto& [path, view] : saved_->weights)
      values.push_back({path, view.shape, {view.data, view.data + view.size()}});
    checkpoint().refuse_what_fails([&] { seen_.weights(values); });
  }

  void resume() {
    const TrainingState& saved = *saved_;
    checkpoint().check_data(saved, cardinality_, data_.class_names());
    checkpoint().check_callbacks(saved, callbacks_.size());
    callbacks_.restore(saved.callbacks);
    compile_changes();
    checkpoint().check_model(saved, trainer().paths(), training_recipe(model_));
    const double rate = trainer().optimizer().learning_rate();
    checkpoint().refuse_what_fails([&] { trainer().restore(saved.trainer); });
    load_weights();
    logs_ = saved.logs;
    epoch_ = saved.epoch, step_ = saved.step;
    if (options_.verbose) {
      out_ << "Resuming from '" << store_->name() << "' after epoch " << epoch_;
      if (step_) out_ << ", batch " << step_;
      if (const auto& saved_rate = saved.trainer.learning_rate; saved_rate && *saved_rate != rate)
        out_ << ", with its learning_rate of " << *saved_rate << " in place of " << rate;
      out_ << std::endl;
    }
    keep_features();
    if (saved.place) begin_pass(*saved.place);
  }

  const Model<B>& model_;
  const Batches& data_;
  const Batches* validation_data_;
  const FitOptions& options_;
  std::ostream &out_, &warnings_;
  std::shared_ptr<Trainer<B>> compiled_;  ///< stays, whatever a callback does to the model
  ModelBeingFit<B> seen_;
  CallbackList callbacks_;
  CheckpointStore* store_;
  Lint<B> lint_;
  std::optional<TrainingState> saved_;  ///< what was there in the beginning

  Index cardinality_;  ///< of the data, before the first pass
  Index fit_ = 0, epoch_, step_ = 0;
  std::unique_ptr<Batches> features_, validation_features_;  ///< see keep_features()
  std::optional<BatchesAhead<B>> pass_;
  PassPlace place_;
  Logs logs_;
  std::vector<History> histories_;  ///< of the model's fits, as far as a checkpoint needs them
  std::vector<Index> epochs_;       ///< that they were asked for
  Index unsaved_ = 0;
};

}  // namespace tanuki
