#pragma once

// save_keras_weights: a model's weights alone, in a form that Keras' model.load_weights() takes.
//
//   save_keras_weights(model, "net.weights.h5");   // Keras 3's own layout
//   save_keras_weights(model, "net.h5");           // the legacy form, of Keras 2 and keras.applications
//
// A whole model is for save_keras(). A name that ends in .safetensors goes to model.save_weights(). With .probe a
// fingerprint of every layer's output goes with it, which Keras does not look at.

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/io/keras/config/legacy_weights_writer.hpp"
#include "tanuki/io/keras/config/model_weights_writer.hpp"
#include "tanuki/io/keras/of_file.hpp"
#include "tanuki/io/keras/version.hpp"
#include "tanuki/io/weights.hpp"

namespace tanuki {

/// Throws Error for a model that is not built, for another ending, and where the file cannot be written; then an older
/// file of that name is still there.
template <class B>
void save_keras_weights(const Model<B>& model, const std::string& path,
                        const SaveWeightsOptions& options = {}) {
  if (path.ends_with(".safetensors")) return model.save_weights(path, options);
  const bool legacy = !path.ends_with(".weights.h5");
  if (legacy && !path.ends_with(".h5") && !path.ends_with(".hdf5")) {
    fail("[keras] '", path, "': expected a name that ends in .weights.h5, or in .h5 for the legacy form; a ",
         "whole model, .keras, is written by save_keras()");
  }
  keras::of_file(path, [&] {
    model.inputs();  // throws where it is not built
    const std::string probe = options.probe ? make_probe(model) : "";
    AtomicFile file(path);
    file.expect(std::uint64_t(model.count_params()) * sizeof(float));
    {
      const Hdf5Writer hdf5(file.temporary(), path);
      if (legacy) {
        keras::LegacyWeightsWriter<B>(hdf5).write(model, keras::written_version);
      } else {
        keras::ModelWeightsWriter<B>(hdf5).write(model);
      }
      if (options.probe) hdf5.text("", probe_key, probe);
      hdf5.finish();
    }
    file.commit();
  });
}

}  // namespace tanuki
