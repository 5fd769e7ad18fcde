#pragma once

// What cats_vs_dogs writes to --out: history.json and history.svg after each phase, augmented.png, and at last
// model.safetensors.

#include <filesystem>
#include <tanuki/io/plots/image_grid.hpp>
#include <tanuki/io/plots/svg_curves.hpp>
#include <tanuki/tanuki.hpp>

class Report {
 public:
  /// Makes the folder. Throws Error where something of what will be written to it could not be.
  explicit Report(std::string folder) : folder_(std::move(folder)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error || folder_.empty())
      tanuki::fail("--out '", folder_,
                   "': no such folder can be made: ", error ? error.message() : "no name");
    for (const char* name : {"/history.json", "/history.svg", "/augmented.png", "/model.safetensors"}) {
      try {
        tanuki::AtomicFile file(folder_ + name);
      } catch (const tanuki::Error& cause) {
        tanuki::fail("--out '", folder_, "': ", cause.what());
      }
    }
  }

  /// augmented.png: the first photo nine times, as training sees it.
  void augmented(const tanuki::Dataset& photos, const tanuki::SymbolicTensor<>& input,
                 const tanuki::SymbolicTensor<>& output) const {
    const auto batch = photos.iterate(0)->next();
    if (!batch) tanuki::fail("there is no photo to train on");
    const tanuki::Shape photo = batch->x.shape().without_batch();
    tanuki::Tensor<> copies(photo.with_batch(9));
    for (tanuki::Index i = 0; i < 9; ++i) {
      std::copy_n(batch->x.data(), photo.elements(), copies.data() + i * photo.elements());
    }
    const tanuki::Tensor<> varied = tanuki::Model(input, output).predict(copies);
    tanuki::write_image_grid(folder_ + "/augmented.png", varied.view(), {.columns = 3});
  }

  void history(const std::string& phase, const tanuki::History& history) {
    phases_[phase].update(tanuki::history_json(history.series()));
    for (auto& panel : panels_) {
      for (auto& curve : panel.curves) {
        const auto* values = history.find(curve.name);
        if (values) curve.values.insert(curve.values.end(), values->begin(), values->end());
      }
    }
    if (phase == "train") frozen_epochs_ = std::size_t(history.epochs());
    write();
  }

  void evaluation(const std::string& name, const tanuki::Logs& logs, tanuki::Index images) {
    auto& entry = phases_["evaluate"][name];
    std::cout << name << ": ";
    for (const auto& [key, value] : logs) {
      entry[key] = value;
      std::cout << key << ' ' << tanuki::fixed(value, 4) << ", ";
    }
    entry["images"] = images;
    std::cout << images << " images" << std::endl;
    write();
  }

  void model(const tanuki::Model<>& model) const {
    try {
      model.save_weights(folder_ + "/model.safetensors");
    } catch (const tanuki::Error& error) {
      tanuki::fail(error.what(), "; the trained weights are lost, their history is in '", folder_,
                   "/history.json'");
    }
    std::cout << "Written to " << folder_ << ": model.safetensors, history.json, history.svg, augmented.png"
              << std::endl;
  }

 private:
  void write() const {
    tanuki::AtomicFile file(folder_ + "/history.json");
    file.write(phases_.dump(2) + "\n");
    file.commit();
    tanuki::write_svg_curves(folder_ + "/history.svg", panels_,
                             {.title = "Xception on cats and dogs", .mark_after = frozen_epochs_});
  }

  static nlohmann::ordered_json empty_phase() {
    nlohmann::ordered_json phase;
    for (const char* key : {"loss", "binary_accuracy", "val_loss", "val_binary_accuracy", "seconds"}) {
      phase[key] = nlohmann::ordered_json::array();
    }
    return phase;
  }

  std::string folder_;
  nlohmann::ordered_json phases_ = {
      {"train", empty_phase()}, {"fine_tune", empty_phase()}, {"evaluate", nlohmann::ordered_json::object()}};
  std::vector<tanuki::CurvePanel> panels_ = {
      {"accuracy", {{"binary_accuracy", {}}, {"val_binary_accuracy", {}}}},
      {"loss", {{"loss", {}}, {"val_loss", {}}}}};
  std::size_t frozen_epochs_ = 0;
};
