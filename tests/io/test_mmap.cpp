// Weights that stay in their file: load_weights(path, {.mmap = true}).

#include <catch2/catch.hpp>
#include <cstring>
#include <tanuki/keras.hpp>
#include <tanuki/tanuki.hpp>

#include "tests/io/scratch_folder.hpp"

namespace test_mmap {

using namespace tanuki;

namespace {

Model<> net(std::uint64_t seed) {
  set_random_seed(seed);
  const auto in = Input({8, 8, 3});
  const auto x = Conv2D({.filters = 300, .kernel_size = 1, .activation = "relu", .name = "wide"})(in);
  const auto y = Conv2D({.filters = 300, .kernel_size = 1, .name = "large"})(x);
  return Model(in, Dense({.units = 2, .name = "head"})(GlobalAveragePooling2D({.name = "pool"})(y)));
}

std::vector<std::vector<float>> numbers(const Model<>& model) {
  std::vector<std::vector<float>> all;
  for (const auto& weight : model.weights()) all.push_back(weight.value().to_vector());
  return all;
}

Index mapped(const Model<>& model) {
  Index count = 0;
  for (const auto& weight : model.weights()) count += weight.value().is_mapped();
  return count;
}

Tensor<> images() {
  Tensor<> x({4, 8, 8, 3});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random{1, 1}.normal(std::uint64_t(i));
  return x;
}

}  // namespace

TEST_CASE("mmap: weights are read where they lie, and predict the same") {
  const test::ScratchFolder folder;
  const auto saved = net(1), model = net(2);
  saved.save_weights(folder / "net.safetensors");
  CHECK(model.load_weights(folder / "net.safetensors", {.mmap = true}).matched == 6);
  CHECK(mapped(model) == 6);
  CHECK(numbers(model) == numbers(saved));
  const auto expected = saved.predict(images()).to_vector();
  for (int repeat = 0; repeat < 2; ++repeat) {  // the second time after pages were given back
    CHECK(model.predict(images()).to_vector() == expected);
    CHECK(numbers(model) == numbers(saved));
  }
  CHECK(mapped(model) == 6);
}

TEST_CASE("mmap: what writes to a weight writes to a copy") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  net(1).save_weights(path);
  const std::string before = test::read_bytes(path);
  const auto model = net(2), plain = net(2);
  model.load_weights(path, {.mmap = true});
  plain.load_weights(path);
  for (const auto& trained : {model, plain}) {
    trained.get_layer("wide").trainable(false);
    trained.compile({.optimizer = SGD({.learning_rate = 0.1f}), .loss = MeanSquaredError()});
    trained.train_on_batch(images(), Tensor<>({4, 2}));
  }
  CHECK(mapped(model) == 2);  // the frozen layer's
  CHECK(numbers(model) == numbers(plain));
  CHECK(test::read_bytes(path) == before);

  const Tensor<> copy = model.get_layer("wide").weights()[0].value();
  Tensor<> changed = copy;
  changed.data()[0] = 7;
  CHECK(copy.is_mapped());
  CHECK_FALSE(changed.is_mapped());
  CHECK(changed.to_vector()[1] == copy.to_vector()[1]);
  CHECK(copy.to_vector() == model.get_layer("wide").weights()[0].value().to_vector());
}

TEST_CASE("mmap: a file may be replaced and removed, its weights stay") {
  const test::ScratchFolder folder;
  const std::string path = folder / "net.safetensors";
  net(1).save_weights(path);
  const auto model = net(2);
  model.load_weights(path, {.mmap = true});
  const auto expected = numbers(model);
  model.load_weights(path);  // over numbers that it reads there
  CHECK(mapped(model) == 0);
  CHECK(numbers(model) == expected);
  model.load_weights(path, {.mmap = true});
  model.save_weights(path);  // onto the file that it reads
  CHECK(numbers(model) == expected);
  net(3).save_weights(path);
  CHECK(numbers(model) == expected);
  std::filesystem::remove(path);
  CHECK(numbers(model) == expected);
  CHECK(model.predict(images()).to_vector() == net(1).predict(images()).to_vector());
}

TEST_CASE("mmap: Keras' files, and numbers that cannot be read in place") {
  const test::ScratchFolder folder;
  const auto saved = net(1);
  save_keras(saved, folder / "net.keras");
  const auto of_keras = net(2);
  load_keras_weights(of_keras, folder / "net.keras", {.mmap = true});
  CHECK(numbers(of_keras) == numbers(saved));
  CHECK(of_keras.predict(images()).to_vector() == saved.predict(images()).to_vector());

  save_keras_weights(saved, folder / "net.weights.h5");
  const auto of_h5 = net(2);
  load_keras_weights(of_h5, folder / "net.weights.h5", {.mmap = true});
  CHECK(mapped(of_h5) == 6);
  CHECK(numbers(of_h5) == numbers(saved));

  // A header of an odd length moves all numbers off their multiples of 4.
  const std::string path = folder / "net.safetensors";
  saved.save_weights(path);
  std::string bytes = test::read_bytes(path);
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof(length));
  ++length;
  std::memcpy(bytes.data(), &length, sizeof(length));
  bytes.insert(std::size_t(8 + length - 1), 1, ' ');
  test::write_bytes(path, bytes);
  const auto odd = net(2);
  odd.load_weights(path, {.mmap = true});
  CHECK(mapped(odd) == 0);
  CHECK(numbers(odd) == numbers(saved));
}

}  // namespace test_mmap
