#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <map>

#include "tanuki/core/random.hpp"
#include "tanuki/io/keras/weights.hpp"
#include "tanuki/io/safetensors.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_weights {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::H5Writer;
using tanuki::test::ScratchFolder;

namespace {

const std::string goldens = TANUKI_GOLDENS "/keras/";

/// What Keras says is in the files that it made of `model`: the names, in its order.
std::vector<std::string> names_in(const SafetensorsFile& contents, const std::string& model) {
  return nlohmann::json::parse(contents.metadata().at("weights"))[model];
}

std::vector<std::string> names_of(const KerasWeights& weights) {
  std::vector<std::string> names;
  for (const NamedTensor& tensor : weights.tensors) names.push_back(tensor.name);
  return names;
}

const NamedTensor& find(const KerasWeights& weights, const std::string& name) {
  for (const NamedTensor& tensor : weights.tensors) {
    if (tensor.name == name) return tensor;
  }
  throw std::runtime_error("no '" + name + "'");
}

/// A .keras file of a config's layers and the h5 that `write` fills.
template <class Write>
std::string keras_file(const ScratchFolder& folder, const std::string& layers, Write write) {
  {
    H5Writer writer(folder / "model.weights.h5");
    write(writer);
  }
  test::write_zip(
      folder / "a.keras",
      {{"metadata.json", "{}"},
       {"config.json", R"({"class_name":"Functional","config":{"name":"m","layers":[)" + layers + "]}}"},
       {"model.weights.h5", test::read_bytes(folder / "model.weights.h5")}});
  return folder / "a.keras";
}

std::string layer(const std::string& type, const std::string& name, const std::string& more = "") {
  return R"({"class_name":")" + type + R"(","config":{"name":")" + name + "\"" + more + "}}";
}

}  // namespace

TEST_CASE("every file that Keras makes of a model holds the same weights") {
  const SafetensorsFile contents(goldens + "contents.safetensors");
  const std::map<std::string, std::vector<std::string>> files{
      {"functional",
       {"functional.keras", "functional_3_3.keras", "functional.h5", "functional_frozen.h5",
        "functional.weights.h5"}},
      {"sequential", {"sequential.keras", "sequential.h5", "sequential.weights.h5"}}};
  for (const auto& [model, paths] : files) {
    const auto expected = names_in(contents, model);
    for (const std::string& path : paths) {
      INFO(path);
      const KerasWeights weights = read_keras_weights(goldens + path);
      auto names = names_of(weights);
      REQUIRE(names.size() == expected.size());
      if (path.find(".weights.h5") == path.npos) {
        REQUIRE(names == expected);  // in the order of the model's layers
        REQUIRE(weights.keras_version.starts_with("3."));
      }
      for (const std::string& name : expected) {
        INFO(name);
        const Tensor<Cpu> wanted = contents.find(model + "/weights/" + name)->tensor();
        const Tensor<Cpu>& value = find(weights, name).value;
        REQUIRE(value.shape() == wanted.shape());
        REQUIRE(value.to_vector() == wanted.to_vector());
      }
    }
  }
}

TEST_CASE("the optimizer is seen and left") {
  REQUIRE(read_keras_weights(goldens + "functional.keras").ignored ==
          std::vector<std::string>{"optimizer: 32 arrays"});
  REQUIRE(read_keras_weights(goldens + "functional.h5").ignored ==
          std::vector<std::string>{"optimizer_weights: 32 arrays"});
  REQUIRE(read_keras_weights(goldens + "sequential.keras").ignored.empty());
}

