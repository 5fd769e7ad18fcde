#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/keras/config/model_reader.hpp"
#include "tanuki/training/predict.hpp"

namespace test_config_reader {

using namespace tanuki;
using keras::Json;

namespace {

Json layer(const char* type, const char* name, const char* config, Json nodes) {
  Json json{
      {"module", "keras.layers"}, {"class_name", type}, {"config", Json::parse(config)}, {"name", name}};
  json["config"]["name"] = name;
  json["inbound_nodes"] = std::move(nodes);
  return json;
}
Json input(const char* name, Json shape = {nullptr, 4}) {
  Json json = layer("InputLayer", name, "{}", Json::array());
  json["config"]["batch_shape"] = std::move(shape);
  return json;
}
Json tensor(const char* name, int call = 0) {
  return {{"class_name", "__keras_tensor__"}, {"config", {{"keras_history", Json::array({name, call, 0})}}}};
}
Json call(Json arguments, Json kwargs = Json::object()) {
  return {{"args", Json::array({std::move(arguments)})}, {"kwargs", std::move(kwargs)}};
}
Json dense(const char* name, Json nodes, const char* config = R"({"units": 4})") {
  return layer("Dense", name, config, std::move(nodes));
}
Json functional(Json layers, Json inputs, Json outputs) {
  return {{"class_name", "Functional"},
          {"config",
           {{"name", "net"},
            {"layers", std::move(layers)},
            {"input_layers", inputs},
            {"output_layers", outputs}}}};
}
Json history(const char* name, int call = 0) { return Json::array({name, call, 0}); }

Model<> read(const Json& config) { return keras::ModelReader<Cpu>({}).read(config); }

std::string error_of(const Json& config) {
  try {
    read(config);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

/// One Dense on one Input, with one thing changed.
template <class Change>
std::string error_after(Change change) {
  Json config = functional({input("x"), dense("d", {call(tensor("x"))})}, history("x"), history("d"));
  change(config);
  return error_of(config);
}

}  // namespace

TEST_CASE("A functional config becomes a model") {
  const Json config = functional({dense("d", {call(tensor("x")), call(tensor("d"))},
                                        R"({"units": 4, "activation": "relu", "trainable": false,
              "kernel_initializer": {"class_name": "HeNormal", "config": {"seed": null}},
              "kernel_regularizer": {"class_name": "L2", "config": {"l2": 0.5}},
              "dtype": {"class_name": "DTypePolicy", "config": {"name": "float32"}}})"),
                                  input("x"), dense("spare", Json::array())},
                                 {history("x")}, {history("d", 1)});
  const auto model = read(config);
  CHECK(model.name() == "net");
  CHECK(model.layers().size() == 2);
  CHECK(model.nodes().size() == 3);  // the layer is called twice
  const auto& options = dynamic_cast<const Dense<Cpu>&>(model.get_layer("d")).options();
  CHECK(options.activation == "relu");
  CHECK(options.kernel_initializer.class_name == "HeNormal");
  CHECK(options.kernel_regularizer.l2 == 0.5f);
  CHECK_FALSE(model.get_layer("d").trainable());
  CHECK(model.trainable());
}

TEST_CASE("The forms of input_layers, output_layers and inbound_nodes") {
  const Json layers{input("x"), dense("d", {call(tensor("x"))})};
  for (const Json& outputs : {history("d"), Json::array({history("d")}),
                              Json::array({Json::array({history("d")})}), Json{{"out", history("d")}}}) {
    CHECK(read(functional(layers, history("x"), outputs)).outputs().size() == 1);
  }
  const Json older = Json::parse(R"([[["x", 0, 0, {"training": false}]]])");
  const auto model = read(functional({input("x"), dense("d", older)}, {history("x")}, {history("d")}));
  CHECK(model.nodes().back()->training == false);
}

TEST_CASE("A call's training is kept, but for the default that Keras writes down") {
  const auto training = [](const char* type, const char* config, bool given) {
    const Json node = call(tensor("x"), {{"training", given}, {"mask", nullptr}});
    const auto model =
        read(functional({input("x"), layer(type, "l", config, {node})}, history("x"), history("l")));
    return model.nodes().back()->training;
  };
  CHECK(training("BatchNormalization", "{}", false) == false);
  CHECK(training("BatchNormalization", "{}", true) == true);
}

TEST_CASE("A nested model's calls are counted from 1 among the outputs, and from 0 among the inputs") {
  Json inner = functional({input("i"), dense("d", {call(tensor("i"))})}, history("i"), history("d"));
  inner["config"]["name"] = "inner";
  inner["name"] = "inner";
  inner["inbound_nodes"] = {call(tensor("x")), call(tensor("inner"))};
  const auto model =
      read(functional({input("x"), inner}, history("x"), {history("inner", 1), history("inner", 2)}));
  CHECK(model.outputs()[0].node() == model.outputs()[1].node()->inputs[0].node());
}

TEST_CASE("Models that call models twice, many levels deep, are an error before they are made") {
  Json net = functional({input("i"), dense("d", {call(tensor("i"))})}, history("i"), history("d"));
  for (int level = 0; level < 12; ++level) {
    const std::string name = "level" + std::to_string(level), next = name + "_input";
    net["config"]["name"] = net["name"] = name;
    net["inbound_nodes"] = {call(tensor(next.c_str())), call(tensor(name.c_str())),
                            call(tensor(name.c_str(), 1)), call(tensor(name.c_str(), 2))};
    net = functional({input(next.c_str()), net}, history(next.c_str()), history(name.c_str(), 4));
  }
  CHECK_THAT(error_of(net),
             Catch::Contains("more than 200000 calls of layers") && Catch::Contains("in layer 'level"));
}

TEST_CASE("A Sequential, with and without an InputLayer") {
  Json config = Json::parse(R"({"class_name": "Sequential", "config": {"name": "stack", "layers": [
      {"class_name": "Dense", "config": {"name": "d", "units": 3}}]}})");
  CHECK(error_of(config) != "");  // it says no shape
  config["config"]["build_input_shape"] = {nullptr, 5};
  CHECK(read(config).count_params() == 18);
  auto& layers = config["config"]["layers"];
  layers.insert(layers.begin(), input("x", {nullptr, 7}));
  const auto model = read(config);
  CHECK(model.count_params() == 24);
  CHECK(model.class_name() == "Sequential");
}

