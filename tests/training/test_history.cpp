#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("a history knows the epoch of each number") {
  History history;
  history.add({{"loss", 0.5}});
  history.add({{"loss", 0.25}, {"val_loss", 0.6}});
  history.add({{"loss", 0.125}});
  history.add({{"loss", 0.0625}, {"val_loss", 0.5}});
  CHECK(history["val_loss"] == std::vector<double>{0.6, 0.5});  // as in Keras
  CHECK(history.epochs("loss") == std::vector<Index>{0, 1, 2, 3});
  CHECK(history.epochs("val_loss") == std::vector<Index>{1, 3});
  CHECK_THROWS_WITH(history.epochs("seconds"), "[history] there is no 'seconds', only 'loss', 'val_loss'");
  History resumed(history.series(), {history.epochs("loss"), history.epochs("val_loss")});
  resumed.add({{"loss", 0.03}, {"val_loss", 0.4}});
  CHECK(resumed.epochs("val_loss") == std::vector<Index>{1, 3, 4});
}

TEST_CASE("a history goes on with another, and what that has not is a gap") {
  History all, second, third;
  all.add({{"loss", 0.5}, {"val_loss", 0.6}});
  second.add({{"loss", 0.4}});
  second.add({{"loss", 0.3}});
  third.add({{"loss", 0.2}, {"accuracy", 1}});
  third.add({{"loss", 0.1}, {"val_loss", 0.2}, {"accuracy", 1}});
  all.append(second);
  all.append(third);
  CHECK(all.epochs() == 5);
  CHECK(all["loss"] == std::vector<double>{0.5, 0.4, 0.3, 0.2, 0.1});
  CHECK(all.epochs("accuracy") == std::vector<Index>{3, 4});
  CHECK(all.epochs("val_loss") == std::vector<Index>{0, 1, 2, 4});
  const auto& values = all["val_loss"];
  CHECK(values[0] == 0.6);
  CHECK((std::isnan(values[1]) && std::isnan(values[2])));
  CHECK(values[3] == 0.2);
}

}  // namespace test_history
