// Keras' transfer-learning guide: ImageNet Xception becomes a judge of cats and dogs. A head is trained on
// the frozen base, then everything is fine-tuned at a small learning rate with batch normalisation in
// inference mode.
//
//   build/bin/cats_vs_dogs --data PHOTOS --weights xception_notop.safetensors --out out
//
// PHOTOS holds train/<class>/* and validation/<class>/*, or <class>/* alone (split 40/10/10 %). Writes
// augmented.png to --out, after each phase history.json and history.svg, in the end model.safetensors and report.html.

#ifdef TANUKI_WITH_CUDA
#include <tanuki/cuda.hpp>
#endif

#include <csignal>

#include "cats_vs_dogs/data.hpp"
#include "cats_vs_dogs/options.hpp"
#include "cats_vs_dogs/report.hpp"

using namespace tanuki;

namespace {

/// With --checkpoint, what lets the program go on after it was stopped. Throws Error where the file cannot be used.
std::vector<std::shared_ptr<Callback>> callbacks(const Options& options) {
  if (options.checkpoint.empty()) return {};
  const auto backup = std::make_shared<BackupAndRestore>(
      BackupAndRestoreOptions{.path = options.checkpoint, .save_freq = options.checkpoint_every});
  const auto state = backup->checkpoints()->load();
  if (state && state->trainer.seed != options.seed)
    fail("--checkpoint '", options.checkpoint, "': the training was begun with --seed ", state->trainer.seed,
         ", now it is ", options.seed, ": expected --seed ", state->trainer.seed, ", or another file");
  return {backup};
}

/// Trains on the backend B.
template <class B>
void run(const Options& options) {
  default_context<B>();  // throws where there is no GPU for it
  set_dtype_policy(options.precision);
  set_random_seed(options.seed);
  const auto backup = callbacks(options);
  Report report(options.out);
  const Photos photos = load_photos(options);
  const Index size = options.image_size;

  const auto base = applications::Xception<B>(
      {.weights = options.weights, .input_shape = {size, size, 3}, .include_top = false});
  base.trainable(false);

  Sequential<B> augmentation({}, "augmentation");
  if (options.augment) {
    augmentation.add(RandomFlip<B>({.mode = "horizontal"}));
    augmentation.add(RandomRotation<B>({.factor = 0.1f}));
  }

  const auto inputs = Input<B>({size, size, 3});
  auto x = augmentation(inputs);
  x = Normalization<B>({.mean = {127.5f, 127.5f, 127.5f}, .variance = {16256.25f, 16256.25f, 16256.25f}})(x);
  x = base(x, {.training = false});  // its statistics stand still, also once it is unfrozen
  x = GlobalAveragePooling2D<B>()(x);
  x = Dropout<B>({.rate = 0.2f})(x);
  const auto outputs = Dense<B>({.units = 1})(x);
  const Model<B> model(inputs, outputs);
  model.summary();

  report.augmented(photos.train, inputs, augmentation(inputs, {.training = true}));

  model.compile({.optimizer = Adam({.learning_rate = options.learning_rate}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0})}});
  const FitOptions fit{.epochs = options.epochs,
                       .validation_data = photos.validation,
                       .callbacks = backup,
                       .micro_batch_size = options.micro_batch_size};
  report.history("train", model.fit(photos.train, fit));

  if (options.fine_tune_epochs > 0) {
    base.trainable(true);
    model.summary();
    model.compile({.optimizer = Adam({.learning_rate = options.fine_tune_learning_rate}),
                   .loss = BinaryCrossentropy({.from_logits = true}),
                   .metrics = {BinaryAccuracy({.threshold = 0})}});
    FitOptions tune = fit;
    tune.epochs = options.fine_tune_epochs;
    report.history("fine_tune", model.fit(photos.train, tune));
  }

  report.model(model, options.checkpoint);
  for (const auto& [name, data] : photos.evaluate) {
    const auto logs = model.evaluate(data);
    report.evaluation(name, logs, model.trainer().examples());
  }
  report.page(model, photos.validation, options);
  if (const auto skipped = photos.skipped())
    std::cerr << "Warning: " << skipped
              << " photos could not be read and were skipped; each is named above.\n";
}

}  // namespace

int main(int argc, char** argv) try {
#ifdef SIGXFSZ
  std::signal(SIGXFSZ, SIG_IGN);  // a file too large for the user's limit is then an error of writing it
#endif
  const Options options = parse(argc, argv);
  default_context<Cpu>().threads(options.threads);
#ifdef TANUKI_WITH_CUDA
  if (options.backend == "cuda") return run<Cuda>(options), 0;
#endif
  run<Cpu>(options);
} catch (const NoDevice& error) {
  std::cerr << "cats_vs_dogs: --backend cuda: " << error.what() << '\n';
  return 3;
} catch (const std::exception& error) {
  std::cerr << "cats_vs_dogs: " << error.what() << '\n';
  return 1;
}
