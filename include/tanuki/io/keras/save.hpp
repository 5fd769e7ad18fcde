#pragma once

// save_keras: a model as a .keras file that Keras 3 opens, with the same architecture and the bits of its weights; where
// it is compiled, with its compile settings and its optimizer's state, so that training goes on in Keras.
//
//   save_keras(model, "out.keras");
//
// With .probe a fingerprint of every layer's output goes with it, which Keras does not look at, for load_keras' .verify.
// Throws Error for a layer that Keras does not know and that is not registered, and where the file cannot be written;
// then an older file of that name is still there. (keras/src/saving/saving_lib.py)

#include <ctime>
#include <iostream>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/core/scratch_file.hpp"
#include "tanuki/io/keras/config/compile_writer.hpp"
#include "tanuki/io/keras/config/model_weights_writer.hpp"
#include "tanuki/io/keras/config/model_writer.hpp"
#include "tanuki/io/keras/config/optimizer_state.hpp"
#include "tanuki/io/keras/of_file.hpp"
#include "tanuki/io/keras/version.hpp"
#include "tanuki/io/keras/zip_writer.hpp"
#include "tanuki/io/probe.hpp"
#include "tanuki/training/compile.hpp"

namespace tanuki {

namespace keras {

inline std::string metadata_text() {
  char date[32] = "";
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  if (::gmtime_r(&now, &parts)) std::strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &parts);
  return Json{{"keras_version", written_version}, {"date_saved", date}}.dump();
}

/// Whether there is one. What Keras does not have, a program's own loss, is no reason to lose the weights: then it is left
/// out, with a warning, as are learning-rate multipliers.
template <class B>
bool add_compile_config(Json& config, const Model<B>& model, const std::string& path) {
  if (!model.compiled()) return false;
  try {
    auto& trainer = model.trainer();
    config["compile_config"] =
        CompileWriter<B>::write(trainer.options(), trainer.optimizer(), model.keys().outputs);
    if (!trainer.options().learning_rate_multipliers.empty())
      std::cerr << "Warning: '" << path
                << "' is saved without its learning-rate multipliers, which Keras does not have\n";
    return true;
  } catch (const Error& error) {
    std::cerr << "Warning: '" << path << "' is saved without its compile settings: " << error.what() << '\n';
    return false;
  }
}

}  // namespace keras

struct SaveKerasOptions {
  bool probe = false;  ///< with a fingerprint of every layer's output (see io/probe.hpp)
};

template <class B>
void save_keras(const Model<B>& model, const std::string& path, const SaveKerasOptions& options = {}) {
  if (!path.ends_with(".keras")) fail("[keras] '", path, "': expected a name that ends in .keras");
  keras::of_file(path, [&] {
    model.inputs();  // throws where it is not built
    std::string config;
    bool compiled = false;
    try {
      keras::Json json = keras::ModelWriter<B>().write(model);
      compiled = keras::add_compile_config(json, model, path);
      config = json.dump();
    } catch (const nlohmann::json::exception& error) {
      fail("a name in the model is not UTF-8: ", error.what());
    }
    const std::string metadata = keras::metadata_text();
    const std::string probe = options.probe ? make_probe(model) : "";
    Index numbers = model.count_params();
    if (compiled) {
      for (const auto& variable : model.trainer().optimizer().state()) numbers += variable.value.size();
    }
    AtomicFile file(path);
    file.expect(2 * std::uint64_t(numbers) * sizeof(float));  // in HDF5, and in the zip that it goes into
    const ScratchFile weights{file.temporary() + ".h5"};
    {
      const Hdf5Writer hdf5(weights.path, path);
      keras::ModelWeightsWriter<B> writer(hdf5);
      writer.write(model);
      if (compiled) writer.write(model.trainer().optimizer());
      if (options.probe) hdf5.text("", probe_key, probe);
      hdf5.finish();
    }
    ZipWriter zip(file.temporary(), path);
    zip.add("metadata.json", metadata);
    zip.add("config.json", config);
    zip.add_file("model.weights.h5", weights.path);
    zip.close();
    file.commit();
  });
}

}  // namespace tanuki
