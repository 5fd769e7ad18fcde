#pragma once

// load_keras: a model from a file of Keras, with its architecture and weights, ready to predict, fit, freeze and save.
//
//   auto model = load_keras("model.keras");
//
// Throws Error with the file, the layer and what is wrong with it, where something is missing, damaged or not known.

#include <future>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/core/trim_heap.hpp"
#include "tanuki/io/keras/archive.hpp"
#include "tanuki/io/keras/config/compile_reader.hpp"
#include "tanuki/io/keras/config/legacy_model.hpp"
#include "tanuki/io/keras/config/model_reader.hpp"
#include "tanuki/io/keras/config/model_weights.hpp"
#include "tanuki/io/keras/config/optimizer_state.hpp"
#include "tanuki/io/keras/of_file.hpp"
#include "tanuki/io/keras/version.hpp"
#include "tanuki/io/probe.hpp"
#include "tanuki/training/compile.hpp"

namespace tanuki {

struct LoadKerasOptions {
  /// compile() as the file has it, with its optimizer's state. Without it, or where the file has no compile settings, the
  /// model can predict, and be compiled anew.
  bool compile = true;
  Shape input_shape = {};                ///< for an Input whose sizes the file leaves open (None, None, 3)
  std::vector<Shape> input_shapes = {};  ///< for a model of several such: one for each of its inputs
  bool verify =
      false;  ///< computes the probe anew that save_keras wrote, and throws where a layer's output differs
};

namespace keras {

/// compile() as `json` says. Where the user's own loss, metric or optimizer stands in the way, the Error says what helps.
template <class B>
void compile_as(const Model<B>& model, const Json* json) {
  if (!json || json->is_null() || json->empty()) return;
  std::vector<std::string> layers;
  for (const auto& output : model.outputs()) layers.push_back(output.node()->name);
  try {
    model.compile(CompileReader<B>(model.output_names(), std::move(layers)).read(*json));
  } catch (const Error& error) {
    fail("in its compile settings: ", error.what(), "; load_keras(file, {.compile = false}) leaves them out");
  }
}

template <class B>
void verify(const Hdf5File& file, const Model<B>& model, const std::string& path) {
  const auto probe = file.text("", probe_key);
  if (!probe) fail("it carries no probe to verify: save it with .probe = true");
  check_probe(model, *probe, path);
}

/// True for a zip, as a .keras file is, false for HDF5, whatever its name. Throws Error for all else.
inline bool is_zip(const std::string& path) {
  const MappedFile file(path);
  const auto bytes = file.bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("PK")) return true;
  for (std::size_t place = 0; place < text.size();
       place = place ? 2 * place : 512) {  // where HDF5 looks for it
    if (text.substr(place).starts_with("\x89HDF")) return false;
  }
  if (text.empty()) fail("[keras] '", path, "': the file is empty");
  if (text.size() > 8 && text[8] == '{')
    fail("[keras] '", path,
         "': it looks like a safetensors file, weights without a model; expected .keras or .h5");
  fail("[keras] '", path, "': it is neither a .keras file, which is a zip, nor HDF5");
}

/// Throws Error where sizes were given that are not the model's.
template <class B>
void check_input_shapes(const Model<B>& model, const LoadKerasOptions& options) {
  std::vector<Shape> given = options.input_shapes;
  if (given.empty() && options.input_shape.rank() > 0) given.push_back(options.input_shape);
  const auto& inputs = model.inputs();
  const bool one_for_all = given.size() == 1;  // for those that are open; it must be one's
  if (one_for_all &&
      std::any_of(inputs.begin(), inputs.end(), [&](const auto& x) { return x.shape() == given[0]; }))
    return;
  for (std::size_t i = 0; i < std::min(given.size(), inputs.size()); ++i) {
    if (!(inputs[i].shape() == given[i]))
      fail("input ", i, " of the model has shape ", inputs[i].shape(), ", the input_shape ", given[i],
           " does not fit it");
  }
}

}  // namespace keras

/// `path`: a .keras file, or a whole model in the legacy .h5 form. Each layer has the dtype policy that the file gives it.
template <class B = Cpu>
Model<B> load_keras(const std::string& path, const LoadKerasOptions& options = {}) {
  return keras::of_file(path, [&] {
    keras::ModelReaderOptions sizes{.input_shape = std::nullopt, .input_shapes = options.input_shapes};
    if (options.input_shape.rank() > 0) sizes.input_shape = options.input_shape;
    keras::ModelReader<B> reader(std::move(sizes));
    const auto read = [&](const keras::Json& config, std::size_t bytes) {
      const FilledLater filled(Index(bytes / 2));  // numbers of 16 bits are the smallest
      Model<B> model = reader.read(config);
      keras::check_input_shapes(model, options);
      return model;
    };
    if (keras::is_zip(path)) {
      const KerasArchive archive(path);
      const std::shared_future<ZipMember> weights =  // checked while the layers are made
          std::async([file = archive.file()] { return KerasArchive(file).weights(); });
      keras::Json settings;
      Model<B> model = [&] {
        try {
          const std::size_t stored = archive.stored_weights();
          const keras::Json config = archive.config();
          settings = config.value("compile_config", keras::Json());
          return read(config, stored ? stored : weights.get().size());
        } catch (const Error&) {
          weights.get();  // of two things that are wrong, damage comes first
          throw;
        }
      }();
      trim_heap();  // a large config takes several times its size
      const ZipMember& bytes = weights.get();
      const Hdf5File file(bytes, path + ": model.weights.h5", bytes.mapped());
      keras::read_model_weights(file, model);
      if (options.verify) keras::verify(file, model, path);
      if (options.compile) {
        keras::compile_as(model, &settings);
        if (model.compiled()) keras::read_optimizer_state(file, model.trainer().optimizer());
      }
      return model;
    }
    const auto mapped = std::make_shared<const MappedFile>(path);
    const Hdf5File file(mapped->bytes(), path, mapped);
    Model<B> model = read(keras::legacy_config(file), mapped->bytes().size());
    keras::read_legacy_weights(file, model);
    if (options.verify) keras::verify(file, model, path);
    if (options.compile) {
      const auto config = keras::legacy_json(file, "training_config");
      keras::compile_as(model, config ? &*config : nullptr);
      if (model.compiled()) keras::read_legacy_optimizer_state(file, model.trainer().optimizer());
    }
    return model;
  });
}

}  // namespace tanuki
