// The probe of a weight file: what it finds, and how it says so.

#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/weights.hpp"
#include "tanuki/layers/batch_normalization.hpp"
#include "tanuki/layers/conv2d.hpp"
#include "tanuki/layers/dense.hpp"
#include "tanuki/layers/flatten.hpp"
#include "tanuki/layers/global_average_pooling2d.hpp"
#include "tanuki/models/sequential.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_probe {

using namespace tanuki;
using Catch::Contains;

namespace {

/// A convolution, a nested Sequential of two layers, a head.
Model<> net(std::uint64_t seed) {
  set_random_seed(seed);
  const auto in = Input({6, 6, 3});
  const auto x = Conv2D({.filters = 4, .kernel_size = 3, .name = "first"})(in);
  const Sequential inner({Input({4, 4, 4}), Conv2D({.filters = 5, .kernel_size = 3, .name = "deep"}),
                          BatchNormalization({.name = "bn"})},
                         "inner");
  return Model(in, Dense({.units = 2, .name = "head"})(GlobalAveragePooling2D({.name = "pool"})(inner(x))));
}

Weight<> weight_of(const Model<>& model, const std::string& path) {
  for (const auto& named : model.named_weights()) {
    if (named.path == path) return named.weight;
  }
  throw std::runtime_error("no weight " + path);
}

std::string error_of(const Model<>& model, const std::string& probe) {
  try {
    check_probe(model, probe, "net.safetensors");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

std::vector<std::vector<float>> numbers(const Model<>& model) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
  return all;
}

}  // namespace

TEST_CASE("a probe has a fingerprint of every layer, those of nested models too, and of predict") {
  const auto probe = detail::parse_probe(make_probe(net(1)), "file");
  std::vector<std::string> layers;
  for (const auto& print : probe.layers) layers.push_back(print.layer);
  CHECK(layers == std::vector<std::string>{"first", "inner/deep", "inner/bn", "pool", "head", "predict()"});
  for (const auto& print : probe.layers) CHECK(print.norm > 0);
}

TEST_CASE("the same weights agree, whoever asks and under whatever policy") {
  const auto model = net(1);
  const std::string probe = make_probe(model);
  CHECK(error_of(model, probe) == "");
  CHECK(make_probe(model) == probe);
  CHECK(make_probe(model, 2) != probe);
  const auto other = net(2);
  CHECK(error_of(other, probe) != "");
  for (std::size_t i = 0; i < model.weights().size(); ++i)
    other.weights()[i].assign(model.weights()[i].value());
  CHECK(error_of(other, probe) == "");
  set_dtype_policy("mixed_bfloat16");
  CHECK(make_probe(model) == probe);
  set_dtype_policy("float32");
}

TEST_CASE("a changed weight is found, and its layer is named") {
  const std::string probe = make_probe(net(1));
  const auto changed = [&](const std::string& path) {
    const auto model = net(1);
    weight_of(model, path).edit().data()[0] += 0.1f;
    return error_of(model, probe);
  };
  CHECK_THAT(changed("first/kernel"), Contains("'net.safetensors': the output of 'first' differs") &&
                                          Contains("it is the first layer"));
  CHECK_THAT(changed("inner/deep/kernel"),
             Contains("the output of 'inner/deep' differs") && Contains("the layers before it agree"));
  CHECK_THAT(changed("inner/bn/moving_mean"), Contains("the output of 'inner/bn' differs"));
  CHECK_THAT(changed("head/bias"), Contains("the output of 'head' differs"));
}

TEST_CASE("another order of summation is no difference, a number that is none is one") {
  const auto model = net(1);
  const std::string probe = make_probe(model);
  for (const auto& weight : model.weights()) {
    for (Index i = 0; i < weight.shape().elements(); ++i) weight.edit().data()[i] *= 1 + 1e-6f * float(i % 3);
  }
  CHECK(error_of(model, probe) == "");
  weight_of(model, "inner/bn/beta").edit().data()[2] = std::nanf("");
  CHECK_THAT(error_of(model, probe), Contains("the output of 'inner/bn' differs"));
  CHECK_THROWS_WITH(make_probe(model), Contains("the output of 'inner/bn' is not finite"));
}

TEST_CASE("layers that are called otherwise are compared all the same; another number of them is an error") {
  const auto in = Input({4});
  const auto named = [&](const char* name) { return Model(in, Dense({.units = 2, .name = name})(in)); };
  const auto a = named("a"), b = named("b");
  for (std::size_t i = 0; i < 2; ++i) b.weights()[i].assign(a.weights()[i].value());
  CHECK(error_of(b, make_probe(a)) == "");
  b.weights()[1].edit().data()[0] = 1;
  CHECK_THAT(error_of(b, make_probe(a)),
             Contains("the output of 'b'") && Contains("there it was called 'a'"));
  CHECK_THAT(error_of(net(1), make_probe(a)), Contains("its probe has 2 layers, the model 6"));
}

TEST_CASE("a damaged probe is an error with the file's name") {
  const auto model = net(1);
  const std::string good = make_probe(model);
  using Json = nlohmann::json;
  const auto with = [&](auto change) {
    Json json = Json::parse(good);
    change(json);
    return error_of(model, json.dump());
  };
  for (const std::string text : {"", "{", "[]", "3", "{}", "{\"layers\": 3}"}) {
    INFO(text);
    CHECK_THAT(error_of(model, text), Contains("'net.safetensors': its probe is damaged"));
  }
  CHECK_THAT(with([](Json& j) { j["version"] = 2; }), Contains("a version that is not known"));
  CHECK_THAT(with([](Json& j) { j.erase("version"); }), Contains("a version that is not known"));
  CHECK_THAT(with([](Json& j) { j["seed"] = -1; }), Contains("has no seed"));
  CHECK_THAT(with([](Json& j) { j["layers"][0] = "first"; }), Contains("is damaged"));
  CHECK_THAT(with([](Json& j) { j["layers"][1][0] = 5; }), Contains("is damaged"));
  CHECK_THAT(with([](Json& j) { j["layers"][1][2] = nullptr; }), Contains("is damaged"));
  CHECK_THAT(with([](Json& j) { j["layers"][1].push_back(1); }), Contains("is damaged"));
  CHECK_THAT(with([](Json& j) { j["layers"].erase(2); }), Contains("its probe has 5 layers, the model 6"));
}

TEST_CASE("a file that carries a probe is verified as it is loaded") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  net(1).save_weights(path, {.probe = true});
  const auto model = net(2);
  CHECK(model.load_weights(path, {.verify = true}).matched == 10);
  CHECK(numbers(model) == numbers(net(1)));

