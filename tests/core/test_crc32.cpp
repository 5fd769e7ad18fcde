#include <catch2/catch.hpp>
#include <string>

#include "tanuki/core/crc32.hpp"
#include "tanuki/core/random.hpp"

namespace test_crc32 {

using namespace tanuki;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// The definition, a bit at a time.
std::uint32_t by_definition(const std::string& text) {
  std::uint32_t crc = 0xFFFF'FFFFu;
  for (const char c : text) {
    crc ^= std::uint8_t(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xEDB8'8320u : 0);
  }
  return ~crc;
}

std::string noise(std::size_t size) {
  const Random random{7, 0};
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = char(random.word(i) & 0xFF);
  return text;
}

}  // namespace

TEST_CASE("the checksum of the digits is the one that every description of it gives") {
  CHECK(crc32(bytes_of("123456789")) == 0xCBF4'3926u);
  CHECK(crc32({}) == 0);
}

TEST_CASE("the checksum is that of the definition, whatever the length") {
  for (std::size_t size = 0; size < 300; size = size < 70 ? size + 1 : size + 37) {
    INFO(size);
    const std::string text = noise(size);
    CHECK(crc32(bytes_of(text)) == by_definition(text));
    CHECK(~detail::crc32_by_tables(bytes_of(text), ~0u) == by_definition(text));
  }
}

TEST_CASE("the checksum of parts, one after the other, is that of the whole") {
  const std::string text = noise(1000);
  const std::uint32_t whole = crc32(bytes_of(text));
  for (const std::size_t cut : {0u, 1u, 15u, 16u, 17u, 64u, 501u, 999u, 1000u}) {
    INFO(cut);
    CHECK(crc32(bytes_of(text).subspan(cut), crc32(bytes_of(text).first(cut))) == whole);
  }
}

}  // namespace test_crc32