TEST_CASE("A model inside that leaves sizes open has those of its first call") {
  const auto convolution = [](const char* name, const char* from, int filters) {
    return layer("Conv2D", name, R"({"filters": 2, "kernel_size": 3})", {call(tensor(from))})
        .patch(Json::parse(R"([{"op": "replace", "path": "/config/filters", "value": )" +
                           std::to_string(filters) + "}]"));
  };
  const auto inside = [](Json model, const char* name, const char* from) {
    model["config"]["name"] = model["name"] = name;
    model["inbound_nodes"] = {call(tensor(from))};
    return model;
  };
  const auto open = [](int channels) { return Json{nullptr, nullptr, nullptr, channels}; };
  const Json base = functional({input("i", open(3)), convolution("c", "i", 5)}, history("i"), history("c"));
  const Json top = functional({input("j", open(5)), convolution("e", "j", 2)}, history("j"), history("e"));

  const auto one = read(functional({input("x", {nullptr, 9, 8, 3}), inside(base, "base", "x")}, history("x"),
                                   history("base", 1)));
  CHECK(one.outputs()[0].shape() == Shape{7, 6, 5});

  const Json two =
      functional({inside(top, "decoder", "encoder"), inside(base, "encoder", "x"), input("x", open(3))},
                 history("x"), history("decoder", 1));
  const auto of_size = [](const Json& config, Shape shape) {
    return keras::ModelReader<Cpu>({shape}).read(config).outputs()[0].shape();
  };
  CHECK(of_size(two, {9, 8, 3}) == Shape{5, 4, 2});
  CHECK(error_of(two).find("leaves sizes open") != std::string::npos);

  const Json resized = functional(
      {input("x", open(3)), layer("Resizing", "r", R"({"height": 6, "width": 7})", {call(tensor("x"))}),
       inside(base, "base", "r")},
      history("x"), history("base", 1));
  CHECK(of_size(resized, {20, 30, 3}) == Shape{4, 5, 5});

  Json stack{{"class_name", "Sequential"},
             {"config",
              {{"name", "stack"}, {"layers", {input("x", open(3)), convolution("c", "x", 3), base, top}}}}};
  stack["config"]["layers"][3]["config"]["name"] = "other";
  CHECK(of_size(stack, {9, 9, 3}) == Shape{3, 3, 2});

  Json unbuilt{
      {"class_name", "Sequential"},
      {"config", {{"name", "stack"}, {"build_input_shape", open(3)}, {"layers", {convolution("c", "", 4)}}}}};
  CHECK(read(functional({input("x", {nullptr, 5, 6, 3}), inside(unbuilt, "stack", "x")}, history("x"),
                        history("stack")))
            .outputs()[0]
            .shape() == Shape{3, 4, 4});

  const Json wrong = functional({input("x", {nullptr, 9, 8, 4}), inside(base, "base", "x")}, history("x"),
                                history("base", 1));
  CHECK_THAT(error_of(wrong), Catch::Contains("in layer 'i' (InputLayer): ") &&
                                  Catch::Contains("the input_shape (9, 8, 4) does not fit it"));
}

