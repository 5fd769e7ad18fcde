#include <catch2/catch.hpp>
#include <string>

#include "tanuki/core/glob.hpp"

namespace test_glob {

using tanuki::glob_matches;

TEST_CASE("a pattern without wildcards is the text itself") {
  CHECK(glob_matches("dense/kernel", "dense/kernel"));
  CHECK_FALSE(glob_matches("dense", "dense/kernel"));
  CHECK_FALSE(glob_matches("kernel", "dense/kernel"));
  CHECK_FALSE(glob_matches("Dense/kernel", "dense/kernel"));
  CHECK(glob_matches("", ""));
  CHECK_FALSE(glob_matches("", "a"));
  CHECK_FALSE(glob_matches("a", ""));
}

TEST_CASE("* stands for any characters, also none and also a slash") {
  CHECK(glob_matches("*", ""));
  CHECK(glob_matches("*", "xception/block1_conv1/kernel"));
  CHECK(glob_matches("*kernel", "xception/block1_conv1/kernel"));
  CHECK(glob_matches("*/block1_*/kernel", "xception/block1_conv1/kernel"));
  CHECK(glob_matches("*block1*", "block1"));
  CHECK_FALSE(glob_matches("*/block1_*/bias", "xception/block1_conv1/kernel"));
  CHECK_FALSE(glob_matches("block1_*", "xception/block1_conv1/kernel"));
  CHECK(glob_matches("a**b", "ab"));
  CHECK(glob_matches("*ab*ab", "aabab"));
  CHECK(glob_matches("*aab", "aaaab"));
  CHECK_FALSE(glob_matches("a*b*c", "abcb"));
}

TEST_CASE("? stands for one character") {
  CHECK(glob_matches("block?", "block1"));
  CHECK_FALSE(glob_matches("block?", "block"));
  CHECK_FALSE(glob_matches("block?", "block12"));
  CHECK(glob_matches("*block1?_*", "model/block12_sepconv1"));
  CHECK_FALSE(glob_matches("*block1?_*", "model/block1_sepconv1"));
}

TEST_CASE("a pattern of many stars takes no time to speak of") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "*a";
  CHECK_FALSE(glob_matches(pattern + "b", std::string(10'000, 'a')));
}

}  // namespace test_glob
