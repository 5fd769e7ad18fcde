#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

#include "tanuki/core/random.hpp"
#include "tanuki/io/safetensors.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_safetensors {

using namespace tanuki;
using Catch::Matchers::Contains;
using tanuki::test::ScratchFolder;

namespace {

/// A file of that header and data; the size is told as it is.
std::string file_of(const std::string& header, const std::string& data = "") {
  const std::uint64_t size = header.size();
  return std::string(reinterpret_cast<const char*>(&size), 8) + header + data;
}

template <class T>
std::string bytes_of(std::initializer_list<T> values) {
  return {reinterpret_cast<const char*>(values.begin()), values.size() * sizeof(T)};
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape, int begin,
                  int end) {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

struct Bytes {
  std::string bytes;
  SafetensorsFile open() const {
    test::write_bytes(folder / "file", bytes);
    return SafetensorsFile(folder / "file");
  }
  ScratchFolder folder = {};
};

void refuses(const std::string& bytes, const std::string& reason) {
  INFO(reason);
  const Bytes file{bytes};
  REQUIRE_THROWS_AS(file.open(), Error);
  REQUIRE_THROWS_WITH(file.open(), Contains(reason) && Contains((file.folder / "file")));
}

}  // namespace

TEST_CASE("what is written is read back, in its order") {
  ScratchFolder folder;
  const std::vector<float> numbers{1, -2, 3.5f, std::numeric_limits<float>::denorm_min(), 5, INFINITY};
  const std::vector<SafetensorsInput> tensors{{"z/kernel", {2, 3}, numbers.data()},
                                              {"empty", {0, 7}, nullptr},
                                              {"a/ä \"quoted\"", {}, numbers.data() + 2}};
  write_safetensors(folder / "file", tensors, {{"format", "tanuki"}, {"note", "a\nb"}});
  const SafetensorsFile file(folder / "file");
  REQUIRE(file.entries().size() == 3);
  REQUIRE(file.metadata() == Metadata{{"format", "tanuki"}, {"note", "a\nb"}});
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(file.entries()[i].name == tensors[i].name);
    REQUIRE(file.entries()[i].shape == tensors[i].shape);
    REQUIRE(file.entries()[i].dtype() == "F32");
  }
  REQUIRE(file.entries()[0].tensor().to_vector() == numbers);
  REQUIRE(file.entries()[0].view().data[5] == INFINITY);
  REQUIRE(file.find("a/ä \"quoted\"")->tensor().to_vector() == std::vector<float>{3.5f});
  REQUIRE(file.find("a") == nullptr);
  const std::string bytes = test::read_bytes(folder / "file");
  REQUIRE(std::uint8_t(bytes[0]) % 8 == 0);  // the numbers begin aligned
}

TEST_CASE("writing over the file that is being read leaves what was read") {
  ScratchFolder folder;
  const float one = 1, two = 2;
  write_safetensors(folder / "file", std::vector<SafetensorsInput>{{"a", {1}, &one}});
  const SafetensorsFile file(folder / "file");
  write_safetensors(folder / "file", std::vector<SafetensorsInput>{{"a", {1}, &two}});
  REQUIRE(file.entries()[0].view().data[0] == 1);
  REQUIRE(SafetensorsFile(folder / "file").entries()[0].view().data[0] == 2);
}

TEST_CASE("names that a file cannot hold are refused when writing") {
  ScratchFolder folder;
  const float x = 1;
  const auto write = [&](const std::string& a, const std::string& b) {
    write_safetensors(folder / "file", std::vector<SafetensorsInput>{{a, {1}, &x}, {b, {1}, &x}});
  };
  REQUIRE_THROWS_WITH(write("a", "a"), Contains("'a' was given twice"));
  REQUIRE_THROWS_WITH(write("a", "__metadata__"), Contains("__metadata__"));
  REQUIRE_THROWS_WITH(write("a", "\xFF"), Contains("no UTF-8"));
  REQUIRE(std::filesystem::is_empty(folder.path()));
}

TEST_CASE("a file of another format is called that, and not written") {
  ScratchFolder folder;
  test::write_bytes(folder / "a.keras", std::string("PK\3\4 and much more", 17));
  test::write_bytes(folder / "a.h5", "\x89HDF and much more");
  test::write_bytes(folder / "text", "There are no weights in this file.");
  for (const char* name : {"a.keras", "a.h5"})
    REQUIRE_THROWS_WITH(SafetensorsFile(folder / name), Contains(name) && Contains("tanuki convert"));
  REQUIRE_THROWS_WITH(SafetensorsFile(folder / "text"), Contains("text") && Contains("no safetensors file"));
  const float x = 1;
  const std::vector<SafetensorsInput> tensors{{"a", {1}, &x}};
  REQUIRE_THROWS_WITH(write_safetensors(folder / "b.weights.h5", tensors),
                      Contains("b.weights.h5") && Contains(".safetensors"));
  REQUIRE_FALSE(std::filesystem::exists(folder / "b.weights.h5"));
}

