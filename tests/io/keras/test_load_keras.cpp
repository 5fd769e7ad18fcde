#include <catch2/catch.hpp>

#include "tanuki/io/keras/load.hpp"
#include "tanuki/io/keras/save.hpp"
#include "tanuki/tanuki.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_load_keras {

using namespace tanuki;

namespace {

struct ScaleOptions {
  float factor = 1;
  std::string name = {};
};
template <class Field>
void fields(Field& field, ScaleOptions& options) {
  field("factor", options.factor);
}
template <class B = Cpu>
class Scale final : public LayerOf<Scale<B>, B> {
 public:
  explicit Scale(ScaleOptions options)
      : LayerOf<Scale<B>, B>("Scale", options.name), options_(std::move(options)) {}
  const ScaleOptions& options() const { return options_; }

 private:
  ops::Value<B> call(ops::Value<B> x, bool) const override {
    const std::vector<float> scale(std::size_t(x.shape().back()), options_.factor);
    return ops::scale_shift(x, scale, std::vector<float>(scale.size(), 0));
  }
  ScaleOptions options_;
};

/// Called as Keras' Rescaling.
template <int scale>
class OwnRescaling final : public LayerOf<OwnRescaling<scale>, Cpu> {
 public:
  explicit OwnRescaling(LayerOptions options)
      : LayerOf<OwnRescaling, Cpu>("Rescaling", options.name), options_(std::move(options)) {}
  const LayerOptions& options() const { return options_; }

 private:
  ops::Value<Cpu> call(ops::Value<Cpu> x, bool) const override {
    const auto channels = std::size_t(x.shape().back());
    return ops::scale_shift(x, std::vector<float>(channels, scale), std::vector<float>(channels, 0));
  }
  LayerOptions options_;
};

Tensor<> images() {
  Tensor<> x({2, 8, 8, 3});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = float(i % 7) / 7;
  return x;
}

/// A shared Sequential in inference mode, and a frozen functional model called twice.
Model<> nested() {
  const Sequential base({Input({8, 8, 3}), Conv2D({.filters = 4, .kernel_size = 3, .activation = "relu"}),
                         BatchNormalization()},
                        "base");
  const auto i = Input({4});
  const Model inner(i, Dense({.units = 4})(i), "inner");
  const auto x = Input({8, 8, 3});
  const auto y = GlobalAveragePooling2D()(base(x, {.training = false}));
  const auto z = inner(inner(y));
  inner.trainable(false);
  return Model(x, z, "outer");
}

}  // namespace

TEST_CASE("A model that is saved and loaded is the same") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto model = nested();
  save_keras(model, path);
  const auto loaded = load_keras(path);
  CHECK(loaded.summary_text() == model.summary_text());
  CHECK(loaded.predict(images()).to_vector() == model.predict(images()).to_vector());
  CHECK_FALSE(loaded.get_layer("inner").trainable());
  CHECK(loaded.trainable_weights().size() == model.trainable_weights().size());
  const auto& call = *loaded.nodes()[1];
  CHECK(call.name == "base");
  CHECK(call.training == false);
}

TEST_CASE("A Sequential is loaded as one") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const Sequential model(
      {Input({8, 8, 3}), Conv2D({.filters = 2, .kernel_size = 3}), GlobalAveragePooling2D()});
  save_keras(model, path);
  const auto loaded = load_keras(path);
  CHECK(loaded.class_name() == "Sequential");
  CHECK(loaded.predict(images()).to_vector() == model.predict(images()).to_vector());
  save_keras(loaded, path);
  CHECK(load_keras(path).summary_text() == model.summary_text());
}

TEST_CASE("A program's own layer is saved and loaded once it is registered") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto x = Input({8, 8, 3});
  CHECK_THROWS_WITH(
      save_keras(Model(x, OwnRescaling<7>({})(x)), path),
      Catch::Contains("register_layer<Rescaling>") && Catch::Contains("model.keras': in layer '"));
  const Model model(x, Scale({.factor = 0.3f})(x));
  register_layer<Scale>("Scale");
  save_keras(model, path);
  CHECK(load_keras(path).predict(images()).to_vector() == model.predict(images()).to_vector());
}

