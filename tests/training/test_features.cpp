#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <filesystem>
#include <numeric>
#include <sstream>
#include <thread>

#include "tanuki/tanuki.hpp"

namespace test_features {

using namespace tanuki;

/// Hands its input on, and counts the images.
class CountingOp final : public ops::Op<Cpu> {
 public:
  CountingOp(std::shared_ptr<Index> count, Weight<Cpu> weight)
      : count_(std::move(count)), weight_(std::move(weight)) {}
  std::string_view name() const override { return "counting"; }
  Shape output_shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::vector<Weight<Cpu>> weights() const override { return {weight_}; }
  ops::Reads reads(ops::Wanted) const override { return {}; }
  bool per_example() const override { return true; }
  void forward(const ops::ForwardPass<Cpu>& pass) const override {
    std::copy_n(pass.inputs[0].data, pass.output.size(), pass.output.data);
    static std::mutex mutex;
    std::lock_guard lock(mutex);
    *count_ += pass.output.shape[0];
  }
  void backward(const ops::BackwardPass<Cpu>& pass) const override {
    if (pass.input_gradients[0])
      std::copy_n(pass.gradient.data, pass.gradient.size(), pass.input_gradients[0].data);
    if (pass.weight_gradients[0]) *pass.weight_gradients[0].data = 0;
  }

 private:
  std::shared_ptr<Index> count_;
  Weight<Cpu> weight_;
};

template <class B = Cpu>
class Counting final : public LayerOf<Counting<B>, B> {
 public:
  explicit Counting(std::shared_ptr<Index> count)
      : LayerOf<Counting<B>, B>("Counting", "counting"), count_(std::move(count)) {}

 private:
  void do_build(const Shape&) const override { this->add_weight("unused", {1, 1}, zeros(), Role::learned); }

