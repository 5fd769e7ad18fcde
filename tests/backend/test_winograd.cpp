// Convolutions by Winograd's F(2x2, 3x3) beside their definition in float64.

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tanuki/backend/eigen/winograd_gradient.hpp"
#include "tests/backend/products.hpp"

namespace test_winograd {

using namespace tanuki;
using namespace tanuki::eigen;
using test::all_kernels, test::numbers, test::same_bits;

namespace {

struct Case {
  Index images, height, width, in, out;
  ops::Window window = {.size = 3, .padding = ops::Padding::same};
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {{1, 1, 1, 32, 32},
                                        {2, 2, 3, 33, 35},
                                        {3, 7, 5, 37, 130},
                                        {1, 20, 23, 64, 33},
                                        {2, 5, 9, 300, 161},
                                        {40, 6, 6, 32, 32},  // 360 tiles: several blocks
                                        {2, 8, 3, 40, 64, {.size = 3}},
                                        {2, 4, 6, 32, 47, {.size = 3, .zeros = {{0, 2}, {3, 1}}}},
                                        {2, 5, 3, 35, 33, {.size = 3, .zeros = {{3, 0}, {0, 4}}}}};
  return all;
}

struct Run {
  const Case& test;
  ops::WindowGeometry geometry = test.window.over({test.height, test.width, test.in}, "test");
  Index rows = test.images * geometry.positions();
  std::vector<float> x = numbers(test.images * test.height * test.width * test.in, 1),
                     kernel = numbers(9 * test.in * test.out, 2), scale = numbers(test.out, 3),
                     shift = numbers(test.out, 4), shortcut = numbers(rows * test.out, 5);

  std::vector<float> winograd(int threads, Index first, Index images, bool before,
                              const Epilogue& epilogue) const {
    Context<Cpu> context(threads);
    WinogradWeight weight;
    weight.pack(context, kernel.data(), test.in, test.out);
    const Index row = first * geometry.positions();
    std::vector<float> y(std::size_t(images * geometry.positions() * test.out), NAN);
    eigen::winograd(context, geometry, images, x.data() + first * test.height * test.width * test.in, before,
                    weight.matrices, y.data(), epilogue.from(row, 0));
    return y;
  }

  /// dx of dy = shortcut and of the kernel times scale.
  std::vector<float> gradient(int threads) const {
    Context<Cpu> context(threads);
    std::vector<float> memory(std::size_t(WinogradMatrices::size(test.out, test.in)));
    const auto matrices =
        WinogradMatrices::pack(context, Taps::turned(kernel.data(), test.in, test.out, scale.data()),
                               test.out, test.in, memory.data());
    std::vector<float> dx(x.size(), NAN);
    eigen::winograd(context, turned(geometry, test.out), test.images, shortcut.data(), false, matrices,
                    dx.data(), {});
    return dx;
  }
  double gradient_error(const std::vector<float>& dx) const {
    return error_of_gradients(dx, x.size(), [&](const auto& add) {
      each_product([&](std::size_t pixel, std::size_t position, std::size_t weight, Index o) {
        add(pixel, double(shortcut[position]) * double(scale[std::size_t(o)]) * double(kernel[weight]));
      });
    });
  }
  /// Of dy = shortcut, by the kernel's gradient.
  std::vector<float> kernel_gradient(int threads, bool relu) const {
    Context<Cpu> context(threads);
    std::vector<float> dkernel(kernel.size(), NAN);
    WinogradGradient(geometry, test.images, test.out)
        .run(context, x.data(), relu, shortcut.data(), dkernel.data());
    return dkernel;
  }
  double kernel_gradient_error(const std::vector<float>& dkernel, bool relu) const {
    return error_of_gradients(dkernel, kernel.size(), [&](const auto& add) {
      each_product([&](std::size_t pixel, std::size_t position, std::size_t weight, Index) {
        const double value = double(x[pixel]);
        add(weight, double(shortcut[position]) * (relu ? std::max(value, 0.0) : value));
      });
    });
  }

  /// use(pixel, position, weight, its last index) for all that are multiplied.
  template <class Use>
  void each_product(const Use& use) const {
    for (Index row = 0; row < rows; ++row) {
      const Index image = row / geometry.positions(), at = row % geometry.positions();
      for (Index tap = 0; tap < 9; ++tap) {
        const Index i = geometry.rows.start(at / geometry.columns.out) + tap / 3,
                    j = geometry.columns.start(at % geometry.columns.out) + tap % 3;
        if (i < 0 || i >= test.height || j < 0 || j >= test.width) continue;
        for (Index c = 0; c < test.in; ++c) {
          const Index pixel = ((image * test.height + i) * test.width + j) * test.in + c;
          for (Index o = 0; o < test.out; ++o)
            use(std::size_t(pixel), std::size_t(row * test.out + o),
                std::size_t((tap * test.in + c) * test.out + o), o);
        }
      }
    }
  }
  /// The largest error of numbers that `sum` adds products to, as a part of the largest sum of magnitudes.
  template <class Sum>
  static double error_of_gradients(const std::vector<float>& given, std::size_t count, const Sum& sum) {
    std::vector<double> sums(count), magnitudes(count);
    const auto add = [&](std::size_t i, double product) {
      sums[i] += product, magnitudes[i] += std::abs(product);
    };
    sum(add);
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double off = std::abs(sums[i] - double(given[i]));
      worst = std::isnan(off) ? INFINITY : std::max(worst, off);
    }
    return worst / *std::max_element(magnitudes.begin(), magnitudes.end());
  }

