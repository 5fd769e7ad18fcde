#pragma once

// What cats_vs_dogs writes to --out: history.json and history.svg after each phase, augmented.png, and at last
// model.safetensors and report.html, a page with all that there is to see.

#include <filesystem>
#include <tanuki/io/plots/image_grid.hpp>
#include <tanuki/io/plots/svg_curves.hpp>
#include <tanuki/io/report/write_report.hpp>
#include <tanuki/tanuki.hpp>

#include "options.hpp"

class Report {
 public:
  /// Makes the folder. Throws Error where something of what will be written to it could not be.
  explicit Report(std::string folder) : folder_(std::move(folder)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error || folder_.empty())
      tanuki::fail("--out '", folder_,
                   "': no such folder can be made: ", error ? error.message() : "no name");
    for (const char* name :
         {"/history.json", "/history.svg", "/augmented.png", "/model.safetensors", "/report.html"}) {
      try {
        tanuki::AtomicFile file(folder_ + name);
      } catch (const tanuki::Error& cause) {
        tanuki::fail("--out '", folder_, "': ", cause.what());
      }
    }
  }

  /// augmented.png: the first photo nine times, as training sees it.
  template <class B>
  void augmented(const tanuki::Dataset& photos, const tanuki::SymbolicTensor<B>& input,
                 const tanuki::SymbolicTensor<B>& output) {
    const auto batch = photos.iterate(0)->next();
    if (!batch) tanuki::fail("there is no photo to train on");
    const tanuki::Shape photo = batch->x.shape().without_batch();
    tanuki::Tensor<> copies(photo.with_batch(9));
    for (tanuki::Index i = 0; i < 9; ++i) {
      std::copy_n(batch->x.data(), photo.elements(), copies.data() + i * photo.elements());
    }
    const tanuki::Tensor<> varied = tanuki::Model<B>(input, output).predict(copies);
    page_.augmented = tanuki::image_grid(varied.view(), {.columns = 3});
    tanuki::write_png(folder_ + "/augmented.png", *page_.augmented);
  }

  void history(const std::string& phase, const tanuki::History& history) {
    phases_[phase].update(tanuki::history_json(history.series()));
    page_.phases.push_back({phase == "train" ? "frozen base" : "fine-tuning", history});
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
    page_.evaluations.push_back({name, logs, images});
    std::cout << images << " images" << std::endl;
    write();
  }

  template <class B>
  void model(const tanuki::Model<B>& model, const std::string& checkpoint) const {
    try {
      model.save_weights(folder_ + "/model.safetensors");
    } catch (const tanuki::Error& error) {
      tanuki::fail(
          error.what(), "; the trained weights are ",
          checkpoint.empty() ? "lost" : "in '" + checkpoint + "', from which the same command goes on",
          ", their history is in '", folder_, "/history.json'");
    }
  }

  /// report.html: what the network makes of the validation photos, beside all that came before.
  template <class B>
  void page(const tanuki::Model<B>& model, const tanuki::Dataset& validation, const Options& options) {
    const auto& names = validation.class_names();
    const auto judged = tanuki::judge(model, validation, 8);
    page_.title = "Xception: " + names[0] + " and " + names[1];
    page_.about =
        "ImageNet Xception became a judge of two classes: a head was trained on the frozen base, then " +
        std::string(options.fine_tune_epochs > 0 ? "everything fine-tuned." : "nothing more.");
    page_.options = listed(options);
    page_.class_names = names;
    page_.confusion = tanuki::confusion_matrix(judged.labels, judged.predictions, names, 0);
    page_.worst = judged.worst;
    const double accuracy = page_.confusion->accuracy();
    page_.highlights = {{"validation accuracy", tanuki::fixed(100 * accuracy, 1) + " %"},
                        {"validation photos", std::to_string(page_.confusion->examples())},
                        {"parameters", tanuki::fixed(double(model.count_params()) / 1e6, 1) + " million"}};
    heat(model, validation, judged);
    tanuki::write_report(folder_ + "/report.html", page_);
    std::cout << "Written to " << folder_
              << ": model.safetensors, history.json, history.svg, augmented.png, report.html" << std::endl;
  }

 private:
  void write() const {
    tanuki::AtomicFile file(folder_ + "/history.json");
    file.write(phases_.dump(2) + "\n");
    file.commit();
    tanuki::write_svg_curves(folder_ + "/history.svg", panels_,
                             {.title = "Xception on cats and dogs", .mark_after = frozen_epochs_});
  }

  /// Of the worst photos, and of some from all over the validation set, where it looks.
  template <class B>
  void heat(const tanuki::Model<B>& model, const tanuki::Dataset& validation,
            const tanuki::Judgement& judged) {
    tanuki::GradCam<B> cam(model);
    const auto add = [&](const tanuki::Tensor<>& photo, std::string caption) {
      page_.grad_cams.push_back(
          {tanuki::heat_overlay(tanuki::to_image(photo.view()), cam(photo)), std::move(caption)});
    };
    for (std::size_t i = 0; i < std::min<std::size_t>(judged.worst.size(), 5); ++i)
      add(judged.worst[i].example, worst_caption(judged.worst[i], page_.class_names));
    const tanuki::Index count = judged.labels.shape()[0], every = std::max<tanuki::Index>(1, count / 5);
    tanuki::Index photo = 0;
    const auto pass = validation.iterate(0);
    while (const auto batch = pass->next()) {
      const tanuki::Shape shape = batch->x.shape().without_batch();
      for (tanuki::Index i = 0; i < batch->x.shape()[0]; ++i, ++photo) {
        if (photo % every != every / 2) continue;
        const auto* pixels = batch->x.data() + i * shape.elements();
        const bool second = judged.predictions.data()[photo] > 0;
        add(tanuki::Tensor<>(shape, std::span(pixels, std::size_t(shape.elements()))),
            page_.class_names[second] + ", is " + page_.class_names[batch->y.data()[i] > 0]);
      }
    }
  }

  static std::vector<std::pair<std::string, std::string>> listed(const Options& options) {
    const auto number = [](auto value) {
      std::ostringstream text;
      text << value;
      return text.str();
    };
    return {{"--data", options.data},
            {"--weights", options.weights},
            {"--epochs", number(options.epochs)},
            {"--fine-tune-epochs", number(options.fine_tune_epochs)},
            {"--learning-rate", number(options.learning_rate)},
            {"--fine-tune-learning-rate", number(options.fine_tune_learning_rate)},
            {"--batch-size", number(options.batch_size)},
            {"--micro-batch-size", number(options.micro_batch_size)},
            {"--image-size", number(options.image_size)},
            {"augmentation", options.augment ? "random flips and rotations" : "--no-augment"},
            {"--precision", options.precision},
            {"--backend", options.backend},
            {"--seed", number(options.seed)},
            {"threads", number(tanuki::default_context<tanuki::Cpu>().threads())}};
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
  tanuki::ReportContents page_;
};
