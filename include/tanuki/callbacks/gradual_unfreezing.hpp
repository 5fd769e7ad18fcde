#pragma once

// Makes more and more of a model trainable as training goes on, the last layers first:
//   GradualUnfreezing({.stages = {{.epoch = 5, .pattern = "block14*", .learning_rate = 1e-4},
//                                 {.epoch = 8, .last_layers = 40, .learning_rate = 1e-5}}})
// A stage is what a user would do between two fits: unfreeze(), then compile() with the same options and the learning rate
// of the stage or of now, so that the optimizer starts anew. Source: Howard and Ruder, "Universal language model fine-tuning
// for text classification" (2018).

#include <cmath>
#include <iostream>
#include <optional>

#include "tanuki/callbacks/callback_state.hpp"
#include "tanuki/core/format.hpp"
#include "tanuki/training/callback.hpp"

namespace tanuki {

struct UnfreezingStage {
  Index epoch = 0;           ///< before which it is done, counted from 0
  std::string pattern = {};  ///< of the paths or names of layers, see Model::unfreeze()
  Index last_layers = 0;     ///< or so many layers with weights, see Model::unfreeze_last()
  std::optional<double> learning_rate = std::nullopt;
};

struct GradualUnfreezingOptions {
  std::vector<UnfreezingStage> stages = {};  ///< in the order of their epochs
  bool verbose = false;
  std::ostream* output = nullptr;  ///< for messages; null: std::cout
};

/// A fit() that begins behind the epochs of some stages does them before its first epoch. When it begins it throws Error for
/// a pattern that matches no layer and for more layers than there are.
class GradualUnfreezing final : public Callback {
 public:
  using Options = GradualUnfreezingOptions;

  /// Throws Error for stages that make no sense.
  explicit GradualUnfreezing(GradualUnfreezingOptions options) : options_(std::move(options)) {
    if (options_.stages.empty()) fail("[gradual_unfreezing] no stages were given");
    Index epoch = 0;
    for (const auto& stage : options_.stages) {
      if (stage.epoch < epoch)
        fail("[gradual_unfreezing] a stage is at epoch ", stage.epoch, ", expected ", epoch, " or later");
      epoch = stage.epoch;
      if (stage.pattern.empty() ? stage.last_layers < 1 : stage.last_layers != 0)
        fail("[gradual_unfreezing] the stage at epoch ", epoch, " has pattern '", stage.pattern,
             "' and last_layers ", stage.last_layers, ", expected one of them");
      if (const double rate = stage.learning_rate.value_or(0); !(rate >= 0 && std::isfinite(rate)))
        fail("[gradual_unfreezing] the learning_rate of the stage at epoch ", epoch, " is ", rate,
             ", expected a number of 0 or more");
    }
  }

  void on_train_begin() override {
    done_ = 0;
    const Index layers = model().layers_with_weights();
    for (const auto& stage : options_.stages) {
      if (!stage.pattern.empty() && model().layers_that_match(stage.pattern) == 0)
        fail("[gradual_unfreezing] the pattern '", stage.pattern, "' of the stage at epoch ", stage.epoch,
             " matches no layer of '", model().name(), "'");
      if (stage.last_layers > layers)
        fail("[gradual_unfreezing] last_layers of the stage at epoch ", stage.epoch, " is ",
             stage.last_layers, ", but '", model().name(), "' has ", layers, " layers with weights");
    }
  }

  void on_epoch_begin(Index epoch) override {
    for (; done_ < options_.stages.size() && options_.stages[done_].epoch <= epoch; ++done_) {
      const auto& stage = options_.stages[done_];
      unfreeze(stage);
      if (stage.learning_rate) model().learning_rate(*stage.learning_rate);
      if (options_.verbose) say(epoch, stage);
    }
  }

  /// How many stages are done.
  std::string state() const override {
    CallbackStateWriter writer;
    writer.put(Index(done_));
    return std::move(writer).bytes();
  }
  /// Unfreezes what was unfrozen then; the learning rate is the optimizer's.
  void restore(const std::string& state) override {
    CallbackStateReader reader("gradual_unfreezing", state);
    Index done = 0;
    reader.get(done);
    reader.expect_end();
    if (done < 0 || done > Index(options_.stages.size()))
      fail("[gradual_unfreezing] ", done, " stages are done, there are ", options_.stages.size());
    for (done_ = 0; done_ < std::size_t(done); ++done_) unfreeze(options_.stages[done_]);
  }

 private:
  void unfreeze(const UnfreezingStage& stage) const {
    if (stage.pattern.empty()) {
      model().unfreeze_last(stage.last_layers);
    } else {
      model().unfreeze(stage.pattern);
    }
  }

  void say(Index epoch, const UnfreezingStage& stage) const {
    auto& out = options_.output ? *options_.output : std::cout;
    out << "\nEpoch " << epoch + 1 << ": GradualUnfreezing unfreezes ";
    if (stage.pattern.empty()) {
      out << "the last " << stage.last_layers << " layers";
    } else {
      out << "'" << stage.pattern << "'";
    }
    out << ", learning rate " << shortest(model().learning_rate()) << std::endl;
  }

  GradualUnfreezingOptions options_;
  std::size_t done_ = 0;
};

}  // namespace tanuki
