#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "fake_model.hpp"

namespace test_gradual_unfreezing {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

namespace {

std::shared_ptr<GradualUnfreezing> unfreezing(std::vector<UnfreezingStage> stages) {
  return std::make_shared<GradualUnfreezing>(GradualUnfreezing::Options{.stages = std::move(stages)});
}

}  // namespace

TEST_CASE("layers become trainable stage by stage, each with its learning rate") {
  set_random_seed(1);
  clear_session();
  const auto in = Input({2});
  const auto a = Dense({.units = 4, .name = "first"})(in), b = Dense({.units = 4, .name = "second"})(a);
  const Model model(in, Dense({.units = 1, .name = "head"})(b));
  model.freeze("first");
  model.freeze("second");
  model.compile({.optimizer = SGD({.learning_rate = 0.1f}), .loss = "mse"});
  Tensor<> x({8, 2}), y({8, 1});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random{3, 0}.normal(std::uint64_t(i));
  for (Index i = 0; i < y.size(); ++i) y.data()[i] = Random{4, 0}.normal(std::uint64_t(i));

  std::string changed;
  std::vector<std::vector<float>> now(6);
  const auto look = [&](Index) {
    std::size_t i = 0;
    for (const auto& [path, weight] : model.named_weights()) {
      if (now[i] != weight.value().to_vector() && path.ends_with("kernel")) changed += path[0];
      now[i++] = weight.value().to_vector();
    }
    changed += ' ';
  };
  std::vector<double> rates;
  model.fit(x, y,
            {.epochs = 6,
             .callbacks = {unfreezing({{.epoch = 2, .last_layers = 2, .learning_rate = 0.05},
                                       {.epoch = 4, .pattern = "f*", .learning_rate = 0.01}}),
                           std::make_shared<LambdaCallback>(LambdaCallbackOptions{
                               .on_epoch_begin = look,
                               .on_epoch_end =
                                   [&](Index, const Logs&) {
                                     rates.push_back(model.trainer().optimizer().learning_rate());
                                   }})},
             .verbose = false});
  look(6);
  CHECK(changed == "fsh h h sh sh fsh fsh ");
  CHECK(rates == std::vector<double>{double(0.1f), double(0.1f), 0.05, 0.05, 0.01, 0.01});
}

TEST_CASE("stages that a resumed training has behind it are unfrozen at once") {
  FakeModel model;
  const GradualUnfreezingOptions options{.stages = {{.epoch = 1, .pattern = "block14*", .learning_rate = 0.5},
                                                    {.epoch = 3, .last_layers = 7},
                                                    {.epoch = 5, .pattern = "b*"}}};
  GradualUnfreezing callback(options);
  callback.set_model(&model);
  callback.on_train_begin();
  callback.on_epoch_begin(0);
  CHECK(model.unfrozen.empty());
  callback.on_epoch_begin(3);
  CHECK(model.unfrozen == std::vector<std::string>{"block14*", "7"});
  CHECK(model.rate == 0.5);
  FakeModel another;
  const auto after = resumed(callback, options, another);
  CHECK(another.unfrozen == std::vector<std::string>{"block14*", "7"});
  CHECK(another.rate == double(0.01f));
  after->on_epoch_begin(5);
  CHECK(another.unfrozen.back() == "b*");
  CHECK(after->state() != callback.state());
}

TEST_CASE("a stage is told where it is asked for") {
  FakeModel model;
  std::ostringstream out;
  GradualUnfreezing callback(
      {.stages = {{.epoch = 0, .pattern = "b?", .learning_rate = 1e-5}, {.epoch = 1, .last_layers = 4}},
       .verbose = true,
       .output = &out});
  callback.set_model(&model);
  callback.on_epoch_begin(0);
  callback.on_epoch_begin(1);
  CHECK(out.str() ==
        "\nEpoch 1: GradualUnfreezing unfreezes 'b?', learning rate 1e-05\n"
        "\nEpoch 2: GradualUnfreezing unfreezes the last 4 layers, learning rate 1e-05\n");
}

TEST_CASE("stages that make no sense are refused, at the latest when fit() begins") {
  CHECK_THROWS_WITH(unfreezing({}), Contains("[gradual_unfreezing] no stages were given"));
  CHECK_THROWS_WITH(unfreezing({{.epoch = 4, .pattern = "a"}, {.epoch = 3, .pattern = "b"}}),
                    Contains("a stage is at epoch 3, expected 4 or later"));
  CHECK_THROWS_WITH(unfreezing({{.epoch = 4}}),
                    Contains("the stage at epoch 4 has pattern '' and last_layers 0"));
  CHECK_THROWS_WITH(unfreezing({{.epoch = 4, .pattern = "a", .last_layers = 2}}),
                    Contains("expected one of them"));
  CHECK_THROWS_WITH(unfreezing({{.epoch = 4, .pattern = "a", .learning_rate = -1}}),
                    Contains("the learning_rate of the stage at epoch 4 is -1"));
  FakeModel model;
  const auto begin = [&](UnfreezingStage stage) {
    const auto callback = unfreezing({stage});
    callback->set_model(&model);
    callback->on_train_begin();
  };
  CHECK_THROWS_WITH(begin({.epoch = 9, .pattern = "x*"}),
                    Contains("the pattern 'x*' of the stage at epoch 9 matches no layer of 'fake'"));
  CHECK_THROWS_WITH(
      begin({.epoch = 9, .last_layers = 11}),
      Contains("last_layers of the stage at epoch 9 is 11") && Contains("has 10 layers with weights"));
}

}  // namespace test_gradual_unfreezing