  ops::Value<B> call(ops::Value<B> x, bool) const override {
    return x.graph->emit(std::make_shared<CountingOp>(count_, this->weight("unused")), x);
  }
  std::shared_ptr<Index> count_;
};

struct Run {
  bool keep = true, augment = false, frozen = true, statistics = false, map = false, tensors = false;
  bool weighted = false;
  Index epochs = 4, micro_batch_size = 0, steps_per_epoch = 0, in_memory = Index{1} << 20;
  std::vector<std::shared_ptr<Callback>> callbacks = {};
};

struct Outcome {
  History::Series series;
  std::vector<std::vector<float>> weights;
  Index images = 0;  ///< that went through the base
  std::string text;
  bool same_bits(const Outcome& other) const { return series == other.series && weights == other.weights; }
};

Outcome train(const Run& run) {
  clear_session();
  set_random_seed(5);
  const auto pictures = [](Index count, std::uint64_t seed) {
    Tensor<> x(Shape{count, 6, 6, 2}), y(Shape{count, 1});
    const Random random{seed, 0};
    for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.uniform(std::uint64_t(i));
    for (Index i = 0; i < count; ++i) y.data()[i] = float(x.data()[i * 72] > 0.5f);
    return std::pair(x, y);
  };
  const auto [x, y] = pictures(21, 1);
  const auto [vx, vy] = pictures(10, 2);
  const auto count = std::make_shared<Index>(0);

  const auto input = Input({6, 6, 2});
  const auto inner = Input({6, 6, 2});
  auto h = Conv2D({.filters = 4, .kernel_size = 3, .name = "conv"})(Counting(count)(inner));
  h = ReLU()(BatchNormalization({.name = "norm"})(h));
  const Model base(inner, h, "base");
  base.trainable(!run.frozen);
  auto z = run.augment ? RandomFlip({.mode = "horizontal"})(input) : input;
  z = run.statistics ? base(z) : base(z, {.training = false});
  z = Dropout({.rate = 0.2f})(GlobalAveragePooling2D()(z));
  const Model<> model(input, Dense({.units = 1, .name = "head"})(z));
  model.compile({.optimizer = Adam({.learning_rate = 0.01f}),
                 .loss = BinaryCrossentropy({.from_logits = true}),
                 .metrics = {BinaryAccuracy({.threshold = 0})}});
  std::ostringstream text;
  FitOptions options{.epochs = run.epochs,
                     .callbacks = run.callbacks,
                     .output = &text,
                     .batch_size = 4,
                     .micro_batch_size = run.micro_batch_size,
                     .steps_per_epoch = run.steps_per_epoch,
                     .keep_features = run.keep,
                     .features_in_memory = run.in_memory};
  if (run.weighted) options.class_weight = {{0, 2.0}, {1, 0.5}};
  History history;
  if (run.tensors) {
    options.validation_data = {vx, vy};
    history = model.fit(x, y, options);
  } else {
    auto data = Dataset::from_tensors(x, y);
    if (run.map) data = data.map([](Example example) { return example; });
    options.validation_data = Dataset::from_tensors(vx, vy).batch(4);
    history = model.fit(data.shuffle(3).batch(4).prefetch(2), options);
  }
  Outcome outcome;
  outcome.images = *count;
  outcome.text = text.str();
  for (const auto& [key, values] : history.series())
    if (key != "seconds") outcome.series.emplace_back(key, values);
  for (const auto& [path, weight] : model.named_weights())
    outcome.weights.push_back(weight.value().to_vector());
  return outcome;
}

constexpr Index every_epoch = 4 * (21 + 10), once = 21 + 10;

TEST_CASE("images go through what is frozen once, and no bit changes") {
  Run run;
  SECTION("of a dataset") {}
  SECTION("of tensors") { run.tensors = true; }
  SECTION("with class weights") { run.weighted = true; }
  SECTION("in micro-batches") { run.micro_batch_size = 3; }
  SECTION("in temporary files") { run.in_memory = 0; }
  Run plain = run;
  plain.keep = false;
  const Outcome without = train(plain), with = train(run);
  CHECK(without.images == every_epoch);
  CHECK(with.images == once);
  CHECK(with.same_bits(without));
  CHECK_THAT(with.text, Catch::Contains("Images go through the layers that are not trained once"));
  CHECK_THAT(without.text, !Catch::Contains("not trained once"));
}

TEST_CASE("what is kept counts for the memory limit, and lies in a file where it would be passed") {
  struct Watch : Callback {
    explicit Watch(Index limit) : limit_(limit) {}
    void on_train_begin() override {
      if (limit_) configure({.memory_limit = memory_in_use() + limit_});
      before_ = memory_in_use();
    }
    void on_epoch_end(Index, const Logs&) override { most = std::max(most, memory_in_use() - before_); }
    Index limit_, before_ = 0, most = 0;
  };
  const auto watched = [](Run run, Index limit) {
    const auto watch = std::make_shared<Watch>(limit);
    run.callbacks = {watch};
    const Outcome outcome = train(run);
    configure({});
    return std::pair(outcome, watch->most);
  };
  const auto [plain, needed] = watched({.keep = false}, 0);
  const Index block = Index{16} << 20;
  SECTION("in memory") {
    const auto [with, most] = watched({.in_memory = 4 * block}, 8 * block);
    CHECK(with.same_bits(plain));
    CHECK(with.images == once);
    CHECK(most > 2 * block);  // training's and validation's
    CHECK(most < needed + 3 * block);
  }
  SECTION("in files") {
    const auto [with, most] = watched({.in_memory = 4 * block}, block);
    CHECK(with.same_bits(plain));
    CHECK(with.images == once);
    CHECK(most < block);
  }
}

TEST_CASE("rows move to files when others need the memory") {
  constexpr Index row = 1 << 20, mebibyte = 1 << 20;  // four rows in a block
  const Index before = memory_in_use();
  {
    FeatureStore store(Index{1} << 30);
    configure({.memory_limit = before + 36 * mebibyte});
    const auto check = [&](Index rows) {
      for (Index entry = 0; entry < rows; ++entry) {
        REQUIRE(store.contains(entry));
        store.read(entry, [&](const float* from) {
          CHECK(std::all_of(from, from + row, [&](float value) { return value == float(entry); }));
        });
      }
      CHECK_FALSE(store.contains(rows));
    };
    const auto add = [&](Index entry) {
      return store.add(entry, row, [&](float* to) { std::fill_n(to, row, float(entry)); });
    };
    for (Index entry = 0; entry < 10; ++entry) REQUIRE(add(entry));
    CHECK(memory_in_use() == before + 32 * mebibyte);  // the third block is in a file
    check(10);
    {
      const Tensor<> small(Shape{mebibyte / 4});
      CHECK(memory_in_use() == before + 33 * mebibyte);
      const Tensor<> large(Shape{2 * mebibyte});
      CHECK(memory_in_use() == before + 9 * mebibyte);
      CHECK_THROWS_WITH(Tensor<>(Shape{9 * mebibyte}), Catch::Contains("memory_limit"));
    }
    check(10);
    for (Index entry = 10; entry < 14; ++entry) REQUIRE(add(entry));
    CHECK(memory_in_use() == before);
    check(14);
    store.clear();
    check(0);
  }
  configure({});
}

TEST_CASE("rows are read while another thread takes their memory") {
  constexpr Index row = 1 << 20, mebibyte = 1 << 20;
  configure({.memory_limit = memory_in_use() + 40 * mebibyte});
  {
    FeatureStore store(Index{1} << 30);
    const auto add = [&](Index entry) {
      return store.add(entry, row, [&](float* to) { std::fill_n(to, row, float(entry)); });
    };
    std::size_t wrong = 0;
    for (Index entry = 0; entry < 8; ++entry) wrong += !add(entry);
    std::thread other([] {
      for (int i = 0; i < 20; ++i) Tensor<>(Shape{(1 + i) * mebibyte / 4});
    });
    for (Index entry = 8; entry < 20; ++entry) {
      wrong += !add(entry);
      for (Index known = 0; known <= entry; ++known)
        store.read(known, [&](const float* from) { wrong += from[row / 2] != float(known); });
    }
    other.join();
    CHECK(wrong == 0);
  }
  configure({});
}

TEST_CASE("blocks are added while another thread takes their memory") {  // for the thread sanitizer
  constexpr Index row = 1 << 22;                                         // a block each
  FeatureStore store(Index{1} << 30);
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) host_memory().give_back_spare();
  });
  std::size_t wrong = 0;
  for (Index entry = 0; entry < 8; ++entry)
    wrong += !store.add(entry, row, [&](float* to) { to[0] = float(entry); });
  done = true;
  other.join();
  for (Index entry = 0; entry < 8; ++entry)
    store.read(entry, [&](const float* from) { wrong += from[0] != float(entry); });
  CHECK(wrong == 0);
}

