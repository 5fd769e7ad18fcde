// Xception against Keras: parameter counts, the 1000-class top on weights made by formula, and with the real
// ImageNet weights every layer's output, the logits of a whole model, and fine-tuning.

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>

#include "tests/applications/formulas.hpp"

namespace test_xception {

using namespace tanuki;
using namespace tanuki::reference;

namespace {

Index parameters(const std::vector<Weight<>>& weights) {
  Index count = 0;
  for (const auto& weight : weights) count += weight.shape().elements();
  return count;
}

void check_counts(const Layer<>& model, Index trainable, Index non_trainable) {
  CHECK(parameters(model.trainable_weights()) == trainable);
  CHECK(parameters(model.non_trainable_weights()) == non_trainable);
  CHECK(model.count_params() == trainable + non_trainable);
}

SafetensorsFile golden(const std::string& name) {
  return SafetensorsFile(TANUKI_GOLDENS "/" + name + ".safetensors");
}
Tensor<> tensor(const SafetensorsFile& file, const std::string& name) {
  const auto* entry = file.find(name);
  INFO(name);
  REQUIRE(entry);
  return entry->tensor();
}
std::vector<std::string> list(const SafetensorsFile& file, const std::string& key) {
  return nlohmann::json::parse(file.metadata().at(key)).get<std::vector<std::string>>();
}

/// The real weights, converted from the package's model; made once a run.
const std::string& converted(const std::string& package) {
  static const std::string path = [&] {
    const auto file =
        std::filesystem::temp_directory_path() / ("tanuki_test_" + std::to_string(std::random_device{}()));
    convert_keras(kitchenware_model(package), file.string());
    std::atexit([] {});
    return file.string();
  }();
  static struct Remove {
    ~Remove() { std::filesystem::remove(path); }
    const std::string& path;
  } remove{path};
  return path;
}

Tensor<> photos(const std::string& package, const std::vector<std::string>& names) {
  Tensor<> batch({Index(names.size()), 150, 150, 3});
  float* to = batch.data();
  for (const auto& name : names) {
    for (std::uint8_t value : shrink(decode_image(kitchenware_photo(package, name))).pixels)
      *to++ = float(value);
  }
  return batch;
}
Tensor<> preprocessed(Tensor<> images) {
  for (Index i = 0; i < images.size(); ++i) images.data()[i] = images.data()[i] / 127.5f - 1.0f;
  return images;
}

Model<> notop(const std::string& weights = {}) {
  return applications::Xception({.weights = weights, .input_shape = {150, 150, 3}, .include_top = false});
}

/// Every layer's output on x, against samples and magnitudes: the largest difference over the magnitude.
double worst_layer(const Model<>& model, const Tensor<>& x, const SafetensorsFile& file) {
  double worst = 0;
  std::vector<SymbolicTensor<>> outputs;
  std::vector<std::string> names;
  for (const auto& layer : nlohmann::json::parse(file.metadata().at("layers"))) {
    if (layer.at("class") == "InputLayer") continue;
    names.push_back(layer.at("name").get<std::string>());
    outputs.push_back(model.output_of(names.back()));
    const auto shape = layer.at("shape").get<std::vector<Index>>();
    INFO(names.back());
    CHECK(outputs.back().shape() == Shape(std::span<const Index>(shape)));
  }
  CHECK(names.size() + 1 == model.layers().size());
  const Model<> all(model.inputs(), outputs);
  const auto input = x.view();
  const auto results = all.inference_plan().forward(default_context<Cpu>(), std::span(&input, 1));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto magnitude = tensor(file, names[i] + "/magnitude"),
               samples = tensor(file, names[i] + "/samples");
    const Index size = outputs[i].shape().elements(), count = samples.shape()[1];
    for (Index image = 0; image < x.shape()[0]; ++image) {
      double difference = 0, largest = 0;
      const float* values = results[i].data + image * size;
      for (Index k = 0; k < count; ++k) {
        const float expected = samples.data()[image * count + k];
        difference =
            std::max(difference, std::abs(double(values[sample(std::uint64_t(k), size)]) - double(expected)));
      }
      for (Index k = 0; k < size; ++k) largest = std::max(largest, std::abs(double(values[k])));
      const double reference = double(magnitude.data()[image]);
      INFO(names[i] << ", image " << image << ": " << difference << " of " << reference);
      CHECK(difference <= 1e-4 * reference);
      CHECK(std::abs(largest - reference) <= 1e-4 * reference);
      worst = std::max(worst, difference / reference);
    }
  }
  return worst;
}

/// The guide's model without augmentation and dropout, its head as in the golden.
struct Guide {
  explicit Guide(const std::string& weights) : base(notop(weights)) {
    const auto inputs = Input({150, 150, 3});
    auto x = Normalization({.mean = {127.5f, 127.5f, 127.5f}, .variance = {16256.25f, 16256.25f, 16256.25f}})(
        inputs);
    x = GlobalAveragePooling2D()(base(x, {.training = false}));
    const Dense head({.units = 1, .name = "head"});
    model.emplace(inputs, head(x));
    for (Index i = 0; i < 2048; ++i) {
      head.weights()[0].edit().data()[i] = uniform(hash("head"), std::uint64_t(i), -0.05f, 0.05f);
    }
    head.weights()[1].edit().data()[0] = 0.1f;
  }
  Model<> base;
  std::optional<Model<>> model;
};

void check_losses(const Model<>& model, const Tensor<>& x, const Tensor<>& y, const Tensor<>& expected) {
  for (Index step = 0; step < expected.size(); ++step) {
    const double loss = model.train_on_batch(x, y)[0].second;
    INFO("step " << step << ": " << loss);
    CHECK(std::abs(loss - double(expected.data()[step])) <= 1e-4);
  }
}

}  // namespace

