#include <catch2/catch.hpp>
#include <sstream>

#include "tanuki/io/weight_matching.hpp"
#include "tanuki/keras.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_convert {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::ScratchFolder;

namespace {

const std::string goldens = TANUKI_GOLDENS "/keras/";

std::vector<WeightShape> shapes_in(const SafetensorsFile& file, const std::string& prefix = "") {
  std::vector<WeightShape> shapes;
  for (const auto& entry : file.entries()) {
    if (entry.name.starts_with(prefix)) shapes.push_back({entry.name.substr(prefix.size()), entry.shape});
  }
  return shapes;
}

}  // namespace

TEST_CASE("a Keras file becomes a safetensors file of the same weights") {
  ScratchFolder folder;
  const ConversionReport report = convert_keras(goldens + "functional.keras", folder / "out.safetensors");
  const KerasWeights weights = read_keras_weights(goldens + "functional.keras");
  const SafetensorsFile file(folder / "out.safetensors");
  REQUIRE(file.metadata() == Metadata{{"format", "tanuki"},
                                      {"source", "functional.keras"},
                                      {"source_format", "keras"},
                                      {"keras_version", weights.keras_version}});
  REQUIRE(file.entries().size() == weights.tensors.size());
  REQUIRE(report.tensors.size() == weights.tensors.size());
  Index parameters = 0;
  for (std::size_t i = 0; i < weights.tensors.size(); ++i) {
    REQUIRE(file.entries()[i].name == weights.tensors[i].name);
    REQUIRE(file.entries()[i].tensor().to_vector() == weights.tensors[i].value.to_vector());
    REQUIRE(report.tensors[i].first == weights.tensors[i].name);
    parameters += weights.tensors[i].value.size();
  }
  REQUIRE(report.parameters == parameters);
}

TEST_CASE("the report says what was mapped and what was left") {
  ScratchFolder folder;
  std::ostringstream text;
  text << convert_keras(goldens + "functional_published.h5", folder / "out.safetensors");
  REQUIRE_THAT(
      text.str(),
      Contains("backbone/sepconv/pointwise_kernel (1, 1, 4, 6)\n") &&
          Contains("functional_published.h5 (legacy h5, Keras 2.1.6): 21 tensors, 361 parameters, to ") &&
          Contains("out.safetensors"));
  text.str("");
  text << convert_keras(goldens + "functional.keras", folder / "out.safetensors");
  REQUIRE_THAT(text.str(), Contains("ignored: optimizer: 32 arrays\n") && Contains("; 1 ignored"));
}

TEST_CASE("every conversion of a model fits the same model, under other automatic names too") {
  ScratchFolder folder;
  const SafetensorsFile contents(goldens + "contents.safetensors");
  for (const std::string name :
       {"functional.keras", "functional_3_3.keras", "functional.h5", "functional_frozen.h5",
        "functional.weights.h5", "functional_published.h5"}) {
    INFO(name);
    const std::string target = folder / (name + ".safetensors");
    convert_keras(goldens + name, target);
    const SafetensorsFile file(target);
    for (const std::string part : {"", "backbone/", "neck/"}) {  // the whole model, and each part of it alone
      INFO(part);
      const std::string prefix = "functional/weights/" + part;
      const auto targets = shapes_in(contents, prefix), sources = shapes_in(file);
      const WeightMatch match = match_weights(targets, sources, name);
      REQUIRE(match.prefix == part);
      REQUIRE(match.unused.size() == sources.size() - targets.size());
      for (std::size_t i = 0; i < targets.size(); ++i) {
        INFO(targets[i].name);
        REQUIRE(file.entries()[match.source[i]].tensor().to_vector() ==
                contents.find(prefix + targets[i].name)->tensor().to_vector());
      }
    }
    const auto other = shapes_in(contents, "sequential/weights/");
    REQUIRE_THROWS_WITH(match_weights(other, shapes_in(file), name),
                        Contains(name) && Contains("does not fit the model"));
  }
}

TEST_CASE("a file is not converted onto itself, nor to a name that says another format") {
  ScratchFolder folder;
  std::filesystem::copy_file(goldens + "functional.keras", folder / "model");
  const std::string before = test::read_bytes(folder / "model");
  std::filesystem::create_symlink("model", folder / "link");
  std::filesystem::create_hard_link(folder / "model", folder / "twin");
  for (const char* target : {"model", "link", "twin"}) {
    REQUIRE_THROWS_WITH(convert_keras(folder / "model", folder / target),
                        Contains(target) && Contains("the file to be converted"));
  }
  REQUIRE_THROWS_WITH(convert_keras(folder / "link", folder / "model"), Contains("the file to be converted"));
  REQUIRE_THROWS_WITH(convert_keras(folder / "model", folder / "out.h5"),
                      Contains("out.h5") && Contains(".safetensors"));
  REQUIRE(test::read_bytes(folder / "model") == before);
  REQUIRE_FALSE(std::filesystem::exists(folder / "out.h5"));
}

TEST_CASE("where the source does not convert the target stays as it was") {
  ScratchFolder folder;
  test::write_bytes(folder / "out.safetensors", "as it was");
  REQUIRE_THROWS_AS(convert_keras(goldens + "functional_npz.keras", folder / "out.safetensors"), Error);
  REQUIRE(test::read_bytes(folder / "out.safetensors") == "as it was");
  REQUIRE_THROWS_WITH(convert_keras(goldens + "functional.keras", folder / "nowhere/out"),
                      Contains("nowhere/out"));
}

}  // namespace test_convert
