#include <catch2/catch.hpp>
#include <filesystem>

#include "tanuki/core/random.hpp"
#include "tanuki/io/keras/archive.hpp"
#include "tanuki/io/keras/hdf5.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/keras/patient.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_hdf5_plain {

using namespace tanuki;
using Kind = Hdf5Object::Kind;
using Bytes = std::span<const std::byte>;

namespace {

std::vector<float> values(const Hdf5Object& array) {
  std::vector<float> numbers(std::size_t(array.shape.elements()));
  array.type->to_float(array.numbers.data(), numbers.data(), numbers.size());
  return numbers;
}

std::string joined(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "/" + std::string(name);
}

/// Compares all at and below `path` with what HDF5's library says of it. Returns how many arrays these are.
int compare(const PlainHdf5& plain, const Hdf5Library& library, const std::string& path) {
  INFO("at '" << path << "'");
  const Hdf5Object* object = plain.find(path);
  REQUIRE(object);
  const auto [form, name] = plain.texts(*object, "name");
  REQUIRE(form == PlainHdf5::Texts::Form::plain);
  CHECK(name == library.texts(path, "name"));
  if (object->kind == Kind::numbers) {
    CHECK(library.has_dataset(path));
    CHECK(object->shape == library.shape(path));
    CHECK(values(*object) == library.read(path).to_vector());
    return 1;
  }
  CHECK_FALSE(library.has_dataset(path));
  std::vector<std::string> names;
  for (const auto& [child, header] : object->children) names.emplace_back(child);
  auto expected = library.children(path);
  std::sort(expected.begin(), expected.end());
  CHECK(names == expected);
  int arrays = 0;
  for (const std::string& child : names) arrays += compare(plain, library, joined(path, child));
  return arrays;
}

/// Looks at what can be reached, however damaged, but at no more than `left` objects. Returns how many of them are known.
int look_at_all(const PlainHdf5& plain, const std::string& path, Bytes image, int& left) {
  const Hdf5Object* object = plain.find(path);
  if (!object || left == 0) return 0;
  --left;
  plain.texts(*object, "name");
  if (object->kind == Kind::numbers) {
    CHECK(object->numbers.data() >= image.data());
    CHECK(object->numbers.data() + object->numbers.size() <= image.data() + image.size());
    values(*object);  // an address sanitizer sees what lies outside
    return 1;
  }
  std::vector<std::string> names;
  for (const auto& [child, header] : object->children) names.emplace_back(child);
  int known = 1;
  for (const std::string& child : names) known += look_at_all(plain, joined(path, child), image, left);
  return known;
}

}  // namespace

TEST_CASE("The files of Keras are of the plain form, and are to it what they are to HDF5's library") {
  int arrays = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TANUKI_GOLDENS "/models")) {
    if (entry.path().extension() != ".keras") continue;
    INFO(entry.path());
    const auto weights = KerasArchive(entry.path()).weights();
    arrays += compare(PlainHdf5(weights), Hdf5Library(weights, entry.path()), "");
  }
  CHECK(arrays > 1000);
}

TEST_CASE("What has another form is left to the library, and what is not there is known not to be") {
  const test::ScratchFolder folder;
  const std::string path = folder / "file.h5";
  {
    const Hdf5Handle packed(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    const hsize_t chunk[] = {2};
    H5Pset_chunk(packed, 1, chunk);
    H5Pset_deflate(packed, 6);
    test::H5Writer(path)
        .dataset("f32", {2}, {1, 2})
        .dataset("i64", {2}, {-3, 4}, H5T_STD_I64LE)
        .dataset("u8", {2}, {3, 200}, H5T_STD_U8LE)
        .dataset("f64", {2}, {1, 2}, H5T_IEEE_F64LE)
        .dataset("big_endian", {2}, {1, 2}, H5T_IEEE_F32BE)
        .dataset("packed", {2}, {1, 2}, H5T_IEEE_F32LE, packed)
        .dataset("empty", {0}, {});
  }
  const MappedFile file(path);
  const PlainHdf5 plain(file.bytes());
  CHECK(values(*plain.find("f32")) == std::vector<float>{1, 2});
  CHECK(values(*plain.find("i64")) == std::vector<float>{-3, 4});
  CHECK(values(*plain.find("u8")) == std::vector<float>{3, 200});
  for (const char* other : {"f64", "big_endian", "packed", "empty"}) {
    INFO(other);
    CHECK(plain.find(other) == nullptr);
    CHECK(plain.find(std::string(other) + "/x") == nullptr);
  }
  for (const char* nowhere : {"f3", "f322", "f32/x", "a/b/c"}) {
    INFO(nowhere);
    CHECK(plain.find(nowhere)->kind == Kind::nothing);
  }
}

TEST_CASE("The newest form of HDF5 is left to the library") {
  const test::ScratchFolder folder;
  const std::string path = folder / "file.h5";
  {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const Hdf5Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
    REQUIRE(file);
  }
  const MappedFile newest(path);
  CHECK(PlainHdf5(newest.bytes()).find("") == nullptr);
  CHECK(Hdf5File(newest.bytes(), path).children("").empty());
  CHECK(PlainHdf5({}).find("") == nullptr);
}

TEST_CASE("A text that is not where its attribute says is refused: HDF5's library would crash on it") {
  const test::Patient patient("nested");
  std::string damaged = patient.weights;
  const auto names_in = [](const std::string& bytes) {
    const Hdf5File file(std::as_bytes(std::span(bytes)), "weights");
    int names = 0;
    for (const std::string& child : file.children("layers"))
      names += file.text("layers/" + child + "/vars", "name").has_value();
    return names;
  };
  REQUIRE(names_in(damaged) > 0);
  for (std::size_t heap = damaged.find("GCOL"); heap != damaged.npos; heap = damaged.find("GCOL", heap + 4)) {
    for (std::size_t object = heap + 16; damaged[object] != 0;) {  // by their numbers
      damaged[object + 1] = '\x77';
      object += 16 + (std::size_t(std::uint8_t(damaged[object + 8])) + 7) / 8 * 8;
    }
  }
  CHECK_THROWS_WITH(names_in(damaged), Catch::Matchers::Contains("attribute 'name' is damaged") &&
                                           Catch::Matchers::Contains("'weights' at 'layers/"));
}

TEST_CASE("Damage is never followed out of the file, and a shape never believed without its bytes") {
  const test::Patient patient("nested");
  const std::string& whole = patient.weights;
  const Bytes intact = std::as_bytes(std::span(whole));
  const auto known_in = [](Bytes image) {
    int left = 1000;
    return look_at_all(PlainHdf5(image), "", image, left);
  };
  const int known = known_in(intact);
  REQUIRE(known > 10);
  int less = 0;
  std::uint64_t drawn = 0;
  const auto below = [&](std::size_t size) { return std::size_t(Random{7}.word(drawn++) % size); };
  for (int i = 0; i < 4000; ++i) {
    std::string damaged = whole;
    for (std::size_t j = 0, count = 1 + below(6); j < count; ++j) {
      const std::size_t place = below(damaged.size());
      const char all[] = {'\0', '\1', '\x7f', '\xff', char(below(256))};
      for (std::size_t k = 0, length = 1 + below(8); k < length && place + k < damaged.size(); ++k)
        damaged[place + k] = all[below(5)];
    }
    if (below(4) == 0) damaged.resize(below(damaged.size()));
    const std::vector<char> exact(damaged.begin(), damaged.end());  // an address sanitizer sees its end
    const Bytes image = std::as_bytes(std::span(exact));
    less += known_in(image) < known;
  }
  CHECK(less > 400);
}

}  // namespace test_hdf5_plain
