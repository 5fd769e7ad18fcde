#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <csignal>

#include "files.hpp"
#include "tanuki/data/decode.hpp"
#include "tanuki/data/write_png.hpp"

namespace test_image {

using namespace tanuki;

TEST_CASE("an image becomes a tensor and comes back") {
  const Image image{2, 3, test::pattern(18)};
  const Tensor<Cpu> x = to_tensor(image);
  REQUIRE(x.shape() == Shape{2, 3, 3});
  REQUIRE(x.data()[4] == float(image.pixels[4]));
  const Image back = to_image(x.view());
  REQUIRE(back.height == 2);
  REQUIRE(back.width == 3);
  REQUIRE(back.pixels == image.pixels);
}

TEST_CASE("to_image rounds and clamps") {
  const Tensor<Cpu> x(Shape{1, 2, 3}, {-3.0f, 0.4f, 0.5f, 254.6f, 1e9f, std::nanf("")});
  REQUIRE(to_image(x.view()).pixels == test::Bytes{0, 0, 1, 255, 255, 0});
}

TEST_CASE("an image of the wrong size is refused") {
  REQUIRE_THROWS_WITH(to_tensor({2, 2, test::Bytes(11)}),
                      Catch::Contains("(2, 2, 3) has 11 bytes, expected 12"));
  REQUIRE_THROWS_WITH(to_image(Tensor<Cpu>(Shape{2, 2, 1}).view()), Catch::Contains("(2, 2, 1)"));
  REQUIRE_THROWS_WITH(to_image(Tensor<Cpu>(Shape{2, 2}).view()), Catch::Contains("(height, width, 3)"));
}

TEST_CASE("write_png writes what decode_image reads") {
  const test::TemporaryFolder folder;
  const Image image{17, 31, test::pattern(17 * 31 * 3)};
  write_png(folder / "a.png", image);
  const Image back = decode_image(folder / "a.png");
  REQUIRE(back.height == 17);
  REQUIRE(back.width == 31);
  REQUIRE(back.pixels == image.pixels);
}

TEST_CASE("write_png leaves what was there where there is no room for it") {
  const test::TemporaryFolder folder;
  write_png(folder / "a.png", {1, 1, test::Bytes(3)});
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little{50, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &little);
  std::string reason;
  try {
    write_png(folder / "a.png", {40, 40, test::pattern(4800)});
  } catch (const Error& error) {
    reason = error.what();
  }
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, ignored);
  REQUIRE_THAT(reason, Catch::Contains("a.png") && Catch::Contains("File too large"));
  REQUIRE(decode_image(folder / "a.png").width == 1);
  REQUIRE(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
}

TEST_CASE("write_png says which file it cannot write, and refuses what is no image") {
  const test::TemporaryFolder folder;
  const Image image{1, 1, test::Bytes(3)};
  REQUIRE_THROWS_WITH(write_png(folder / "no/such/a.png", image),
                      Catch::Contains("no/such/a.png") && Catch::Contains("No such file"));
  REQUIRE_THROWS_WITH(write_png(folder.path(), image), Catch::Contains(folder.path().string()));
  REQUIRE_THROWS_WITH(write_png(folder / "a.png", {}),
                      Catch::Contains("a.png") && Catch::Contains("no pixels"));
  REQUIRE_THROWS_AS(write_png(folder / "a.png", {1, 1, test::Bytes(2)}), Error);
  REQUIRE_FALSE(std::filesystem::exists(folder / "a.png"));
  if (std::filesystem::exists("/dev/full"))
    REQUIRE_THROWS_WITH(write_png("/dev/full", {40, 40, test::pattern(4800)}), Catch::Contains("/dev/full"));
}

}  // namespace test_image