TEST_CASE("What is wrong with a config is named") {
  const auto contains = [](const char* text) { return Catch::Contains(text); };
  const auto at = [](Json& config) -> Json& { return config["config"]["layers"][1]; };
  CHECK_THAT(error_after([&](Json& c) { at(c)["class_name"] = "Dance"; }),
             contains("in layer 'd' (Dance): this class"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["unit"] = 3; }),
             contains("in layer 'd' (Dense): its config has 'unit'"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"].erase("units"); }), contains("in layer 'd' (Dense)"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["units"] = "4"; }),
             contains("'units' is \"4\", expected a number"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["units"] = 1.5; }),
             contains("expected a whole number"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["units"] = -1; }), contains("units is -1"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["use_bias"] = 3; }),
             contains("expected true or false"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["activation"] = "wave"; }),
             contains("unknown activation 'wave'"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["quantization_config"] = "int8"; }),
             contains("not supported"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["data_format"] = "channels_first"; }),
             contains("channels_last"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["dtype"] = "float16"; }),
             contains("float32 or mixed_bfloat16"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["kernel_initializer"] = "magic"; }),
             contains("magic"));
  CHECK_THAT(error_after([&](Json& c) {
               at(c)["config"]["kernel_initializer"] = {{"module", nullptr},
                                                        {"class_name", "GlorotUniform"},
                                                        {"config", Json::object()},
                                                        {"registered_name", "mine>GlorotUniform"}};
             }),
             contains("'kernel_initializer' is 'mine>GlorotUniform', of the program"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["config"]["trainable"] = "no"; }), contains("'trainable'"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["name"] = "x"; }),
             contains("the name 'x' is used by two layers"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["inbound_nodes"] = {call(tensor("d"))}; }),
             contains("there is a loop"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["inbound_nodes"] = {call(tensor("y"))}; }),
             contains("'y', which is no layer"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["inbound_nodes"] = {call(tensor("x", 1))}; }),
             contains("call 1 of 'x'"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["inbound_nodes"] = {call(3)}; }), contains("no input"));
  CHECK_THAT(error_after([&](Json& c) { at(c)["inbound_nodes"] = 3; }), contains("expected a list"));
  CHECK_THAT(error_after([](Json& c) { c["config"]["output_layers"] = {history("z")}; }),
             contains("'z', which is no layer"));
  CHECK_THAT(error_after([](Json& c) { c["config"]["output_layers"] = history("d", 5); }),
             contains("no output"));
  CHECK_THAT(error_after([](Json& c) { c["config"].erase("input_layers"); }),
             contains("has no 'input_layers'"));
  CHECK_THAT(error_after([](Json& c) {
               c["config"]["layers"][0] = input("x", {nullptr, nullptr});
             }),
             contains("leaves sizes open"));
  CHECK_THAT(error_after([](Json& c) {
               c["config"]["layers"][0] = input("x", {nullptr, -4});
             }),
             contains("sizes of at least 1"));
  CHECK_THAT(error_after([](Json& c) {
               c["class_name"] = "Forest";
               c["config"].erase("layers");
             }),
             contains("Forest"));
}

TEST_CASE("What Keras 2 wrote of convolutions and did not look at is let by") {
  const auto one = [](const char* type, const char* config) {
    return functional({input("x", {nullptr, 5, 5, 3}), layer(type, "l", config, {call(tensor("x"))})},
                      history("x"), history("l"));
  };
  CHECK(read(one("DepthwiseConv2D", R"({"kernel_size": [3, 3], "groups": 1})")).count_params() == 30);
  CHECK(
      read(one("Conv2DTranspose", R"({"filters": 2, "kernel_size": [3, 3], "groups": 1})")).count_params() ==
      56);
  CHECK(read(one("SeparableConv2D",
                 R"({"filters": 2, "kernel_size": [3, 3], "groups": 1, "kernel_regularizer": null,
      "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}}, "kernel_constraint": null})"))
            .count_params() == 35);
  CHECK_THAT(error_of(one("DepthwiseConv2D", R"({"kernel_size": 3, "groups": 2})")),
             Catch::Contains("'groups' is 2, expected 1"));
}

TEST_CASE("Each layer has the dtype policy of its config, whatever the session's is") {
  const char* mixed =
      R"({"units": 4, "dtype": {"class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}}})";
  set_dtype_policy("mixed_bfloat16");
  const auto model = keras::ModelReader<Cpu>({}).read(
      functional({input("x", {nullptr, 3}), dense("a", {call(tensor("x"))}, mixed),
                  dense("b", {call(tensor("a"))}, R"({"units": 4, "dtype": "float32"})")},
                 history("x"), history("b")));
  set_dtype_policy("float32");
  CHECK(model.get_layer("a").dtype_policy() == DtypePolicy::mixed_bfloat16);
  CHECK(model.get_layer("b").dtype_policy() == DtypePolicy::float32);
  CHECK(dtype_policy() == DtypePolicy::float32);
}

TEST_CASE("Weights for which the file has no room are an error before they are made") {
  const Json config =
      functional({input("x", {nullptr, 3'000'000}), dense("d", {call(tensor("x"))}, R"({"units": 3000000})")},
                 history("x"), history("d"));
  const FilledLater filled(1000);
  CHECK_THAT(error_of(config),
             Catch::Contains("in layer 'd' (Dense): ") && Catch::Contains("the file's 1000 numbers"));
}

}  // namespace test_config_reader
