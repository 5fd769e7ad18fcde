// Trainings of small nets with everything that a checkpoint must keep. They write weights and history; killed and started
// again, they must write the same.
//   tensors: two fits; batch statistics, dropout, augmentation in the model, an order of its own each epoch, moments, a
//            learning rate that a callback changes
//   photos:  image files, one of them bad, kept by cache(file); augmentation on threads; early stopping, a learning rate that
//            falls on plateaus, layers that are unfrozen in between
//   repeat:  image files without end, in epochs of some steps; what comes out of frozen layers is kept
// usage: train TRAINING CHECKPOINT SAVE_FREQ OUT    CHECKPOINT "": never stopped

#include <iostream>

#include "pictures.hpp"

using namespace tanuki;
using resume::photos;
using resume::side;
using resume::squares_and_crosses;

namespace {

/// Halves the learning rate where the loss has not fallen, and remembers for how long.
class Halve final : public Callback {
 public:
  void on_epoch_end(Index, const Logs& logs) override {
    waited_ = logs[0].second < best_ ? 0 : waited_ + 1;
    best_ = std::min(best_, logs[0].second);
    if (waited_ == 0) return;
    model().learning_rate(model().learning_rate() / 2);
    waited_ = 0;
  }
  std::string state() const override {
    std::string bytes(sizeof(double) + sizeof(int), 0);
    std::memcpy(bytes.data(), &best_, sizeof(double));
    std::memcpy(bytes.data() + sizeof(double), &waited_, sizeof(int));
    return bytes;
  }
  void restore(const std::string& bytes) override {
    std::memcpy(&best_, bytes.data(), sizeof(double));
    std::memcpy(&waited_, bytes.data() + sizeof(double), sizeof(int));
  }

 private:
  double best_ = 1e30;
  int waited_ = 0;
};

struct Checkpoint {
  std::string path;
  Index save_freq;
};
using Callbacks = std::vector<std::shared_ptr<Callback>>;

FitOptions options(const Checkpoint& checkpoint, Index epochs, const Dataset& validation_data,
                   Callbacks callbacks) {
  if (!checkpoint.path.empty())
    callbacks.push_back(std::make_shared<BackupAndRestore>(
        BackupAndRestoreOptions{.path = checkpoint.path, .save_freq = checkpoint.save_freq}));
  return {.epochs = epochs, .validation_data = validation_data, .callbacks = callbacks, .verbose = false};
}

void compile(const Model<>& model, float rate) {
  model.compile({.optimizer = Adam({.learning_rate = rate}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0}), AUC({.from_logits = true})}});
}

using Curves = nlohmann::ordered_json;

Curves curves(const History& history) {
  Curves all = history_json(history.series());
  all.erase("seconds");
  return all;
}

/// A convolution that is frozen, and a head.
Model<> net(bool augmented, float pixels) {
  const auto input = Input({side, side, 3});
  auto x = Rescaling({.scale = 1 / pixels})(input);
  if (augmented) x = Sequential({RandomFlip({.mode = "horizontal"}), RandomRotation({.factor = 0.1f})})(x);
  const Conv2D base({.filters = 8, .kernel_size = {3, 3}, .name = "base"});
  base.trainable(false);
  x = ReLU()(BatchNormalization({.name = "norm"})(base(x)));
  x = Dropout({.rate = 0.2f})(GlobalAveragePooling2D()(x));
  return Model<>(input, Dense({.units = 1})(x));
}

Curves train_on_tensors(const Model<>& model, const Checkpoint& checkpoint) {
  const auto fit = [&](Index epochs) {
    return curves(model.fit(
        squares_and_crosses(300, 1).shuffle(5).batch(8).prefetch(2),
        options(checkpoint, epochs, squares_and_crosses(30, 2).batch(8), {std::make_shared<Halve>()})));
  };
  compile(model, 0.01f);
  Curves all{{"frozen", fit(6)}};
  model.unfreeze("base");
  compile(model, 0.002f);
  all["tuned"] = fit(8);
  return all;
}

Curves train_on_photos(const Model<>& model, const Checkpoint& checkpoint) {
  const auto kept = [&](const char* name, Index count, std::uint64_t seed) {
    return photos(name, count, seed).cache(checkpoint.path + name + ".kept");
  };
  const auto turned =
      augment(Sequential({RandomFlip({.mode = "horizontal"}), RandomRotation({.factor = 0.1f})}));
  const int workers = default_context<Cpu>().threads() + 1;
  compile(model, 0.01f);
  return curves(model.fit(
      kept("train", 120, 1).shuffle(5).map(turned, 7, workers).batch(8).prefetch(2),
      options(checkpoint, 30, kept("val", 30, 2).batch(8),
              {std::make_shared<ReduceLROnPlateau>(ReduceLROnPlateauOptions{.factor = 0.5, .patience = 1}),
               std::make_shared<EarlyStopping>(EarlyStoppingOptions{
                   .monitor = "loss", .patience = 3, .restore_best_weights = true, .start_from_epoch = 6}),
               std::make_shared<GradualUnfreezing>(GradualUnfreezingOptions{
                   .stages = {{.epoch = 4, .pattern = "base", .learning_rate = 0.005}}})})));
}

Curves train_on_repeated_photos(const Model<>& model, const Checkpoint& checkpoint) {
  model.freeze("norm");
  compile(model, 0.01f);
  FitOptions all = options(checkpoint, 16, photos("val", 30, 2).batch(8),
                           {std::make_shared<ReduceLROnPlateau>(
                                ReduceLROnPlateauOptions{.monitor = "loss", .factor = 0.5, .patience = 1}),
                            std::make_shared<GradualUnfreezing>(GradualUnfreezingOptions{
                                .stages = {{.epoch = 8, .pattern = "base", .learning_rate = 0.005}}})});
  all.steps_per_epoch = 40;
  return curves(model.fit(photos("train", 120, 1).repeat().batch(8).prefetch(2), all));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 5) fail("usage: train TRAINING CHECKPOINT SAVE_FREQ OUT");
  const std::string training = argv[1], out = argv[4];
  const Checkpoint checkpoint{argv[2], std::stol(argv[3])};
  set_random_seed(11);
  const bool tensors = training == "tensors";
  const Model<> model = net(tensors, tensors ? 1.0f : 127.0f);
  const Curves history = tensors                ? train_on_tensors(model, checkpoint)
                         : training == "photos" ? train_on_photos(model, checkpoint)
                                                : train_on_repeated_photos(model, checkpoint);
  AtomicFile file(out + ".json");
  file.write(history.dump(1) + "\n");
  file.commit();
  model.save_weights(out + ".safetensors");
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