TEST_CASE("a file as keras.applications publishes it: chunked lists, other automatic names") {
  const KerasWeights weights = read_keras_weights(goldens + "functional_published.h5");
  REQUIRE(weights.format == "legacy h5");
  REQUIRE(weights.keras_version == "2.1.6");
  REQUIRE(weights.tensors.size() == 21);
  const SafetensorsFile contents(goldens + "contents.safetensors");
  const auto same = [&](const std::string& name, const std::string& keras_name) {
    REQUIRE(find(weights, name).value.to_vector() ==
            contents.find("functional/weights/" + keras_name)->tensor().to_vector());
  };
  same("stem/kernel", "stem/kernel");
  same("backbone/sepconv/pointwise_kernel", "backbone/sepconv/pointwise_kernel");
  same("backbone/batch_normalization_42/moving_mean", "backbone/batch_normalization_2/moving_mean");
  same("neck/dense_40/bias", "neck/dense/bias");
}

TEST_CASE("weights in the .npz form are refused") {
  REQUIRE_THROWS_WITH(read_keras_weights(goldens + "functional_npz.keras"),
                      Contains("functional_npz.keras") && Contains(".npz"));
}

TEST_CASE("names of Keras 1 and 2 become those of Keras 3") {
  ScratchFolder folder;
  const std::string path = folder / "old.h5";
  const auto write = [](H5Writer& writer, const std::string& group, const std::vector<std::string>& weights) {
    writer.group(group).texts(group, "weight_names", weights);
    for (const std::string& weight : weights) writer.dataset(group + "/" + weight, {1}, {1});
  };
  {
    H5Writer writer(path);
    const std::vector<std::string> layers{
        "block1_conv1", "convolution2d_1", "block1_bn", "conv_dw_1", "sep", "top", "head", "renamed", "none"};
    writer.texts("/", "layer_names", layers);
    write(writer, "block1_conv1", {"block1_conv1_W_1:0", "block1_conv1_b_1:0"});
    write(writer, "convolution2d_1", {"convolution2d_1_W:0"});
    write(writer, "block1_bn",
          {"block1_bn_gamma:0", "block1_bn_beta:0", "block1_bn_running_mean:0", "block1_bn_running_std:0"});
    write(writer, "conv_dw_1", {"conv_dw_1/depthwise_kernel:0"});
    write(writer, "sep", {"sep/depthwise_kernel:0", "sep/pointwise_kernel:0"});
    write(writer, "top", {"top/top/kernel:0", "top/top/bias:0"});
    write(writer, "head", {"head/dense_7/kernel:0", "head/dense_7/bias:0"});
    write(writer, "renamed", {"dense_3/kernel:0"});
    write(writer, "none", {});
  }
  REQUIRE(names_of(read_keras_weights(path)) ==
          std::vector<std::string>{"block1_conv1/kernel", "block1_conv1/bias", "convolution2d_1/kernel",
                                   "block1_bn/gamma", "block1_bn/beta", "block1_bn/moving_mean",
                                   "block1_bn/moving_variance", "conv_dw_1/kernel", "sep/depthwise_kernel",
                                   "sep/pointwise_kernel", "top/kernel", "top/bias", "head/dense_7/kernel",
                                   "head/dense_7/bias", "renamed/kernel"});
}

TEST_CASE("without names or a config the layers are counted and the weights numbered") {
  ScratchFolder folder;
  {
    H5Writer writer(folder / "a.weights.h5");
    for (int i : {0, 1, 2, 10}) {
      const std::string number = i ? "_" + std::to_string(i) : "";
      writer.dataset("layers/functional/layers/conv2d" + number + "/vars/0", {1, 1, 1, 1}, {float(i)});
    }
    writer.dataset("layers/dense/vars/0", {1, 1}, {7}).dataset("layers/dense/vars/1", {1}, {8});
    writer.dataset("layers/dropout/seed_generator/vars/0", {2}, {1, 2}, H5T_STD_U32LE);
    writer.group("layers/normalization/vars")
        .group("layers/dropout/vars")
        .group("layers/functional/vars")
        .group("vars");
  }
  const KerasWeights weights = read_keras_weights(folder / "a.weights.h5");
  REQUIRE(weights.format == "weights.h5");
  REQUIRE(names_of(weights) == std::vector<std::string>{"dense/0", "dense/1", "functional/conv2d/0",
                                                        "functional/conv2d_1/0", "functional/conv2d_2/0",
                                                        "functional/conv2d_10/0"});
  REQUIRE(weights.ignored == std::vector<std::string>{"layers/dropout/seed_generator/vars/0"});
}

