#include <catch2/catch.hpp>

#include "tanuki/core/mapped_file.hpp"
#include "tanuki/io/keras/hdf5.hpp"
#include "tests/io/keras/h5_writer.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_hdf5 {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::H5Writer;
using tanuki::test::ScratchFolder;

namespace {

/// A file that is written, then read.
struct File {
  ScratchFolder folder = {};
  std::string path = folder / "file.h5";
  std::unique_ptr<MappedFile> mapped = {};
  std::unique_ptr<Hdf5File> file = {};

  const Hdf5File* operator->() {
    if (!file)
      mapped = std::make_unique<MappedFile>(path), file = std::make_unique<Hdf5File>(mapped->bytes(), path);
    return file.get();
  }
};

Hdf5Handle storage() { return {H5Pcreate(H5P_DATASET_CREATE), H5Pclose}; }

}  // namespace

TEST_CASE("numbers of every kind are read as float32") {
  File file;
  const std::vector<float> numbers{1, -2, 3.5f, 4, 5, 6};
  {
    const Hdf5Handle half(H5Tcopy(H5T_IEEE_F32LE), H5Tclose);  // IEEE binary16, as numpy writes it
    H5Tset_fields(half, 15, 10, 5, 0, 10);
    H5Tset_size(half, 2);
    H5Tset_ebias(half, 15);
    const Hdf5Handle packed = storage();
    const hsize_t chunk[] = {1, 2};
    H5Pset_chunk(packed, 2, chunk);
    H5Pset_deflate(packed, 6);
    H5Writer(file.path)
        .dataset("f32", {2, 3}, numbers)
        .dataset("f64", {2, 3}, numbers, H5T_IEEE_F64LE)
        .dataset("big_endian", {2, 3}, numbers, H5T_IEEE_F32BE)
        .dataset("f16", {2, 3}, numbers, half)
        .dataset("packed", {2, 3}, numbers, H5T_IEEE_F32LE, packed)
        .dataset("scalar", {}, {7}, H5T_STD_I64LE)
        .dataset("empty", {0, 4}, {});
  }
  for (const char* name : {"f32", "f64", "big_endian", "f16", "packed"}) {
    INFO(name);
    REQUIRE(file->read(name).shape() == Shape{2, 3});
    REQUIRE(file->read(name).to_vector() == numbers);
  }
  REQUIRE(file->read("scalar").shape() == Shape{});
  REQUIRE(file->read("scalar").to_vector() == std::vector<float>{7});
  REQUIRE(file->read("empty").shape() == Shape{0, 4});
}

