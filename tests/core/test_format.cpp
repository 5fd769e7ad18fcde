#include <catch2/catch.hpp>
#include <limits>

#include "tanuki/core/format.hpp"

namespace test_format {

using namespace tanuki;

TEST_CASE("numbers as Python writes them") {
  CHECK(fixed(0.94, 4) == "0.9400");
  CHECK(fixed(-2.5, 0) == "-2");
  CHECK(fixed(750.4, 0) == "750");
  CHECK(fixed(std::numeric_limits<double>::max(), 4).size() == 309 + 5);
  CHECK(fixed(std::numeric_limits<double>::infinity(), 4) == "inf");
  CHECK(scientific(0.0002, 4) == "2.0000e-04");
  CHECK(scientific(std::numeric_limits<double>::quiet_NaN(), 4) == "nan");
}

TEST_CASE("thousands are told apart") {
  CHECK(with_commas(0) == "0");
  CHECK(with_commas(999) == "999");
  CHECK(with_commas(1'000) == "1,000");
  CHECK(with_commas(20'861'480) == "20,861,480");
  CHECK(with_commas(-999) == "-999");
  CHECK(with_commas(-123'456) == "-123,456");
  CHECK(with_commas(std::numeric_limits<Index>::min()) == "-9,223,372,036,854,775,808");
}

}  // namespace test_format
