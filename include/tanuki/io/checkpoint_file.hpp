#pragma once

// A TrainingState in a file: a safetensors file of the weights, the optimizer's variables and the callbacks' bytes, with
// everything else as JSON in its metadata, under "tanuki_checkpoint". Numbers with a fraction are written as their bits. The
// file is replaced as a whole or not at all, and has a checksum. From load() on no other process can have it.

#include <bit>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tanuki/core/crc32.hpp"
#include "tanuki/core/file_lock.hpp"
#include "tanuki/io/safetensors.hpp"
#include "tanuki/training/training_state.hpp"

namespace tanuki {

struct CheckpointFileOptions {
  std::string path;
  Index save_freq = 0;  ///< steps between two states; 0: one after each epoch
};

namespace detail {

using CheckpointJson = nlohmann::ordered_json;

inline std::uint64_t bits(double value) { return std::bit_cast<std::uint64_t>(value); }
inline double number(const CheckpointJson& json) { return std::bit_cast<double>(json.get<std::uint64_t>()); }

inline CheckpointJson to_json(const std::vector<double>& values) {
  auto list = CheckpointJson::array();
  for (double value : values) list.push_back(bits(value));
  return list;
}
inline std::vector<double> numbers(const CheckpointJson& json) {
  std::vector<double> values;
  for (const auto& item : json) values.push_back(number(item));
  return values;
}

inline CheckpointJson to_json(const History& history) {
  auto series = CheckpointJson::array();
  for (const auto& [key, values] : history.series())
    series.push_back({key, to_json(values), history.epochs(key)});
  return series;
}
inline History history(const CheckpointJson& json) {
  History::Series series;
  History::Epochs epochs;
  for (const auto& entry : json) {
    series.emplace_back(entry.at(0).get<std::string>(), numbers(entry.at(1)));
    if (entry.size() > 2) epochs.push_back(entry[2].get<std::vector<Index>>());
  }
  return History(std::move(series), std::move(epochs));
}

inline CheckpointJson to_json(const TrainingState& state) {
  const auto& trainer = state.trainer;
  CheckpointJson json{{"version", 2},
                      {"fit", state.fit},
                      {"epoch", state.epoch},
                      {"step", state.step},
                      {"complete", state.complete},
                      {"cardinality", state.cardinality},
                      {"epochs", state.epochs},
                      {"trainable", state.trainable},
                      {"recipe", state.recipe},
                      {"class_names", state.class_names},
                      {"logs", CheckpointJson::array()},
                      {"histories", CheckpointJson::array()},
                      {"callbacks", CheckpointJson::array()}};
  if (state.place) json["place"] = {state.place->pass, state.place->batches};
  for (const auto& [key, value] : state.logs) json["logs"].push_back({key, bits(value)});
  for (const auto& history : state.histories) json["histories"].push_back(to_json(history));
  for (const auto& callback : state.callbacks)
    json["callbacks"].push_back({{"bytes", callback.bytes.size()}, {"stops", callback.stops}});
  json["trainer"] = {{"seed", trainer.seed},
                     {"first_step", trainer.first_step},
                     {"steps", trainer.steps},
                     {"epochs", trainer.epochs},
                     {"optimizer", trainer.optimizer},
                     {"iterations", trainer.iterations},
                     {"metrics", CheckpointJson::array()}};
  if (trainer.learning_rate) json["trainer"]["learning_rate"] = bits(*trainer.learning_rate);
  for (const auto& counts : trainer.metrics) json["trainer"]["metrics"].push_back(to_json(counts));
  return json;
}

inline TrainingState training_state(const CheckpointJson& json) {
  TrainingState state;
  json.at("fit").get_to(state.fit);
  json.at("epoch").get_to(state.epoch);
  json.at("step").get_to(state.step);
  json.at("complete").get_to(state.complete);
  json.at("cardinality").get_to(state.cardinality);
  json.at("epochs").get_to(state.epochs);
  json.at("trainable").get_to(state.trainable);
  json.at("recipe").get_to(state.recipe);
  json.at("class_names").get_to(state.class_names);
  if (json.contains("place"))
    state.place = PassPlace{json["place"].at(0).get<Index>(), json["place"].at(1).get<Index>()};
  for (const auto& entry : json.at("logs"))
    state.logs.emplace_back(entry.at(0).get<std::string>(), number(entry.at(1)));
  for (const auto& entry : json.at("histories")) state.histories.push_back(history(entry));
  for (const auto& entry : json.at("callbacks"))
    state.callbacks.push_back(
        {std::string(entry.at("bytes").get<std::size_t>(), 0), entry.at("stops").get<bool>()});
  const auto& trainer = json.at("trainer");
  trainer.at("seed").get_to(state.trainer.seed);
  trainer.at("first_step").get_to(state.trainer.first_step);
  trainer.at("steps").get_to(state.trainer.steps);
  trainer.at("epochs").get_to(state.trainer.epochs);
  trainer.at("optimizer").get_to(state.trainer.optimizer);
  trainer.at("iterations").get_to(state.trainer.iterations);
  if (trainer.contains("learning_rate")) state.trainer.learning_rate = number(trainer["learning_rate"]);
  for (const auto& counts : trainer.at("metrics")) state.trainer.metrics.push_back(numbers(counts));
  return state;
}

}  // namespace detail

class CheckpointFile final : public CheckpointStore {
 public:
  /// Throws Error without a path, and for a negative save_freq.
  explicit CheckpointFile(CheckpointFileOptions options) : options_(std::move(options)) {
    if (options_.path.empty()) fail("[checkpoint] path is empty, expected the name of a file");
    if (options_.save_freq < 0)
      fail("[checkpoint] save_freq is ", options_.save_freq, ", expected steps, or 0 for each epoch");
  }

