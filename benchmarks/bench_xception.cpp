// Times Xception without its top: inference, a training step of a head on the frozen base, or a full
// fine-tuning step of the Keras guide's model. Random weights: the time does not depend on them.
//
//   build/bin/bench_xception --mode infer|head|full --batch 32 --size 150 [--threads N] [--reps 9] [--json]
//
//   build/bin/bench_xception --mode start --weights xception_notop.safetensors    what a program's start costs, for
//                                                        a watch outside: loads, predicts one image, and ends
//
// Last line with --json: {"images_per_second": median, "ms": median, "ms_min": fastest, "peak_rss_mib": …}

#include <CLI/CLI.hpp>
#include <iostream>
#include <tanuki/tanuki.hpp>

#include "layer_times.hpp"
#include "timing.hpp"

using namespace tanuki;

namespace {

/// The guide's model without augmentation; the base in inference mode.
Model<> guide_model(const Model<>& base, Index size) {
  const auto inputs = Input({size, size, 3});
  auto x = Rescaling({.scale = 1 / 127.5f, .offset = -1})(inputs);
  x = base(x, {.training = false});
  x = GlobalAveragePooling2D()(x);
  x = Dropout({.rate = 0.2f})(x);
  return Model(inputs, Dense({.units = 1})(x));
}

}  // namespace

int main(int argc, char** argv) try {
  std::string mode = "infer", weights, precision = "float32";
  Index batch = 32, size = 150;
  int threads = 0, reps = 9;
  bool json = false, layers = false;
  CLI::App app{"Times Xception without its top"};
  app.add_option("--mode", mode, "infer, head, full or start")
      ->check(CLI::IsMember({"infer", "head", "full", "start"}));
  app.add_option("--weights", weights, "none: random ones");
  app.add_option("--batch", batch, "images a step")->check(CLI::Range(1, 4096));
  app.add_option("--size", size, "height and width")->check(CLI::Range(71, 2048));
  app.add_option("--threads", threads, "0: one a core")->check(CLI::Range(0, 1024));
  app.add_option("--reps", reps, "runs that count")->check(CLI::Range(1, 1000));
  app.add_flag("--json", json, "end with one line of JSON");
  app.add_option("--precision", precision, "float32 or mixed_bfloat16")
      ->check(CLI::IsMember({"float32", "mixed_bfloat16"}));
  app.add_flag("--layers", layers, "print the time of each layer");
  CLI11_PARSE(app, argc, argv);
  set_dtype_policy(precision);

  auto& context = default_context<Cpu>();
  context.threads(threads);
  const auto base =
      applications::Xception({.weights = weights, .input_shape = {size, size, 3}, .include_top = false});
  if (mode == "start") {
    const auto features = base.predict(bench::random_images(1, size)).to_vector();
    std::cout << "largest feature " << *std::max_element(features.begin(), features.end()) << '\n';
    return 0;
  }
  const Tensor<> images = bench::random_images(batch, size);
  std::vector<double> ms;
  const auto measure = [&](Plan<Cpu>& plan, const std::function<void()>& work) {
    ms = bench::time(reps, work);
    if (!layers) return;
    std::cout << plan.describe(batch);
    bench::LayerTimes times(plan);
    for (int i = 0; i < reps; ++i) work();
    times.print(batch, reps);
  };
  if (mode == "infer") {
    const ConstTensorView<Cpu> input = images.view();
    measure(base.inference_plan(), [&] { base.inference_plan().forward(context, std::span(&input, 1)); });
  } else {
    base.trainable(mode == "full");
    const auto model = guide_model(base, size);
    model.compile(
        {.optimizer = Adam({.learning_rate = 1e-5f}), .loss = BinaryCrossentropy({.from_logits = true})});
    Tensor<> labels({batch, 1});
    for (Index i = 0; i < batch; i += 2) labels.data()[i] = 1;
    measure(model.trainer().plan(), [&] { model.train_on_batch(images, labels); });
  }

  bench::report(mode, batch, size, ms, json);
} catch (const std::exception& error) {
  std::cerr << "bench_xception: " << error.what() << '\n';
  return 1;
}
