#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "tests/io/scratch_folder.hpp"

namespace test_lint {

using namespace tanuki;
using Catch::Contains;

namespace {

Tensor<> filled(const Shape& shape, float low, float high) {
  Tensor<> tensor(shape);
  for (Index i = 0; i < tensor.size(); ++i)
    tensor.data()[i] = low + (high - low) * Random{4, 5}.uniform(std::uint64_t(i));
  return tensor;
}

/// Class 1 for the first `ones` of `count`.
Tensor<> labels(Index count, Index ones) {
  Tensor<> y({count, 1});
  std::fill_n(y.data(), ones, 1.0f);
  return y;
}

void compile(const Model<>& model, AnyOptimizer<Cpu> optimizer = Adam({.learning_rate = 1e-4f})) {
  model.compile({.optimizer = optimizer, .loss = BinaryCrossentropy({.from_logits = true})});
}

/// What fit() says.
std::string said(const Model<>& model, const Tensor<>& x, const Tensor<>& y, FitOptions options = {}) {
  std::ostringstream out;
  options.output = &out;
  options.verbose = false;
  model.fit(x, y, options);
  return out.str();
}

/// A convolution behind a layer of preprocessing.
Model<> behind(const Layer<>& preprocessing) {
  const auto in = Input({6, 6, 3});
  const auto x = Conv2D({.filters = 2, .kernel_size = 3, .name = "first"})(preprocessing(in));
  const Model model(in, Dense({.units = 1})(GlobalAveragePooling2D()(x)));
  compile(model);
  return model;
}

Rescaling<> rescaling() { return Rescaling({.scale = 1 / 127.5f, .offset = -1}); }

/// The guide's model in small.
struct Guide {
  Model<> base, model;

  Guide() : Guide(Input({6, 6, 3}), Input({6, 6, 3})) {}

  void train(const AnyOptimizer<Cpu>& optimizer, std::string& out) const {
    compile(model, optimizer);
    out += said(model, filled({16, 6, 6, 3}, 0, 255), labels(16, 8));
  }