  std::string name() const override { return options_.path; }
  Index save_freq() const override { return options_.save_freq; }

  /// None where there is no such file. Throws Error, naming it, where it is damaged or none of ours, or in use by another
  /// process.
  std::optional<TrainingState> load() override {
    remove_stale_files(options_.path);
    expect_safetensors_name(options_.path);
    AtomicFile{options_.path};  // what cannot be written is seen now, not after an epoch
    if (!lock_) lock_ = std::make_shared<FileLock>(detail::where_links_lead(options_.path));
    if (!std::filesystem::exists(options_.path)) return std::nullopt;
    const auto file = std::make_shared<SafetensorsFile>(options_.path);
    const auto& metadata = file->metadata();
    const auto text = metadata.find("tanuki_checkpoint");
    if (text == metadata.end()) refuse("it is no checkpoint of a training");
    const auto sum = metadata.find("crc32");
    if (sum == metadata.end() || sum->second != checksum(text->second, views(*file)))
      refuse("it is damaged: its checksum is not that of what it holds");
    try {
      const auto json = detail::CheckpointJson::parse(text->second);
      if (json.at("version") != 2) refuse("it has version ", json["version"].dump(), ", expected 2");
      return with_tensors(detail::training_state(json), file);
    } catch (const nlohmann::json::exception& error) {
      refuse("it is damaged: ", error.what());
    }
  }

  /// Replaces the file. Throws Error where it cannot be written; then the one before is still there.
  void save(const TrainingState& state) override {
    std::vector<SafetensorsInput> tensors;
    std::vector<std::vector<float>> bytes;
    for (const auto& [name, values] : state.weights)
      tensors.push_back({"weights/" + name, values.shape, values.data});
    for (const auto& [name, values] : state.trainer.variables)
      tensors.push_back({"optimizer/" + name, values.shape, values.data});
    bytes.reserve(state.callbacks.size());
    for (const auto& callback : state.callbacks) {
      auto& words = bytes.emplace_back((callback.bytes.size() + sizeof(float) - 1) / sizeof(float));
      const auto from = std::as_bytes(std::span(callback.bytes));
      std::copy(from.begin(), from.end(), std::as_writable_bytes(std::span(words)).begin());
      tensors.push_back(
          {"callbacks/" + std::to_string(bytes.size() - 1), Shape{Index(words.size())}, words.data()});
    }
    std::vector<std::span<const std::byte>> all;
    for (const auto& tensor : tensors)
      all.push_back(std::as_bytes(std::span(tensor.data, std::size_t(tensor.shape.elements()))));
    const std::string text = detail::to_json(state).dump();
    write_safetensors(options_.path, tensors, {{"tanuki_checkpoint", text}, {"crc32", checksum(text, all)}});
  }

 private:
  using Spans = std::vector<std::span<const std::byte>>;

  template <class... Parts>
  [[noreturn]] void refuse(const Parts&... parts) const {
    fail("[checkpoint] '", options_.path, "': ", parts...);
  }

  static Spans views(const SafetensorsFile& file) {
    Spans all;
    for (const auto& entry : file.entries()) all.push_back(entry.bytes);
    return all;
  }

  static std::string checksum(const std::string& text, const Spans& tensors) {
    std::uint32_t sum = crc32(std::as_bytes(std::span(text)));
    for (const auto& bytes : tensors) sum = crc32(bytes, sum);
    return std::to_string(sum);
  }

  TrainingState with_tensors(TrainingState state, const std::shared_ptr<SafetensorsFile>& file) const {
    std::size_t callback = 0;
    for (const auto& entry : file->entries()) {
      const std::size_t slash = std::min(entry.name.find('/'), entry.name.size() - 1);
      const std::string kind = entry.name.substr(0, slash), name = entry.name.substr(slash + 1);
      if (kind == "callbacks" && callback < state.callbacks.size() && name == std::to_string(callback)) {
        auto& bytes = state.callbacks[callback++].bytes;
        if (bytes.size() > entry.bytes.size()) refuse("it is damaged: '", entry.name, "' is too short");
        std::copy_n(entry.bytes.begin(), bytes.size(), std::as_writable_bytes(std::span(bytes)).begin());
        continue;
      }
      const auto values = entry.view();
      if (!values && values.size() > 0) refuse("it is damaged: '", entry.name, "' is no float32");
      if (kind == "weights")
        state.weights.push_back({name, values});
      else if (kind == "optimizer")
        state.trainer.variables.push_back({name, values});
      else
        refuse("it is damaged: '", entry.name, "' is not known");
    }
    state.owners.push_back(file);
    return state;
  }

  CheckpointFileOptions options_;
  std::shared_ptr<FileLock> lock_;
};

}  // namespace tanuki
