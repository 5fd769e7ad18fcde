// Times inference of a network of keras.applications, with its top and random weights; or, with --train, a full fine-tuning step of
// it without its top, statistics still, as bench_xception does for Xception. Or of the one in a Keras file, which for --train ends in
// features.
//
//   build/bin/bench_model --model ResNet50|FILE.keras --batch 8 --size 224 [--train] [--threads N] [--reps 9] [--layers] [--json]
//
// Last line with --json: that of bench_xception.

#include <CLI/CLI.hpp>
#include <map>
#include <tanuki/keras.hpp>

#include "layer_times.hpp"
#include "timing.hpp"

using namespace tanuki;

namespace {

/// With or without its top.
using Builder = std::function<Model<>(const Shape& input, bool include_top)>;

const std::map<std::string, Builder> builders = {
    {"InceptionV3",
     [](const Shape& s, bool top) {
       return applications::InceptionV3({.input_shape = s, .include_top = top});
     }},
    {"MobileNetV2",
     [](const Shape& s, bool top) {
       return applications::MobileNetV2({.input_shape = s, .include_top = top});
     }},
    {"ResNet50",
     [](const Shape& s, bool top) { return applications::ResNet50({.input_shape = s, .include_top = top}); }},
    {"VGG16",
     [](const Shape& s, bool top) { return applications::VGG16({.input_shape = s, .include_top = top}); }},
    {"Xception", [](const Shape& s, bool top) {
       return applications::Xception({.input_shape = s, .include_top = top});
     }}};

Model<> network_of(const std::string& name, const Shape& shape, bool include_top) {
  if (name.ends_with(".keras")) return load_keras(name);
  const auto builder = builders.find(name);
  if (builder == builders.end())
    fail("--model ", name, ": expected InceptionV3, MobileNetV2, ResNet50, VGG16, Xception or a .keras file");
  return builder->second(shape, include_top);
}

Model<> classifier(const Model<>& base, const Shape& shape) {
  const auto inputs = Input(shape);
  auto x = Rescaling({.scale = 1 / 127.5f, .offset = -1})(inputs);
  x = GlobalAveragePooling2D()(base(x, {.training = false}));
  const Model<> model(inputs, Dense({.units = 1})(x));
  model.compile(
      {.optimizer = Adam({.learning_rate = 1e-5f}), .loss = BinaryCrossentropy({.from_logits = true})});
  return model;
}

}  // namespace

int main(int argc, char** argv) try {
  std::string name = "ResNet50", precision = "float32";
  Index batch = 8, size = 224;
  int threads = 0, reps = 9;
  bool json = false, layers = false, train = false;
  CLI::App app{"Times a network of keras.applications"};
  app.add_option("--model", name, "InceptionV3, MobileNetV2, ResNet50, VGG16, Xception or a .keras file");
  app.add_flag("--train", train, "a full fine-tuning step without the top, in place of inference");
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
  const Shape shape{size, size, 3};
  const auto network = network_of(name, shape, !train);
  const auto model = train ? classifier(network, shape) : network;
  const Tensor<> images = bench::random_images(batch, size);
  Tensor<> labels({batch, 1});
  for (Index i = 0; i < batch; i += 2) labels.data()[i] = 1;
  const ConstTensorView<Cpu> input = images.view();
  auto& plan = train ? model.trainer().plan() : model.inference_plan();
  const auto work = [&] {
    if (train)
      model.train_on_batch(images, labels);
    else
      plan.forward(context, std::span(&input, 1));
  };
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
