// Times Xception without its top: inference, a training step of a head on the frozen base, or a full
// fine-tuning step of the Keras guide's model. Random weights: the time does not depend on them.
//
//   build/bin/bench_xception --mode infer|head|full --batch 32 --size 150 [--threads N] [--reps 9] [--json]
//                        [--backend cuda [--tf32] [--no-graphs]]
//
//   build/bin/bench_xception --mode start --weights xception_notop.safetensors    what a program's start costs, for
//                                                        a watch outside: loads, predicts one image, and ends
//
// Last line with --json: {"images_per_second": median, "ms": median, "ms_min": fastest, "peak_rss_mib": …}

#ifdef TANUKI_WITH_CUDA
#include <tanuki/cuda.hpp>
#endif

#include <CLI/CLI.hpp>
#include <iostream>
#include <tanuki/tanuki.hpp>

#include "layer_times.hpp"
#include "timing.hpp"

using namespace tanuki;

namespace {

struct Options {
  std::string mode = "infer", weights, precision = "float32", backend = "cpu";
  Index batch = 32, size = 150;
  int threads = 0, reps = 9;
  bool json = false, layers = false, tf32 = false, graphs = true, mmap = false;
};

/// The guide's model without augmentation; the base in inference mode.
template <class B>
Model<B> guide_model(const Model<B>& base, Index size) {
  const auto inputs = Input<B>({size, size, 3});
  auto x = Rescaling<B>({.scale = 1 / 127.5f, .offset = -1})(inputs);
  x = base(x, {.training = false});
  x = GlobalAveragePooling2D<B>()(x);
  x = Dropout<B>({.rate = 0.2f})(x);
  return Model<B>(inputs, Dense<B>({.units = 1})(x));
}

/// Milliseconds of the runs of `work`, which uses the plan.
template <class B>
std::vector<double> measure(const Options& options, Plan<B>& plan, const std::function<void()>& work) {
  const auto ms = bench::time(options.reps, work);
  if constexpr (std::is_same_v<B, Cpu>) {
    if (options.layers) {
      std::cout << plan.describe(options.batch);
      bench::LayerTimes times(plan);
      for (int i = 0; i < options.reps; ++i) work();
      times.print(options.batch, options.reps);
    }
  }
  return ms;
}

template <class B>
void run(const Options& options) {
  auto& context = default_context<B>();  // throws where there is no GPU for it
  if constexpr (!std::is_same_v<B, Cpu>) context.tf32(options.tf32), context.graphs(options.graphs);
  const Index batch = options.batch, size = options.size;
  const auto base = applications::Xception<B>({.weights = options.weights,
                                               .input_shape = {size, size, 3},
                                               .include_top = false,
                                               .mmap = options.mmap});
  if (options.mode == "start") {
    const auto features = base.predict(bench::random_images(1, size)).to_vector();
    std::cout << "largest feature " << *std::max_element(features.begin(), features.end()) << '\n';
    return;
  }
  const Tensor<> images = bench::random_images(batch, size);
  std::vector<double> ms;
  if (options.mode == "infer") {
    const OnDevice<B> there(images);
    const ConstTensorView<B> input = there.view();
    Plan<B>& plan = base.inference_plan();
    ms = measure(options, plan, [&] {
      const auto features = plan.forward(context, std::span(&input, 1));
      float first;
      Memory<B>::to_host(&first, features[0].data, 1);  // waits for them
    });
  } else {
    base.trainable(options.mode == "full");
    const auto model = guide_model(base, size);
    model.compile(
        {.optimizer = Adam({.learning_rate = 1e-5f}), .loss = BinaryCrossentropy({.from_logits = true})});
    Tensor<> labels({batch, 1});
    for (Index i = 0; i < batch; i += 2) labels.data()[i] = 1;
    const DeviceBatch<B> there({{&images}, {&labels}});
    auto& trainer = model.trainer();
    ms = measure(options, trainer.plan(), [&] { trainer.train_step(context, there); });
  }
  bench::report(options.mode, batch, size, ms, options.json);
}

/// Ends the program with a status and one sentence.
[[noreturn]] void refuse(int status, const std::string& why) {
  std::cerr << "bench_xception: " << why << '\n';
  std::exit(status);
}

}  // namespace

int main(int argc, char** argv) try {
  Options options;
  CLI::App app{"Times Xception without its top"};
  app.add_option("--mode", options.mode, "infer, head, full or start")
      ->check(CLI::IsMember({"infer", "head", "full", "start"}));
  app.add_option("--weights", options.weights, "none: random ones");
  app.add_flag("--mmap", options.mmap, "leave the weights in their file");
  app.add_option("--batch", options.batch, "images a step")->check(CLI::Range(1, 4096));
  app.add_option("--size", options.size, "height and width")->check(CLI::Range(71, 2048));
  app.add_option("--threads", options.threads, "0: one a core")->check(CLI::Range(0, 1024));
  app.add_option("--reps", options.reps, "runs that count")->check(CLI::Range(1, 1000));
  app.add_flag("--json", options.json, "end with one line of JSON");
  app.add_option("--precision", options.precision, "float32 or mixed_bfloat16")
      ->check(CLI::IsMember({"float32", "mixed_bfloat16"}));
  app.add_flag("--layers", options.layers, "print the time of each layer, on the CPU");
  app.add_option("--backend", options.backend, "cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
  app.add_flag("--tf32", options.tf32, "products of float32 may round their factors to TF32, on a GPU");
  app.add_flag("!--no-graphs", options.graphs, "launch each kernel by itself, on a GPU");
  CLI11_PARSE(app, argc, argv);
  if (options.backend == "cpu" && options.tf32) refuse(2, "--tf32: only a GPU has it");
  if (options.backend == "cpu" && !options.graphs) refuse(2, "--no-graphs: only a GPU has them");
  if (options.backend == "cuda" && options.layers)
    refuse(2, "--layers: the times of layers are the CPU's alone");
  set_dtype_policy(options.precision);
  default_context<Cpu>().threads(options.threads);
  if (options.backend == "cpu") return run<Cpu>(options), 0;
#ifdef TANUKI_WITH_CUDA
  run<Cuda>(options);
#else
  refuse(3, "--backend cuda: this program was built without the CUDA toolkit");
#endif
} catch (const NoDevice& error) {
  refuse(3, std::string("--backend cuda: ") + error.what());
} catch (const std::exception& error) {
  refuse(1, error.what());
}