TEST_CASE("a request that is refused takes no room from others meanwhile") {
  HostMemory memory;
  memory.most = 100;
  std::atomic<bool> done{false};
  std::thread other([&] {
    while (!done) memory.take(1000);
  });
  int refused = 0;
  for (int i = 0; i < 200000; ++i) {
    if (memory.take(10))
      memory.used -= 10;
    else
      ++refused;
  }
  done = true;
  other.join();
  CHECK(refused == 0);
  CHECK(memory.used == 0);
}

TEST_CASE("where there is no room for what comes out, training goes on without keeping it") {
  const char* before = std::getenv("TMPDIR");
  const std::string kept = before ? before : "";
  setenv("TMPDIR", "/no/such/folder", 1);
  Run run{.in_memory = 0}, plain = run;
  plain.keep = false;
  const Outcome with = train(run), without = train(plain);
  before ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
  CHECK(with.same_bits(without));
  CHECK(with.images == every_epoch);
  CHECK_THAT(with.text,
             Catch::Contains("there is no room to keep more of what comes out of the frozen layers"));
}

TEST_CASE("passes that go on behind an epoch's end find their features") {
  Run run{.steps_per_epoch = 4}, plain = run;
  plain.keep = false;
  const Outcome without = train(plain), with = train(run);
  CHECK(with.same_bits(without));
  CHECK(with.images < without.images);
}

