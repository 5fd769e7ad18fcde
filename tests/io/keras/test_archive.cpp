#include <catch2/catch.hpp>

#include "tanuki/io/keras/archive.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_archive {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::ScratchFolder;

namespace {

const std::string weights(3000, 'w');

/// Finds `what` in the zip's central directory entry of `member` and puts `value` there.
std::string with_field(std::string zip, const std::string& member, std::size_t offset, std::uint32_t value) {
  for (std::size_t at = zip.find("PK\1\2"); at != zip.npos; at = zip.find("PK\1\2", at + 4)) {
    if (zip.compare(at + 46, member.size(), member) == 0)
      zip.replace(at + offset, 4, reinterpret_cast<char*>(&value), 4);
  }
  return zip;
}

}  // namespace

TEST_CASE("the members of a .keras file, stored or packed") {
  ScratchFolder folder;
  for (const zip_int32_t method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    test::write_zip(folder / "a.keras",
                    {{"metadata.json", R"({"keras_version": "3.3.3"})"},
                     {"config.json", R"({"class_name": "Sequential"})"},
                     {"model.weights.h5", weights}},
                    method);
    const KerasArchive archive(folder / "a.keras");
    REQUIRE(archive.metadata()["keras_version"] == "3.3.3");
    REQUIRE(archive.config()["class_name"] == "Sequential");
    const auto bytes = archive.weights();
    REQUIRE(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()) == weights);
  }
}

TEST_CASE("what is no .keras file, or lacks a part, is refused by name") {
  ScratchFolder folder;
  const std::string path = folder / "a.keras";
  REQUIRE_THROWS_WITH(KerasArchive(path), Contains("a.keras") && Contains("cannot open"));
  test::write_bytes(path, "no zip at all, only some text that is long enough");
  REQUIRE_THROWS_WITH(KerasArchive(path), Contains("a.keras") && Contains("cannot open"));

  test::write_zip(path, {{"metadata.json", "{}"}, {"model.weights.npz", "x"}});
  REQUIRE_THROWS_WITH(KerasArchive(path).config(), Contains("a.keras") && Contains("no config.json"));
  REQUIRE_THROWS_WITH(KerasArchive(path).weights(), Contains(".npz form"));
  test::write_zip(path, {{"model.weights.json", "{}"}});
  REQUIRE_THROWS_WITH(KerasArchive(path).weights(), Contains("split over several files"));
  test::write_zip(path, {{"other", "{}"}});
  REQUIRE_THROWS_WITH(KerasArchive(path).weights(), Contains("no weights in it"));
}

TEST_CASE("a config that is no JSON object is refused") {
  ScratchFolder folder;
  const std::string path = folder / "a.keras";
  const auto config = [&](const std::string& text) {
    test::write_zip(path, {{"config.json", text}});
    return KerasArchive(path).config();
  };
  REQUIRE_THROWS_WITH(config("{"), Contains("config.json is no valid JSON"));
  REQUIRE_THROWS_WITH(config("[1]"), Contains("config.json is no JSON object"));
  REQUIRE_THROWS_WITH(config("\"\xFF\""), Contains("config.json is no valid JSON"));
  REQUIRE_THROWS_WITH(config(std::string(100'000, '[')), Contains("nested too deeply"));
  test::write_zip(path, {{"config.json", std::string(400'000, ' ')}});
  test::write_bytes(path, with_field(test::read_bytes(path), "config.json", 24, 300'000'000u));
  REQUIRE_THROWS_WITH(KerasArchive(path).config(),
                      Contains("config.json has 300000000 bytes, expected at most 200000000"));
}

TEST_CASE("a zip that is damaged or lies is refused") {
  ScratchFolder folder;
  const std::string path = folder / "a.keras";
  test::write_zip(path, {{"model.weights.h5", weights}});
  const std::string whole = test::read_bytes(path);
  const auto read = [&](const std::string& bytes) {
    test::write_bytes(path, bytes);
    return KerasArchive(path).weights();
  };
  REQUIRE(read(whole).size() == weights.size());
  REQUIRE_THROWS_AS(read(whole.substr(0, whole.size() / 2)), Error);
  REQUIRE_THROWS_AS(read(whole.substr(0, whole.size() - 1)), Error);

  std::string flipped = whole;
  flipped[flipped.find("wwww") + 1000] = 'x';
  REQUIRE_THROWS_WITH(read(flipped), Contains("model.weights.h5 is damaged"));

  constexpr std::size_t packed_size = 20, size = 24;
  REQUIRE_THROWS_WITH(read(with_field(whole, "model.weights.h5", size, 4'000'000'000u)),
                      Contains("claims 4000000000 bytes, packed into 3000"));
  REQUIRE_THROWS_AS(read(with_field(whole, "model.weights.h5", size, 3'000'000u)), Error);
  REQUIRE_THROWS_AS(read(with_field(whole, "model.weights.h5", size, 2'000u)), Error);
  REQUIRE_THROWS_AS(read(with_field(whole, "model.weights.h5", packed_size, 4'000'000'000u)), Error);
}

}  // namespace test_archive
