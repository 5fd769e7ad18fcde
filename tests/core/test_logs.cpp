#include <catch2/catch.hpp>

#include "tanuki/core/logs.hpp"

namespace test_logs {

using tanuki::Logs;

TEST_CASE("logs are numbers by name, in order") {
  Logs logs{{"loss", 2}, {"accuracy", 0.5}};
  CHECK(logs["loss"] == 2);
  CHECK(logs[1].first == "accuracy");
  CHECK(logs.contains("accuracy"));
  CHECK(logs.find("val_loss") == nullptr);
  CHECK_THROWS_WITH(logs["val_loss"], "[logs] there is no 'val_loss', only 'loss', 'accuracy'");
  CHECK_THROWS_WITH(Logs()["loss"], "[logs] there is no 'loss', only empty logs");
  logs.set("loss", 1), logs.set("val_loss", 3);
  CHECK(logs == Logs{{"loss", 1}, {"accuracy", 0.5}, {"val_loss", 3}});
}

}  // namespace test_logs
