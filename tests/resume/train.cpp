// Two trainings of one net with everything that a checkpoint must keep: batch statistics, dropout, augmentation, an
// order of its own each epoch, moments, a learning rate that a callback changes. Writes weights and history; killed and
// started again, it must write the same.
// usage: train CHECKPOINT SAVE_FREQ OUT    CHECKPOINT "": never stopped

#include <iostream>
#include <tanuki/tanuki.hpp>

using namespace tanuki;

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

Dataset squares_and_crosses(Index count, std::uint64_t seed) {
  Tensor<> x(Shape{count, 12, 12, 3}), y(Shape{count, 1});
  const Random random{seed, hash("pictures")};
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = float(random.uniform(std::uint64_t(i)));
  for (Index i = 0; i < count; ++i) {
    y.data()[i] = float(i % 2);
    for (Index k = 2; k < 10; ++k) x.data()[((i * 12 + k) * 12 + (i % 2 ? k : 5)) * 3] = 2;
  }
  return Dataset::from_tensors(std::move(x), std::move(y));
}

History train(const Model<>& model, Index epochs, const std::string& checkpoint, Index save_freq) {
  const auto photos = squares_and_crosses(300, 1).shuffle(5).batch(8).prefetch(2);
  std::vector<std::shared_ptr<Callback>> callbacks{std::make_shared<Halve>()};
  if (!checkpoint.empty())
    callbacks.push_back(std::make_shared<BackupAndRestore>(
        BackupAndRestoreOptions{.path = checkpoint, .save_freq = save_freq}));
  return model.fit(photos, {.epochs = epochs,
                            .validation_data = squares_and_crosses(30, 2).batch(8),
                            .callbacks = callbacks,
                            .verbose = false});
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) fail("usage: train CHECKPOINT SAVE_FREQ OUT");
  const std::string checkpoint = argv[1], out = argv[3];
  const Index save_freq = std::stol(argv[2]);
  set_random_seed(11);
  const auto input = Input({12, 12, 3});
  auto x = Sequential({RandomFlip({.mode = "horizontal"}), RandomRotation({.factor = 0.1f})})(input);
  const Conv2D base({.filters = 8, .kernel_size = {3, 3}});
  x = ReLU()(BatchNormalization()(base(x)));
  x = Dropout({.rate = 0.2f})(GlobalAveragePooling2D()(x));
  const Model<> model(input, Dense({.units = 1})(x));
  const auto compile = [&](float rate) {
    model.compile({.optimizer = Adam({.learning_rate = rate}),
                   .loss = BinaryCrossentropy({.from_logits = true}),
                   .metrics = {BinaryAccuracy({.threshold = 0}), AUC({.from_logits = true})}});
  };
  base.trainable(false);
  compile(0.01f);
  const History frozen = train(model, 6, checkpoint, save_freq);
  base.trainable(true);
  compile(0.002f);
  const History tuned = train(model, 8, checkpoint, save_freq);

  nlohmann::ordered_json curves{{"frozen", history_json(frozen.series())},
                                {"tuned", history_json(tuned.series())}};
  for (auto& phase : curves) phase.erase("seconds");
  AtomicFile file(out + ".json");
  file.write(curves.dump(1) + "\n");
  file.commit();
  model.save_weights(out + ".safetensors");
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 1;
}