 private:
  Guide(const SymbolicTensor<>& a, const SymbolicTensor<>& in)
      : base(a, BatchNormalization()(Conv2D({.filters = 2, .kernel_size = 3, .name = "conv"})(a)), "base"),
        model(in, Dense({.units = 1})(GlobalAveragePooling2D()(
                      base(Normalization({.mean = {127.5f, 127.5f, 127.5f},
                                          .variance = {16256.25f, 16256.25f, 16256.25f}})(RandomFlip()(in)),
                           {.training = false})))) {}
};

}  // namespace

TEST_CASE("the guide's own way is met with silence") {
  const Guide guide;
  std::string out;
  guide.base.trainable(false);
  guide.train(Adam(), out);
  guide.base.trainable(true);
  guide.train(Adam({.learning_rate = 1e-5f}), out);
  CHECK(out == "");
}

TEST_CASE("a learning rate that is high for weights just unfrozen is named") {
  for (const bool sgd : {false, true}) {
    const Guide guide;
    std::string out;
    guide.base.trainable(false);
    guide.train(Adam(), out);
    CHECK(out == "");
    guide.base.trainable(true);
    guide.train(sgd ? AnyOptimizer<Cpu>(SGD({.learning_rate = 1e-3f})) : AnyOptimizer<Cpu>(Adam()), out);
    CHECK((out == "") == sgd);  // SGD's steps are smaller
    if (sgd) continue;
    CHECK_THAT(out, Contains("Warning: more weights are trained") && Contains("0.001"));
    const auto before = out;
    said(guide.model, filled({16, 6, 6, 3}, 0, 255), labels(16, 8));
    guide.train(Adam(), out);  // no more than before
    CHECK(out == before);
  }
}

TEST_CASE("a first training at a high rate is nobody's business") {
  std::string out;
  Guide().train(Adam({.learning_rate = 0.01f}), out);
  CHECK(out == "");
}

TEST_CASE("pixels that reach the first kernel unscaled are named") {
  const Tensor<> pixels = filled({16, 6, 6, 3}, 0, 255), y = labels(16, 8);
  CHECK_THAT(said(behind(Identity()), pixels, y),
             Contains("'first' unscaled") && Contains("preprocess_input"));
  CHECK(said(behind(rescaling()), pixels, y) == "");
  CHECK(said(behind(Identity()), filled({16, 6, 6, 3}, -1, 1), y) == "");
  CHECK(said(behind(Identity()), filled({16, 6, 6, 3}, 0, 1), y) == "");
  CHECK(said(behind(Identity()), filled({16, 6, 6, 3}, -124, 151), y) == "");  // as VGG wants them
  CHECK(said(behind(BatchNormalization()), pixels, y) == "");                  // which learns the scale
}

TEST_CASE("numbers that a frozen base of keras.applications was not trained on are named") {
  const auto said_by = [](const char* base_name, float low, float high, bool frozen = true) {
    const auto a = Input({6, 6, 3}), in = Input({6, 6, 3});
    const Model base(a, GlobalAveragePooling2D()(Conv2D({.filters = 2, .kernel_size = 3, .name = "conv"})(a)),
                     base_name);
    const Model model(in, Dense({.units = 1})(base(in)));
    base.trainable(!frozen);
    compile(model);
    return said(model, filled({16, 6, 6, 3}, low, high), labels(16, 8));
  };
  CHECK(said_by("xception", -1, 1) == "");
  CHECK_THAT(said_by("xception", 0, 1), Contains("'xception/conv'") && Contains("-1 to 1"));
  CHECK_THAT(said_by("xception", -124, 151), Contains("'xception/conv'"));
  CHECK(said_by("xception", 0, 1, false) == "");
  CHECK(said_by("my_base", 0, 1) == "");
  CHECK(said_by("vgg16", -124, 151) == "");
  CHECK_THAT(said_by("vgg16", -1, 1), Contains("-123.68 to 151.061, blue, green and red"));
  CHECK_THAT(said_by("resnet50", 0, 1), Contains("'resnet50'"));
  CHECK(said_by("resnet50v2", -1, 1) == "");
  CHECK(said_by("densenet121", -2.1f, 2.6f) == "");
}

TEST_CASE("what a callback unfreezes at a high rate, or in small batches, is named once") {
  const auto in = Input({5});
  const BatchNormalization norm({.name = "norm"});
  const Model model(in, Dense({.units = 1})(norm(Dense({.units = 5, .name = "hidden"})(in))));
  const auto train = [&](float rate, bool twice) {
    norm.trainable(false);
    model.get_layer("hidden").trainable(false);
    compile(model, Adam({.learning_rate = rate}));
    FitOptions options{.epochs = 4, .batch_size = 4};
    options.callbacks = {std::make_shared<GradualUnfreezing>(
        GradualUnfreezingOptions{.stages = {{.epoch = 1, .pattern = "hidden"},
                                            {.epoch = twice ? Index(2) : Index(1), .pattern = "norm"}}})};
    return said(model, filled({16, 5}, 0, 1), labels(16, 8), options);
  };
  const auto count = [](const std::string& text, const std::string& part) {
    int found = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
    return found;
  };
  const std::string high = train(1e-3f, true), low = train(1e-5f, false);
  CHECK(count(high, "more weights are trained") == 1);
  CHECK(count(high, "batches of 4") == 1);
  CHECK(count(low, "more weights are trained") == 0);
  CHECK(count(low, "batches of 4") == 1);
}

TEST_CASE("pixels that are scaled twice are named") {
  const Tensor<> y = labels(16, 8);
  CHECK_THAT(said(behind(rescaling()), filled({16, 6, 6, 3}, 0, 1), y), Contains("scaled already"));
  CHECK_THAT(said(behind(rescaling()), filled({16, 6, 6, 3}, -1, 1), y), Contains("scaled already"));
  CHECK(said(behind(Rescaling({.scale = 2, .offset = -1})), filled({16, 6, 6, 3}, 0, 1), y) == "");
  CHECK(said(behind(rescaling()), Tensor<>({16, 6, 6, 3}), y) == "");  // black: who knows
}

TEST_CASE("statistics of a few images are named, unless the normalization takes none") {
  const auto in = Input({5});
  const BatchNormalization norm({.name = "norm"});
  const Model model(in, Dense({.units = 1})(norm(in)));
  const Tensor<> x = filled({16, 5}, 0, 1), y = labels(16, 8);
  compile(model);
  CHECK_THAT(said(model, x, y, {.batch_size = 4}), Contains("'norm'") && Contains("batches of 4"));
  compile(model);
  CHECK(said(model, x, y, {.batch_size = 8}) == "");
  norm.trainable(false);
  compile(model);
  CHECK(said(model, x, y, {.batch_size = 4}) == "");
  const Model still(in, Dense({.units = 1})(BatchNormalization()(in, {.training = false})));
  compile(still);
  CHECK(said(still, x, y, {.batch_size = 4}) == "");
}

TEST_CASE("a training that goes on at the last batches of a pass is judged by the next pass") {
  struct Killed {};
  const test::ScratchFolder folder;
  const auto in = Input({5});
  const Model model(in, Dense({.units = 1})(BatchNormalization()(in)));
  const auto with = [&](Index batch_size, Index batches) {
    clear_session();
    set_random_seed(1);
    compile(model);
    FitOptions options{.epochs = 2, .batch_size = batch_size};
    options.shuffle = false;
    options.callbacks = {std::make_shared<BackupAndRestore>(
                             BackupAndRestoreOptions{.path = folder / "checkpoint", .save_freq = 1}),
                         std::make_shared<LambdaCallback>(
                             LambdaCallbackOptions{.on_train_batch_begin = [left = batches](Index) mutable {
                               if (left-- == 0) throw Killed();
                             }})};
    return said(model, filled({100, 5}, 0, 1), labels(100, 70), options);
  };
  CHECK_THROWS_AS(with(24, 4), Killed);  // before the last batch, of 4, of which all are of class 0
  CHECK(with(24, 100) == "");
  std::filesystem::remove(folder / "checkpoint");
  CHECK_THROWS_AS(with(6, 4), Killed);
  CHECK_THAT(with(6, 100), Contains("batches of 6"));
}

TEST_CASE("classes are counted over whole epochs") {
  struct Killed {};
  const test::ScratchFolder folder;
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  const auto with = [&](Index ones, Index epochs, Index batches) {
    clear_session();
    set_random_seed(1);
    compile(model);
    FitOptions options{.epochs = epochs, .batch_size = 10};
    options.shuffle = false;
    options.callbacks = {std::make_shared<BackupAndRestore>(
                             BackupAndRestoreOptions{.path = folder / "checkpoint", .save_freq = 1}),
                         std::make_shared<LambdaCallback>(
                             LambdaCallbackOptions{.on_train_batch_begin = [left = batches](Index) mutable {
                               if (left-- == 0) throw Killed();
                             }})};
    return said(model, filled({120, 2}, 0, 1), labels(120, ones), options);
  };
  CHECK_THROWS_AS(with(63, 2, 6), Killed);  // what is left of the epoch has 57 of class 0, 3 of class 1
  CHECK(with(63, 2, 100) == "");
  std::filesystem::remove(folder / "checkpoint");
  CHECK_THROWS_AS(with(4, 2, 6), Killed);
  CHECK_THAT(with(4, 2, 100), Contains("class 0 has 116 examples, class 1 has 4"));
}

TEST_CASE("classes of very different sizes are named after the first epoch, unless they are weighted") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  const auto with = [&](Index count, Index ones, FitOptions options = {}) {
    compile(model);
    return said(model, filled({count, 2}, 0, 1), labels(count, ones), options);
  };
  const std::string both = with(88, 7);
  CHECK_THAT(both, Contains("class 0 has 81 examples, class 1 has 7") && Contains("class_weight"));
  CHECK(with(88, 7, {.epochs = 3}) == both);
  CHECK(with(88, 8) == "");
  CHECK(with(30, 1) == "");  // too few to say
  CHECK(with(88, 0) == "");
  CHECK(with(88, 7, {.class_weight = {{1, 10.0}}}) == "");
  model.compile({.optimizer = "adam", .loss = "mse"});
  CHECK(said(model, filled({88, 2}, 0, 1), labels(88, 7)) == "");
}

