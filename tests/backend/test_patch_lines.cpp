#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "tanuki/backend/eigen/patch_lines.hpp"
#include "tests/backend/products.hpp"

namespace test_patch_lines {

using namespace tanuki;
using namespace tanuki::eigen;
using test::all_kernels, test::numbers, test::same_bits;

namespace {

struct Case {
  Index height, width, channels, out;
  ops::Window window;
  bool in_lines;
};

const std::vector<Case>& cases() {
  using ops::Padding;
  static const std::vector<Case> all = {
      {5, 25, 32, 64, {.size = 3, .padding = Padding::same}, true},
      {4, 61, 32, 33, {.size = {2, 5}, .padding = Padding::same}, true},
      {7, 30, 17, 7, {.size = 3}, true},
      {9, 28, 64, 40, {.size = {3, 2}, .strides = {2, 1}, .padding = Padding::same}, true},
      {3, 26, 16, 32, {.size = 3, .zeros = {{0, 2}, {3, 1}}}, true},
      {5, 25, 8, 64, {.size = 3, .padding = Padding::same}, false},    // few channels
      {5, 14, 32, 64, {.size = 3, .padding = Padding::same}, false},   // short lines
      {5, 25, 32, 300, {.size = 3, .padding = Padding::same}, false},  // many columns
      {5, 60, 32, 64, {.size = 3, .strides = 2, .padding = Padding::same}, false}};
  return all;
}

}  // namespace

TEST_CASE("patch lines: the bits of copied patches, whatever the number of threads") {
  constexpr Index images = 3;
  for (const Case& test : cases()) {
    const auto g = test.window.over({test.height, test.width, test.channels}, "test");
    CHECK(detail::in_lines(g, test.out) == test.in_lines);
    const Index rows = images * g.positions(), depth = g.rows.kernel * g.columns.kernel * g.channels,
                n = test.out;
    const auto x = numbers(images * test.height * test.width * test.channels, 1), w = numbers(depth * n, 2);
    const auto scale = numbers(n, 3), shift = numbers(n, 4), shortcut = numbers(rows * n, 5);
    const Epilogue epilogue{scale.data(), shift.data(), shortcut.data(), n, true};
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      for (const bool relu : {false, true}) {
        const Patches patches(x.data(), g, relu);
        for (const int threads : {1, 3}) {
          Context<Cpu> context(threads);
          PackedWeight weight;
          PackedWeightBf16 weight_bf16;
          weight.pack(context, dense(w.data(), depth, n));
          weight_bf16.pack(context, dense(w.data(), depth, n));
          std::vector<float> lines(std::size_t(rows * n), NAN), copied = lines;
          CAPTURE(kernels->name, relu, threads, test.width, test.channels, n);
          multiply(context, rows, patches, weight.matrix, lines.data(), n, epilogue);
          multiply<Patches>(context, rows, patches, weight.matrix, copied.data(), n, epilogue);
          CHECK(same_bits(lines, copied));
          multiply_bf16(context, rows, patches, weight_bf16.matrix, lines.data(), n, epilogue);
          multiply_bf16<Patches>(context, rows, patches, weight_bf16.matrix, copied.data(), n, epilogue);
          CHECK(same_bits(lines, copied));
        }
      }
    }
  }
}

TEST_CASE("patches: copied in parts they give the bits of the whole") {
  constexpr Index images = 2, height = 6, width = 7, channels = 301, n = 37;  // 2,709 numbers under a window
  const auto g =
      ops::Window{.size = 3, .padding = ops::Padding::same}.over({height, width, channels}, "test");
  const Index rows = images * g.positions(), depth = 9 * channels;
  const auto x = numbers(images * height * width * channels, 1), w = numbers(depth * n, 2);
  for (const bool relu : {false, true}) {
    const Patches patches(x.data(), g, relu);
    std::vector<float> whole(std::size_t(rows * depth)), part(std::size_t(rows * 500));
    patches.copy(0, rows, whole.data(), depth);
    for (const Index begin : {Index{0}, Index{299}, Index{902}, depth - 500}) {
      patches.copy(0, rows, part.data(), 500, begin, begin + 500);
      Index wrong = 0;
      for (Index i = 0; i < rows * 500; ++i)
        wrong += part[std::size_t(i)] != whole[std::size_t(i / 500 * depth + begin + i % 500)];
      CHECK(wrong == 0);
    }
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      for (const int threads : {1, 3}) {
        Context<Cpu> context(threads);
        PackedWeight weight;
        weight.pack(context, dense(w.data(), depth, n));
        std::vector<float> in_parts(std::size_t(rows * n), NAN), at_once = in_parts;
        multiply(context, rows, patches, weight.matrix, in_parts.data(), n);
        multiply(context, rows, PlainRows{whole.data(), depth}, weight.matrix, at_once.data(), n);
        CAPTURE(kernels->name, relu, threads);
        CHECK(same_bits(in_parts, at_once));
      }
    }
  }
}

}  // namespace test_patch_lines
