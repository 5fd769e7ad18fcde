#include <catch2/catch.hpp>
#include <limits>

#include "event_reader.hpp"
#include "tanuki/io/event_file.hpp"

namespace test_event_file {

using namespace tanuki;
using namespace tanuki::test;
using Catch::Contains;

TEST_CASE("the checksums are those of RFC 3720") {
  CHECK(crc32c("123456789") == 0xE306'9283u);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A91'36AAu);
  CHECK(crc32c(std::string(32, '\xff')) == 0x62A8'AB43u);
  CHECK(crc32c("") == 0);
}

TEST_CASE("whole numbers take seven bits a byte") {
  CHECK(ProtobufMessage().add_int(1, 150).bytes() == "\x08\x96\x01");  // the guide's own example
  CHECK(ProtobufMessage().add_bytes(2, "testing").bytes() == "\x12\x07testing");
  CHECK(ProtobufMessage().add_int(1, -2).bytes() == "\x08\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01");
}

TEST_CASE("what is written is read, with its checksums") {
  const ScratchFolder folder;
  EventFile file(folder / "a/b");
  CHECK(file.path().filename().string().starts_with("events.out.tfevents."));
  CHECK(file.path().extension() == ".v2");
  file.write(scalar_summary("epoch_loss", 0.1), 0);
  file.write(scalar_summary("epoch_loss", std::numeric_limits<double>::infinity()), 300);
  file.write(histogram_summary("dense/kernel/histogram", std::vector<float>{0, 1, 2, 3, 3}), 7);
  const Image image{2, 3, std::vector<std::uint8_t>(18, 200)};
  file.write(image_summary("photo", image), 1LL << 40);
  file.flush();

  const auto all = read_summaries(file.path().string());
  REQUIRE(all.size() == 4);
  CHECK(all[0].tag == "epoch_loss");
  CHECK(all[0].plugin == "scalars");
  CHECK(all[0].step == 0);
  CHECK(all[0].shape.empty());
  CHECK(all[0].tensor.integer(1) == 1);
  CHECK(all[0].scalar() == 0.1f);
  CHECK(all[1].step == 300);
  CHECK(all[1].scalar() == std::numeric_limits<float>::infinity());
  CHECK(all[2].plugin == "histograms");
  CHECK(all[2].tensor.integer(1) == 2);
  CHECK(all[2].shape == std::vector<std::int64_t>{30, 3});
  CHECK(all[2].tensor.numbers<double>(4) == histogram_buckets(std::vector<float>{0, 1, 2, 3, 3}));
  CHECK(all[3].plugin == "images");
  CHECK(all[3].step == 1LL << 40);
  CHECK(all[3].shape == std::vector<std::int64_t>{3});
  CHECK(all[3].tensor.integer(1) == 7);
  CHECK(all[3].tensor.bytes(8, 0) == "3");
  CHECK(all[3].tensor.bytes(8, 1) == "2");
  CHECK(all[3].tensor.bytes(8, 2) == encode_png(image));
  CHECK(all[3].tensor.bytes(8, 2).substr(1, 3) == "PNG");

  std::string damaged = read_bytes(file.path().string());
  damaged[damaged.size() / 2] ^= 1;
  write_bytes(file.path().string(), damaged);
  CHECK_THROWS_WITH(read_summaries(file.path().string()), Contains("checksum"));
}

TEST_CASE("buckets hold each number once, and those that are not finite nowhere") {
  const float infinity = std::numeric_limits<float>::infinity(),
              nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<float> numbers{-1, nan, 0.5f, 0.5f, infinity, 1, -infinity};
  const auto buckets = histogram_buckets(numbers, 4);
  CHECK(buckets == std::vector<double>{-1, -0.5, 1, -0.5, 0, 0, 0, 0.5, 0, 0.5, 1, 3});
  CHECK(histogram_buckets(std::vector<float>{2, 2}, 2) == std::vector<double>{2, 2, 0, 2, 2, 2});
  CHECK(histogram_buckets({}, 2) == std::vector<double>(6, 0));
  CHECK(histogram_buckets(std::vector<float>{nan}, 1) == std::vector<double>{0, 0, 0});
  const float largest = std::numeric_limits<float>::max();
  double count = 0;
  const auto wide = histogram_buckets(std::vector<float>{-largest, 0, largest, 1e-45f});
  for (std::size_t i = 2; i < wide.size(); i += 3) count += wide[i];
  CHECK(count == 4);
}

TEST_CASE("a folder that cannot be made is refused") {
  const ScratchFolder folder;
  write_bytes(folder / "file", "");
  CHECK_THROWS_WITH(EventFile(folder / "file/train"),
                    Contains("[event_file] the folder") && Contains("file/train"));
  CHECK_THROWS_WITH(encode_png(nullptr, 0, 2, 3), Contains("[encode_png] an image (0, 2, 3) has no pixels"));
}

}  // namespace test_event_file