TEST_CASE("A program's own class is not taken for Keras' of the same name") {
  const auto x = Input({4});
  keras::Json config = keras::ModelWriter<Cpu>().write(Model(x, Dense({.units = 2, .name = "head"})(x)));
  keras::Json& layer = config["config"]["layers"][1];
  const auto read = [&] { keras::ModelReader<Cpu>({}).read(config); };
  CHECK_NOTHROW(read());
  layer["registered_name"] = "mine>Dense";
  layer["module"] = nullptr;
  CHECK_THROWS_WITH(read(), Catch::Contains("in layer 'head'") && Catch::Contains("class 'mine>Dense'") &&
                                Catch::Contains("register_layer<Dense>(\"Dense\", \"mine\")"));
  layer["registered_name"] = "Dense";  // as Keras writes a class of __main__
  CHECK_THROWS_WITH(read(), Catch::Contains("class 'Dense' is of the program"));
  layer["module"] = "my_keras.layers";
  CHECK_THROWS_WITH(read(), Catch::Contains("'my_keras.layers.Dense'"));
  layer["registered_name"] = nullptr;
  layer["module"] = "__main__";
  CHECK_THROWS_WITH(
      read(), Catch::Contains("'__main__.Dense'") && Catch::Contains("register_layer<Dense>(\"Dense\")"));
  layer["class_name"] = "Custom>Unheard";
  CHECK_THROWS_WITH(read(), Catch::Contains("not known") &&
                                Catch::Contains("register_layer<Unheard>(\"Unheard\", \"Custom\")"));
}

TEST_CASE("A program's own class and Keras' of the same name stand in one file") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  register_layer<OwnRescaling<2>>("Rescaling", "mine");
  const auto x = Input({8, 8, 3});
  const Model model(x, Rescaling({.scale = 3})(OwnRescaling<2>({})(x)));
  save_keras(model, path);
  const auto loaded = load_keras(path);
  CHECK(loaded.predict(images()).to_vector() == model.predict(images()).to_vector());
  CHECK(dynamic_cast<const OwnRescaling<2>*>(loaded.nodes()[1]->layer.get()));
  CHECK(dynamic_cast<const Rescaling<Cpu>*>(loaded.nodes()[2]->layer.get()));

  register_layer<OwnRescaling<5>>("Rescaling", "theirs");  // two of them: the package decides
  CHECK(dynamic_cast<const OwnRescaling<2>*>(load_keras(path).nodes()[1]->layer.get()));
  keras::Json config = keras::ModelWriter<Cpu>().write(model);
  keras::Json& layer = config["config"]["layers"][1];
  layer["registered_name"] = "unknown>Rescaling";
  const auto read = [&] { return keras::ModelReader<Cpu>({}).read(config).nodes()[1]->layer; };
  CHECK_THROWS_WITH(read(), Catch::Contains("register_layer<Rescaling>(\"Rescaling\", \"unknown\")"));
  for (const char* key : {"module", "registered_name"}) layer.erase(key);  // as in an old file
  layer["config"]["scale"] = 3;
  CHECK(dynamic_cast<const Rescaling<Cpu>*>(read().get()));
  layer["config"].erase("scale");
  register_layer<OwnRescaling<9>>("Rescaling");  // for any package that is not known, and for old files
  CHECK(dynamic_cast<const OwnRescaling<9>*>(read().get()));
  layer["registered_name"] = "unknown>Rescaling";
  CHECK(dynamic_cast<const OwnRescaling<9>*>(read().get()));
  layer["registered_name"] = "theirs>Rescaling";
  CHECK(dynamic_cast<const OwnRescaling<5>*>(read().get()));
}

TEST_CASE("Registering a class of Keras' under a program's name leaves Keras' known") {
  register_layer<Dense<Cpu>>("MyDense", "mine");
  const auto x = Input({4});
  const Model model(x, Dense({.units = 2})(x));
  const keras::Json config = keras::ModelWriter<Cpu>().write(model);
  CHECK(config["config"]["layers"][1]["module"] == "keras.layers");
  CHECK_NOTHROW(keras::ModelReader<Cpu>({}).read(config));
}

TEST_CASE("Keras 2 has its applications' layers in the package Custom") {
  const auto x = Input({4});
  keras::Json config = keras::ModelWriter<Cpu>().write(Model(x, CustomScaleLayer({.scale = 0.5f})({x, x})));
  keras::Json& layer = config["config"]["layers"][1];
  for (const char* key : {"module", "registered_name"}) layer.erase(key);
  layer["class_name"] = "Custom>CustomScaleLayer";
  CHECK_NOTHROW(keras::ModelReader<Cpu>({}).read(config));
  layer["class_name"] = "Custom>Add";
  CHECK_THROWS_WITH(keras::ModelReader<Cpu>({}).read(config), Catch::Contains("class 'Custom>Add'"));
}

