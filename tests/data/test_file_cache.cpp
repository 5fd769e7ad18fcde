// cache(file): what is kept, when it is there, and what is done with a file that is not what it should be.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <iostream>
#include <limits>
#include <sstream>

#include "tables.hpp"
#include "tanuki/data/image_folder.hpp"

namespace test_file_cache {

using namespace tanuki;
using Catch::Contains;
using test::all;
using test::counting;
using test::entries;
using test::Fragile;
using test::numbers;
using test::sorted;

namespace {

test::Bytes read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return test::Bytes(std::istreambuf_iterator<char>(in), {});
}

std::size_t files_in(const test::TemporaryFolder& folder) {
  return std::size_t(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

/// What stands on stderr when `work` is done.
template <class Work>
std::string said(Work work) {
  std::ostringstream captured;
  std::streambuf* const saved = std::cerr.rdbuf(captured.rdbuf());
  work();
  std::cerr.rdbuf(saved);
  return captured.str();
}

std::vector<float> targets(const Dataset& dataset) {
  std::vector<float> values;
  for (auto pass = dataset.iterate(0); auto example = pass->next();) {
    for (float value : example->y.to_vector()) values.push_back(value);
  }
  return values;
}

}  // namespace

TEST_CASE("a table is kept in a file once every entry was made, bad ones too") {
  const test::TemporaryFolder folder;
  const auto file = folder / "kept";
  const auto table = std::make_shared<Fragile>(20, std::set<Index>{3});
  {
    const Dataset cached = Dataset(table).shuffle(5).cache(file);
    all(cached.take(10));
    CHECK_FALSE(std::filesystem::exists(file));
    const auto first = all(cached, 1);
    CHECK(std::filesystem::exists(file));
    CHECK(files_in(folder) == 1);
    const int made = table->made;
    CHECK(all(cached, 1) == first);
    CHECK(all(cached, 2) != first);
    CHECK(entries(cached, 1) == entries(Dataset(table).shuffle(5), 1));
    CHECK(table->made == made + 20);  // by the pass without the cache
  }
  table->made = 0;
  for (const Dataset& again : {Dataset(table).cache(file), Dataset(table).shuffle(8).cache(file)}) {
    CHECK(sorted(all(again.batch(3).prefetch(2), 1)) == sorted(all(Dataset(table).cache(), 1)));
    CHECK(again.cardinality() == 20);
  }
  CHECK(table->made == 40);  // by the caches in memory
}

TEST_CASE("batches are kept in a file with the order of epoch 0") {
  const test::TemporaryFolder folder;
  const Dataset source = counting(11).shuffle(5).batch(3);
  for (int run = 0; run < 2; ++run) {
    const Dataset cached = source.cache(folder / "kept");
    CHECK(all(cached, 3) == all(source, 0));
    CHECK(targets(cached) == targets(source));
    CHECK(entries(cached, 1) == entries(source, 0));
    CHECK(cached.entries(2) == source.entries(0));
    CHECK(cached.cardinality() == 4);
    CHECK(all(cached.unbatch(), 1) == all(source, 0));
  }
  CHECK(files_in(folder) == 1);
  const Dataset mapped = source.map([](Example e) { return e; });
  for (int run = 0; run < 2; ++run)
    CHECK(entries(mapped.cache(folder / "mapped"), 1) ==
          EntryLists{{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {9, 10}});
}

TEST_CASE("shapes, and missing targets, come back from a file") {
  const test::TemporaryFolder folder;
  const Dataset data = Dataset::from_tensors(Tensor<Cpu>(Shape{3, 2, 1}, numbers(0, 6)));
  for (int run = 0; run < 2; ++run) {
    auto pass = data.cache(folder / "kept").iterate(0);
    const auto example = pass->next();
    CHECK(example->x.shape() == Shape{2, 1});
    CHECK(example->y.shape() == Shape{0});
    while (pass->next()) continue;
  }
  CHECK(std::filesystem::exists(folder / "kept"));
}

TEST_CASE("a pass that is dropped leaves no file") {
  const test::TemporaryFolder folder;
  const Dataset cached = counting(9).batch(2).cache(folder / "kept");
  {
    auto pass = cached.iterate(0);
    pass->next();
  }
  CHECK(files_in(folder) == 0);
  const Dataset failing =
      counting(9).map([](Example e) -> Example { return e.x.data()[0] == 5 ? (fail("five"), e) : e; });
  REQUIRE_THROWS_WITH(all(failing.batch(2).cache(folder / "kept")), "five");
  CHECK(files_in(folder) == 0);
  REQUIRE_THROWS_WITH(all(failing.cache(folder / "kept")), "five");
  CHECK_FALSE(std::filesystem::exists(folder / "kept"));
}

TEST_CASE("what a killed run left of a file is gone at the next start") {
  const test::TemporaryFolder folder;
  for (const bool batched : {false, true}) {
    const Dataset source = batched ? counting(9).batch(2) : counting(9);
    const pid_t child = ::fork();
    if (child == 0) {
      const Dataset cached = source.cache(folder / "kept");
      auto pass = cached.iterate(0);
      pass->next();
      ::_exit(0);
    }
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    CHECK(files_in(folder) == 1);
    const Dataset cached = source.cache(folder / "kept");
    CHECK(files_in(folder) == 0);
    all(cached);
    CHECK(files_in(folder) == 1);
    std::filesystem::remove(folder / "kept");
  }
}

TEST_CASE("a damaged file is made again, and stderr says so") {
  const test::TemporaryFolder folder;
  const auto file = folder / "kept";
  for (const bool batched : {false, true}) {
    const Dataset source = batched ? counting(6).batch(4) : counting(6);
    std::filesystem::remove(file);
    CHECK(said([&] { all(source.cache(file)); }) == "");
    const test::Bytes whole = read(file);
    REQUIRE(whole.size() > 100);
    for (std::size_t at = 18; at < whole.size(); ++at) {
      CAPTURE(batched, at);
      test::Bytes bad = whole;
      if (at % 2)
        bad[at] ^= 0x10;
      else
        bad.resize(at);
      test::write(file, bad);
      const std::string text = said([&] { REQUIRE(all(source.cache(file)) == numbers(0, 6)); });
      REQUIRE_THAT(text,
                   Contains("[cache] '" + file.string() + "' is damaged (") && Contains("made again\n"));
      REQUIRE(read(file) == whole);
    }
    test::Bytes more = whole;
    more.push_back(0);
    test::write(file, more);
    CHECK_THAT(said([&] { all(source.cache(file)); }), Contains("something follows its end"));
    CHECK(said([&] { all(source.cache(file)); }) == "");
  }
}

TEST_CASE("a file of something else, or of other examples, is left alone") {
  const test::TemporaryFolder folder;
  const auto file = folder / "kept";
  const auto refused = [&](const Dataset& source, const std::string& reason) {
    const test::Bytes before = read(file);
    REQUIRE_THROWS_WITH(source.cache(file), Contains("[cache] '" + file.string()) && Contains(reason));
    CHECK(read(file) == before);
  };
  for (const test::Bytes& content : {test::Bytes{}, test::Bytes{1, 2, 3}, test::plain("png", 9, 9, 3)}) {
    test::write(file, content);
    refused(counting(3), "is no file of cached examples");
  }
  std::filesystem::remove(file);
  all(counting(6).cache(file));
  const std::string other = "holds other examples";
  refused(counting(5), other);
  refused(counting(6).take(3), other);
  refused(counting(6).map([](Example e) { return e; }), other);
  refused(counting(6).batch(2), other);
  refused(Dataset::from_tensors(Tensor<Cpu>(Shape{6, 1}, numbers(1, 7)), Tensor<Cpu>(Shape{6, 1})), other);
  all(counting(6).shuffle(1).cache(file));  // in another order they are the same
  std::filesystem::remove(file);
  all(counting(6).shuffle(1).batch(2).cache(file));
  refused(counting(6).shuffle(2).batch(2), other);
  refused(counting(6).shuffle(1).batch(3), other);

  REQUIRE_THROWS_WITH(counting(3).cache(""), Contains("[cache] the name of the file is empty"));
  REQUIRE_THROWS_WITH(counting(3).repeat().cache(folder / "x"), Contains("never ends"));
  REQUIRE_THROWS_WITH(all(counting(3).cache(folder / "none/x")), Contains("none/x"));
  REQUIRE_THROWS_AS(counting(3).cache(folder.path()), Error);
}

TEST_CASE("image files are told apart by their names, classes and sizes") {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 6; ++i)
    test::write(folder / ("photos/" + std::to_string(i % 2) + "/" + std::to_string(i) + ".png"),
                test::plain("png", 3, 3, std::uint8_t(i)));
  const auto data = [&](Index side) {
    return image_dataset_from_directory(folder / "photos",
                                        {.batch_size = 0, .image_size = {side, side}, .workers = 3});
  };
  const auto file = folder / "kept";
  const auto first = all(data(2).cache(file), 2);
  CHECK(std::filesystem::exists(file));
  CHECK(all(data(2).cache(file), 2) == first);
  REQUIRE_THROWS_WITH(data(3).cache(file),
                      Contains("6 image files") && Contains("decode(2, 2") && Contains("decode(3, 3"));
  test::write(folder / "photos/0/0.png", test::plain("png", 30, 30, 9));
  REQUIRE_THROWS_WITH(data(2).cache(file), Contains("holds other examples"));
}

TEST_CASE("files whose content is bad are reported in later runs too") {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 6; ++i)
    test::write(folder / ("photos/a/" + std::to_string(i) + ".png"),
                test::plain("png", 2, 2, std::uint8_t(i)));
  const auto bad = folder / "photos/a/3.png";
  test::write(bad, {1, 2, 3});
  for (const Index batch_size : {0, 4}) {
    const auto file = folder / std::to_string(batch_size);
    std::vector<BadFile> first;
    for (int run = 0; run < 3; ++run) {
      CAPTURE(batch_size, run);
      std::vector<BadFile> reported;
      const Dataset data =
          image_dataset_from_directory(
              folder / "photos", {.batch_size = batch_size,
                                  .image_size = {1, 1},
                                  .workers = 2,
                                  .on_bad_file = [&](const BadFile& found) { reported.push_back(found); }})
              .cache(file);
      CHECK(std::filesystem::exists(file) == (run > 0));
      CHECK(reported.size() == (run > 0));  // when the file is opened
      CHECK(sorted(all(data)) == sorted(all(data, 1)));
      CHECK(all(data).size() == 5 * 3);
      REQUIRE(reported.size() == 1);
      CHECK(reported[0].path == bad.string());
      CHECK_THAT(reported[0].reason, Contains("it is no JPEG, PNG, GIF or BMP file"));
      REQUIRE(data.bad_files().size() == 1);
      CHECK(data.bad_files()[0].path == bad.string());
    }
  }
}

TEST_CASE("a file that could not be read is tried again by the next run") {
  const test::TemporaryFolder folder;
  const auto missing = folder / "photos/a/3.png";
  for (const Index batch_size : {0, 4}) {
    for (int i = 0; i < 6; ++i)
      test::write(folder / ("photos/a/" + std::to_string(i) + ".png"),
                  test::plain("png", 2, 2, std::uint8_t(i)));
    const auto file = folder / std::to_string(batch_size);
    const auto open = [&] {
      return image_dataset_from_directory(
                 folder / "photos",
                 {.batch_size = batch_size, .image_size = {1, 1}, .workers = 2, .on_bad_file = [](auto&) {}})
          .cache(file);
    };
    CAPTURE(batch_size);
    const Dataset first = open();
    std::filesystem::remove(missing);
    const std::string text = said([&] { CHECK(all(first).size() == 5 * 3); });
    CHECK(text.empty() == (batch_size == 0));
    if (batch_size) CHECK_THAT(text, Contains("is not kept, since files could not be read: 1"));
    CHECK(std::filesystem::exists(file) == (batch_size == 0));
    CHECK(all(first, 1).size() == 5 * 3);
    test::write(missing, test::plain("png", 2, 2, 3));
    for (int run = 0; run < 2; ++run) {
      const Dataset again = open();
      CHECK(all(again).size() == 6 * 3);
      CHECK(all(again, 1).size() == 6 * 3);
      CHECK(again.bad_files().empty());
      CHECK(std::filesystem::exists(file));
    }
  }
}

}  // namespace test_file_cache
