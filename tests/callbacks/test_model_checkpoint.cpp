#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

#include "../io/scratch_folder.hpp"
#include "fake_model.hpp"

namespace test_model_checkpoint {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

namespace {

ModelCheckpointOptions options_of(const Json& json) {
  ModelCheckpointOptions options;
  const GoldenOptions field{json};
  field("filepath", options.filepath), field("monitor", options.monitor), field("verbose", options.verbose);
  field("save_best_only", options.save_best_only), field("save_weights_only", options.save_weights_only);
  field("mode", options.mode), field("initial_value_threshold", options.initial_value_threshold);
  if (json.contains("save_freq") && json["save_freq"].is_number())
    options.save_freq = json["save_freq"].get<int>();
  return options;
}

}  // namespace

TEST_CASE("files are written when, and under the names that, Keras writes them") {
  std::size_t number = 0;
  for (const auto& golden : golden_callbacks()["model_checkpoint"]) {
    for (const bool resumes : {false, true}) {
      INFO("case " << number << (resumes ? ", resumed: " : ": ") << golden["options"].dump());
      std::ostringstream out;
      std::vector<std::string> saved;
      auto options = options_of(golden["options"]);
      options.output = &out;
      options.save = [&](const std::string& path) { saved.push_back(path); };
      FakeModel model;
      auto callback = std::make_unique<ModelCheckpoint>(options);
      callback->set_model(&model);
      callback->on_train_begin();
      for (std::size_t epoch = 0; epoch < golden["logs"].size(); ++epoch) {
        callback->on_epoch_begin(Index(epoch));
        const auto& batches = golden["batches"][epoch];
        for (std::size_t batch = 0; batch < batches.size(); ++batch) {
          callback->on_train_batch_end(Index(batch), golden_logs(batches[batch]));
          if (resumes) callback = resumed(*callback, options, model);
        }
        callback->on_epoch_end(Index(epoch), golden_logs(golden["logs"][epoch]));
        if (resumes) callback = resumed(*callback, options, model);
      }
      CHECK(saved == golden["saved"].get<std::vector<std::string>>());
      if (out.str().find("not available") == std::string::npos)
        CHECK(out.str() == golden["printed"].get<std::string>());
    }
    ++number;
  }
  CHECK(number == 16);
}

TEST_CASE("names are filled in as Python does it") {
  const auto& golden = golden_callbacks()["formats"];
  for (const auto& one : golden["cases"]) {
    const FilepathNumbers numbers{.epoch = one["epoch"].get<Index>(), .logs = golden_logs(one["logs"])};
    for (std::size_t i = 0; i < golden["formats"].size(); ++i) {
      const auto format = golden["formats"][i].get<std::string>();
      INFO(format << " with " << one["logs"].dump());
      CHECK(format_filepath("test", format, numbers) == one["texts"][i].get<std::string>());
    }
  }
}

TEST_CASE("names that cannot be filled in are refused") {
  const FilepathNumbers numbers{.epoch = 1, .logs = {{"loss", 0.5}}};
  const auto fill = [&](const std::string& name) {
    return format_filepath("model_checkpoint", name, numbers);
  };
  CHECK_THROWS_WITH(fill("{val_loss:.2f}.keras"),
                    Contains("[model_checkpoint] filepath is '{val_loss:.2f}.keras'") &&
                        Contains("there is no 'val_loss', only epoch, loss"));
  CHECK_THROWS_WITH(fill("{batch}"), Contains("there is no 'batch'"));
  CHECK_THROWS_WITH(fill("{loss:d}"), Contains("'d' is no format for a number"));
  CHECK_THROWS_WITH(fill("{loss:x}"), Contains("'x' is no format"));
  CHECK_THROWS_WITH(fill("{loss:.}"), Contains("is no format"));
  CHECK_THROWS_WITH(fill("{loss:.3}"), Contains("is no format"));
  CHECK_THROWS_WITH(fill("{epoch:.3d}"), Contains("is no format for a whole number"));
  CHECK_THROWS_WITH(fill("{loss:999f}"), Contains("too many digits"));
  CHECK_THROWS_WITH(fill("{loss"), Contains("a brace without the other"));
  CHECK_THROWS_WITH(fill("loss}"), Contains("a brace without the other"));
}

TEST_CASE("the best weights of a training are what load_weights() reads, in a folder that is made") {
  const ScratchFolder folder;
  set_random_seed(1);
  const auto in = Input({2});
  const Model model(in, Dense({.units = 3})(Dense({.units = 4})(in)));
  model.compile({.optimizer = SGD({.learning_rate = 0.1f}), .loss = "mse"});
  Tensor<> x({8, 2}), y({8, 3});
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = Random{3, 0}.normal(std::uint64_t(i));
  for (Index i = 0; i < y.size(); ++i) y.data()[i] = Random{4, 0}.normal(std::uint64_t(i));
  const auto path = folder / "best/{epoch}/model.safetensors";
  std::vector<Tensor<>> predictions;
  model.fit(x, y,
            {.epochs = 3,
             .callbacks = {std::make_shared<ModelCheckpoint>(ModelCheckpoint::Options{
                               .filepath = path, .monitor = "loss", .save_best_only = true}),
                           std::make_shared<LambdaCallback>(LambdaCallbackOptions{
                               .on_epoch_end =
                                   [&](Index, const Logs&) { predictions.push_back(model.predict(x)); }})},
             .verbose = false});
  REQUIRE(predictions.size() == 3);
  model.save_weights(folder / "last.safetensors");
  CHECK(read_bytes(folder / "last.safetensors") == read_bytes(folder / "best/3/model.safetensors"));
  for (Index epoch = 0; epoch < 3; ++epoch) {
    model.load_weights(folder / ("best/" + std::to_string(epoch + 1) + "/model.safetensors"));
    CHECK(model.predict(x).to_vector() == predictions[std::size_t(epoch)].to_vector());
  }
}

TEST_CASE("by batches too only the best are saved, and what cannot be compared is") {
  FakeModel model;
  std::ostringstream out;
  std::string saved;
  ModelCheckpoint callback({.filepath = "{epoch}{batch} ",
                            .monitor = "loss",
                            .save_best_only = true,
                            .save_freq = 1,
                            .save = [&](const std::string& path) { saved += path; },
                            .output = &out});
  callback.set_model(&model);
  callback.on_epoch_begin(0);
  callback.on_train_batch_end(0, {{"loss", 2}});
  callback.on_train_batch_end(1, {{"loss", 3}});
  callback.on_train_batch_end(2, {{"loss", 1}});
  CHECK(saved == "11 13 ");
  callback.on_train_batch_end(3, {});
  callback.on_train_batch_end(4, {});
  CHECK(saved == "11 13 14 15 ");
  CHECK(out.str() ==
        "Warning: [model_checkpoint] the best model is told by 'loss', which is not available; all are "
        "saved. Available metrics are: \n");
}

TEST_CASE("options that make no sense are refused") {
  using Options = ModelCheckpointOptions;
  CHECK_THROWS_WITH(ModelCheckpoint(Options{}), Contains("[model_checkpoint] filepath is empty"));
  CHECK_THROWS_WITH(ModelCheckpoint(Options{.filepath = "a.keras"}),
                    Contains("filepath is 'a.keras'") && Contains("save_keras(model, path)"));
  CHECK_THROWS_WITH(ModelCheckpoint(Options{.filepath = "a.keras", .save_weights_only = true}),
                    Contains("expected a name that ends in .safetensors or .weights.h5"));
  CHECK_THROWS_WITH(ModelCheckpoint(Options{.filepath = "a.safetensors", .save_freq = "batch"}),
                    Contains("save_freq is 'batch', expected 'epoch' or a number of batches"));
  CHECK_THROWS_WITH(ModelCheckpoint(Options{.filepath = "a.safetensors", .save_freq = 0}),
                    Contains("save_freq is 0, expected 'epoch' or a number of batches"));
  CHECK_THROWS_WITH(ModelCheckpoint(Options{.filepath = "a.safetensors", .mode = "up"}),
                    Contains("mode is 'up'"));
}

}  // namespace test_model_checkpoint
