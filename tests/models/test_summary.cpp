#include <catch2/catch.hpp>
#include <tanuki/tanuki.hpp>

namespace test_summary {

using namespace tanuki;
using Catch::Contains;

TEST_CASE("a summary shows each layer once, all calls of it, and the counts") {
  clear_session();
  const auto in = Input({4}, "in");
  const Dense shared({.units = 4, .name = "shared"});
  const auto once = shared(in), twice = shared(once);
  const Model model(in, BatchNormalization({.name = "bn"})(Add({.name = "sum"})({once, twice})), "net");
  shared.trainable(false);
  const std::string text = model.summary_text();
  CHECK_THAT(text, Contains("Model: \"net\"") && Contains("shared (Dense)") && Contains("sum (Add)"));
  CHECK_THAT(text, Contains("in[0][0]") && Contains("shared[0][0]") && Contains("shared[1][0]"));
  CHECK_THAT(text, Contains("Total params: 36 (144.00 B)") && Contains(" Trainable params: 8 (32.00 B)") &&
                       Contains("Non-trainable params: 28 (112.00 B)"));
}

TEST_CASE("a stack's summary has no column for connections") {
  const Sequential model({Input({4}), Dense({.units = 2, .name = "only"})}, "stack");
  const std::string text = model.summary_text();
  CHECK_THAT(text, Contains("only (Dense)") && Contains("(None, 2)") && !Contains("Connected") &&
                       !Contains("InputLayer"));
  CHECK_THROWS_WITH(Sequential({Dense({.units = 2})}).summary_text(), Contains("has not been built"));
}

}  // namespace test_summary
