#include <catch2/catch.hpp>

#include "tanuki/io/base64.hpp"

namespace test_base64 {

using tanuki::base64;

TEST_CASE("the examples of RFC 4648, and bytes above 127") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\x00\xff\xfe", 3)) == "AP/+");
}

}  // namespace test_base64
