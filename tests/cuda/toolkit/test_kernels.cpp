// Every kernel is compiled by NVRTC for each generation of GPUs, and kept on disk.

#include <catch2/catch.hpp>
#include <fstream>

#include "tanuki/backend/cuda/device/kernel_cache.hpp"
#include "tests/io/scratch_folder.hpp"

namespace tanuki::test_kernels {

TEST_CASE("every kernel compiles for sm_75, 80, 90 and 100, without a warning") {
  for (const auto& file : gpu::kernel_files) {
    for (int architecture : {75, 80, 90, 100}) {
      INFO(file.name << " sm_" << architecture);
      CHECK(gpu::compile_kernels(file, architecture).size() > 1000);
    }
  }
}

TEST_CASE("what NVRTC says about a kernel names its file and line") {
  const gpu::KernelFile wrong{"wrong", "\nTANUKI_KERNEL broken(float* x) { x[0] = y; }\n"};
  CHECK_THROWS_WITH(gpu::compile_kernels(wrong, 90),
                    Catch::Contains("wrong.inc(2): error: identifier \"y\" is undefined"));
  const gpu::KernelFile untidy{"untidy", "TANUKI_KERNEL idle(float* x) { int unused = 1; }\n"};
  CHECK_THROWS_WITH(gpu::compile_kernels(untidy, 90), Catch::Contains("never referenced"));
}

TEST_CASE("machine code is kept on disk, and made again where it is damaged") {
  const test::ScratchFolder folder;
  const gpu::KernelCache cache(folder / "kernels");
  const gpu::KernelFile& file = gpu::kernel_file("sums");
  const std::string code = cache.code(file, 90);
  const auto place = cache.place(file, 90);
  const std::string kept = test::read_bytes(place.string());
  CHECK(kept.ends_with(code));
  CHECK(cache.place(file, 80) != place);
  CHECK(cache.place({"sums", "another text"}, 90) != place);

  // What is there is taken: a mark in it, with a sum that fits, comes back.
  std::string marked = code + "mark";
  const std::uint32_t sum = crc32(std::as_bytes(std::span(marked)));
  test::write_bytes(place.string(), std::string(reinterpret_cast<const char*>(&sum), sizeof sum) + marked);
  CHECK(cache.code(file, 90) == marked);

  for (const std::string& damaged :
       {kept.substr(0, kept.size() / 2), std::string(), std::string("nonsense")}) {
    test::write_bytes(place.string(), damaged);
    CHECK(cache.code(file, 90) == code);
    CHECK(test::read_bytes(place.string()) == kept);
  }
}

TEST_CASE("a cache that cannot be written is no obstacle") {
  const gpu::KernelCache cache("/dev/null/kernels");
  CHECK(cache.code(gpu::kernel_file("sums"), 90).size() > 1000);
  CHECK(gpu::KernelCache("").code(gpu::kernel_file("sums"), 90).size() > 1000);
}

}  // namespace tanuki::test_kernels
