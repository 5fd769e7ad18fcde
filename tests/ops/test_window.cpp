#include <catch2/catch.hpp>

#include "tanuki/ops/window.hpp"

namespace test_window {

using namespace tanuki;
using namespace tanuki::ops;

TEST_CASE("window: same padding is Keras', for every size, kernel and stride") {
  for (Index n = 1; n <= 12; ++n) {
    for (Index k = 1; k <= 7; ++k) {
      for (Index s = 1; s <= 4; ++s) {
        const auto g = Window{{k, 1}, {s, 1}, Padding::same}.over({n, 5, 3}, "test");
        const Index out = (n + s - 1) / s, total = std::max<Index>((out - 1) * s + k - n, 0);
        CAPTURE(n, k, s);
        CHECK(g.rows.out == out);
        CHECK(g.rows.pad == total / 2);  // the odd one is at the end
        CHECK(g.columns.out == 5);
        CHECK(g.columns.pad == 0);
        CHECK(g.channels == 3);
      }
    }
  }
}

TEST_CASE("window: valid padding and the taps that lie on the input") {
  const auto g = Window{.size = {3, 2}, .strides = {2, 3}}.over({8, 9, 1}, "test");
  CHECK(g.rows.out == 3);
  CHECK(g.columns.out == 3);
  CHECK(g.positions() == 9);

  for (const Padding padding : {Padding::valid, Padding::same}) {
    for (Index n = 1; n <= 9; ++n) {
      for (Index k = 1; k <= 5; ++k) {
        for (Index s = 1; s <= 7; ++s) {
          if (padding == Padding::valid && k > n) continue;
          const auto rows = Window{{k, 1}, {s, 1}, padding}.over({n, 1, 1}, "test").rows;
          for (Index at = 0; at < rows.out; ++at) {
            CHECK(rows.first_tap(at) < rows.end_tap(at));
            for (Index tap = 0; tap < k; ++tap) {
              const Index pixel = at * s - rows.pad + tap;
              CHECK((pixel >= 0 && pixel < n) == (tap >= rows.first_tap(at) && tap < rows.end_tap(at)));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("window: the taps that lie on the input, with dilation and with zeros around it") {
  for (const Padding padding : {Padding::valid, Padding::same}) {
    for (Index n : {1, 4, 9}) {
      for (Index k : {1, 2, 3}) {
        for (Index s : {1, 2, 3}) {
          for (Index d : {1, 2, 4}) {
            for (const Ends around : {Ends(0), Ends(1, 0), Ends(2, 5)}) {
              if (padding == Padding::valid && (k - 1) * d + 1 > n + around.sum()) continue;
              CAPTURE(n, k, s, d, around.str());
              const Window window{{k, 1}, {s, 1}, padding, {d, 1}, {around, 0}};
              const auto rows = window.over({n, 1, 1}, "test").rows;
              // The same as over an input that has its zeros, where taps are counted one by one.
              const Index whole = n + around.sum(), extent = (k - 1) * d + 1;
              Index pad = around.before;
              if (padding == Padding::same) {
                CHECK(rows.out == (whole + s - 1) / s);
                pad += std::max<Index>((rows.out - 1) * s + extent - whole, 0) / 2;
              } else {
                CHECK(rows.out == (whole - extent) / s + 1);
              }
              for (Index at = 0; at < rows.out; ++at) {
                CHECK(rows.first_tap(at) <= rows.end_tap(at));
                for (Index tap = 0; tap < k; ++tap) {
                  const Index pixel = at * s - pad + tap * d;
                  CHECK((pixel >= 0 && pixel < n) == (tap >= rows.first_tap(at) && tap < rows.end_tap(at)));
                }
              }
            }
          }
        }
      }
    }
  }
  const Window dilated{.size = 3, .dilation = 2};
  CHECK_THROWS_WITH(dilated.over({4, 5, 1}, "conv"), Catch::Contains("is smaller than the window (5, 5)"));
  const Window bad{.size = 3, .dilation = {1, 0}};
  CHECK_THROWS_WITH(bad.over({4, 5, 1}, "conv"), Catch::StartsWith("[conv] dilation (1, 0)"));
  const Window negative{.size = 1, .zeros = {{0, -1}, 0}};
  CHECK_THROWS_WITH(negative.over({4, 5, 1}, "conv"), Catch::StartsWith("[conv] borders ((0, -1), (0, 0))"));
}

TEST_CASE("window: says what does not fit") {
  const auto over = [](const Window& window, const Shape& input) { (void)window.over(input, "pool"); };
  CHECK_THROWS_WITH(over({.size = 3}, {2, 5, 4}),
                    "[pool] input (2, 5, 4) is smaller than the window (3, 3): "
                    "expected at least its size, or padding same");
  CHECK_THROWS_WITH(over({.size = 3}, {5, 4}),
                    "[pool] input (5, 4) is no image: expected (height, width, channels)");
  CHECK_THROWS_WITH(over({.size = 3}, {0, 5, 4}),
                    "[pool] input (0, 5, 4) is no image: expected (height, width, channels)");
  CHECK_THROWS_WITH(over({.size = {3, 0}}, {5, 5, 4}),
                    "[pool] window (3, 0) with strides (1, 1): expected numbers from 1 to 1073741824");
  CHECK_THROWS_WITH(over({.size = 3, .strides = {-1, 1}}, {5, 5, 4}),
                    "[pool] window (3, 3) with strides (-1, 1): expected numbers from 1 to 1073741824");
  const Index huge = Index{1} << 40;
  CHECK_THROWS_AS(over({.size = huge, .padding = Padding::same}, {5, 5, 4}), Error);
  CHECK(Window{.size = 3, .padding = Padding::same}.over({2, 5, 4}, "pool").positions() == 10);
}

}  // namespace test_window