TEST_CASE("names without a config tell the weights, but for gamma or beta alone") {
  ScratchFolder folder;
  {
    H5Writer writer(folder / "a.weights.h5");
    for (const char* i : {"0", "1", "2"})
      writer.dataset(std::string("layers/batch_normalization/vars/") + i, {1}, {1});
    for (const char* i : {"0", "1"})
      writer.dataset(std::string("layers/batch_normalization_1/vars/") + i, {1}, {1});
    writer.dataset("layers/dense/vars/0", {1, 1}, {1});
    writer.text("layers/batch_normalization/vars", "name", "bn")
        .text("layers/batch_normalization_1/vars", "name", "plain");
    writer.text("layers/dense/vars", "name", "top");
  }
  REQUIRE(names_of(read_keras_weights(folder / "a.weights.h5")) ==
          std::vector<std::string>{"bn/0", "bn/moving_mean", "bn/moving_variance", "plain/moving_mean",
                                   "plain/moving_variance", "top/kernel"});
}

TEST_CASE("the counter of a class follows the config's order, the file's own names come first") {
  ScratchFolder folder;
  const std::string dense = R"(,"units":1,"use_bias":false)";
  const std::string layers = layer("InputLayer", "in") + "," + layer("Dense", "z", dense) + "," +
                             layer("Dropout", "d") + "," + layer("Dense", "a", dense);
  const auto write = [](H5Writer& writer) {
    writer.dataset("layers/dense/vars/0", {1, 1}, {1}).dataset("layers/dense_1/vars/0", {1, 1}, {2});
  };
  const KerasWeights counted = read_keras_weights(keras_file(folder, layers, write));
  REQUIRE(names_of(counted) == std::vector<std::string>{"z/kernel", "a/kernel"});
  REQUIRE(find(counted, "a/kernel").value.to_vector() == std::vector<float>{2});
  const KerasWeights named = read_keras_weights(keras_file(folder, layers, [&](H5Writer& writer) {
    write(writer);
    writer.text("layers/dense/vars", "name", "a").text("layers/dense_1/vars", "name", "z");
  }));
  REQUIRE(find(named, "a/kernel").value.to_vector() == std::vector<float>{1});
}