TEST_CASE("every number format becomes float32") {
  const auto read = [](const std::string& dtype, const std::string& data, int count) {
    const Bytes file{
        file_of("{" + entry("x", dtype, "[" + std::to_string(count) + "]", 0, int(data.size())) + "}", data)};
    const SafetensorsFile opened = file.open();
    REQUIRE(opened.entries()[0].view().data == nullptr);
    return opened.entries()[0].tensor().to_vector();
  };
  REQUIRE(read("U8", bytes_of<std::uint8_t>({0, 255}), 2) == std::vector<float>{0, 255});
  REQUIRE(read("I8", bytes_of<std::int8_t>({-128}), 1) == std::vector<float>{-128});
  REQUIRE(read("BOOL", bytes_of<std::uint8_t>({0, 1}), 2) == std::vector<float>{0, 1});
  REQUIRE(read("I32", bytes_of<std::int32_t>({-70000}), 1) == std::vector<float>{-70000});
  REQUIRE(read("I64", bytes_of<std::int64_t>({-5000000000}), 1) == std::vector<float>{-5e9f});
  REQUIRE(read("F64", bytes_of<double>({0.1, -1e30}), 2) == std::vector<float>{0.1f, -1e30f});
  REQUIRE(read("BF16", bytes_of<std::uint16_t>({0x3F80, 0xC049}), 2) == std::vector<float>{1, -3.140625f});
  // 1, the largest, the smallest normal, the smallest, −0, −2.5, infinity
  const auto half =
      read("F16", bytes_of<std::uint16_t>({0x3C00, 0x7BFF, 0x0400, 0x0001, 0x8000, 0xC100, 0x7C00}), 7);
  REQUIRE(half == std::vector<float>{1, 65504, 0x1p-14f, 0x1p-24f, -0.0f, -2.5f, INFINITY});
  REQUIRE(std::signbit(half[4]));
  REQUIRE(std::isnan(read("F16", bytes_of<std::uint16_t>({0x7E00}), 1)[0]));
}

TEST_CASE("float32 that does not lie aligned is read, though not in place") {
  const Bytes file{file_of("{" + entry("x", "F32", "[1]", 0, 4) + "}", bytes_of<float>({2.5f}))};
  const SafetensorsFile opened = file.open();
  REQUIRE((8 + file.bytes.find('}') + 1) % 4 != 0);
  REQUIRE(opened.entries()[0].view().data == nullptr);
  REQUIRE(opened.entries()[0].tensor().to_vector() == std::vector<float>{2.5f});
}

TEST_CASE("entries come in the order of their offsets") {
  const Bytes file{file_of("{" + entry("a", "U8", "[1]", 1, 2) + "," + entry("b", "U8", "[1]", 0, 1) + "," +
                               entry("c", "U8", "[0]", 1, 1) + "}   ",
                           "xy")};
  const SafetensorsFile opened = file.open();
  REQUIRE(opened.entries()[0].name == "b");
  REQUIRE(opened.entries()[1].name == "c");
  REQUIRE(opened.entries()[2].name == "a");
  REQUIRE(opened.entries()[2].tensor().to_vector() == std::vector<float>{'y'});
}