TEST_CASE("a training that goes on makes nothing again of what it had read") {
  const auto name = "tanuki-test-" + std::to_string(::getpid()) + ".checkpoint";
  const auto path = (std::filesystem::temp_directory_path() / name).string();
  const auto fit = [&](Index epochs) {
    clear_session();
    set_random_seed(5);
    std::atomic<Index> made{0};
    const auto count = [&](Example example) {
      ++made;
      return example;
    };
    const auto input = Input({3});
    const Model<> model(input, Dense({.units = 1})(input));
    model.compile({.optimizer = Adam(), .loss = MeanSquaredError()});
    Tensor<> x(Shape{10, 3}), y(Shape{10, 1});
    std::iota(x.data(), x.data() + x.size(), 0.0f);
    model.fit(Dataset::from_tensors(x, y).shuffle(1).map(count).batch(5).repeat(),
              {.epochs = epochs,
               .callbacks = {std::make_shared<BackupAndRestore>(BackupAndRestoreOptions{.path = path})},
               .verbose = false,
               .steps_per_epoch = 6});
    return Index(made);
  };
  CHECK(fit(3) == 3 * 6 * 5);
  CHECK(fit(4) == 6 * 5);
  std::filesystem::remove(path);
}

TEST_CASE("what is different in every epoch is computed in every epoch") {
  Run run;
  Index images = every_epoch;
  SECTION("random augmentation below") {
    run.augment = true;
    images = 4 * 21 + 10;  // no randomness in the validation
  }
  SECTION("a map may give other examples each time") {
    run.map = true;
    images = 4 * 21 + 10;
  }
  SECTION("a base that is trained") { run.frozen = false; }
  SECTION("a single epoch") {
    run.epochs = 1;
    images = once;
  }
  Run plain = run;
  plain.keep = false;
  const Outcome without = train(plain), with = train(run);
  CHECK(with.same_bits(without));
  CHECK(with.images == images);
}

TEST_CASE("statistics that move are above the frontier") {
  Run run{.frozen = false, .statistics = true}, plain = run;
  plain.keep = false;
  CHECK(train(run).same_bits(train(plain)));
}

TEST_CASE("a callback may change frozen weights at any time") {
  struct Change : Callback {
    void on_train_batch_end(Index, const Logs&) override {
      if (++batches_ % 5 != 0) return;
      auto weights = model().weights();
      for (auto& weight : weights) {
        for (float& value : weight.values) value *= 1.01f;
      }
      model().weights(weights);
    }
    Index batches_ = 0;
  };
  Run run, plain;
  run.callbacks = {std::make_shared<Change>()};
  plain.callbacks = {std::make_shared<Change>()};
  plain.keep = false;
  CHECK(train(run).same_bits(train(plain)));
}

TEST_CASE("layers that are unfrozen in between leave the store") {
  struct Unfreeze : Callback {
    void on_epoch_begin(Index epoch) override {
      if (epoch == 2) model().unfreeze("*norm");
    }
  };
  Run run;
  SECTION("with steps that end with the data") {}
  SECTION("with steps that do not") { run.steps_per_epoch = 4; }
  Run plain = run;
  run.callbacks = {std::make_shared<Unfreeze>()};
  plain.callbacks = {std::make_shared<Unfreeze>()};
  plain.keep = false;
  CHECK(train(run).same_bits(train(plain)));
}

}  // namespace test_features