  net(1).save_weights(folder / "plain.safetensors");
  CHECK_THROWS_WITH(model.load_weights(folder / "plain.safetensors", {.verify = true}),
                    Contains("plain.safetensors") && Contains("carries no probe"));
}

TEST_CASE("a file whose numbers are not those of its probe changes no weight") {
  const test::ScratchFolder folder;
  const auto wrong = net(1);
  const std::string probe = make_probe(wrong);
  weight_of(wrong, "inner/deep/kernel").edit().data()[0] += 0.1f;
  std::vector<SafetensorsInput> tensors;
  for (const auto& [path, weight] : wrong.named_weights())
    tensors.push_back({path, weight.shape(), weight.value().data()});
  const std::string path = folder / "wrong.safetensors";
  write_safetensors(path, tensors, {{"tanuki_probe", probe}});
  const auto model = net(2);
  const auto before = numbers(model);
  CHECK_THROWS_WITH(model.load_weights(path, {.verify = true}),
                    Contains("wrong.safetensors") && Contains("the output of 'inner/deep' differs"));
  CHECK(numbers(model) == before);
  CHECK(model.load_weights(path).matched == 10);

  tensors.pop_back();
  write_safetensors(folder / "part.safetensors", tensors, {{"tanuki_probe", probe}});
  CHECK_THROWS_WITH(model.load_weights(folder / "part.safetensors", {.skip_mismatch = true, .verify = true}),
                    Contains("cannot be verified: it has nothing for 'head/"));
}

}  // namespace test_probe
