// Times fit() of a head on a frozen Xception: photos from their files beside the same pixels in memory, and twenty epochs,
// whose features are computed once, beside one epoch. In turn; medians.
//
//   TANUKI_CATS_VS_DOGS=photos build/bin/bench_fit [--weights FILE] [--reps 5]

#include <CLI/CLI.hpp>
#include <cstdlib>

#include "timing.hpp"

using namespace tanuki;

namespace {

/// The guide's model without augmentation, its base frozen.
Model<> head_on_xception(const std::string& weights) {
  const auto base =
      applications::Xception({.weights = weights, .input_shape = {150, 150, 3}, .include_top = false});
  base.trainable(false);
  const auto inputs = Input({150, 150, 3});
  auto x = base(Rescaling({.scale = 1 / 127.5f, .offset = -1})(inputs), {.training = false});
  x = Dropout({.rate = 0.2f})(GlobalAveragePooling2D()(x));
  const Model model(inputs, Dense({.units = 1})(x));
  model.compile({.optimizer = Adam(), .loss = BinaryCrossentropy({.from_logits = true})});
  return model;
}

}  // namespace

int main(int argc, char** argv) try {
  std::string weights;
  int reps = 5;
  CLI::App app{"Times fit() of a head on a frozen Xception"};
  app.add_option("--weights", weights, "ImageNet weights, .safetensors; random ones where not given");
  app.add_option("--reps", reps, "runs of each that count")->check(CLI::Range(1, 1000));
  CLI11_PARSE(app, argc, argv);
  const char* photos = std::getenv("TANUKI_CATS_VS_DOGS");
  if (!photos) fail("TANUKI_CATS_VS_DOGS is not set, expected a folder with train/");

  const auto files = image_dataset_from_directory(
      std::string(photos) + "/train",
      {.label_mode = LabelMode::binary, .batch_size = 0, .image_size = {150, 150}, .shuffle = false});
  const auto in_memory = files.cache();
  const auto batches = [](const Dataset& data) { return data.shuffle(1).batch(32).prefetch(2); };
  const Dataset from_files = batches(files), from_memory = batches(in_memory);
  const Model<> model = head_on_xception(weights);
  const auto fit = [&](const Dataset& data, Index epochs, bool keep_features) {
    return bench::milliseconds([&] {
             model.fit(data, {.epochs = epochs, .verbose = false, .keep_features = keep_features});
           }) /
           1000;
  };
  fit(from_memory, 1, false);  // fills the cache, and makes room for a batch
  std::vector<double> files_s, memory_s, twenty_s;
  for (int i = 0; i < reps; ++i) {
    files_s.push_back(fit(from_files, 1, false));
    memory_s.push_back(fit(from_memory, 1, false));
    twenty_s.push_back(fit(from_files, 20, true));
  }
  const double file = bench::median(files_s), memory = bench::median(memory_s),
               twenty = bench::median(twenty_s);
  std::cout << "one epoch from files " << file << " s, from memory " << memory << " s: " << file / memory
            << " x\n"
            << "twenty epochs from files, features kept, " << twenty << " s: " << twenty / file
            << " x one epoch\n";
} catch (const std::exception& error) {
  std::cerr << "bench_fit: " << error.what() << '\n';
  return 1;
}
