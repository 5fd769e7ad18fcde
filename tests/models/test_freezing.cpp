#include <catch2/catch.hpp>
#include <sstream>

#include "tanuki/models/freezing.hpp"
#include "tanuki/tanuki.hpp"

namespace test_freezing {

using namespace tanuki;

namespace {

/// A base of two blocks in inference mode, and a head.
struct Net {
  Model<> base = make_base();
  Model<> model = make_model(base);

  static Model<> make_base() {
    const auto x = Input({4, 4, 2});
    auto y = Conv2D({.filters = 3, .kernel_size = 3, .name = "block1_conv"})(x);
    y = BatchNormalization({.name = "block1_bn"})(y);
    y = Conv2D({.filters = 2, .kernel_size = 1, .name = "block2_conv"})(y);
    return Model(x, y, "base");
  }
  static Model<> make_model(const Model<>& base) {
    const auto x = Input({4, 4, 2});
    const auto y = Flatten()(base(x, {.training = false}));
    return Model(x, Dense({.units = 1, .name = "head"})(y), "net");
  }
};

std::vector<std::string> trained(const Model<>& model) {
  std::vector<std::string> paths;
  for (const auto& row : model.what_will_train().rows) {
    if (row.trained) paths.push_back(row.path);
  }
  return paths;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("layers are frozen and unfrozen by pattern, wherever they are nested") {
  const Net net;
  CHECK(trained(net.model) == Paths{"base/block1_conv", "base/block1_bn", "base/block2_conv", "head"});
  CHECK(net.model.freeze("block1*") == 2);
  CHECK(trained(net.model) == Paths{"base/block2_conv", "head"});
  CHECK(net.model.freeze("base/*") == 3);
  CHECK(trained(net.model) == Paths{"head"});
  CHECK(net.model.unfreeze("*_bn") == 1);
  CHECK(trained(net.model) == Paths{"base/block1_bn", "head"});
  CHECK_THROWS_WITH(net.model.freeze("block3*"),
                    "in 'net': no layer matches 'block3*'; the nearest is 'base/block1_conv'");
}

TEST_CASE("what is unfrozen trains, also in a model that was frozen") {
  const Net net;
  net.model.trainable(false);
  CHECK(trained(net.model).empty());
  net.model.unfreeze_last(2);
  CHECK(trained(net.model) == Paths{"base/block2_conv", "head"});
  net.model.unfreeze_last(4);
  CHECK(trained(net.model).size() == 4);
  CHECK_THROWS_WITH(net.model.unfreeze_last(5), Catch::Contains("expected 1 to 4"));
  CHECK_THROWS_WITH(net.model.unfreeze_last(0), Catch::Contains("expected 1 to 4"));
}

TEST_CASE("a report says what will be trained and why not") {
  const Net net;
  net.model.freeze("block2*");
  const auto report = net.model.what_will_train();
  CHECK(report.rows[1].why == "trained, statistics still");  // base is called with training = false
  CHECK(report.rows[1].trained == 6);
  CHECK(report.rows[1].still == 6);
  CHECK(report.rows[2].why == "frozen");
  CHECK(report.trained == 57 + 6 + 9);
  CHECK(report.trained + report.still == net.model.count_params());
  std::ostringstream text;
  text << report;
  CHECK(text.str().ends_with("72 of 86 parameters will be trained\n"));
  CHECK(net.base.what_will_train().rows[1].why == "trained, statistics of the batch");
  net.model.state()->trainable = false;
  CHECK(net.model.what_will_train().rows[0].why == "the model is frozen");
}

TEST_CASE("frozen weights keep their bits through fit") {
  const Net net;
  net.model.freeze("block*");
  net.model.unfreeze("block2*");
  const auto before = net.model.get_layer("base").weights()[0].value().to_vector();
  const auto moved = net.base.get_layer("block2_conv").weights()[0].value().to_vector();
  net.model.compile({.optimizer = "sgd", .loss = "mse"});
  std::vector<float> numbers(64);
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = float(i % 5) - 2;
  net.model.fit(Tensor<>({2, 4, 4, 2}, numbers), Tensor<>({2, 1}, {1, -1}), {.epochs = 2, .verbose = false});
  CHECK(net.model.get_layer("base").weights()[0].value().to_vector() == before);
  CHECK(net.base.get_layer("block2_conv").weights()[0].value().to_vector() != moved);
}

}  // namespace test_freezing
