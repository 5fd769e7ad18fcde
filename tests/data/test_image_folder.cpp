#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <iostream>

#include "files.hpp"
#include "tanuki/data/image_folder.hpp"

namespace test_image_folder {

using namespace tanuki;
using Catch::Contains;
using test::all;
using test::firsts;
using test::plain;
using test::sorted;

namespace {

/// Two classes: cats 1 2 3, dogs 11 12 (the value of every pixel).
void fill(const test::TemporaryFolder& folder) {
  test::write(folder / "cats/b.png", plain("png", 5, 4, 2));
  test::write(folder / "cats/a.PNG", plain("png", 3, 9, 1));
  test::write(folder / "cats/more/c.bmp", plain("bmp", 2, 2, 3));
  test::write(folder / "dogs/x.png", plain("png", 1, 1, 11));
  test::write(folder / "dogs/y.jpeg", plain("jpg", 8, 8, 12));
}

ImageFolderOptions quiet() {
  return {.batch_size = 0, .image_size = {4, 4}, .shuffle = false, .workers = 2, .on_bad_file = [](auto&) {}};
}

std::vector<float> targets(const Dataset& dataset) {
  std::vector<float> values;
  for (auto pass = dataset.iterate(0); auto example = pass->next();) {
    const auto y = example->y.to_vector();
    values.insert(values.end(), y.begin(), y.end());
  }
  return values;
}

const char* photos() {
  const char* folder = std::getenv("TANUKI_CATS_VS_DOGS");
  return folder && std::filesystem::is_directory(std::string(folder) + "/train") ? folder : nullptr;
}

}  // namespace

TEST_CASE("classes are the sub-folders in alphabetical order, files sorted") {
  const test::TemporaryFolder folder;
  fill(folder);
  test::write(folder / ".hidden/z.png", plain("png", 1, 1, 99));
  test::write(folder / "cats/.z.png", plain("png", 1, 1, 99));
  test::write(folder / "cats/.more/z.png", plain("png", 1, 1, 99));
  test::write(folder / "cats/notes.txt", {'x'});
  test::write(folder / "readme.png", plain("png", 1, 1, 99));
  std::filesystem::create_directories(folder / "dogs/folder.png");

  const Dataset data = image_dataset_from_directory(folder.path(), quiet());
  REQUIRE(data.class_names() == std::vector<std::string>{"cats", "dogs"});
  REQUIRE(data.cardinality() == 5);
  REQUIRE(data.file_paths().size() == 5);
  REQUIRE(data.file_paths()[0] == (folder / "cats/a.PNG").string());
  REQUIRE(firsts(data) == std::vector<float>{1, 2, 3, 11, 12});
  REQUIRE(targets(data) == std::vector<float>{0, 0, 0, 1, 1});
  const auto example = data.iterate(0)->next();
  REQUIRE(example->x.shape() == Shape{4, 4, 3});
  REQUIRE(example->y.shape() == Shape{1});
  REQUIRE(data.bad_files().empty());
}

TEST_CASE("labels are integers, one-hot or binary") {
  const test::TemporaryFolder folder;
  fill(folder);
  ImageFolderOptions options = quiet();
  options.label_mode = LabelMode::binary;
  REQUIRE(targets(image_dataset_from_directory(folder.path(), options)) == std::vector<float>{0, 0, 0, 1, 1});
  test::write(folder / "birds/b.png", plain("png", 1, 1, 50));
  REQUIRE_THROWS_WITH(image_dataset_from_directory(folder.path(), options),
                      Contains(folder.path().string()) && Contains("exactly 2 classes, it has 3"));
  options.label_mode = LabelMode::integer;
  REQUIRE(targets(image_dataset_from_directory(folder.path(), options)) ==
          std::vector<float>{0, 1, 1, 1, 2, 2});
  options.label_mode = LabelMode::categorical;
  options.class_names = {"dogs", "birds", "cats"};
  const Dataset data = image_dataset_from_directory(folder.path(), options);
  REQUIRE(data.class_names() == options.class_names);
  REQUIRE(data.take(1).iterate(0)->next()->y.to_vector() == std::vector<float>{1, 0, 0});
  REQUIRE(data.skip(2).iterate(0)->next()->y.to_vector() == std::vector<float>{0, 1, 0});
  options.label_mode = LabelMode::binary;
  options.class_names = {"dogs", "cats"};  // a subset
  REQUIRE(targets(image_dataset_from_directory(folder.path(), options)) == std::vector<float>{0, 0, 1, 1, 1});
}

TEST_CASE("a folder that is no data set is refused by name") {
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::filesystem::path& path, ImageFolderOptions options = {}) {
    try {
      image_dataset_from_directory(path, options);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("nothing was thrown");
  };
  const std::string missing = (folder / "none").string();
  REQUIRE(refused(missing) == "[image_dataset_from_directory] '" + missing + "': there is no such folder");
  test::write(folder / "file", {1});
  REQUIRE_THAT(refused(folder / "file"), Contains("it is no folder"));
  REQUIRE_THAT(refused(folder.path()), Contains(folder.path().string()) && Contains("no sub-folders"));
  test::write(folder / "cats/a.png", plain("png", 1, 1, 1));
  REQUIRE_THAT(refused(folder.path(), {.label_mode = LabelMode::binary}),
               Contains("exactly 2 classes, it has 1"));
  test::write(folder / "dogs/a.txt", {1});
  REQUIRE_THAT(refused(folder.path()), Contains(folder.path().string()) && Contains("'dogs' has no images"));
  REQUIRE_THAT(refused(folder.path(), {.class_names = {"cats", "fish"}}), Contains("'fish'"));
  REQUIRE_THAT(refused(folder.path(), {.class_names = {"cats", "cats"}}), Contains("'cats' twice"));
  REQUIRE_THAT(refused(folder.path(), {.image_size = {100000, 100000}}),
               Contains("image_size is (100000, 100000)") && Contains("at most 134217728 pixels"));
  REQUIRE_THAT(refused(folder.path(), {.batch_size = -1}), Contains("batch_size is -1"));
  REQUIRE_THAT(refused(folder.path(), {.image_size = {0, 5}}), Contains("image_size is (0, 5)"));
  REQUIRE_THAT(refused(folder.path(), {.workers = -1}), Contains("workers is -1"));
  if (geteuid() != 0) {
    std::filesystem::permissions(folder / "dogs", std::filesystem::perms::none);
    REQUIRE_THAT(refused(folder.path()), Contains("dogs") && Contains("ermission"));
    std::filesystem::permissions(folder / "dogs", std::filesystem::perms::owner_all);
  }
}

TEST_CASE("bad files are named once, skipped in every pass, and batches stay full") {
  const test::TemporaryFolder folder;
  fill(folder);
  const test::Bytes jpeg = plain("jpg", 30, 30, 70);
  test::write(folder / "cats/a1_empty.jpg", {});
  test::write(folder / "cats/a2_text.png", {'h', 'e', 'l', 'l', 'o'});
  test::write(folder / "dogs/w_half.jpg", {jpeg.begin(), jpeg.begin() + 300});
  std::filesystem::create_symlink(folder / "nowhere", folder / "dogs/w_link.png");

  std::vector<std::string> reported;
  ImageFolderOptions options = quiet();
  options.batch_size = 2;
  options.workers = 3;
  options.on_bad_file = [&](const BadFile& file) { reported.push_back(file.path); };
  const Dataset data = image_dataset_from_directory(folder.path(), options);
  REQUIRE(data.cardinality() == 5);  // (5 good + 4 bad) / 2
  for (Index epoch = 0; epoch < 3; ++epoch) {
    std::vector<Index> sizes;
    for (auto pass = data.iterate(epoch); auto batch = pass->next();) sizes.push_back(batch->x.shape()[0]);
    REQUIRE(sizes == std::vector<Index>{2, 2, 1});
    REQUIRE(sorted(all(data, epoch)).front() == 1);
  }
  REQUIRE(reported.size() == 4);
  const auto bad = data.bad_files();
  REQUIRE(bad.size() == 4);
  REQUIRE(bad[0].path == (folder / "cats/a1_empty.jpg").string());
  REQUIRE_THAT(bad[0].reason, Contains("a1_empty.jpg") && Contains("empty"));
  REQUIRE_THAT(bad[2].reason, Contains("w_half.jpg") && Contains("cut short"));
  REQUIRE_THAT(bad[3].reason, Contains("w_link.png") && Contains("no such file"));
}

TEST_CASE("by default a bad file is a line on stderr") {
  const test::TemporaryFolder folder;
  fill(folder);
  test::write(folder / "cats/bad.jpg", {1});
  ImageFolderOptions options = quiet();
  options.on_bad_file = nullptr;
  std::ostringstream captured;
  std::streambuf* const saved = std::cerr.rdbuf(captured.rdbuf());
  const Dataset data = image_dataset_from_directory(folder.path(), options);
  firsts(data, 0);
  firsts(data, 1);
  std::cerr.rdbuf(saved);
  const std::string text = captured.str();
  REQUIRE_THAT(text, Contains("skipped") && Contains("bad.jpg"));
  REQUIRE(std::count(text.begin(), text.end(), '\n') == 1);
}

TEST_CASE("a reporter may throw, which ends the pass") {
  const test::TemporaryFolder folder;
  fill(folder);
  test::write(folder / "cats/bad.jpg", {1});
  ImageFolderOptions options = quiet();
  options.on_bad_file = [](const BadFile& file) { fail("strict: ", file.path); };
  REQUIRE_THROWS_WITH(firsts(image_dataset_from_directory(folder.path(), options)),
                      Contains("strict: ") && Contains("bad.jpg"));
}

TEST_CASE("a reporter may ask for the bad files, among which is the one that it is told of") {
  const test::TemporaryFolder folder;
  fill(folder);
  for (const char* name : {"cats/x.jpg", "cats/y.jpg", "dogs/z.jpg"}) test::write(folder / name, {1});
  Dataset data;
  std::vector<std::size_t> known;
  std::atomic<int> at_once{0};
  ImageFolderOptions options = quiet();
  options.workers = 3;
  options.on_bad_file = [&](const BadFile& file) {
    CHECK(++at_once == 1);
    const auto files = data.bad_files();
    known.push_back(files.size());
    CHECK(std::any_of(files.begin(), files.end(), [&](auto& other) { return other.path == file.path; }));
    --at_once;
  };
  data = image_dataset_from_directory(folder.path(), options);
  firsts(data);
  REQUIRE(known.size() == 3);
  CHECK(known.back() == 3);
}

TEST_CASE("zipped sets know the bad files of both") {
  const test::TemporaryFolder folder;
  for (const char* name : {"x/a/1.png", "x/a/2.png", "x/a/3.png", "y/a/1.png", "y/a/2.png", "y/a/3.png"})
    test::write(folder / name, plain("png", 2, 2, 1));
  test::write(folder / "x/a/1.png", {1});
  test::write(folder / "y/a/3.png", {1});
  const Dataset x = image_dataset_from_directory(folder / "x", quiet()),
                y = image_dataset_from_directory(folder / "y", quiet());
  for (const Dataset& both : {Dataset::zip(x, y), Dataset::zip(y.batch(1), Dataset::zip(x, x).batch(1))}) {
    both.iterate(0)->skip(9);
    const auto bad = both.bad_files();
    REQUIRE(bad.size() == 2);
    CHECK(bad[0].path == (folder / "x/a/1.png").string());
    CHECK(bad[1].path == (folder / "y/a/3.png").string());
  }
  CHECK(x.bad_files().size() == 1);
}

TEST_CASE("what a reporter throws leaves the file counted") {
  const test::TemporaryFolder folder;
  test::write(folder / "cats/a.png", plain("png", 2, 2, 1));
  for (const char* name : {"dogs/x.png", "dogs/y.png"}) test::write(folder / name, {1});
  ImageFolderOptions options = quiet();
  options.workers = 1;
  options.on_bad_file = [](const BadFile& file) { fail("strict: ", file.path); };
  const Dataset data = image_dataset_from_directory(folder.path(), options);
  for (Index epoch : {0, 1}) REQUIRE_THROWS_WITH(firsts(data, epoch), Contains("strict: "));
  for (Index epoch : {2, 3})
    REQUIRE_THROWS_WITH(firsts(data, epoch), Contains("not one of the 2 images of class 'dogs' can be read"));
}

TEST_CASE("a folder without one good image is an error in every pass") {
  const test::TemporaryFolder folder;
  test::write(folder / "cats/a.jpg", {1});
  test::write(folder / "dogs/a.jpg", {2});
  const Dataset data = image_dataset_from_directory(folder.path(), quiet());
  REQUIRE_THROWS_WITH(firsts(data, 0),
                      Contains(folder.path().string()) && Contains("not one of the 1 images of class"));
  REQUIRE_THROWS_WITH(firsts(data, 1), Contains("not one of the 1 images of class"));
}

TEST_CASE("a class without one good image is an error in every pass, also with the other class readable") {
  const test::TemporaryFolder folder;
  fill(folder);
  test::write(folder / "dogs/x.png", {1});
  test::write(folder / "dogs/y.jpeg", {2});
  for (int workers : {1, 3}) {
    ImageFolderOptions options = quiet();
    options.workers = workers;
    const Dataset data = image_dataset_from_directory(folder.path(), options);
    for (Index epoch = 0; epoch < 2; ++epoch) {
      REQUIRE_THROWS_WITH(firsts(data, epoch), Contains(folder.path().string()) &&
                                                   Contains("not one of the 2 images of class 'dogs'") &&
                                                   Contains("for example: [decode_image]"));
    }
  }
}

TEST_CASE("shuffle gives each epoch its order, the same with any number of workers") {
  const test::TemporaryFolder folder;
  for (int i = 0; i < 30; ++i)
    test::write(folder / ((i % 2 ? "cats/" : "dogs/") + std::to_string(i) + ".png"),
                plain("png", 2, 2, std::uint8_t(i)));
  ImageFolderOptions options = quiet();
  options.shuffle = true;
  options.batch_size = 7;
  const auto pass = [&](int workers, std::uint64_t seed, Index epoch) {
    options.workers = workers;
    options.seed = seed;
    return all(image_dataset_from_directory(folder.path(), options), epoch);
  };
  const auto first = pass(1, 0, 0);
  REQUIRE(pass(2, 0, 0) == first);
  REQUIRE(pass(5, 0, 0) == first);
  REQUIRE(pass(0, 0, 0) == first);
  REQUIRE(pass(2, 0, 1) != first);
  REQUIRE(pass(2, 1, 0) != first);
  REQUIRE(sorted(pass(2, 1, 0)) == sorted(first));
}

TEST_CASE("images are resized as Keras resizes them") {
  const test::TemporaryFolder folder;
  const Image image{6, 9, test::pattern(6 * 9 * 3)};
  test::write(folder / "a/a.png", test::encode("png", 6, 9, 3, image.pixels));
  ImageFolderOptions options = quiet();
  REQUIRE(all(image_dataset_from_directory(folder.path(), options)) ==
          resize_bilinear(image, {4, 4}).to_vector());
  options.crop_to_aspect_ratio = true;
  REQUIRE(all(image_dataset_from_directory(folder.path(), options)) ==
          smart_resize(image, {4, 4}).to_vector());
}

TEST_CASE("cats and dogs: every photo is read, and split as the guide splits") {
  const char* folder = photos();
  if (!folder) {
    std::cout << "SKIP: TANUKI_CATS_VS_DOGS is no folder with train/\n";
    return;
  }
  const Dataset data = image_dataset_from_directory(
      std::filesystem::path(folder) / "train",
      {.label_mode = LabelMode::binary, .batch_size = 0, .image_size = {15, 15}, .shuffle = false});
  const auto parts = data.split({0.4, 0.1, 0.1}, 1);
  const Dataset train = parts[0].cache().shuffle(1).batch(32).prefetch(10);
  Index images = 0;
  for (Index epoch = 0; epoch < 2; ++epoch) {
    images = 0;
    for (auto pass = train.iterate(epoch); auto batch = pass->next();) images += batch->x.shape()[0];
    REQUIRE(images == parts[0].cardinality());
  }
  REQUIRE(Index(targets(data).size()) == data.cardinality());
  REQUIRE(data.bad_files().empty());
}

}  // namespace test_image_folder
