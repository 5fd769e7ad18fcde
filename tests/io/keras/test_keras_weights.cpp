// load_keras_weights and save_keras_weights: from and to every form of file.

#include <catch2/catch.hpp>

#include "tanuki/backend/eigen/backend.hpp"
#include "tanuki/io/keras/load.hpp"
#include "tanuki/io/keras/load_weights.hpp"
#include "tanuki/io/keras/save.hpp"
#include "tanuki/io/keras/save_weights.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_keras_weights {

using namespace tanuki;
using Catch::Contains;
using Names = std::vector<std::string>;
using Numbers = std::vector<std::vector<float>>;

namespace {

Numbers numbers(const Model<>& model) {
  Numbers all;
  for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
  return all;
}

/// Every kind of layer that has weights, a nested model, a shared layer.
Model<> net(std::uint64_t seed, Index units = 3) {
  set_random_seed(seed);
  const Sequential inner({Input({8, 8, 4}), SeparableConv2D({.filters = 5, .kernel_size = 3}), PReLU()},
                         "inner");
  const Dense shared({.units = 6, .name = "shared"});
  const auto in = Input({8, 8, 3});
  auto x = BatchNormalization()(Conv2D({.filters = 4, .kernel_size = 3, .padding = "same"})(in));
  x = LayerNormalization()(inner(x));
  x = GroupNormalization({.groups = 5})(Conv2DTranspose({.filters = 5, .kernel_size = 2})(x));
  x = DepthwiseConv2D({.kernel_size = 2})(x);
  x = GlobalAveragePooling2D()(Dropout({.rate = 0.5f})(x));
  x = shared(shared(Dense({.units = 6})(x)));
  const Model model(in, Dense({.units = units, .name = "head"})(x), "net");
  const Random random{seed, 5};
  std::uint64_t i = 0;
  for (const auto& weight : model.weights()) {
    for (Index k = 0; k < weight.shape().elements(); ++k)
      weight.edit().data()[k] = random.uniform(i++, 0.1f, 1);
  }
  return model;
}

const Names forms{"net.weights.h5", "net.h5", "net.hdf5", "net.keras", "net.safetensors"};

void save(const Model<>& model, const std::string& path, bool probe = false) {
  if (path.ends_with(".keras")) {
    save_keras(model, path, {.probe = probe});
  } else {
    save_keras_weights(model, path, {.probe = probe});
  }
}

std::size_t files_in(const test::ScratchFolder& folder) {
  return std::size_t(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

}  // namespace

TEST_CASE("what is saved in any form is loaded to the bit") {
  const test::ScratchFolder folder;
  for (const auto& form : forms) {
    INFO(form);
    const auto saved = net(1), other = net(2);
    save(saved, folder / form);
    REQUIRE(numbers(other) != numbers(saved));
    const auto report = load_keras_weights(other, folder / form);
    CHECK(numbers(other) == numbers(saved));
    CHECK(report.matched == Index(saved.weights().size()));
    CHECK(report.unmatched == Names{});
    CHECK(report.unused == Names{});
  }
  CHECK(files_in(folder) == forms.size());
}

TEST_CASE("a frozen layer and a frozen nested model are saved and loaded as well") {
  const test::ScratchFolder folder;
  for (const auto& form : forms) {
    INFO(form);
    const auto saved = net(1), other = net(2);
    saved.get_layer("inner").trainable(false);
    saved.get_layer("head").trainable(false);
    save(saved, folder / form);
    load_keras_weights(other, folder / form);
    CHECK(numbers(other) == numbers(saved));
  }
}

TEST_CASE("the files that Keras made of a model fit the model that is made of its config") {
  const std::string goldens = TANUKI_GOLDENS "/keras/";
  for (const std::string name : {"functional", "sequential"}) {
    const auto model = load_keras(goldens + name + ".keras", {.compile = false});
    const auto expected = numbers(model);
    for (const char* ending : {".keras", ".weights.h5", ".h5"}) {
      INFO(name << ending);
      for (const auto& weight : model.weights()) {
        if (weight.shape().elements()) weight.edit().data()[0] = 77;
      }
      const auto report = load_keras_weights(model, goldens + name + ending);
      CHECK(numbers(model) == expected);
      CHECK(report.unmatched == Names{});
    }
  }
}

TEST_CASE("a file of Keras 3 without names is taken by the numbers of each class") {
  const test::ScratchFolder folder;
  const auto saved = net(1), other = net(2);
  save_keras_weights(saved, folder / "net.weights.h5");
  {
    const Hdf5Handle file(H5Fopen((folder / "net.weights.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const auto forget = [](hid_t, const char* path, const H5O_info_t*, void* at) {
      const Hdf5Handle object(H5Oopen(*static_cast<hid_t*>(at), path, H5P_DEFAULT), H5Oclose);
      if (H5Aexists(object, "name") > 0) H5Adelete(object, "name");
      return herr_t{0};
    };
    hid_t id = file;
    H5Ovisit1(file, H5_INDEX_NAME, H5_ITER_INC, forget, &id);
  }
  CHECK(load_keras_weights(other, folder / "net.weights.h5").unused == Names{});
  CHECK(numbers(other) == numbers(saved));
}

TEST_CASE("the state of a random generator beside a layer's weights is not looked at") {
  const test::ScratchFolder folder;
  const auto saved = net(1), other = net(2);
  save_keras_weights(saved, folder / "net.weights.h5");
  {
    const Hdf5Handle file(H5Fopen((folder / "net.weights.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle parents(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
    H5Pset_create_intermediate_group(parents, 1);
    const hsize_t two = 2;
    const Hdf5Handle space(H5Screate_simple(1, &two, nullptr), H5Sclose);
    const Hdf5Handle set(H5Dcreate2(file, "layers/dropout/seed_generator/vars/0", H5T_STD_U32LE, space,
                                    parents, H5P_DEFAULT, H5P_DEFAULT),
                         H5Dclose);
    REQUIRE(set);
  }
  CHECK(load_keras_weights(other, folder / "net.weights.h5").unused == Names{});
  CHECK(numbers(other) == numbers(saved));

  save_keras(saved, folder / "whole.keras");
  const KerasArchive archive(folder / "whole.keras");
  test::write_zip(folder / "seeded.keras",
                  {{"metadata.json", "{}"},
                   {"config.json", archive.config().dump()},
                   {"model.weights.h5", test::read_bytes(folder / "net.weights.h5")}});
  CHECK(numbers(load_keras(folder / "seeded.keras")) == numbers(saved));
}

TEST_CASE("by_name and skip_mismatch are heard in every form") {
  const test::ScratchFolder folder;
  for (const auto& form : forms) {
    INFO(form);
    const auto saved = net(1, 4), other = net(2, 3);
    save(saved, folder / form);
    const auto before = numbers(other);
    CHECK_THROWS_WITH(load_keras_weights(other, folder / form),
                      Contains(form) && Contains("head/kernel") && Contains("(6, 3)") && Contains("(6, 4)"));
    CHECK(numbers(other) == before);
    const auto report = load_keras_weights(other, folder / form, {.skip_mismatch = true});
    CHECK(report.unmatched == Names{"head/kernel", "head/bias"});
    REQUIRE(report.mismatched.size() == 2);
    CHECK(report.mismatched[0].in_file_shape == Shape{6, 4});
    CHECK(report.matched == Index(saved.weights().size()) - 2);

    const auto in = Input({6});
    const Model part(in, Dense({.units = 2, .name = "new"})(Dense({.units = 6, .name = "shared"})(in)));
    const auto named = load_keras_weights(part, folder / form, {.by_name = true});
    CHECK(named.matched == 2);
    CHECK(named.unmatched == Names{"new/kernel", "new/bias"});
    CHECK(part.get_layer("shared").weights()[0].value().to_vector() ==
          saved.get_layer("shared").weights()[0].value().to_vector());
  }
}

TEST_CASE("by_name refuses a .weights.h5 that knows no names") {
  const test::ScratchFolder folder;
  const auto saved = net(1), other = net(2);
  const std::string path = folder / "net.weights.h5";
  save_keras_weights(saved, path);
  const auto remove_names = [](hid_t file, const char* name, const H5L_info_t*, void*) {
    if (std::string_view(name).ends_with("vars")) H5Adelete_by_name(file, name, "name", H5P_DEFAULT);
    return herr_t{0};
  };
  {
    const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    REQUIRE(H5Lvisit(file, H5_INDEX_NAME, H5_ITER_INC, remove_names, nullptr) >= 0);
  }
  CHECK_THROWS_WITH(load_keras_weights(other, path, {.by_name = true}),
                    Contains("net.weights.h5") && Contains("load without .by_name"));
  CHECK(load_keras_weights(other, path).unmatched == Names{});
  CHECK(numbers(other) == numbers(saved));
}

TEST_CASE("a name that a legacy .h5 cannot hold is an error with the file's name") {
  const test::ScratchFolder folder;
  const auto in = Input({6}, "in/put");
  const Model model(in, Dense({.units = 2})(in));
  CHECK_THROWS_WITH(save_keras_weights(model, folder / "net.h5"),
                    Contains("net.h5': ") && Contains("in/put"));
}

TEST_CASE("a probe goes with every form, and finds a weight that is another") {
  const test::ScratchFolder folder;
  for (const auto& form : forms) {
    INFO(form);
    const auto saved = net(1), other = net(2);
    save(saved, folder / form, true);
    CHECK(load_keras_weights(other, folder / form, {.verify = true}).unmatched == Names{});
    CHECK(numbers(other) == numbers(saved));
    save(saved, folder / form);
    CHECK_THROWS_WITH(load_keras_weights(other, folder / form, {.verify = true}),
                      Contains(form) && Contains("carries no probe"));
  }
  const auto saved = net(1), other = net(2);
  save_keras_weights(saved, folder / "net.weights.h5", {.probe = true});
  {
    const Hdf5Handle file(H5Fopen((folder / "net.weights.h5").c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
    const Hdf5Handle data(H5Dopen2(file, "layers/dense/vars/1", H5P_DEFAULT), H5Dclose);
    const std::vector<float> numbers(6, 9);
    REQUIRE(H5Dwrite(data, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) >= 0);
  }
  const auto before = numbers(other);
  CHECK_THROWS_WITH(
      load_keras_weights(other, folder / "net.weights.h5", {.verify = true}),
      Contains("net.weights.h5': the output of 'dense") && Contains("the layers before it agree"));
  CHECK(numbers(other) == before);
}

TEST_CASE("load_keras verifies the probe of save_keras") {
  const test::ScratchFolder folder;
  save_keras(net(1), folder / "net.keras", {.probe = true});
  CHECK(numbers(load_keras(folder / "net.keras", {.verify = true})) == numbers(net(1)));
  save_keras(net(1), folder / "net.keras");
  CHECK_THROWS_WITH(load_keras(folder / "net.keras", {.verify = true}),
                    Contains("net.keras") && Contains("carries no probe"));
}

TEST_CASE("another ending, or a model that is not built, is refused before anything is written") {
  const test::ScratchFolder folder;
  CHECK_THROWS_WITH(save_keras_weights(net(1), folder / "net.keras"),
                    Contains("net.keras") && Contains("save_keras()"));
  CHECK_THROWS_WITH(save_keras_weights(net(1), folder / "net.npz"), Contains("ends in .weights.h5"));
  CHECK_THROWS_WITH(save_keras_weights(net(1), folder / "no/net.h5"), Contains("no/net.h5"));
  const Sequential empty({Dense({.units = 5})}, "empty");
  CHECK_THROWS_WITH(save_keras_weights(empty, folder / "net.h5"), Contains("not been built"));
  CHECK_THROWS_WITH(load_keras_weights(empty, folder / "net.h5"), Contains("not been built"));
  CHECK_THROWS_WITH(load_keras_weights(net(1), folder / "none.h5"), Contains("none.h5"));
  CHECK(files_in(folder) == 0);
}

TEST_CASE("a list of names that is too long for one attribute is split") {
  const test::ScratchFolder folder;
  const auto deep = [](float value) {
    const auto in = Input({1});
    SymbolicTensor<Cpu> x = in;
    const std::string long_name(300, 'n');
    for (int i = 0; i < 300; ++i)
      x = Dense({.units = 1,
                 .use_bias = false,
                 .kernel_initializer = constant(value),
                 .name = long_name + std::to_string(i)})(x);
    return Model(in, x, "deep");
  };
  save_keras_weights(deep(0.5f), folder / "deep.h5");
  const auto other = deep(0.25f);
  CHECK(load_keras_weights(other, folder / "deep.h5").matched == 300);
  CHECK(numbers(other) == numbers(deep(0.5f)));
}

TEST_CASE("a save that fails leaves the older file and nothing else") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.keras";
  save_keras(net(1), path);
  const std::string before = test::read_bytes(path);
  const auto broken = net(2);
  broken.get_layer("head").weights()[0].edit().data()[0] = std::nanf("");
  CHECK_THROWS_WITH(save_keras(broken, path, {.probe = true}),
                    Contains("not finite") && Contains("net.keras"));
  std::filesystem::create_directory(folder / "taken.keras");
  CHECK_THROWS_WITH(save_keras(net(1), folder / "taken.keras"),
                    Contains("taken.keras") && Contains("a folder"));
  CHECK(test::read_bytes(path) == before);
  CHECK(files_in(folder) == 2);
  std::filesystem::create_symlink("net.keras", folder / "link.keras");
  save_keras(net(2), folder / "link.keras");
  CHECK(std::filesystem::is_symlink(folder / "link.keras"));
  CHECK(numbers(load_keras(path)) == numbers(net(2)));
  CHECK(files_in(folder) == 3);
}

}  // namespace test_keras_weights
