#include <catch2/catch.hpp>
#include <cstdlib>
#include <tanuki/tanuki.hpp>

#include "../io/event_reader.hpp"
#include "fake_model.hpp"

namespace test_tensorboard {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

namespace {

/// "tag@step=value", of scalars alone.
std::vector<std::string> scalars_in(const std::string& folder) {
  std::vector<std::string> all;
  for (const auto& summary : read_summaries_in(folder)) {
    if (summary.plugin == "scalars")
      all.push_back(summary.tag + "@" + std::to_string(summary.step) + "=" +
                    shortest(double(summary.scalar())));
  }
  return all;
}

/// The same numbers as in scripts/reference/tensorboard_files.py.
std::vector<float> numbers(std::size_t size, Index epoch) {
  std::vector<float> values(size);
  for (std::size_t i = 0; i < size; ++i) values[i] = float((Index(i) * 37 + epoch * 11) % 101) / 64 - 0.5f;
  return values;
}

/// Goes through three epochs of four batches, with weights of all shapes.
void write_files(const TensorBoardOptions& options) {
  FakeModel model;
  TensorBoard callback(options);
  callback.set_model(&model);
  callback.on_train_begin();
  for (Index epoch = 0; epoch < 3; ++epoch) {
    callback.on_epoch_begin(epoch);
    for (Index batch = 0; batch < 4; ++batch) {
      callback.on_train_batch_begin(batch);
      ++model.steps;
      callback.on_train_batch_end(batch, {{"loss", 1.0 / double(model.steps)}, {"auc", 0.5}});
    }
    model.now.clear();
    for (const Shape& shape :
         std::vector<Shape>{{7}, {5, 3}, {3, 5}, {1, 1, 4, 6}, {3, 2, 4}, {2, 3, 5, 3}, {2, 2, 3, 8}, {1}})
      model.now.push_back({"weight_" + std::to_string(model.now.size()), shape,
                           numbers(std::size_t(shape.elements()), epoch)});
    model.now.push_back({"same", {4}, std::vector<float>(4, 0.25f)});
    callback.on_epoch_end(
        epoch, {{"loss", 0.75 - 0.1 * double(epoch)}, {"auc", 0.5}, {"val_loss", 0.3 + double(epoch)}});
  }
  callback.on_train_end({});
}

}  // namespace

TEST_CASE("epochs are written with Keras' tags, in a folder for training and one for validation") {
  const ScratchFolder folder;
  write_files({.log_dir = folder / "logs"});
  CHECK(scalars_in(folder / "logs/train") ==
        std::vector<std::string>{
            "epoch_loss@0=0.75", "epoch_auc@0=0.5", "epoch_learning_rate@0=0.009999999776482582",
            "epoch_loss@1=0.6499999761581421", "epoch_auc@1=0.5",
            "epoch_learning_rate@1=0.009999999776482582", "epoch_loss@2=0.550000011920929", "epoch_auc@2=0.5",
            "epoch_learning_rate@2=0.009999999776482582"});
  CHECK(scalars_in(folder / "logs/validation") ==
        std::vector<std::string>{
            "evaluation_loss_vs_iterations@4=0.30000001192092896", "epoch_loss@0=0.30000001192092896",
            "evaluation_loss_vs_iterations@8=1.2999999523162842", "epoch_loss@1=1.2999999523162842",
            "evaluation_loss_vs_iterations@12=2.299999952316284", "epoch_loss@2=2.299999952316284"});
}

TEST_CASE("batches are written as often as asked for, counted over the epochs") {
  const auto batches = [](const Frequency& frequency) {
    const ScratchFolder folder;
    write_files({.log_dir = folder / "logs", .update_freq = frequency});
    auto all = scalars_in(folder / "logs/train");
    std::erase_if(all, [](const auto& text) { return !text.starts_with("batch_loss"); });
    return all;
  };
  CHECK(batches("epoch").empty());
  CHECK(batches("batch").size() == 12);
  CHECK(batches(1) == batches("batch"));
  CHECK(batches(5) ==
        std::vector<std::string>{"batch_loss@5=0.20000000298023224", "batch_loss@10=0.10000000149011612"});
}

TEST_CASE("weights are written as histograms, and as pictures where they can be") {
  const ScratchFolder folder;
  write_files({.log_dir = folder / "logs",
               .histogram_freq = 2,
               .write_images = true,
               .write_steps_per_second = true});
  std::string histograms, pictures;
  bool speed = false;
  for (const auto& summary : read_summaries_in(folder / "logs/train")) {
    const auto text = summary.tag.substr(0, summary.tag.find('/')) + "@" + std::to_string(summary.step);
    if (summary.plugin == "histograms") {
      histograms += text + " ";
      if (text == "weight_1@2") CHECK(summary.tensor.numbers<double>(4) == histogram_buckets(numbers(15, 2)));
    }
    if (summary.plugin == "images")
      pictures += text + ":" + std::to_string(summary.shape[0] - 2) + "x" + summary.tensor.bytes(8, 0) + "x" +
                  summary.tensor.bytes(8, 1) + " ";
    if (summary.tag == "epoch_steps_per_second") speed = summary.scalar() > 0;
  }
  CHECK(histograms ==
        "weight_0@0 weight_1@0 weight_2@0 weight_3@0 weight_4@0 weight_5@0 weight_6@0 weight_7@0 same@0 "
        "weight_0@2 weight_1@2 weight_2@2 weight_3@2 weight_4@2 weight_5@2 weight_6@2 weight_7@2 same@2 ");
  CHECK(pictures.substr(0, pictures.size() / 2) ==
        "weight_0@0:1x1x7 weight_1@0:1x5x3 weight_2@0:1x5x3 weight_3@0:1x6x4 weight_4@0:3x2x3 "
        "weight_5@0:2x5x3 same@0:1x1x4 ");
  CHECK(speed);
}

TEST_CASE("resumed training goes on in a file of its own with the steps that come next") {
  const ScratchFolder folder;
  FakeModel model;
  const TensorBoardOptions options{.log_dir = folder / "logs", .update_freq = 2};
  TensorBoard callback(options);
  callback.set_model(&model);
  callback.on_train_begin();
  for (Index batch : {0, 1, 2}) {
    callback.on_train_batch_begin(batch);
    callback.on_train_batch_end(batch, {{"loss", 1}});
  }
  callback.on_train_end({});
  const auto after = resumed(callback, options, model);
  after->on_train_batch_begin(3);
  after->on_train_batch_end(3, {{"loss", 2}});
  after->train().write(image_summary("photo", Image{1, 1, {1, 2, 3}}), 5);
  after->on_train_end({});
  CHECK(scalars_in(folder / "logs/train") ==
        std::vector<std::string>{"batch_loss@2=1.0", "batch_loss@4=2.0"});
  const auto last = read_summaries_in(folder / "logs/train").back();
  CHECK(last.tag == "photo");
  CHECK(last.step == 5);
}

TEST_CASE("fit() writes files too") {
  const ScratchFolder folder;
  const auto in = Input({2});
  const Model model(in, Dense({.units = 1, .name = "head"})(in));
  model.compile({.optimizer = SGD({.learning_rate = 0.5f}), .loss = "mse"});
  const Tensor<> x({4, 2}), y({4, 1});
  const auto board = std::make_shared<TensorBoard>(
      TensorBoard::Options{.log_dir = folder / "logs", .histogram_freq = 1, .update_freq = "batch"});
  model.fit(x, y,
            {.epochs = 2, .callbacks = {board}, .verbose = false, .batch_size = 2, .validation_split = 0.5});
  CHECK(scalars_in(folder / "logs/train") ==
        std::vector<std::string>{"batch_loss@1=0.0", "epoch_loss@0=0.0", "epoch_learning_rate@0=0.5",
                                 "batch_loss@2=0.0", "epoch_loss@1=0.0", "epoch_learning_rate@1=0.5"});
  CHECK(scalars_in(folder / "logs/validation") ==
        std::vector<std::string>{"evaluation_loss_vs_iterations@1=0.0", "epoch_loss@0=0.0",
                                 "evaluation_loss_vs_iterations@2=0.0", "epoch_loss@1=0.0"});
  CHECK(read_summaries_in(folder / "logs/train")[3].tag == "head/kernel/histogram");
}

TEST_CASE("options of TensorBoard that make no sense are refused") {
  using Options = TensorBoardOptions;
  CHECK_THROWS_WITH(TensorBoard(Options{.log_dir = ""}), Contains("[tensorboard] log_dir is empty"));
  CHECK_THROWS_WITH(TensorBoard(Options{.histogram_freq = -1}),
                    Contains("histogram_freq is -1, expected 0 or more"));
  CHECK_THROWS_WITH(TensorBoard(Options{.update_freq = "step"}),
                    Contains("update_freq is 'step', expected 'epoch', 'batch' or a number of batches"));
  CHECK_THROWS_WITH(TensorBoard(Options{.update_freq = 0}), Contains("update_freq is 0, expected"));
}

/// Hidden: scripts/reference/tensorboard_files.py runs it, and reads the files with the tensorboard package.
TEST_CASE("files for TensorBoard in $TANUKI_TENSORBOARD", "[.tensorboard_files]") {
  const char* folder = std::getenv("TANUKI_TENSORBOARD");
  REQUIRE(folder != nullptr);
  write_files({.log_dir = folder, .histogram_freq = 2, .write_images = true, .update_freq = "batch"});
}

}  // namespace test_tensorboard