TEST_CASE("bfloat16 as Keras writes it is read") {
  File file;
  {
    const H5Writer writer(file.path);
    const hsize_t count = 2;
    const std::uint16_t bits[] = {0x3F80, 0xC049};
    const Hdf5Handle type(H5Tcreate(H5T_OPAQUE, 2), H5Tclose),
        space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    const Hdf5Handle data(H5Dcreate2(writer.id(), "x", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                          H5Dclose);
    H5Dwrite(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bits);
  }
  REQUIRE_THROWS_WITH(file->read("x"), Contains("does not hold numbers"));
  {
    File again;
    std::filesystem::copy(file.path, again.path);
    {
      const Hdf5Handle opened(H5Fopen(again.path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
      const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate(H5S_SCALAR), H5Sclose);
      H5Tset_size(type, 8);
      const Hdf5Handle data(H5Dopen2(opened, "x", H5P_DEFAULT), H5Dclose);
      const Hdf5Handle handle(H5Acreate2(data, "dtype", type, space, H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
      H5Awrite(handle, type, "bfloat16");
    }
    REQUIRE(again->read("x").to_vector() == std::vector<float>{1, -3.140625f});
  }
}

TEST_CASE("groups list their names in numerical order") {
  File file;
  {
    H5Writer writer(file.path);
    for (const char* name : {"conv2d_10", "conv2d_2", "conv2d", "conv2d_1", "add"})
      writer.group(std::string("g/") + name);
  }
  REQUIRE(file->children("g") ==
          std::vector<std::string>{"add", "conv2d", "conv2d_1", "conv2d_2", "conv2d_10"});
  REQUIRE(file->children("") == std::vector<std::string>{"g"});
  REQUIRE(file->children("nowhere/at/all").empty());
  REQUIRE(file->has("g/add"));
  REQUIRE_FALSE(file->has("g/add/more"));
  REQUIRE_FALSE(file->has_dataset("g"));
}

TEST_CASE("attributes of text are read") {
  File file;
  {
    H5Writer writer(file.path);
    writer.group("g").texts("g", "names", {"a", "longer"}).text("g", "name", "block1").text("g", "none", "");
    const hsize_t zero = 0, two = 2;
    const Hdf5Handle empty(H5Screate_simple(1, &zero, nullptr), H5Sclose);
    const Hdf5Handle pair(H5Screate_simple(1, &two, nullptr), H5Sclose);
    const Hdf5Handle variable(H5Tcopy(H5T_C_S1), H5Tclose);
    H5Tset_size(variable, H5T_VARIABLE);
    const char* pointers[] = {"x", "yy"};
    const double numbers[] = {1, 2};
    writer.write("g", "variable", variable, pair, pointers);
    writer.write("g", "empty", H5T_IEEE_F64LE, empty, numbers);  // what h5py makes of []
    writer.write("g", "numbers", H5T_NATIVE_DOUBLE, pair, numbers);
  }
  REQUIRE(file->texts("g", "names") == std::vector<std::string>{"a", "longer"});
  REQUIRE(file->texts("g", "variable") == std::vector<std::string>{"x", "yy"});
  REQUIRE(file->texts("g", "empty") == std::vector<std::string>{});
  REQUIRE(file->text("g", "name") == "block1");
  REQUIRE(file->text("g", "none") == "");
  REQUIRE(file->text("g", "absent") == std::nullopt);
  REQUIRE(file->text("nowhere", "name") == std::nullopt);
  REQUIRE_THROWS_WITH(file->text("g", "names"), Contains("'names' is no single text"));
  REQUIRE_THROWS_WITH(file->texts("g", "numbers"), Contains("'numbers' is no text"));
}

TEST_CASE("what leads out of the file is refused") {
  File file;
  {
    H5Writer writer(file.path);
    const Hdf5Handle elsewhere = storage();
    H5Pset_external(elsewhere, "elsewhere.bin", 0, 8);
    writer.group("g").dataset("g/x", {2}, {1, 2}).dataset("outside", {2}, {}, H5T_IEEE_F32LE, elsewhere);
    H5Lcreate_external("other.h5", "/x", writer.id(), "external", H5P_DEFAULT, H5P_DEFAULT);
    H5Lcreate_soft("/g", writer.id(), "soft", H5P_DEFAULT, H5P_DEFAULT);
  }
  REQUIRE_THROWS_WITH(file->read("outside"),
                      Contains("in another file") && Contains("file.h5") && Contains("'outside'"));
  REQUIRE_THROWS_WITH(file->read("external"), Contains("'external': it is a link to elsewhere"));
  REQUIRE_THROWS_WITH(file->read("soft/x"), Contains("'soft': it is a link to elsewhere"));
}

TEST_CASE("what cannot be numbers of that size is refused before memory is taken") {
  File file;
  {
    const Hdf5Handle packed = storage(), chunks = storage();
    const hsize_t chunk = 1 << 20;
    H5Pset_chunk(packed, 1, &chunk);
    H5Pset_deflate(packed, 9);
    H5Pset_chunk(chunks, 1, &chunk);
    H5Writer(file.path)
        .group("g")
        .dataset("unwritten", {hsize_t{1} << 40}, {})
        .dataset("unwritten_chunks", {hsize_t{1} << 40}, {}, H5T_IEEE_F32LE, chunks)
        .dataset("unwritten_packed", {hsize_t{1} << 40}, {}, H5T_IEEE_F32LE, packed)
        .dataset("too_many", {hsize_t{1} << 40, hsize_t{1} << 40}, {}, H5T_IEEE_F32LE,
                 [] {
                   static const Hdf5Handle list = storage();
                   const hsize_t small[] = {1, 1};
                   H5Pset_chunk(list, 2, small);
                   return hid_t(list);
                 }())
        .dataset("axes", {1, 1, 1, 1, 1, 1, 1, 1, 1}, {1})
        .dataset("zeros", {hsize_t{1} << 20}, std::vector<float>(std::size_t{1} << 20), H5T_IEEE_F32LE,
                 packed);
  }
  for (const char* name : {"unwritten", "unwritten_chunks", "unwritten_packed"}) {
    INFO(name);
    REQUIRE_THROWS_WITH(file->read(name),
                        Contains("(1099511627776,) × 4 bytes does not fit the 0 bytes stored"));
  }
  REQUIRE_THROWS_WITH(file->read("too_many"), Contains("too many elements"));
  REQUIRE_THROWS_WITH(file->read("axes"), Contains("9 axes"));
  REQUIRE_THROWS_WITH(file->read("g"), Contains("no such dataset"));
  REQUIRE_THROWS_WITH(file->read("nothing"), Contains("'nothing': there is no such dataset"));
  REQUIRE(file->read("zeros").size() == 1 << 20);  // packed well, but honestly
}

TEST_CASE("a list of texts that are all one long text takes no more memory than the file justifies") {
  ScratchFolder folder;
  const std::string path = folder / "file.h5";
  const auto written = [&](const std::vector<std::string>& texts) {
    std::vector<const char*> pointers;
    for (const auto& text : texts) pointers.push_back(text.c_str());
    const hsize_t count = texts.size();
    const Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose), space(H5Screate_simple(1, &count, nullptr), H5Sclose);
    H5Tset_size(type, H5T_VARIABLE);
    H5Writer(path).write("/", "names", type, space, pointers.data());
    return test::read_bytes(path);
  };
  const auto read = [&](const std::string& bytes) {
    return Hdf5File(std::as_bytes(std::span(bytes)), path).texts("", "names");
  };
  const std::vector<std::string> names(1000, "block_1_expand/kernel");
  REQUIRE(read(written(names)) == names);

  std::vector<std::string> texts(1000, "short");
  const std::uint32_t length = 1'000'000;
  texts[0] = std::string(length, 'x');
  std::string bytes = written(texts);
  const std::size_t first = bytes.find(std::string(reinterpret_cast<const char*>(&length), 4));
  REQUIRE(first != bytes.npos);
  constexpr std::size_t descriptor = 16;  // length, heap, index in it
  const std::string one = bytes.substr(first, descriptor);
  for (std::size_t i = 1; i < texts.size(); ++i) bytes.replace(first + i * descriptor, descriptor, one);
  REQUIRE_THROWS_WITH(read(bytes), Contains("1000 texts, of up to 1000000 bytes each"));
}

TEST_CASE("files that are none, or cut off, are refused by name") {
  ScratchFolder folder;
  const std::string path = folder / "file.h5";
  H5Writer(path).dataset("x", {300}, std::vector<float>(300, 1.0f));
  const std::string whole = test::read_bytes(path);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
    const std::string part = whole.substr(0, size);
    REQUIRE_THROWS_WITH(Hdf5File(std::as_bytes(std::span(part)), "cut.h5"),
                        Contains("'cut.h5'") && Contains("damaged"));
  }
  REQUIRE(Hdf5File(std::as_bytes(std::span(whole)), path).read("x").to_vector()[299] == 1);
}

TEST_CASE("HDF5's own messages are as they were when the file is closed") {
  H5E_auto2_t before = nullptr, after = nullptr;
  void* data = nullptr;
  H5Eget_auto2(H5E_DEFAULT, &before, &data);
  REQUIRE_THROWS_AS(Hdf5File({}, "none"), Error);
  H5Eget_auto2(H5E_DEFAULT, &after, &data);
  REQUIRE(before == after);
}

}  // namespace test_hdf5
