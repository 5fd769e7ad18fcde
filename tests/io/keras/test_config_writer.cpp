#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/keras/config/model_reader.hpp"
#include "tanuki/io/keras/config/model_writer.hpp"

namespace test_config_writer {

using namespace tanuki;
using keras::Json;

TEST_CASE("A layer's options are written as Keras spells them") {
  const auto x = Input({8, 8, 3}, "x");
  const Model model(x,
                    Conv2D({.filters = 4,
                            .kernel_size = {3, 1},
                            .kernel_initializer = he_normal(),
                            .kernel_regularizer = {.l2 = 0.01f},
                            .kernel_constraint = {"MaxNorm", {{"max_value", 2}, {"axis", 0}}},
                            .name = "c"})(x),
                    "net");
  const Json json = keras::ModelWriter<Cpu>().write(model);
  CHECK(json["class_name"] == "Functional");
  CHECK(json["config"]["input_layers"] == Json::parse(R"(["x", 0, 0])"));
  CHECK(json["config"]["output_layers"] == Json::parse(R"(["c", 0, 0])"));
  const Json& layer = json["config"]["layers"][1];
  CHECK(layer["module"] == "keras.layers");
  CHECK(layer["build_config"]["input_shape"] == Json::parse("[null, 8, 8, 3]"));
  CHECK(layer["inbound_nodes"][0]["args"][0]["config"]["keras_history"] == Json::parse(R"(["x", 0, 0])"));
  const Json& config = layer["config"];
  CHECK(config["kernel_size"] == Json::parse("[3, 1]"));
  CHECK(config["activation"] == "linear");
  CHECK(config["kernel_initializer"]["module"] == "keras.initializers");
  CHECK(config["kernel_initializer"]["class_name"] == "HeNormal");
  CHECK(config["kernel_regularizer"]["config"] == Json::parse(R"({"l2": 0.01})"));
  CHECK(config["kernel_constraint"]["config"].dump() == R"({"axis":0,"max_value":2.0})");
  CHECK(config["bias_regularizer"].is_null());
}

TEST_CASE("inputs and outputs that are a dictionary are written as one, but the inputs of a model inside") {
  const auto a = Input({2}, "a"), b = Input({2}, "b");
  const Model<> inner({a, b}, {Add()({a, b}), Multiply()({a, b})}, "inner");
  inner.keys({{"first", "second"}, {"product", "sum"}});
  const auto x = Input({2}, "x"), y = Input({2}, "y");
  const Model<> model({x, y}, inner.apply({x, y}));
  model.keys({{"x", "z"}, {"one", "two"}});
  const Json json = keras::ModelWriter<Cpu>().write(model)["config"];
  CHECK(json["input_layers"] == Json::parse(R"({"x": ["x", 0, 0], "z": ["y", 0, 0]})"));
  CHECK(json["output_layers"] == Json::parse(R"({"one": ["inner", 1, 0], "two": ["inner", 1, 1]})"));
  const Json& inside = json["layers"][2]["config"];
  CHECK(inside["input_layers"] == Json::parse(R"([["a", 0, 0], ["b", 0, 0]])"));
  CHECK(inside["output_layers"].is_object());
}

TEST_CASE("A SpatialDropout2D is written without 'trainable', which Keras' does not take") {
  const auto x = Input({4, 4, 3});
  const Model model(x, Dropout({.rate = 0.5f})(SpatialDropout2D({.rate = 0.5f})(x)));
  const Json layers = keras::ModelWriter<Cpu>().write(model)["config"]["layers"];
  CHECK_FALSE(layers[1]["config"].contains("trainable"));
  CHECK(layers[2]["config"]["trainable"] == true);
}

TEST_CASE("Floats are written by their shortest decimals") {
  CHECK(keras::shortest(0.3f) == 0.3);
  CHECK(keras::shortest(1 / 255.0f) == 0.003921569);
  CHECK(float(keras::shortest(1 / 255.0f)) == 1 / 255.0f);
}

TEST_CASE("What is written is read as the same config") {
  const Sequential base(
      {Input({8, 8, 3}), ZeroPadding2D({.padding = {{1, 2}, {0, 1}}}),
       MaxPooling2D({.pool_size = {2, 3}, .padding = "same"}), BatchNormalization({.scale = false})},
      "base");
  const auto x = Input({8, 8, 3}, "x"), y = Input({8, 8, 3}, "y");
  const auto a = base(x, {.training = false}), b = base(y);
  const Model model({x, y}, {GlobalMaxPooling2D()(a), GlobalMaxPooling2D()(b)}, "net");
  const Json json = keras::ModelWriter<Cpu>().write(model);
  CHECK(keras::ModelWriter<Cpu>().write(keras::ModelReader<Cpu>({}).read(json)) == json);
}

TEST_CASE("What a file says and tanuki has no option for is written back") {
  const auto x = Input({4, 4, 3}, "x");
  const Model model(
      x, Dropout({.rate = 0.5f, .name = "drop"})(Conv2D({.filters = 2, .kernel_size = 3, .name = "c"})(x)),
      "net");
  Json json = keras::ModelWriter<Cpu>().write(model);
  auto& layers = json["config"]["layers"];
  layers[0]["config"]["batch_shape"] = {nullptr, nullptr, nullptr, 3};
  layers[0]["config"]["dtype"] = "uint8";
  layers[0]["config"]["optional"] = true;
  layers[1]["config"]["kernel_initializer"]["config"]["seed"] = 7;
  layers[2]["config"]["seed"] = 3;
  const auto loaded = keras::ModelReader<Cpu>({Shape{4, 4, 3}}).read(json);
  CHECK(keras::ModelWriter<Cpu>().write(loaded) == json);

  const Model on_top(loaded.inputs()[0], Dense({.units = 2})(Flatten()(loaded.outputs()[0])));  // of one size
  const Json input = keras::ModelWriter<Cpu>().write(on_top)["config"]["layers"][0]["config"];
  CHECK(input["batch_shape"] == Json{nullptr, 4, 4, 3});
  CHECK(input["dtype"] == "uint8");
}

TEST_CASE("The open sizes of a Sequential without an InputLayer are written back") {
  const Json open{nullptr, nullptr, nullptr, 3};
  Json json = Json::parse(R"({"class_name": "Sequential", "config": {"name": "stack", "layers": [
      {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": 3}}]}})");
  json["config"]["build_input_shape"] = open;
  const Json written = keras::ModelWriter<Cpu>().write(keras::ModelReader<Cpu>({Shape{6, 5, 3}}).read(json));
  CHECK(written["config"]["build_input_shape"] == open);
  CHECK(written["build_config"]["input_shape"] == open);
  CHECK(written["config"]["layers"][0]["config"]["batch_shape"] == open);
}

}  // namespace test_config_writer
