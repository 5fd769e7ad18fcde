#include <catch2/catch.hpp>

#include "tanuki/training/history.hpp"

namespace test_history {

using namespace tanuki;

TEST_CASE("a history keeps a number an epoch, the keys in their order") {
  History history;
  CHECK(history.epochs() == 0);
  history.add({{"loss", 0.5}, {"binary_accuracy", 0.75}, {"val_loss", 0.625}});
  history.add({{"loss", 0.25}, {"binary_accuracy", 0.875}, {"val_loss", 0.5}, {"seconds", 10}});
  CHECK(history.epochs() == 2);
  CHECK(history["loss"] == std::vector<double>{0.5, 0.25});
  CHECK(history.at("val_loss").back() == 0.5);
  CHECK(history.contains("seconds"));
  CHECK_FALSE(history.contains("val_binary_accuracy"));
  std::vector<std::string> keys;
  for (const auto& entry : history.series()) keys.push_back(entry.first);
  CHECK(keys == std::vector<std::string>{"loss", "binary_accuracy", "val_loss", "seconds"});
}

TEST_CASE("an unknown key is an error that names those that there are") {
  History history;
  CHECK_THROWS_WITH(history["loss"], "[history] there is no 'loss', only an empty history");
  history.add({{"loss", 0.5}, {"acc", 1}});
  CHECK_THROWS_WITH(history.at("val_loss"), "[history] there is no 'val_loss', only 'loss', 'acc'");
}

TEST_CASE("a history goes on from its series") {
  History history;
  history.add({{"loss", 0.5}});
  history.add({{"loss", 0.25}});
  History resumed(history.series());
  CHECK(resumed.epochs() == 2);
  resumed.add({{"loss", 0.125}});
  CHECK(resumed["loss"] == std::vector<double>{0.5, 0.25, 0.125});
}

}  // namespace test_history