TEST_CASE("a file that lies is refused with its path and the reason") {
  const auto with = [](const std::string& header, const std::string& data = "12345678") {
    return file_of("{" + header + "}", data);
  };
  const std::string whole = file_of("{" + entry("x", "F32", "[2]", 0, 8) + "}", "12345678");
  refuses("", "too short");
  refuses("1234567", "too short");
  refuses(whole.substr(0, 40), "truncated");
  refuses(whole.substr(0, whole.size() - 1), "do not fit 7 bytes");
  refuses(whole + "9", "1 bytes follow the last tensor");
  refuses(bytes_of<std::uint64_t>({9}) + "{}      ", "truncated");
  refuses(bytes_of<std::uint64_t>({100'000'001}) + "{}", "at most 100000000");
  refuses(bytes_of<std::uint64_t>({~std::uint64_t{0}}) + "{}", "at most 100000000");
  refuses(file_of(""), "no JSON object");
  refuses(file_of(" {}"), "no JSON object");
  refuses(file_of("[]"), "no JSON object");
  refuses(file_of("{\"x\":"), "no valid JSON");
  refuses(file_of("{}{}"), "no valid JSON");
  refuses(file_of("{\"\xFF\":1}"), "no valid JSON");
  refuses(file_of("{\"x\":[[[[[[0]]]]]]}"), "nested too deeply");
  refuses(file_of("{\"x\":1}"), "'x' has no 'shape'");
  refuses(file_of("{\"__metadata__\":[]}"), "'__metadata__' is no object");
  refuses(file_of("{\"__metadata__\":{\"a\":1}}"), "metadata 'a' is no string");
  refuses(with("\"x\":{\"shape\":[2],\"data_offsets\":[0,8]}"), "no 'dtype'");
  refuses(with("\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}"), "no 'shape'");
  refuses(with("\"x\":{\"dtype\":\"F32\",\"shape\":[2]}"), "no 'data_offsets'");
  refuses(with("\"x\":{\"dtype\":4,\"shape\":[2],\"data_offsets\":[0,8]}"), "no 'dtype'");
  refuses(with(entry("x", "F12", "[2]", 0, 8)), "unsupported dtype \"F12\"");
  refuses(with(entry("x", "F32", "2", 0, 8)), "'shape' is no list of whole numbers");
  refuses(with(entry("x", "F32", "[-2]", 0, 8)), "'shape' is no list of whole numbers");
  refuses(with(entry("x", "F32", "[2.0]", 0, 8)), "'shape' is no list of whole numbers");
  refuses(with(entry("x", "F32", "[\"2\"]", 0, 8)), "'shape' is no list of whole numbers");
  refuses(with(entry("x", "F32", "[2]", 8, 0)), "data_offsets [8,0] do not fit");
  refuses(with(entry("x", "F32", "[2]", 4, 12)), "data_offsets [4,12] do not fit 8 bytes");
  refuses(with("\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}"),
          "data_offsets [0] do not fit");
  refuses(with(entry("x", "F32", "[3]", 0, 8)), "(3,) of F32 does not fit 8 bytes");
  refuses(with(entry("x", "F64", "[2]", 0, 8)), "(2,) of F64 does not fit 8 bytes");
  refuses(with(entry("x", "F32", "[9223372036854775808]", 0, 8)), "an extent of 9223372036854775808");
  refuses(with(entry("x", "F32", "[4294967296,4294967296]", 0, 8)), "too many elements");
  refuses(with(entry("x", "F32", "[4611686018427387904]", 0, 0)),
          "does not fit 0 bytes");  // ×4 overflows to 0
  refuses(with(entry("x", "F32", "[1,1,1,1,1,1,1,1,2]", 0, 8)), "9 axes");
  refuses(with(entry("x", "F32", "[1]", 0, 4) + "," + entry("x", "F32", "[1]", 4, 8)), "'x' is there twice");
  refuses(with(entry("x", "F32", "[1]", 0, 4) + "," + entry("y", "F32", "[2]", 0, 8)), "overlaps");
  refuses(with(entry("x", "F32", "[1]", 4, 8)), "there is a gap");
}

TEST_CASE("no damage to a file is more than an Error") {
  ScratchFolder folder;
  const std::vector<float> numbers(24, 0.5f);
  write_safetensors(folder / "whole",
                    std::vector<SafetensorsInput>{{"conv/kernel", {2, 3, 2}, numbers.data()},
                                                  {"conv/bias", {2}, numbers.data()},
                                                  {"s", {}, numbers.data()}},
                    {{"format", "tanuki"}});
  const std::string whole = test::read_bytes(folder / "whole");
  const Random random{17, 0};
  std::uint64_t draw = 0;
  int refused = 0, opened = 0;
  const auto attempt = [&](const std::string& bytes) {
    test::write_bytes(folder / "damaged", bytes);
    try {
      const SafetensorsFile file(folder / "damaged");
      for (const SafetensorsEntry& entry : file.entries()) entry.tensor();
      ++opened;
    } catch (const Error&) {
      ++refused;
    }
  };
  for (std::size_t size = 0; size < whole.size(); ++size) attempt(whole.substr(0, size));
  REQUIRE(opened == 0);
  for (int round = 0; round < 4000; ++round) {
    std::string bytes = whole;
    const int flips = 1 + int(random.word(draw++) % 3);
    for (int i = 0; i < flips; ++i) {
      char& byte = bytes[random.word(draw++) % bytes.size()];
      const std::uint32_t value = random.word(draw++);
      byte =
          value % 4 ? char(byte ^ (1 << (value >> 8) % 8)) : char("0123456789[]{},:\"-e"[(value >> 8) % 19]);
    }
    attempt(bytes);
  }
  REQUIRE(opened > 100);  // damage to the numbers alone cannot be seen
  REQUIRE(refused > 1000);
}

}  // namespace test_safetensors