TEST_CASE("a .keras file whose weights do not fit its config is refused with the place") {
  ScratchFolder folder;
  const auto refuses = [&](const std::string& layers, auto write, const std::string& reason) {
    const std::string path = keras_file(folder, layers, write);
    REQUIRE_THROWS_WITH(read_keras_weights(path), Contains("a.keras") && Contains(reason));
  };
  const auto kernel = [](H5Writer& writer) {
    writer.dataset("layers/dense/vars/0", {2, 3}, std::vector<float>(6));
  };
  refuses(layer("Dense", "top", R"(,"units":4,"use_bias":false)"), kernel,
          "'top/kernel' has shape (2, 3), its config expects (?, 4)");
  refuses(layer("Dense", "top", R"(,"units":3,"use_bias":true)"), kernel, "'top' has 1 weights, expected 2");
  refuses(
      layer("Dense", "top") + "," + layer("Dense", "more"),
      [](H5Writer& writer) {
        writer.dataset("layers/dense/vars/0", {2, 3}, std::vector<float>(6))
            .dataset("layers/dense/vars/1", {3}, {1, 2, 3});
      },
      "'layers/dense_1': 'more' has 0 weights, expected 2");
  refuses(
      layer("Attention", "odd"),
      [](H5Writer& writer) { writer.dataset("layers/attention/vars/0", {1}, {1}); },
      "'odd' is of the class attention, whose weights are not supported");
  refuses(
      layer("Bidirectional", "wrap"),
      [](H5Writer& writer) { writer.dataset("layers/bidirectional/forward_layer/vars/0", {1}, {1}); },
      "'wrap' is of the class bidirectional");
  refuses(
      layer("Dense", "top", R"(,"units":3,"use_bias":false)"),
      [](H5Writer& writer) {
        writer.dataset("layers/dense/vars/1", {2, 3}, std::vector<float>(6));
      },
      "expected layers/dense/vars/0");
  refuses(
      layer("Dense", "top"), [](H5Writer& writer) { writer.group("vars"); }, "no layers in it");
  refuses(R"({"class_name":"Dense"})", kernel, "has no list of layers");
  refuses(R"({"class_name":"Dense","config":{}})", kernel, "has no 'name'");
  refuses(
      layer("Dense", "same", R"(,"use_bias":false)") + "," + layer("Dense", "same", R"(,"use_bias":false)"),
      [](H5Writer& writer) {
        writer.dataset("layers/dense/vars/0", {1, 1}, {1}).dataset("layers/dense_1/vars/0", {1, 1}, {1});
      },
      "'same/kernel' is there twice");
  refuses(layer("Functional", "inner", R"(,"layers":7)"), kernel,
          "'inner/' of class \"Functional\" has no list of layers");
}

TEST_CASE("a layer that was given its numbers has no weights") {
  ScratchFolder folder;
  const std::string layers = layer("Normalization", "n", R"(,"mean":[1.0],"variance":[2.0])") + "," +
                             layer("BatchNormalization", "b", R"(,"center":false,"scale":true)");
  const auto write = [](H5Writer& writer) {
    writer.group("layers/normalization/vars");
    for (const char* i : {"0", "1", "2"})
      writer.dataset(std::string("layers/batch_normalization/vars/") + i, {1}, {1});
  };
  REQUIRE(names_of(read_keras_weights(keras_file(folder, layers, write))) ==
          std::vector<std::string>{"b/gamma", "b/moving_mean", "b/moving_variance"});
}

TEST_CASE("files that are nothing of Keras are refused by name") {
  ScratchFolder folder;
  test::write_bytes(folder / "a.h5", "nothing");
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "a.h5"), Contains("a.h5") && Contains("no HDF5 file"));
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "b.h5"), Contains("b.h5") && Contains("cannot open"));
  test::write_bytes(folder / "a.keras", "");
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "a.keras"), Contains("a.keras") && Contains("is empty"));
  REQUIRE_THROWS_WITH(read_keras_weights(goldens + "contents.safetensors"), Contains("a safetensors file"));
  test::write_bytes(folder / "cut.keras", test::read_bytes(goldens + "functional.keras").substr(0, 20000));
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "cut.keras"),
                      Contains("cut.keras") && Contains("cut short"));
  H5Writer(folder / "c.h5").dataset("x", {1}, {1});
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "c.h5"), Contains("c.h5") && Contains("no layers in it"));
  H5Writer(folder / "d.h5").texts("/", "layer_names", {"lost"});
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "d.h5"),
                      Contains("'lost': there is no attribute 'weight_names'"));
  H5Writer(folder / "e.h5")
      .texts("/", "layer_names", {"a"})
      .group("a")
      .texts("a", "weight_names", {"a/kernel:0"});
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "e.h5"),
                      Contains("'a/a/kernel:0': there is no such dataset"));
}

TEST_CASE("groups that contain themselves are refused") {
  ScratchFolder folder;
  {
    H5Writer writer(folder / "a.weights.h5");
    writer.group("layers/functional/layers").group("more");
    const auto link = [&](const char* from, const char* to) {
      H5Lcreate_hard(writer.id(), from, writer.id(), to, H5P_DEFAULT, H5P_DEFAULT);
    };
    link("layers/functional", "layers/functional/layers/functional");
    link("more", "more/a");
    link("more", "more/b");
  }
  REQUIRE_THROWS_WITH(read_keras_weights(folder / "a.weights.h5"),
                      Contains("'more/a/a/a") && Contains("nested too deeply"));
}

