// Tables of the host on the device.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/upload.hpp"

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

}  // namespace tanuki::test_upload
