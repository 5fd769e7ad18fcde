#include <catch2/catch.hpp>
#include <thread>

#include "tanuki/tanuki.hpp"

namespace test_threads {

using namespace tanuki;

Tensor<> pictures(Index count, std::uint64_t seed) {
  Tensor<> x(Shape{count, 10, 10, 3});
  const Random random{seed, 0};
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(std::uint64_t(i));
  return x;
}

/// Layer names stand for random numbers, so that they are the same in whatever order models are made.
Model<> convolutional(const std::string& name) {
  const auto input = Input({10, 10, 3});
  auto x = Conv2D({.filters = 8, .kernel_size = 3, .name = name + "_conv"})(input);
  x = ReLU()(BatchNormalization({.name = name + "_norm"})(x));
  x = SeparableConv2D({.filters = 16, .kernel_size = 3, .name = name + "_separable"})(x);
  x = Dropout({.rate = 0.2f, .name = name + "_dropout"})(GlobalAveragePooling2D()(x));
  return Model<>(input, Dense({.units = 3, .name = name + "_dense"})(x), name);
}

template <class Work>
void in_threads(int count, const Work& work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
  for (auto& thread : threads) thread.join();
}

TEST_CASE("predict on one model from eight threads gives the bits of one") {
  const Model<> model = convolutional("shared");
  std::vector<std::vector<float>> alone(8), together(8 * 5);
  for (int i = 0; i < 8; ++i)
    alone[std::size_t(i)] = model.predict(pictures(5 + i, std::uint64_t(i)), {.batch_size = 4}).to_vector();
  in_threads(8, [&](int i) {
    for (int round = 0; round < 5; ++round)
      together[std::size_t(5 * i + round)] =
          model.predict(pictures(5 + i, std::uint64_t(i)), {.batch_size = 4}).to_vector();
  });
  for (std::size_t i = 0; i < 40; ++i) CHECK(together[i] == alone[i / 5]);
}

TEST_CASE("models that train at the same time do not disturb each other") {
  const auto train = [](const std::string& name) {
    const Model<> model = convolutional(name);
    model.compile({.optimizer = Adam(), .loss = "mse"});
    model.fit(pictures(12, 1), Tensor<>(Shape{12, 3}), {.epochs = 3, .verbose = false, .batch_size = 4});
    return model.predict(pictures(3, 2)).to_vector();
  };
  const std::string names[] = {"a", "b", "c"};
  std::vector<std::vector<float>> alone, together(3);
  set_random_seed(7);
  for (const auto& name : names) alone.push_back(train(name));
  set_random_seed(7);
  in_threads(3, [&](int i) { together[std::size_t(i)] = train(names[i]); });
  CHECK(together == alone);
}

TEST_CASE("what goes beyond the memory limit says which batch would not") {
  const auto input = Input({10, 10, 3});
  const auto x =
      GlobalAveragePooling2D()(Conv2D({.filters = 64, .kernel_size = 3, .activation = "relu"})(input));
  const Model<> model(input, Dense({.units = 1})(x));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor<> images = pictures(500, 1), labels({500, 1});
  const auto fit = [&](Index part) {
    model.fit(images, labels, {.verbose = false, .batch_size = 500, .micro_batch_size = part});
  };
  const std::string text = ", for a batch of 500; the largest that fits is ";
  configure({.memory_limit = memory_in_use() + 12'000'000});
  std::string said;
  try {
    fit(0);
  } catch (const Error& error) {
    said = error.what();
  }
  INFO(said);
  REQUIRE(said.find(text) != said.npos);
  CHECK(said.ends_with(", as batch_size or micro_batch_size"));
  const Index fits = std::stoll(said.substr(said.find(text) + text.size()));
  CHECK(fits > 10);
  CHECK_NOTHROW(fit(fits));
  CHECK_THROWS_WITH(fit(499), Catch::Contains("the largest that fits is"));
  configure({});
}

TEST_CASE("the memory limit is kept, and can be lifted") {
  const auto before = memory_in_use();
  {
    const Tensor<> held(Shape{1000});
    CHECK(memory_in_use() == before + 4000);
    configure({.memory_limit = memory_in_use() + 100'000});
    CHECK_THROWS_WITH(Tensor<>(Shape{50'000}), Catch::Contains("[memory] 200000 bytes more than the") &&
                                                   Catch::Contains("beyond the memory_limit of"));
    CHECK_NOTHROW(Tensor<>(Shape{5'000}));
    const Model<> model = convolutional("limited");
    configure({.memory_limit = memory_in_use() + 20'000});
    CHECK_THROWS_WITH(model.predict(pictures(8, 1)), Catch::Contains("memory_limit"));
    configure({});
    CHECK_NOTHROW(model.predict(pictures(8, 1)));
  }
  CHECK_THROWS_WITH(configure({.memory_limit = -1}), Catch::Contains("memory_limit is -1"));
  CHECK_THROWS_WITH(configure({.threads = -1}), Catch::Contains("-1 threads"));
}

}  // namespace test_threads
