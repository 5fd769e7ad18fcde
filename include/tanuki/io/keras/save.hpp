#pragma once

// save_keras: a model as a .keras file that Keras 3 opens, with the same architecture and the bits of its weights; where
// it is compiled, with its compile settings and its optimizer's state, so that training goes on in Keras.
//
//   save_keras(model, "out.keras");
//
// With .probe a fingerprint of every layer's output goes with it, which Keras does not look at, for load_keras' .verify.
// Throws Error for a layer that Keras does not know and that is not registered, and where the file cannot be written;
// then an older file of that name is still there. (keras/src/saving/saving_lib.py)

#include <zip.h>

#include <ctime>
#include <filesystem>
#include <iostream>

#include "tanuki/core/atomic_file.hpp"
#include "tanuki/io/keras/config/compile_writer.hpp"
#include "tanuki/io/keras/config/model_weights_writer.hpp"
#include "tanuki/io/keras/config/model_writer.hpp"
#include "tanuki/io/keras/config/optimizer_state.hpp"
#include "tanuki/io/keras/version.hpp"
#include "tanuki/io/probe.hpp"
#include "tanuki/training/compile.hpp"

namespace tanuki {

namespace keras {

/// A zip under way; what is not closed leaves no file. `name` is what messages call it.
class ZipWriter {
 public:
  ZipWriter(const std::string& path, std::string name) : name_(std::move(name)) {
    int code = 0;
    zip_ = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!zip_) fail("[keras] '", name_, "' cannot be written");
  }
  ~ZipWriter() {
    if (zip_) zip_discard(zip_);
  }
  ZipWriter(const ZipWriter&) = delete;
  ZipWriter& operator=(const ZipWriter&) = delete;

  /// `text` must outlive close().
  void add(const char* member, const std::string& text) {
    add(member, zip_source_buffer(zip_, text.data(), text.size(), 0));
  }
  void add_file(const char* member, const std::string& file) {
    add(member, zip_source_file(zip_, file.c_str(), 0, -1));
  }
  void close() {
    if (zip_close(zip_) != 0) refuse();
    zip_ = nullptr;
  }

 private:
  /// Stored, not packed, as Keras does.
  void add(const char* member, zip_source_t* source) {
    const zip_int64_t index = source ? zip_file_add(zip_, member, source, ZIP_FL_OVERWRITE) : -1;
    if (index < 0 && source) zip_source_free(source);
    if (index < 0 || zip_set_file_compression(zip_, zip_uint64_t(index), ZIP_CM_STORE, 0) != 0) refuse();
  }
  [[noreturn]] void refuse() { fail("[keras] '", name_, "' cannot be written: ", zip_strerror(zip_)); }

  std::string name_;
  zip_t* zip_ = nullptr;
};

/// Removes a file at the end of a scope.
struct ScratchFile {
  std::string path;
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
  }
};

inline std::string metadata_text() {
  char date[32] = "";
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  if (::gmtime_r(&now, &parts)) std::strftime(date, sizeof date, "%Y-%m-%d@%H:%M:%S", &parts);
  return Json{{"keras_version", written_version}, {"date_saved", date}}.dump();
}

/// Whether there is one. What Keras does not have, a program's own loss, is no reason to lose the weights: then it is left
/// out, with a warning.
template <class B>
bool add_compile_config(Json& config, const Model<B>& model, const std::string& path) {
  if (!model.compiled()) return false;
  try {
    auto& trainer = model.trainer();
    config["compile_config"] =
        CompileWriter<B>::write(trainer.options(), trainer.optimizer(), model.keys().outputs);
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
  model.inputs();  // throws where it is not built
  std::string config;
  bool compiled = false;
  try {
    keras::Json json = keras::ModelWriter<B>().write(model);
    compiled = keras::add_compile_config(json, model, path);
    config = json.dump();
  } catch (const nlohmann::json::exception& error) {
    fail("[keras] '", path, "': a name in the model is not UTF-8: ", error.what());
  }
  const std::string metadata = keras::metadata_text();
  const std::string probe = options.probe ? make_probe(model) : "";
  AtomicFile file(path);
  const keras::ScratchFile weights{file.temporary() + ".h5"};
  {
    const Hdf5Writer hdf5(weights.path, path);
    keras::ModelWeightsWriter<B> writer(hdf5);
    writer.write(model);
    if (compiled) writer.write(model.trainer().optimizer());
    if (options.probe) hdf5.text("", keras_probe, probe);
    hdf5.finish();
  }
  keras::ZipWriter zip(file.temporary(), path);
  zip.add("metadata.json", metadata);
  zip.add("config.json", config);
  zip.add_file("model.weights.h5", weights.path);
  zip.close();
  file.commit();
}

}  // namespace tanuki
