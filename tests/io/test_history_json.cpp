#include <catch2/catch.hpp>

#include "tanuki/io/history_json.hpp"

namespace test_history_json {

using namespace tanuki;

TEST_CASE("a history's series as JSON, in their order") {
  const HistorySeries series{{"val_loss", {0.5, 0.1}}, {"loss", {1, NAN}}, {"seconds", {}}};
  const auto json = history_json(series);
  CHECK(json.dump() == R"({"val_loss":[0.5,0.1],"loss":[1.0,null],"seconds":[]})");
}

TEST_CASE("series come back from JSON to the bit") {
  const HistorySeries series{{"val_loss", {0.1, 1.0 / 3, 1e-300, 12345.678}}, {"loss", {}}};
  const auto text = history_json(series).dump(2);
  CHECK(history_from_json(nlohmann::ordered_json::parse(text)) == series);
  const auto broken = history_from_json(nlohmann::ordered_json::parse(R"({"loss": [null, 2]})"));
  CHECK(std::isnan(broken[0].second[0]));
  CHECK(broken[0].second[1] == 2);
}

TEST_CASE("JSON that is no history") {
  const auto read = [](const char* text) { return history_from_json(nlohmann::ordered_json::parse(text)); };
  CHECK_THROWS_WITH(read("[1]"), "[history] array was given, expected an object of lists");
  CHECK_THROWS_WITH(read(R"({"loss": 1})"), "[history] 'loss' is a number, expected a list");
  CHECK_THROWS_WITH(read(R"({"loss": [1, "2"]})"), "[history] 'loss' holds a string, expected numbers");
}

}  // namespace test_history_json
