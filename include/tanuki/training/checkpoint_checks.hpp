#pragma once

// Whether a checkpoint is one of the training that is to go on from it. What is not is refused with what it has and what is
// here; then nothing has changed.

#include <algorithm>

#include "tanuki/models/model.hpp"
#include "tanuki/training/training_state.hpp"

namespace tanuki {

class CheckpointChecks {
 public:
  /// `name`: of the checkpoint, in errors.
  explicit CheckpointChecks(std::string name) : name_(std::move(name)) {}

  /// Of fit number `fit`, from 0, which is to take so many epochs.
  void check_fit(const TrainingState& saved, Index fit, Index epochs) const {
    if (saved.fit < fit && !saved.complete)
      refuse("it was stopped in fit number ", saved.fit + 1, ", this is number ", fit + 1);
    if (saved.histories.size() != std::size_t(saved.fit) + 1 || saved.epochs.size() != saved.histories.size())
      refuse("it is damaged: the number of its fits does not fit");
    if (saved.fit <= fit) return;
    if (const Index asked = saved.epochs[std::size_t(fit)]; asked != epochs)
      refuse("it is in fit number ", saved.fit + 1, "; number ", fit + 1, " was asked for ", asked,
             " epochs, now for ", epochs);
  }

  void check_data(const TrainingState& saved, Index cardinality,
                  const std::vector<std::string>& classes) const {
    if (saved.cardinality >= 0 && cardinality >= 0 && saved.cardinality != cardinality)
      refuse("its data had ", saved.cardinality, " batches, now there are ", cardinality);
    if (saved.class_names != classes)
      refuse("its data had the classes ", listed(saved.class_names), ", now they are ", listed(classes));
  }

  void check_callbacks(const TrainingState& saved, std::size_t callbacks) const {
    if (saved.callbacks.size() != callbacks)
      refuse("it has ", saved.callbacks.size(), " callbacks, now there are ", callbacks);
  }

  /// `trainable`: the paths of what is trained; `recipe`: see training_recipe().
  void check_model(const TrainingState& saved, const std::vector<std::string>& trainable,
                   const std::vector<std::string>& recipe) const {
    const auto quoted = [](const std::string& path) { return "'" + path + "'"; };
    check_same("it trains ", saved.trainable, ", this model ", trainable, quoted);
    check_same("its model has ", saved.recipe, ", this one ", recipe,
               [](const std::string& op) { return op; });
  }

  /// Runs `take_over`; what it throws is the checkpoint's fault.
  template <class TakeOver>
  void refuse_what_fails(const TakeOver& take_over) const {
    try {
      take_over();
    } catch (const Error& error) {
      refuse(error.what());
    }
  }

 private:
  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail("[fit] '", name_, "' is no checkpoint of this training: ", parts...,
         ". Remove the file to begin anew");
  }

  template <class Text>
  void check_same(const char* its, const std::vector<std::string>& saved, const char* ours,
                  const std::vector<std::string>& mine, const Text& text) const {
    const auto [theirs, own] = std::mismatch(saved.begin(), saved.end(), mine.begin(), mine.end());
    const auto said = [&](auto place, const auto& all) {
      return place == all.end() ? "nothing" : text(*place);
    };
    if (theirs != saved.end() || own != mine.end()) refuse(its, said(theirs, saved), ours, said(own, mine));
  }

  static std::string listed(const std::vector<std::string>& names) {
    std::string text;
    for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
    return text.empty() ? "without names" : text;
  }

  std::string name_;
};

/// What a model does in training, a line for each op.
template <class B>
std::vector<std::string> training_recipe(const Model<B>& model) {
  std::vector<int> outputs;
  const auto graph = model.graph(true, outputs);
  std::vector<std::string> lines;
  for (const auto& step : graph.steps()) {
    std::string line = "'" + step.path + "' " + step.op->describe() + " of";
    for (const int input : step.inputs) line += " " + graph.shape(input).str();
    if (step.dtype_policy != DtypePolicy::float32) line += std::string(", ") + to_string(step.dtype_policy);
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace tanuki
