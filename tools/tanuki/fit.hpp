#pragma once

// `tanuki fit`: trains a Keras model on two .npy files and writes it to another .keras file, its optimizer with it.

#include <iostream>
#include <optional>
#include <string>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/io/npy.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/load.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

struct FitSettings {
  std::string model, x, y, out;
  std::optional<std::string> loss, optimizer;  ///< none: the file's
  std::optional<double> learning_rate;
  tanuki::FitOptions options;
  bool json = false;
};

/// The file's compile settings, and in their place what the command line asks for. The optimizer keeps its state where
/// it stays the same.
template <class B>
void compile(const tanuki::Model<B>& model, const FitSettings& settings) {
  const bool compiled = model.compiled();
  if (!compiled && (!settings.loss || !settings.optimizer)) {
    tanuki::fail("'", settings.model, "' has no compile settings: expected --loss and --optimizer, ",
                 settings.loss ? "--optimizer is missing" : "--loss is missing");
  }
  if (settings.loss || settings.optimizer) {
    tanuki::CompileOptions<B> options;
    std::optional<tanuki::AnyOptimizer<B>> before;
    if (compiled) {
      options = model.trainer().options();
      before = model.trainer().optimizer();
    }
    if (settings.loss) options.loss = tanuki::AnyLoss<B>(*settings.loss);
    if (settings.optimizer) options.optimizer = *settings.optimizer;
    model.compile(options);
    if (before && !settings.optimizer) model.trainer().optimizer() = *before;
  }
  if (settings.learning_rate) model.trainer().optimizer().learning_rate(*settings.learning_rate);
}

/// Throws NoDevice where there is no GPU for it.
template <class B>
void fit(const FitSettings& settings) {
  tanuki::default_context<B>();  // before anything is read: what the environment says may be wrong
  if (!settings.out.ends_with(".keras"))
    tanuki::fail("'", settings.out, "': expected a name that ends in .keras");
  tanuki::AtomicFile{settings.out};  // what cannot be written is seen now, not after the training
  const auto x = tanuki::read_npy(settings.x), y = tanuki::read_npy(settings.y);
  if (x.shape().rank() == 0) tanuki::fail("'", settings.x, "' holds a single number, expected a batch");
  const auto model =
      load<B>(settings.model, {x.shape().without_batch()}, !settings.loss || !settings.optimizer);
  if (model.inputs().size() != 1 || model.outputs().size() != 1)
    tanuki::fail("'", settings.model, "' has ", model.inputs().size(), " inputs and ", model.outputs().size(),
                 " outputs, expected one of each; a program can fit() several");
  compile(model, settings);
  tanuki::FitOptions options = settings.options;
  options.verbose = !settings.json;
  options.output = &std::cerr;
  const auto history = model.fit(x, y, options);
  tanuki::save_keras(model, settings.out);
  if (settings.json) std::cout << tanuki::history_json(history.series()).dump() << '\n';
}

}  // namespace tool
