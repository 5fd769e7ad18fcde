// Constraints and regularizers in a config, and back.

#include <catch2/catch.hpp>

#include "tanuki/io/keras/config/field_reader.hpp"
#include "tanuki/io/keras/config/field_writer.hpp"

using namespace tanuki;
using keras::Json;

namespace test_weight_config {

Constraint read(const char* json) {
  const Json config{{"c", Json::parse(json)}};
  Constraint constraint;
  keras::FieldReader reader(config, "in layer 'x': ");
  reader("c", constraint);
  return constraint;
}

std::string written(const Constraint& constraint) {
  Json config;
  keras::FieldWriter writer(config);
  writer("c", constraint);
  return config["c"].is_null() ? "null" : config["c"]["config"].dump();
}

TEST_CASE("a constraint's axis may be a number, a list, or null for all") {
  const auto one = read(R"({"class_name": "MaxNorm", "config": {"max_value": 0.5, "axis": 1}})");
  CHECK(one.number("max_value") == 0.5);
  CHECK(one.axes == std::vector<Index>{1});
  CHECK(written(one) == R"({"axis":1,"max_value":0.5})");
  const auto several = read(R"({"class_name": "UnitNorm", "config": {"axis": [0, 1, 2]}})");
  CHECK(several.axes == std::vector<Index>{0, 1, 2});
  CHECK(written(several) == R"({"axis":[0,1,2]})");
  const auto all = read(R"({"class_name": "UnitNorm", "config": {"axis": null}})");
  CHECK(all.axes.empty());
  CHECK(written(all) == R"({"axis":null})");
}

TEST_CASE("what a constraint's config leaves out has Keras' default") {
  CHECK(written(read(R"("max_norm")")) == R"({"axis":0,"max_value":2.0})");
  CHECK(written(read(R"({"class_name": "NonNeg", "config": {}})")) == "{}");
  CHECK(written(read(R"({"class_name": "MinMaxNorm", "config": {"rate": 0.5}})")) ==
        R"({"axis":0,"max_value":1.0,"min_value":0.0,"rate":0.5})");
  CHECK(written(read("null")) == "null");
}

TEST_CASE("a constraint that there is not is refused with the layer's name") {
  CHECK_THROWS_WITH(read(R"({"class_name": "Odd", "config": {}})"),
                    "in layer 'x': 'c': [constraint] unknown class 'Odd': expected MaxNorm, NonNeg, UnitNorm "
                    "or MinMaxNorm");
  CHECK_THROWS_WITH(read(R"({"class_name": "UnitNorm", "config": {"rate": 1}})"),
                    "in layer 'x': 'c': [constraint] UnitNorm has no option 'rate'");
  CHECK_THROWS(read(R"({"class_name": "UnitNorm", "config": {"axis": []}})"));
  CHECK_THROWS(read(R"({"class_name": "UnitNorm", "config": {"axis": "x"}})"));
}

TEST_CASE("an orthogonal regularizer's factor and mode are read, and written") {
  const auto read_regularizer = [](const char* json) {
    const Json config{{"r", Json::parse(json)}};
    Regularizer regularizer;
    keras::FieldReader reader(config, "in layer 'x': ");
    reader("r", regularizer);
    return regularizer;
  };
  const Regularizer read = read_regularizer(
      R"({"class_name": "OrthogonalRegularizer", "config": {"factor": 0.1, "mode": "columns"}})");
  CHECK(read.orthogonal == 0.1f);
  CHECK(read.columns);
  Json config;
  keras::FieldWriter writer(config);
  writer("r", read);
  CHECK(config["r"]["class_name"] == "OrthogonalRegularizer");
  CHECK(config["r"]["config"].dump() == R"({"factor":0.1,"mode":"columns"})");
  CHECK(read_regularizer(R"("orthogonal_regularizer")").orthogonal == 0.01f);
  CHECK_THROWS_WITH(
      read_regularizer(R"({"class_name": "OrthogonalRegularizer", "config": {"mode": "diagonals"}})"),
      "in layer 'x': 'r' has mode 'diagonals', expected mode 'rows' or 'columns'");
}

}  // namespace test_weight_config
