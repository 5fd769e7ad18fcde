// Tables of the host on the device.

#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "tanuki/backend/cuda/upload.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::test_upload {

struct Owner;

std::vector<float> read(const float* there, std::size_t count) {
  std::vector<float> values(count);
  Memory<Cuda>::to_host(values.data(), there, count);
  return values;
}

TEST_CASE("a table stays on the device for the next call, beside others") {
  Context<Cuda> context;
  const std::vector<float> a{1, 2, 3}, b{1, 2, 4}, longer{1, 2, 3, 4};
  const float* const first = gpu::upload<Owner>(context, a);
  const float* const second = gpu::upload<Owner>(context, b);
  CHECK(first != second);
  CHECK(gpu::upload<Owner>(context, longer) != first);
  CHECK(gpu::upload<Owner>(context, std::vector<float>(a)) == first);
  CHECK(read(first, 3) == a);
  CHECK(read(second, 3) == b);
  CHECK(gpu::upload<Owner>(context, std::vector<float>{}) == nullptr);
}

TEST_CASE("numbers of 64 bits arrive whole") {
  Context<Cuda> context;
  const std::vector<Index> table{-1, Index{1} << 40, 7};
  const Index* const there = gpu::upload<Owner>(context, table);
  std::vector<Index> back(table.size());
  context.device().copy_to_host(context.device().main_stream(), back.data(), there, 3 * sizeof(Index));
  CHECK(back == table);
}

TEST_CASE("of many tables the last one is right") {
  Context<Cuda> context;
  for (int i = 0; i < 3 * int(gpu::most_tables); ++i) {
    const std::vector<float> table{float(i), 0.5f};
    CHECK(read(gpu::upload<Owner>(context, table), 2) == table);
  }
}

std::vector<float> pixels(std::size_t count, int seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = float((i * 7 + std::size_t(seed)) % 256);
  return values;
}

/// Bit by bit, so that -0 is no 0 and a NaN itself.
bool arrives(const std::vector<float>& values) {
  Tensor<Cuda> to = Tensor<Cuda>::uninitialized(Shape{Index(values.size())});
  Memory<Cuda>::upload(to.data(), values.data(), values.size());
  const auto back = read(to.data(), values.size());
  return std::memcmp(back.data(), values.data(), values.size() * sizeof(float)) == 0;
}

TEST_CASE("pixels go as bytes, other numbers as they are, and all arrive to the bit") {
  for (const std::size_t count : {1u, 3u, 4u, 5u, 1023u, 1024u, 1030u, 5000u}) {
    std::vector<unsigned char> bytes(count);
    const auto whole = pixels(count, 3);
    CHECK(gpu::to_bytes(whole.data(), count, bytes.data()));
    CHECK(std::equal(bytes.begin(), bytes.end(), whole.begin()));
    CHECK(arrives(whole));
    for (const float other :
         {-0.0f, -1.0f, 0.5f, 254.99998f, 256.0f, 1e10f, -1e10f, 1e-40f, INFINITY, NAN, -NAN}) {
      for (const std::size_t place : {std::size_t{0}, count / 2, count - 1}) {
        auto values = whole;
        values[place] = other;
        CAPTURE(count, other, place);
        CHECK_FALSE(gpu::to_bytes(values.data(), count, bytes.data()));
        CHECK(arrives(values));
      }
    }
  }
}

TEST_CASE("more numbers than go at a time arrive, in parts of either kind") {
  auto values = pixels(2 * gpu::Staging::most + 11, 1);
  values[gpu::Staging::most + 5] = 0.25f;
  CHECK(arrives(values));
}

TEST_CASE("uploads that follow one another do not run into one another") {
  std::vector<Tensor<Cuda>> there;
  for (int i = 0; i < 12; ++i) {
    const std::size_t count = std::size_t(100 + 900 * (i % 4));  // the memory in between grows
    auto values = pixels(count, i);
    if (i % 3 == 1) values[7] = 0.5f;
    Memory<Cuda>::upload(there.emplace_back(Shape{Index(count)}).data(), values.data(), count);
    std::fill(values.begin(), values.end(), -1.0f);  // may be used at once
  }
  for (int i = 0; i < 12; ++i) {
    auto expected = pixels(std::size_t(there[std::size_t(i)].size()), i);
    if (i % 3 == 1) expected[7] = 0.5f;
    CHECK(there[std::size_t(i)].to_vector() == expected);
  }
}

TEST_CASE("what lies between grows while copies are on their way") {
  static auto* const staging =
      new gpu::Staging(gpu::device());  // has no room yet; stays, as the process's does
  std::vector<Tensor<Cuda>> there;
  const auto count = [](int i) { return std::size_t(100) << i / 6; };  // all parts in use, then larger ones
  for (int i = 0; i < 30; ++i) {
    const auto values = pixels(count(i), i);
    staging->upload(there.emplace_back(Tensor<Cuda>::uninitialized(Shape{Index(values.size())})).data(),
                    values.data(), values.size());
  }
  for (int i = 0; i < 30; ++i) CHECK(there[std::size_t(i)].to_vector() == pixels(count(i), i));
}

}  // namespace tanuki::test_upload