TEST_CASE("Xception has Keras' parameter counts, frozen and unfrozen") {
  const auto base = notop();
  check_counts(base, 20'806'952, 54'528);
  CHECK(base.weights().size() == 234);
  base.trainable(false);
  check_counts(base, 0, 20'861'480);
  base.trainable(true);
  check_counts(base, 20'806'952, 54'528);
  CHECK(base.outputs()[0].shape() == Shape{5, 5, 2048});
  check_counts(applications::Xception(), 22'855'952, 54'528);
}

TEST_CASE("the guide's model has Keras' parameter counts") {
  const auto base = notop();
  const auto guide = [&](auto scaling) {
    const auto inputs = Input({150, 150, 3});
    auto x = base(scaling(inputs), {.training = false});
    x = Dropout({.rate = 0.2f})(GlobalAveragePooling2D()(x));
    return Model(inputs, Dense({.units = 1})(x));
  };
  Normalization adapted;
  adapted.adapt(Tensor<>({1, 2, 1, 3}, {1, 2, 3, 4, 5, 6}));
  const auto with_weights = guide(adapted);
  const auto without = guide(Rescaling({.scale = 1 / 127.5f, .offset = -1}));
  base.trainable(false);
  check_counts(with_weights, 2'049, 20'861'487);
  check_counts(without, 2'049, 20'861'480);
  base.trainable(true);
  check_counts(with_weights, 20'809'001, 54'535);
  check_counts(without, 20'809'001, 54'528);
}

TEST_CASE("with the top of 1000 classes every layer's output is Keras', on weights made by formula") {
  const auto file = golden("xception_top");
  const auto model = applications::Xception({.input_shape = {71, 71, 3}});
  for (const auto& [path, weight] : model.named_weights()) fill_by_formula(path, weight);
  Tensor<> x({2, 71, 71, 3});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = uniform(hash("input"), std::uint64_t(i), -1, 1);
  worst_layer(model, x, file);
}

TEST_CASE("an input that is too small is refused") {
  CHECK_THROWS_WITH(applications::Xception({.input_shape = {70, 150, 3}}),
                    Catch::Contains("(70, 150, 3)") && Catch::Contains("71"));
  CHECK_THROWS_WITH(applications::Xception({.weights = "imagenet"}),
                    Catch::Contains("expected a file of weights") && Catch::Contains("fetch_weights.sh"));
}

TEST_CASE("with real weights every layer's output is Keras', on two photos") {
  const auto package = kitchenware();
  if (!package) return;
  const auto file = golden("xception");
  const auto x = preprocessed(photos(*package, list(file, "photos")));
  const double worst = worst_layer(notop(converted(*package)), x, file);
  std::cout << "largest difference of a layer's output, over its magnitude: " << worst << '\n';
}

TEST_CASE("the kitchenware model's logits are Keras', and the labelled photos come out right") {
  const auto package = kitchenware();
  if (!package) return;
  const auto file = golden("kitchenware");
  const auto base = notop();
  const auto inputs = Input({150, 150, 3});
  auto x = GlobalAveragePooling2D()(base(inputs, {.training = false}));
  x = Dense({.units = 100, .activation = "relu", .name = "dense"})(x);
  x = Dropout({.rate = 0.2f})(x);
  const Model model(inputs, Dense({.units = 6, .name = "dense_1"})(x));
  model.load_weights(converted(*package));

  const auto names = list(file, "photos"), labelled = list(file, "labelled");
  const auto logits = model.predict(preprocessed(photos(*package, names)));
  const auto expected = tensor(file, "logits"), labels = tensor(file, "labels");
  REQUIRE(logits.shape() == expected.shape());
  double worst = 0;
  std::size_t right = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const float* row = logits.data() + i * 6;
    for (std::size_t k = 0; k < 6; ++k) {
      worst = std::max(worst, std::abs(double(row[k]) - double(expected.data()[i * 6 + k])));
    }
    const auto place = std::find(labelled.begin(), labelled.end(), names[i]);
    if (place == labelled.end()) continue;
    const auto best = std::max_element(row, row + 6) - row;
    right += float(best) == labels.data()[place - labelled.begin()];
  }
  std::cout << "largest difference of a logit: " << worst << "; " << right << " of " << labelled.size()
            << " labelled photos are right\n";
  CHECK(worst <= 1e-3);
  CHECK(labelled.size() >= 8);
  CHECK(right == labelled.size());
}

TEST_CASE("head steps on the frozen base have Keras' losses and gradients") {
  const auto package = kitchenware();
  if (!package) return;
  const auto file = golden("fine_tune");
  Guide guide(converted(*package));
  guide.base.trainable(false);
  guide.model->compile({.optimizer = Adam(), .loss = BinaryCrossentropy({.from_logits = true})});
  const auto x = photos(*package, list(file, "photos"));
  check_losses(*guide.model, x, tensor(file, "labels"), tensor(file, "frozen/losses"));
}

TEST_CASE("a full fine-tuning step has Keras' gradients, and five steps its losses") {
  const auto package = kitchenware();
  if (!package) return;
  const auto file = golden("fine_tune");
  Guide guide(converted(*package));
  guide.model->compile(
      {.optimizer = Adam({.learning_rate = 1e-5f}), .loss = BinaryCrossentropy({.from_logits = true})});
  const auto x = photos(*package, list(file, "photos")), y = tensor(file, "labels");
  const auto expected = tensor(file, "full/losses");
  const auto statistics = guide.base.get_layer("block1_conv1_bn").weights()[2].value().to_vector();

  const double loss = guide.model->train_on_batch(x, y)[0].second;
  CHECK(std::abs(loss - double(expected.data()[0])) <= 1e-4);
  auto& plan = guide.model->trainer().plan();
  std::map<const void*, std::string> paths;
  for (const auto& named : guide.model->named_weights()) paths[named.weight.id()] = named.path;
  const auto gradients = plan.weight_gradients();
  CHECK(gradients.size() == 156);
  double worst = 0, worst_norm = 0;
  std::vector<double> errors;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    std::string path = paths.at(plan.trainable_weights()[i].id());
    if (path.starts_with("xception/")) path = path.substr(9);
    const auto projections = tensor(file, "full/grads/" + path + "/projections");
    const double norm = double(tensor(file, "full/grads/" + path + "/norm").data()[0]);
    const auto& g = gradients[i];
    std::vector<double> mine(std::size_t(projections.size()), 0.0);
    double square = 0;
    for (Index j = 0; j < g.size(); ++j) {
      square += double(g.data[j]) * double(g.data[j]);
      const std::uint64_t bits = splitmix64(std::uint64_t(j));
      for (std::size_t k = 0; k < mine.size(); ++k)
        mine[k] += bits >> k & 1 ? double(g.data[j]) : -double(g.data[j]);
    }
    double difference = 0;
    for (std::size_t k = 0; k < mine.size(); ++k)
      difference += std::pow(mine[k] - double(projections.data()[k]), 2);
    const double error = std::sqrt(difference / double(mine.size())) / norm;
    INFO(path << ": relative difference " << error << ", norm " << std::sqrt(square) << " for " << norm);
    CHECK(error <= 1e-3);
    CHECK(std::abs(std::sqrt(square) - norm) <= 1e-3 * norm);
    errors.push_back(error);
    worst = std::max(worst, error);
    worst_norm = std::max(worst_norm, std::abs(std::sqrt(square) - norm) / norm);
  }
  std::sort(errors.begin(), errors.end());
  std::cout << "gradients: largest relative difference " << worst << ", median " << errors[errors.size() / 2]
            << "; of the norms " << worst_norm << '\n';

  for (Index step = 1; step < expected.size(); ++step) {
    const double next = guide.model->train_on_batch(x, y)[0].second;
    INFO("step " << step << ": " << next << " for " << expected.data()[step]);
    CHECK(std::abs(next - double(expected.data()[step])) <= 1e-4);
  }
  CHECK(guide.base.get_layer("block1_conv1_bn").weights()[2].value().to_vector() == statistics);
}

}  // namespace test_xception