TEST_CASE("no damage to a Keras file is more than an Error") {
  ScratchFolder folder;
  int refused = 0, read = 0;
  const auto attempt = [&](const std::string& bytes) {
    test::write_bytes(folder / "damaged", bytes);
    try {
      read_keras_weights(folder / "damaged");
      ++read;
    } catch (const Error&) {
      ++refused;
    }
  };
  for (const std::string name : {"sequential.keras", "sequential.h5", "sequential.weights.h5"}) {
    const std::string whole = test::read_bytes(goldens + name);
    for (std::size_t part = 0; part < 64; ++part) attempt(whole.substr(0, whole.size() * part / 64));
  }
  REQUIRE(read == 0);
  // Single bytes only inside a .keras, whose checksums find them: HDF5's own library can crash on such a
  // file.
  const std::string whole = test::read_bytes(goldens + "sequential.keras");
  const Random random{23, 0};
  for (std::uint64_t round = 0; round < 1000; ++round) {
    std::string bytes = whole;
    char& byte = bytes[random.word(2 * round) % bytes.size()];
    byte = char(byte ^ (1 << random.word(2 * round + 1) % 8));
    attempt(bytes);
  }
  REQUIRE(refused > 900);
}

TEST_CASE("the weights of a real fine-tuned Xception (Keras 3.3.3)") {
  const char* folder = std::getenv("TANUKI_KITCHENWARE");
  std::string path;
  if (folder && std::filesystem::is_directory(folder)) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
      if (file.path().extension() == ".keras") path = file.path().string();
    }
  }
  if (path.empty()) {
    std::cout << "SKIP: TANUKI_KITCHENWARE is no folder with a .keras file\n";
    return;
  }
  const KerasWeights weights = read_keras_weights(path);
  REQUIRE(weights.keras_version == "3.3.3");
  REQUIRE(weights.tensors.size() == 238);
  REQUIRE(weights.ignored == std::vector<std::string>{"optimizer: 10 arrays"});
  Index base = 0;
  for (const NamedTensor& tensor : weights.tensors)
    base += tensor.name.starts_with("xception/") ? tensor.value.size() : 0;
  REQUIRE(base == 20'861'480);
  // Keras' own sums, layer.weights[i].numpy().sum(dtype=float64)
  const std::map<std::string, std::pair<Shape, double>> sums{
      {"xception/block1_conv1/kernel", {Shape{3, 3, 3, 32}, -1.4053596400190145}},
      {"xception/conv2d/kernel", {Shape{1, 1, 64, 128}, -7.1700628148616943}},
      {"xception/conv2d_3/kernel", {Shape{1, 1, 728, 1024}, -170.01860681398486}},
      {"xception/batch_normalization_2/moving_mean", {Shape{728}, -2232.9826325923204}},
      {"xception/block2_sepconv2_bn/beta", {Shape{128}, 43.984222941100597}},
      {"xception/block10_sepconv3/pointwise_kernel", {Shape{1, 1, 728, 728}, -85.8059617291525}},
      {"xception/block14_sepconv2_bn/moving_variance", {Shape{2048}, 81.407070156186819}},
      {"dense_1/bias", {Shape{6}, -0.0010637480299919844}}};
  for (const auto& [name, expected] : sums) {
    INFO(name);
    const Tensor<Cpu>& value = find(weights, name).value;
    REQUIRE(value.shape() == expected.first);
    double sum = 0;
    for (Index i = 0; i < value.size(); ++i) sum += double(value.data()[i]);
    REQUIRE(sum == Approx(expected.second).epsilon(1e-9));
  }
}

}  // namespace test_weights