TEST_CASE("A file of mixed_bfloat16 is trained in it, and changes nothing for other models") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  set_dtype_policy("mixed_bfloat16");
  const auto x = Input({4});
  const auto hidden = Dense({.units = 3, .name = "hidden"})(x);
  set_dtype_policy("float32");
  const Model model(x, Dense({.units = 2, .name = "head"})(hidden));
  model.compile({.optimizer = SGD(), .loss = MeanSquaredError()});
  save_keras(model, path);
  const auto loaded = load_keras(path);
  CHECK(dtype_policy() == DtypePolicy::float32);
  for (const auto& plan : {loaded.trainer().plan().describe(1, 1), loaded.inference_plan().describe(1, 1)}) {
    CHECK(plan.find("hidden  matmul + bias, bfloat16") != plan.npos);
    CHECK(plan.find("head  matmul + bias ->") != plan.npos);
  }
  set_dtype_policy("mixed_bfloat16");
  const auto again = load_keras(path);
  set_dtype_policy("float32");
  CHECK(again.get_layer("head").dtype_policy() == DtypePolicy::float32);
}

TEST_CASE("Where Keras finds a program's own class stays as in the file") {
  const test::ScratchFolder folder;
  const std::string path = folder / "model.keras";
  const auto x = Input({8, 8, 3});
  const Model model(x, Scale({.factor = 0.3f})(x));
  const auto layer = [](const Model<>& of) {
    return keras::ModelWriter<Cpu>().write(of)["config"]["layers"][1];
  };
  register_layer<Scale>("Scale");
  CHECK(layer(model)["registered_name"] == "Scale");
  register_layer<Scale>("Scale", "Custom");
  CHECK(layer(model)["registered_name"] == "Custom>Scale");
  CHECK(layer(model)["module"].is_null());
  keras::Json config = keras::ModelWriter<Cpu>().write(model);
  config["config"]["layers"][1]["module"] = "mine.layers";
  config["config"]["layers"][1]["registered_name"] = "mine>Scale";
  const auto loaded = keras::ModelReader<Cpu>({}).read(config);
  CHECK(layer(loaded)["module"] == "mine.layers");
  CHECK(layer(loaded)["registered_name"] == "mine>Scale");

  const Model known(x, ReLU()(x));
  config = keras::ModelWriter<Cpu>().write(known);
  config["config"]["layers"][1]["registered_name"] = "mine>ReLU";
  CHECK(layer(keras::ModelReader<Cpu>({}).read(config))["registered_name"] == "mine>ReLU");
  config["config"]["layers"][1]["module"] =
      "keras.src.activations.activations";  // an operation, read as a layer
  config["config"]["layers"][1]["registered_name"] = "ReLU";
  CHECK(layer(keras::ModelReader<Cpu>({}).read(config))["module"] == "keras.layers");
  CHECK(layer(keras::ModelReader<Cpu>({}).read(config))["registered_name"].is_null());
}

TEST_CASE("An input_shape that is not the file's is refused, one that is does no harm") {
  const test::ScratchFolder folder;
  const auto in = Input({6, 6, 3}), other = Input({2});
  const auto x = GlobalAveragePooling2D()(in);
  save_keras(Model(in, x), folder / "one.keras");
  save_keras(Model({in, other}, {Concatenate()({x, other})}), folder / "two.keras");
  CHECK_NOTHROW(load_keras(folder / "one.keras", {.input_shape = {6, 6, 3}}));
  CHECK_THROWS_WITH(load_keras(folder / "one.keras", {.input_shape = {8, 8, 3}}),
                    Catch::Contains("one.keras") && Catch::Contains("(6, 6, 3)") &&
                        Catch::Contains("the input_shape (8, 8, 3) does not fit it"));
  CHECK_NOTHROW(load_keras(folder / "two.keras", {.input_shape = {6, 6, 3}}));
  CHECK_NOTHROW(load_keras(folder / "two.keras", {.input_shapes = {{6, 6, 3}, {2}}}));
  CHECK_THROWS_WITH(load_keras(folder / "two.keras", {.input_shapes = {{6, 6, 3}, {3}}}),
                    Catch::Contains("input 1") && Catch::Contains("(3,)"));
}

TEST_CASE("Loading draws nothing") {
  const test::ScratchFolder folder;
  save_keras(nested(), folder / "model.keras");
  set_random_seed(1);
  const auto before = unique_random("after").uniform(0, 0, 1);
  set_random_seed(1);
  load_keras(folder / "model.keras");
  CHECK(FilledLater::current() == nullptr);
  CHECK(unique_random("after").uniform(0, 0, 1) == before);
}

TEST_CASE("A file that is none is an error with its name") {
  const test::ScratchFolder folder;
  CHECK_THROWS_WITH(load_keras(folder / "none.keras"), Catch::Contains("none.keras"));
  CHECK_THROWS_WITH(save_keras(nested(), folder / "model.h5"),
                    Catch::Contains("expected a name that ends in .keras"));
  CHECK_THROWS_WITH(save_keras(nested(), folder / "no/model.keras"), Catch::Contains("no/model.keras"));
}

}  // namespace test_load_keras
