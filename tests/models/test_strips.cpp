#include "tests/models/plan_outcome.hpp"

namespace test_strips {

using namespace tanuki;
using namespace tanuki::test;

TEST_CASE("a large image goes backward through a separable convolution strip by strip") {
  const auto [kernel, strides, padding, zeros, multiplier] =
      GENERATE(table<Index, Index, const char*, Index, Index>({{3, 1, "same", 0, 1},
                                                               {5, 1, "valid", 0, 1},
                                                               {2, 2, "same", 0, 1},
                                                               {3, 2, "same", 0, 2},
                                                               {3, 2, "valid", 4, 1},
                                                               {5, 3, "same", 0, 1},
                                                               {1, 2, "valid", 0, 1},
                                                               {3, 1, "valid", 5, 2}}));
  CAPTURE(kernel, strides, padding, zeros, multiplier);
  const auto in = Input({19, 64, 8});
  auto x = Conv2D({.filters = 128, .kernel_size = 1})(in);  // whose gradients show the image's
  x = ZeroPadding2D({.padding = zeros})(Activation("relu")(x));
  x = SeparableConv2D({.filters = 128,
                       .kernel_size = kernel,
                       .strides = strides,
                       .padding = padding,
                       .depth_multiplier = multiplier,
                       .use_bias = false})(x);
  const Model model(in, BatchNormalization()(x));
  spread(model);
  if (zeros == 0) {
    CHECK(check(model).second.size() == 2);
  } else {
    check(model);
  }
  Context<Cpu> one(1), three(3);
  CHECK(run(model, {}, true, 3, one).gradients == run(model, {}, true, 3, three).gradients);
}

}  // namespace test_strips
