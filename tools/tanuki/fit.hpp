#pragma once

// `tanuki fit`: trains a Keras model on two .npy files and writes it to another .keras file, its optimizer with it.

#include <charconv>
#include <iostream>
#include <optional>
#include <string>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/keras.hpp"
#include "tanuki/load.hpp"
#include "tanuki/ports.hpp"
#include "tanuki/tanuki.hpp"

namespace tool {

struct FitSettings {
  std::string model, x, y, out;
  std::optional<std::string> loss, optimizer;  ///< none: the file's
  std::optional<double> learning_rate;
  tanuki::FitOptions options;
  bool json = false;
};

/// CLI11's check of --validation-split: why not, or "". Its own takes 1, and nan.
inline std::string part_of_data(const std::string& text) {
  double part = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, part);
  const bool good = stop == end && error == std::errc() && part >= 0 && part < 1;
  return good ? "" : "'" + text + "' was given, expected a number from 0 to below 1";
}

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
  const Ports ports = ports_of(settings.model);
  if (ports.inputs.size() != 1 || ports.outputs != 1)
    tanuki::fail("'", settings.model, "' has ", ports.counts(),
                 ", expected one of each; a program can fit() several");
  const auto x = read_batch(settings.x, ports.inputs[0]), y = read_batch(settings.y, {});
  if (x.shape()[0] != y.shape()[0])
    tanuki::fail("'", settings.x, "' ", x.shape(), " and '", settings.y, "' ", y.shape(),
                 " are not equally many examples");
  const auto model =
      load<B>(settings.model, {x.shape().without_batch()}, !settings.loss || !settings.optimizer);
  compile(model, settings);
  tanuki::FitOptions options = settings.options;
  options.verbose = !settings.json;
  options.output = &std::cerr;
  const auto train = [&] {
    try {
      return model.fit(x, y, options);
    } catch (const tanuki::Error& error) {
      tanuki::fail("'", settings.x, "' ", x.shape(), " and '", settings.y, "' ", y.shape(), ": ",
                   error.what());
    }
  };
  const auto history = train();
  tanuki::save_keras(model, settings.out);
  if (settings.json) std::cout << tanuki::history_json(history.series()).dump() << '\n';
}

}  // namespace tool
