// Libraries that are opened at run time, by those that every program of ours has.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/device/library.hpp"
#include "tests/io/scratch_folder.hpp"

namespace tanuki::test_library {

template <class Act>
std::string refusal(Act act) {
  try {
    act();
  } catch (const NoDevice& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("a library is opened by its name, and gives its functions") {
  const gpu::Library maths("the maths library", "libm.so.6", "/nowhere");
  double (*cosine)(double) = maths.function("cos");
  CHECK(cosine(0.0) == 1.0);
  CHECK(refusal([&] { maths.function("cosinus"); }).find("cosinus") != std::string::npos);
}

TEST_CASE("where the loader does not know a library, it is looked for in the folder") {
  const test::ScratchFolder folder;
  void* const cosine = gpu::Library("the maths library", "libm.so.6", "").function("cos");
  Dl_info of_cosine{};
  REQUIRE(dladdr(cosine, &of_cosine) != 0);
  std::filesystem::copy_file(of_cosine.dli_fname, folder / "libtanuki_other.so.1");
  const gpu::Library other("another", "libtanuki_other.so.1", folder.path());
  double (*again)(double) = other.function("cos");
  CHECK(again(0.0) == 1.0);
}

TEST_CASE("a library that is nowhere is a sentence with all that was tried, in one line") {
  const std::string alone = refusal([] { gpu::Library("cuFrob", "libfrob.so.13", ""); });
  CHECK_THAT(alone, Catch::StartsWith("no GPU can be used: cuFrob cannot be opened: libfrob.so.13: "));
  const std::string both = refusal([] { gpu::Library("cuFrob", "libfrob.so.13", "/no/where"); });
  CHECK_THAT(both, Catch::StartsWith(alone + "; /no/where/libfrob.so.13: "));
  CHECK(both.find('\n') == std::string::npos);

  const test::ScratchFolder folder;
  test::write_bytes(folder / "libfrob.so.13", "no library");
  CHECK_THAT(refusal([&] { gpu::Library("cuFrob", "libfrob.so.13", folder.path()); }),
             Catch::StartsWith(alone + "; " + std::string(folder / "libfrob.so.13") + ": "));
}

}  // namespace tanuki::test_library
