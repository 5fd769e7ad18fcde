// CSV files, and the datasets of images that they list.

#include <catch2/catch.hpp>

#include "tables.hpp"
#include "tanuki/data/csv_dataset.hpp"

namespace test_csv {

using namespace tanuki;
using Catch::Contains;
using Records = std::vector<std::vector<std::string>>;
using test::all;
using test::entries;
using test::firsts;
using test::plain;
using test::sorted;

namespace {

void write(const std::filesystem::path& path, const std::string& text) {
  test::write(path, {text.begin(), text.end()});
}

Records records(const test::TemporaryFolder& folder, const std::string& text) {
  write(folder / "some.csv", text);
  CsvFile file(folder / "some.csv");
  Records found{file.header()};
  while (auto record = file.next()) found.push_back(record->fields);
  return found;
}

/// Pictures of 2 x 2, their first value is in their name.
void pictures(const test::TemporaryFolder& folder, std::initializer_list<int> values) {
  for (int value : values)
    test::write(folder / ("photos/" + std::to_string(value) + ".png"),
                plain("png", 2, 2, std::uint8_t(value)));
}

CsvDatasetOptions quiet(const std::filesystem::path& file) {
  return {
      .file = file,
      .images = {
          .batch_size = 0, .image_size = {2, 2}, .shuffle = false, .workers = 2, .on_bad_file = [](auto&) {
          }}};
}

std::vector<float> targets(const Dataset& dataset) {
  std::vector<float> found;
  for (auto pass = dataset.iterate(0); auto example = pass->next();) {
    for (float value : example->y.to_vector()) found.push_back(value);
  }
  return found;
}

}  // namespace

TEST_CASE("records and quotes are those of RFC 4180") {
  const test::TemporaryFolder folder;
  CHECK(records(folder, "a,b\n1,2\n") == Records{{"a", "b"}, {"1", "2"}});
  CHECK(records(folder, "a,b\r\n1,2") == Records{{"a", "b"}, {"1", "2"}});
  CHECK(records(folder,
                "\xEF\xBB\xBF"
                "a\n\n\r\n1\n\n") == Records{{"a"}, {"1"}});
  CHECK(records(folder, "a,b\n,\n\"\",x\n") == Records{{"a", "b"}, {"", ""}, {"", "x"}});
  CHECK(records(folder, "a,b\n\"1,\"\"2\"\"\",\"x\r\ny\"\r\n") == Records{{"a", "b"}, {"1,\"2\"", "x\r\ny"}});
  CHECK(records(folder, "\"a \"\"\"\n ü \n") == Records{{"a \""}, {" ü "}});
}

TEST_CASE("what is no CSV is refused with its line") {
  const test::TemporaryFolder folder;
  const auto refused = [&](const std::string& text, const std::string& reason) {
    CAPTURE(text);
    REQUIRE_THROWS_WITH(records(folder, text), Contains("some.csv'") && Contains(reason));
  };
  refused("", "it is empty");
  refused("\n\n", "it is empty");
  refused("a,b\n1,2\n3\n", "line 3: it has 1 fields, expected 2");
  refused("a,b\n\"x\ny\",2\n3,4,5\n", "line 4: it has 3 fields, expected 2");
  refused("a,b\n1,x\"y\n", "line 2: a double quote in a field");
  refused("a,b\n1,\"x\"y\n", "line 2: something follows the double quote");
  refused("a,b\n1,2\n3,\"x\n\n", "line 3: a field that begins with a double quote does not end");
  REQUIRE_THROWS_WITH(CsvFile(folder / "none.csv"), Contains("none.csv': there is no such file"));
  REQUIRE_THROWS_WITH(CsvFile(folder.path()), Contains("it is no file"));
  write(folder / "some.csv", "a,b,b\n");
  CHECK(CsvFile(folder / "some.csv").column("a") == 0);
  REQUIRE_THROWS_WITH(CsvFile(folder / "some.csv").column("c"),
                      Contains("no column 'c'; its columns are 'a', 'b', 'b'"));
  REQUIRE_THROWS_WITH(CsvFile(folder / "some.csv").column("b"), Contains("two columns are called 'b'"));
}

TEST_CASE("a CSV file of paths and labels is a dataset") {
  const test::TemporaryFolder folder;
  pictures(folder, {10, 20, 30});
  write(folder / "pets.csv", "label,n,path\ndog,1,photos/10.png\ncat,2,photos/30.png\ndog,3,photos/20.png\n");
  const Dataset data = csv_dataset(quiet(folder / "pets.csv"));
  REQUIRE(data.cardinality() == 3);
  REQUIRE(data.class_names() == std::vector<std::string>{"cat", "dog"});
  REQUIRE(data.file_paths()[1] == (folder / "photos/30.png").string());
  REQUIRE(firsts(data) == std::vector<float>{10, 30, 20});
  REQUIRE(targets(data) == std::vector<float>{1, 0, 1});
  REQUIRE(entries(data) == EntryLists{{0}, {1}, {2}});
  REQUIRE(data.iterate(0)->next()->x.shape() == Shape{2, 2, 3});

  CsvDatasetOptions options = quiet(folder / "pets.csv");
  options.images.label_mode = LabelMode::categorical;
  options.images.class_names = {"dog"};
  REQUIRE(firsts(csv_dataset(options)) == std::vector<float>{10, 20});
  options.images.class_names = {"dog", "cat"};
  REQUIRE(targets(csv_dataset(options)) == std::vector<float>{1, 0, 0, 1, 1, 0});
  options.images.shuffle = true;
  options.images.batch_size = 2;
  const auto first = all(csv_dataset(options), 1);
  for (int workers : {1, 5}) {
    options.images.workers = workers;
    REQUIRE(all(csv_dataset(options), 1) == first);
  }
  REQUIRE(csv_dataset(options).cardinality() == 2);
}

TEST_CASE("columns and root are the user's to name; whole numbers are in their order") {
  const test::TemporaryFolder folder;
  pictures(folder, {1, 2, 10});
  write(folder / "lists/pets.csv", "file,kind\n10.png,10\n2.png,2\n1.png,-1\n");
  CsvDatasetOptions options = quiet(folder / "lists/pets.csv");
  options.path_column = "file";
  options.label_column = "kind";
  options.root = folder / "photos";
  const Dataset data = csv_dataset(options);
  REQUIRE(data.class_names() == std::vector<std::string>{"-1", "2", "10"});
  REQUIRE(firsts(data) == std::vector<float>{10, 2, 1});
  REQUIRE(targets(data) == std::vector<float>{2, 1, 0});
  write(folder / "lists/pets.csv", "file,kind\n" + (folder / "photos/1.png").string() + ",x\n");
  REQUIRE(firsts(csv_dataset(options)) == std::vector<float>{1});  // a whole path stays as it is
}

TEST_CASE("a bad CSV dataset is refused by name and line, a bad image skipped") {
  const test::TemporaryFolder folder;
  pictures(folder, {1, 2});
  const auto file = folder / "pets.csv";
  const auto refused = [&](const std::string& text, const std::string& reason, auto change) {
    write(file, text);
    CsvDatasetOptions options = quiet(file);
    change(options);
    REQUIRE_THROWS_WITH(csv_dataset(options),
                        Catch::StartsWith("[csv_dataset] '" + file.string()) && Contains(reason));
  };
  const auto as_is = [](CsvDatasetOptions&) {};
  const std::string good = "path,label\nphotos/1.png,a\nphotos/3.png,b\nphotos/2.png,b\n";
  refused("path,label\n", "it has no records", as_is);
  refused("path,label\nx.png,\n", "line 2: its label is empty", as_is);
  refused("path,label\nx.png,a\n,b\n", "line 3: its path is empty", as_is);
  refused("path,kind\nx.png,a\n", "no column 'label'", as_is);
  refused(good, "no record of the class 'c'", [](auto& o) { o.images.class_names = {"a", "c"}; });
  refused(good, "'a' twice", [](auto& o) { o.images.class_names = {"a", "a"}; });
  refused(good, "batch_size is -1", [](auto& o) { o.images.batch_size = -1; });
  refused("path,label\nx.png,a\n", "exactly 2 classes, it has 1",
          [](auto& o) { o.images.label_mode = LabelMode::binary; });
  write(file, good);
  const Dataset data = csv_dataset(quiet(file));
  REQUIRE(firsts(data) == std::vector<float>{1, 2});
  REQUIRE(data.bad_files().size() == 1);
  REQUIRE_THAT(data.bad_files()[0].reason, Contains("3.png") && Contains("no such file"));
  write(file, "path,label\nphotos/3.png,a\n");
  REQUIRE_THROWS_WITH(firsts(csv_dataset(quiet(file))), Contains("[csv_dataset] '" + file.string()) &&
                                                            Contains("not one of the 1 images of class 'a'"));
}

}  // namespace test_csv
