// What fail_in() keeps of an exception that it says more of.

#include <catch2/catch.hpp>

#include "tanuki/core/error.hpp"

namespace tanuki::test_error {

struct Theirs : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// What is nested in what fail_in() makes of the exception that `thrower` throws; "" for nothing.
template <class Thrower>
std::string nested(const Thrower& thrower) {
  try {
    try {
      thrower();
    } catch (const std::exception& error) {
      fail_in("in 'here': ", error);
    }
  } catch (const Error& error) {
    CHECK(std::string(error.what()).starts_with("in 'here': "));
    try {
      std::rethrow_if_nested(error);
    } catch (const Theirs& inner) {
      return std::string("theirs: ") + inner.what();
    } catch (const NotFinite& inner) {
      return std::string("not finite: ") + inner.what();
    } catch (const std::exception& inner) {
      return inner.what();
    }
    return "";
  }
  FAIL("no Error was thrown");
  return "";
}

[[noreturn]] void over_out_of_range(const auto& outer) {
  try {
    throw std::out_of_range("below");
  } catch (...) {
    std::throw_with_nested(outer);
  }
}

TEST_CASE("of an exception nothing gets lost where more is said of it") {
  CHECK(nested([] { fail("ours"); }) == "");
  CHECK(nested([] { throw NotFinite("nan"); }) == "not finite: nan");
  CHECK(nested([] { throw Theirs("above"); }) == "theirs: above");
  CHECK(nested([] { over_out_of_range(Theirs("above")); }) == "theirs: above");
  CHECK(nested([] { over_out_of_range(Error("ours")); }) == "below");
  const auto twice = [] {
    try {
      throw Theirs("above");
    } catch (const std::exception& error) {
      fail_in("in 'there': ", error);
    }
  };
  CHECK(nested(twice) == "theirs: above");
  try {
    try {
      throw NoDevice("no GPU");
    } catch (const std::exception& error) {
      fail_in("in 'here': ", error);
    }
  } catch (const NoDevice& error) {
    CHECK(error.what() == std::string("no GPU"));
  }
}

}  // namespace tanuki::test_error
