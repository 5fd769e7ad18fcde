// Times inference of a network of keras.applications, with its top and random weights.
//
//   build/bin/bench_model --model ResNet50 --batch 8 --size 224 [--threads N] [--reps 9] [--layers] [--json]
//
// Last line with --json: that of bench_xception.

#include <CLI/CLI.hpp>
#include <map>

#include "layer_times.hpp"
#include "timing.hpp"

using namespace tanuki;

int main(int argc, char** argv) try {
  const std::map<std::string, std::function<Model<>(const Shape&)>> models = {
      {"InceptionV3", [](const Shape& s) { return applications::InceptionV3({.input_shape = s}); }},
      {"MobileNetV2", [](const Shape& s) { return applications::MobileNetV2({.input_shape = s}); }},
      {"ResNet50", [](const Shape& s) { return applications::ResNet50({.input_shape = s}); }},
      {"VGG16", [](const Shape& s) { return applications::VGG16({.input_shape = s}); }},
      {"Xception", [](const Shape& s) { return applications::Xception({.input_shape = s}); }}};
  std::string name = "ResNet50", precision = "float32";
  Index batch = 8, size = 224;
  int threads = 0, reps = 9;
  bool json = false, layers = false;
  CLI::App app{"Times inference of a network of keras.applications"};
  app.add_option("--model", name, "InceptionV3, MobileNetV2, ResNet50, VGG16 or Xception")
      ->check(CLI::IsMember(models));
  app.add_option("--batch", batch, "images a step")->check(CLI::Range(1, 4096));
  app.add_option("--size", size, "height and width")->check(CLI::Range(75, 2048));
  app.add_option("--threads", threads, "0: one a core")->check(CLI::Range(0, 1024));
  app.add_option("--reps", reps, "runs that count")->check(CLI::Range(1, 1000));
  app.add_option("--precision", precision, "float32 or mixed_bfloat16")
      ->check(CLI::IsMember({"float32", "mixed_bfloat16"}));
  app.add_flag("--layers", layers, "print the time of each layer");
  app.add_flag("--json", json, "end with one line of JSON");
  CLI11_PARSE(app, argc, argv);
  set_dtype_policy(precision);

  auto& context = default_context<Cpu>();
  context.threads(threads);
  const auto model = models.at(name)({size, size, 3});
  const Tensor<> images = bench::random_images(batch, size);
  const ConstTensorView<Cpu> input = images.view();
  auto& plan = model.inference_plan();
  const auto work = [&] { plan.forward(context, std::span(&input, 1)); };
  const auto ms = bench::time(reps, work);
  if (layers) {
    std::cout << plan.describe(batch);
    bench::LayerTimes times(plan);
    for (int i = 0; i < reps; ++i) work();
    times.print(batch, reps);
  }
  bench::report(name, batch, size, ms, json);
} catch (const std::exception& error) {
  std::cerr << "bench_model: " << error.what() << '\n';
  return 1;
}