  /// The largest error, as a part of what the largest sum of magnitudes is.
  double error(const std::vector<float>& y, bool before, const Epilogue& epilogue) const {
    double largest = 0, worst = 0;
    for (Index row = 0; row < rows; ++row) {
      const Index image = row / geometry.positions(), at = row % geometry.positions();
      for (Index o = 0; o < test.out; ++o) {
        double sum = 0, magnitude = 0;
        for (Index tap = 0; tap < 9; ++tap) {
          const Index i = geometry.rows.start(at / geometry.columns.out) + tap / 3,
                      j = geometry.columns.start(at % geometry.columns.out) + tap % 3;
          if (i < 0 || i >= test.height || j < 0 || j >= test.width) continue;
          for (Index c = 0; c < test.in; ++c) {
            double pixel = x[std::size_t(((image * test.height + i) * test.width + j) * test.in + c)];
            if (before) pixel = std::max(pixel, 0.0);
            const double product = pixel * kernel[std::size_t((tap * test.in + c) * test.out + o)];
            sum += product, magnitude += std::abs(product);
          }
        }
        if (epilogue.scale) sum *= epilogue.scale[o];
        if (epilogue.shift) sum += epilogue.shift[o];
        if (epilogue.shortcut) sum += epilogue.shortcut[row * epilogue.shortcut_row + o];
        if (epilogue.relu) sum = std::max(sum, 0.0);
        sum = std::min(sum, double(epilogue.most));
        const double off = std::abs(sum - double(y[std::size_t(row * test.out + o)]));
        largest = std::max(largest, magnitude);
        worst = std::isnan(off) ? INFINITY : std::max(worst, off);
      }
    }
    return worst / largest;
  }
};

}  // namespace

TEST_CASE("winograd: the convolution's definition, with every neighbour that it takes in") {
  for (const Case& test : cases()) {
    const Run run{test};
    const Epilogue all{run.scale.data(), run.shift.data(), run.shortcut.data(), test.out, true};
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.height, test.width, test.in, test.out);
      for (const Epilogue& epilogue :
           {Epilogue{}, Epilogue{.shift = all.shift}, all, Epilogue{.relu = true, .most = 0.25f}}) {
        for (const bool before : {false, true})
          CHECK(run.error(run.winograd(2, 0, test.images, before, epilogue), before, epilogue) < 1e-6);
      }
    }
  }
}

TEST_CASE("winograd: the same bits for any number of threads, images at a time and instructions with FMA") {
  for (const Case& test : cases()) {
    const Run run{test};
    const Epilogue epilogue{run.scale.data(), run.shift.data(), run.shortcut.data(), test.out, true};
    std::vector<float> of_fma;
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.height, test.width, test.in, test.out);
      const auto y = run.winograd(1, 0, test.images, true, epilogue);
      CHECK(same_bits(y, run.winograd(3, 0, test.images, true, epilogue)));
      std::vector<float> one_by_one;
      for (Index image = 0; image < test.images; ++image) {
        const auto one = run.winograd(2, image, 1, true, epilogue);
        one_by_one.insert(one_by_one.end(), one.begin(), one.end());
      }
      CHECK(same_bits(y, one_by_one));
      if (kernels->isa == Isa::portable) continue;
      if (of_fma.empty()) of_fma = y;
      CHECK(same_bits(y, of_fma));
    }
  }
}

TEST_CASE("winograd: the input's gradient by the kernel turned round") {
  for (const Case& test : cases()) {
    const Run run{test};
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.height, test.width, test.in, test.out);
      const auto dx = run.gradient(1);
      CHECK(run.gradient_error(dx) < 1e-6);
      CHECK(same_bits(dx, run.gradient(3)));
    }
  }
}

TEST_CASE("winograd: the kernel's gradient") {
  for (const Case& test : cases()) {
    const Run run{test};
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.height, test.width, test.in, test.out);
      for (const bool relu : {false, true}) {
        const auto dkernel = run.kernel_gradient(1, relu);
        CHECK(run.kernel_gradient_error(dkernel, relu) < 1e-6);
        CHECK(same_bits(dkernel, run.kernel_gradient(3, relu)));
      }
    }
  }
}

TEST_CASE("winograd: a NaN is seen by every position whose window has it") {
  const Case test{1, 9, 9, 32, 32};
  Run run{test};
  run.x[std::size_t((4 * 9 + 4) * 32 + 7)] = NAN;
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    for (const bool relu : {false, true}) {
      const auto y = run.winograd(2, 0, 1, relu, Epilogue{.relu = relu});
      for (Index i = 3; i <= 5; ++i) {
        for (Index j = 3; j <= 5; ++j) CHECK(std::isnan(y[std::size_t((i * 9 + j) * 32)]));
      }
      CHECK(!std::isnan(y[0]));
    }
  }
}

TEST_CASE("winograd: 3x3 windows without strides, of some channels") {
  CHECK(fits_winograd(3, 1, 1, 64, 32));
  CHECK_FALSE(fits_winograd(3, 1, 1, 63, 32));
  CHECK_FALSE(fits_winograd(3, 1, 1, 64, 31));
  CHECK_FALSE(fits_winograd({3, 1}, 1, 1, 64, 32));
  CHECK_FALSE(fits_winograd(5, 1, 1, 64, 32));
  CHECK_FALSE(fits_winograd(3, {1, 2}, 1, 64, 32));
  CHECK_FALSE(fits_winograd(3, 1, 2, 64, 32));
}

}  // namespace test_winograd
