// NumPy's files: what is written is read; every type, version and damage.

#include <catch2/catch.hpp>
#include <cmath>

#include "tanuki/io/npy.hpp"
#include "tests/io/scratch_folder.hpp"

namespace test_npy {

using namespace tanuki;
using Catch::Contains;

namespace {

/// A file of this version, header and numbers.
std::string npy(int version, const std::string& header, const std::string& numbers) {
  std::string text = "\x93NUMPY";
  text += char(version);
  text += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i) text += char(header.size() >> (8 * i) & 0xFF);
  return text + header + numbers;
}

std::string header(const std::string& type, const std::string& shape, const std::string& fortran = "False") {
  return "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

template <class T>
std::string bytes(std::initializer_list<T> values) {
  std::string text;
  for (const T& value : values) text.append(reinterpret_cast<const char*>(&value), sizeof value);
  return text;
}

Tensor<Cpu> read(const test::ScratchFolder& folder, const std::string& content) {
  test::write_bytes(folder / "x.npy", content);
  return read_npy(folder / "x.npy");
}

void refuses(const std::string& content, const std::string& reason) {
  const test::ScratchFolder folder;
  CHECK_THROWS_WITH(read(folder, content), Contains("x.npy") && Contains(reason));
}

}  // namespace

TEST_CASE("what is written is read, of every rank") {
  const test::ScratchFolder folder;
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{1}, Shape{2, 3}, Shape{2, 1, 3, 4}, Shape{0, 3}}) {
    Tensor<Cpu> tensor(shape);
    for (Index i = 0; i < tensor.size(); ++i) tensor.data()[i] = float(i) * 0.3f - 1;
    write_npy(folder / "x.npy", tensor);
    const auto again = read_npy(folder / "x.npy");
    CHECK(again.shape() == shape);
    CHECK(again.to_vector() == tensor.to_vector());
    CHECK((test::read_bytes(folder / "x.npy").size() - std::size_t(tensor.size()) * 4) % 64 == 0);
  }
}

TEST_CASE("numbers of every type become float32") {
  const test::ScratchFolder folder;
  const auto is = [&](const std::string& type, const std::string& numbers, std::vector<float> expected) {
    INFO(type);
    CHECK(read(folder, npy(1, header(type, "(2,)"), numbers)).to_vector() == expected);
  };
  is("<f4", bytes<float>({1.5f, -2}), {1.5f, -2});
  is("<f8", bytes<double>({0.1, -1e300}), {0.1f, -HUGE_VALF});
  is("|u1", bytes<std::uint8_t>({0, 255}), {0, 255});
  is("|i1", bytes<std::int8_t>({-128, 127}), {-128, 127});
  is("<u2", bytes<std::uint16_t>({1, 65535}), {1, 65535});
  is("<i2", bytes<std::int16_t>({-32768, 3}), {-32768, 3});
  is("<u4", bytes<std::uint32_t>({7, 4'000'000'000u}), {7, 4e9f});
  is("<i4", bytes<std::int32_t>({-5, 6}), {-5, 6});
  is("<u8", bytes<std::uint64_t>({1, 1ull << 63}), {1, 0x1p63f});
  is("<i8", bytes<std::int64_t>({-9, 1ll << 40}), {-9, 0x1p40f});
  is("|b1", bytes<std::uint8_t>({0, 1}), {0, 1});
}

TEST_CASE("the headers of all three versions, in any order of their keys") {
  const test::ScratchFolder folder;
  const std::string numbers = bytes<float>({1, 2, 3, 4, 5, 6});
  for (const int version : {1, 2, 3}) {
    INFO(version);
    CHECK(read(folder, npy(version, header("<f4", "(2, 3)"), numbers)).shape() == Shape{2, 3});
  }
  const std::string turned = "{'shape': (3, 2), 'fortran_order': False, 'descr': '<f4'}";
  CHECK(read(folder, npy(1, turned, numbers)).shape() == Shape{3, 2});
  CHECK(read(folder, npy(1, header("<f4", "()"), bytes<float>({4}))).shape() == Shape{});
}

TEST_CASE("a file that is none, or damaged, is refused by name") {
  const std::string numbers = bytes<float>({1, 2, 3, 4, 5, 6});
  const std::string good = npy(1, header("<f4", "(2, 3)"), numbers);
  refuses("", "no .npy file");
  refuses("just text, and long enough", "no .npy file");
  refuses(good.substr(0, 11), "no .npy file");
  refuses(good.substr(0, 20), "header is cut short");
  refuses(good.substr(0, good.size() - 1), "does not fit its 23 bytes");
  refuses(good + "x", "does not fit its 25 bytes");
  refuses(npy(2, std::string(8, ' '), "").substr(0, 12), "header is cut short");
  refuses(npy(1, header("<f4", "(2, 3)", "True"), numbers), "Fortran's order");
  refuses(npy(1, header("<c8", "(2, 3)"), numbers), "of type <c8");
  refuses(npy(1, header(">f4", "(2, 3)"), numbers), "of type >f4");
  refuses(npy(1, header("|O", "(2, 3)"), numbers), "of type");
  refuses(npy(1, "{'fortran_order': False, 'shape': (6,)}", numbers), "no 'descr'");
  refuses(npy(1, "{'descr': '<f4', 'shape': (6,)}", numbers), "no 'fortran_order'");
  refuses(npy(1, "{'descr': '<f4', 'fortran_order': False}", numbers), "no 'shape'");
  for (const char* shape :
       {"", "6", "(6", "(-1,)", "(x,)", "(99999999999999999999,)", "(1,1,1,1,1,1,1,1,1,6)"}) {
    INFO(shape);
    const test::ScratchFolder folder;
    CHECK_THROWS_WITH(read(folder, npy(1, header("<f4", shape), numbers)), Contains("x.npy"));
  }
  for (const char* shape : {"(1000000000000,)", "(4294967296, 4294967296)", "(4611686018427387904, 4)"}) {
    INFO(shape);
    const test::ScratchFolder folder;
    CHECK_THROWS_WITH(read(folder, npy(1, header("<f4", shape), numbers)), Contains("x.npy"));
  }
  CHECK_THROWS_WITH(read_npy("/nowhere/x.npy"), Contains("/nowhere/x.npy"));
}

TEST_CASE("no byte that is changed is more than an Error") {
  const test::ScratchFolder folder;
  const std::string good = npy(1, header("<f4", "(2, 3)"), bytes<float>({1, 2, 3, 4, 5, 6}));
  for (std::size_t at = 0; at < good.size() - 24; ++at) {
    for (const int flip : {1, 2, 16, 128}) {
      std::string bad = good;
      bad[at] = char(bad[at] ^ flip);
      try {
        const auto tensor = read(folder, bad);
        CHECK(tensor.size() == 6);
      } catch (const Error& error) {
        CHECK_THAT(error.what(), Contains("x.npy"));
      }
    }
  }
}

TEST_CASE("a file that cannot be written leaves the older one") {
  const test::ScratchFolder folder;
  CHECK_THROWS_WITH(write_npy(folder / "no/x.npy", Tensor<Cpu>({2})), Contains("no/x.npy"));
}

}  // namespace test_npy