TEST_CASE("one-hot labels are classes, several ones in a row are none") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 2, .activation = "softmax"})(in));
  Tensor<> y({88, 2});
  for (Index i = 0; i < 88; ++i) y.data()[2 * i + (i < 80)] = 1;
  const auto with = [&] {
    model.compile({.optimizer = "adam", .loss = "categorical_crossentropy"});
    return said(model, filled({88, 2}, 0, 1), y);
  };
  CHECK(with() == "");
  y.data()[2 * 81] = 0, y.data()[2 * 81 + 1] = 1;
  CHECK_THAT(with(), Contains("class 1 has 81 examples, class 0 has 7"));
  std::fill_n(y.data(), 2 * 88, 1.0f);
  CHECK(with() == "");
}

TEST_CASE("each is said once after a compile") {
  const auto model = behind(Identity());
  const Tensor<> pixels = filled({16, 6, 6, 3}, 0, 255), y = labels(16, 8);
  CHECK(said(model, pixels, y, {.epochs = 2}) != "");
  CHECK(said(model, pixels, y) == "");
  compile(model);
  CHECK(said(model, pixels, y) != "");
}

TEST_CASE("nothing trainable, a threshold on logits, and what changed since compile()") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  const Tensor<> x = filled({8, 2}, 0, 1), y = labels(8, 4);
  model.compile({.optimizer = "adam",
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy()}});
  CHECK_THAT(said(model, x, y), Contains("counts a logit above 0.5"));
  model.compile({.optimizer = "adam",
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0})}});
  CHECK(said(model, x, y) == "");
  compile(model);
  model.trainable(false);
  for (int fits = 0; fits < 2; ++fits) CHECK_THAT(said(model, x, y), Contains("has changed since compile()"));
  model.trainable(true);
  CHECK(said(model, x, y) == "");  // as it was
  model.trainable(false);          // after a fit, as one unfreezes
  CHECK_THAT(said(model, x, y), Contains("has changed since compile()"));
  compile(model);
  CHECK_THAT(said(model, x, y), Contains("no trainable weights"));
}

TEST_CASE("a cache behind random augmentation") {
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1})(in));
  const auto says = [&](const Dataset& data) {
    compile(model);
    std::ostringstream out;
    model.fit(data.batch(8), {.verbose = false, .output = &out});
    return out.str();
  };
  const auto data = Dataset::from_tensors(filled({16, 2}, 0, 1), labels(16, 8));
  const auto noise = [](Example example, Random random) {
    example.x.data()[0] += random.uniform(0);
    return example;
  };
  CHECK_THAT(says(data.map(noise, 3).cache().shuffle(1)),
             Contains("cached behind a map with random numbers"));
  CHECK(says(data.cache().map(noise, 3).shuffle(1)) == "");
  CHECK(says(data.map([](Example example) { return example; }).cache()) == "");
}

}  // namespace test_lint
