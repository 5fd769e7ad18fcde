// Products by Strassen's algorithm beside their definition in float64.

#include <catch2/catch.hpp>
#include <cmath>
#include <vector>

#include "tanuki/backend/eigen/fused_rows.hpp"
#include "tanuki/backend/eigen/strassen.hpp"
#include "tests/backend/products.hpp"

namespace test_strassen {

using namespace tanuki;
using namespace tanuki::eigen;
using test::all_kernels, test::numbers, test::same_bits;

namespace {

struct Case {
  Index images, positions, depth, columns;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {{1, 1, 2, 64},     {1, 2, 2, 65},     {2, 3, 6, 127},
                                        {3, 81, 34, 130},  {1, 324, 20, 128}, {2, 49, 300, 191},
                                        {5, 97, 66, 100},  {1, 13, 2200, 70}, {40, 9, 18, 64},
                                        {2, 5000, 256, 64}};  // many parts
  return all;
}

constexpr Index gap = 3;  // floats between C's rows

struct Run {
  const Case& test;
  Index rows = test.images * test.positions, stride = test.columns + gap;
  std::vector<float> a = numbers(rows * test.depth, 1), b = numbers(test.depth * test.columns, 2),
                     scale = numbers(test.columns, 3), shift = numbers(test.columns, 4),
                     shortcut = numbers(rows * test.columns, 5);

  Epilogue all() const { return {scale.data(), shift.data(), shortcut.data(), test.columns, true, 0.75f}; }

  std::vector<float> strassen(int threads, Index first, Index images, bool relu,
                              const Epilogue& epilogue) const {
    Context<Cpu> context(threads);
    StrassenWeight weight;
    weight.pack(context, dense(b.data(), test.depth, test.columns));
    REQUIRE(weight.matrix.data);
    const Index row = first * test.positions;
    std::vector<float> c(std::size_t(images * test.positions * stride), -7.0f);
    const float* from = a.data() + row * test.depth;
    const auto multiply = [&](const auto& its_rows) {
      multiply_images(context, images, test.positions, its_rows, weight.matrix, c.data(), stride,
                      epilogue.from(row, 0));
    };
    relu ? multiply(ReluRows{from, test.depth}) : multiply(PlainRows{from, test.depth});
    return c;
  }

  /// The largest error, as a part of what the largest sum of magnitudes is.
  double error(const std::vector<float>& c, bool relu, const Epilogue& epilogue) const {
    double largest = 0.25, worst = 0;  // two negative rows make nothing but zeros
    for (Index i = 0; i < rows; i += 1 + i % 7) {
      for (Index j = 0; j < test.columns; ++j) {
        double sum = 0, magnitude = 0;
        for (Index k = 0; k < test.depth; ++k) {
          double factor = a[std::size_t(i * test.depth + k)];
          if (relu) factor = std::max(factor, 0.0);
          const double product = factor * double(b[std::size_t(k * test.columns + j)]);
          sum += product, magnitude += std::abs(product);
        }
        if (epilogue.scale) sum *= epilogue.scale[j];
        if (epilogue.shift) sum += epilogue.shift[j];
        if (epilogue.shortcut) sum += epilogue.shortcut[i * epilogue.shortcut_row + j];
        if (epilogue.relu) sum = std::max(sum, 0.0);
        sum = std::min(sum, double(epilogue.most));
        const double off = std::abs(sum - double(c[std::size_t(i * stride + j)]));
        largest = std::max(largest, magnitude);
        worst = std::isnan(off) ? INFINITY : std::max(worst, off);
      }
      for (Index j = test.columns; j < stride; ++j) CHECK(c[std::size_t(i * stride + j)] == -7.0f);
    }
    return worst / largest;
  }
};

}  // namespace

TEST_CASE("strassen: agrees with float64 at awkward sizes, on every instruction set") {
  for (const Case& test : cases()) {
    const Run run{test};
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.images, test.positions, test.depth, test.columns);
      for (const Epilogue& epilogue : {Epilogue{}, Epilogue{.shift = run.shift.data()}, run.all()}) {
        for (const bool relu : {false, true})
          CHECK(run.error(run.strassen(2, 0, test.images, relu, epilogue), relu, epilogue) < 1e-6);
      }
    }
  }
}

TEST_CASE("strassen: the same bits for any number of threads, images at a time and instructions with FMA") {
  for (const Case& test : cases()) {
    const Run run{test};
    std::vector<float> of_fma;
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, test.images, test.positions, test.depth, test.columns);
      const auto c = run.strassen(1, 0, test.images, false, run.all());
      for (const int threads : {2, 3, 16})
        CHECK(same_bits(c, run.strassen(threads, 0, test.images, false, run.all())));
      std::vector<float> one_by_one;
      for (Index image = 0; image < test.images; ++image) {
        const auto one = run.strassen(2, image, 1, false, run.all());
        one_by_one.insert(one_by_one.end(), one.begin(), one.end());
      }
      CHECK(same_bits(c, one_by_one));
      if (kernels->isa == Isa::portable) continue;
      if (of_fma.empty()) of_fma = c;
      CHECK(same_bits(c, of_fma));
    }
  }
}

TEST_CASE("strassen: a transposed B with a factor for each row") {
  const Case test{2, 7, 38, 90};
  Run run{test};
  const auto factors = numbers(test.depth, 9);
  std::vector<float> turned(run.b.size());
  for (Index k = 0; k < test.depth; ++k) {
    for (Index j = 0; j < test.columns; ++j) {
      float& b = run.b[std::size_t(k * test.columns + j)];
      turned[std::size_t(j * test.depth + k)] = b;
      b *= factors[std::size_t(k)];
    }
  }
  Context<Cpu> context(2);
  const Matrix b = dense(turned.data(), test.columns, test.depth).transposed();
  std::vector<float> memory(std::size_t(StrassenMatrix::size(b))),
      c(std::size_t(run.rows * run.stride), -7.0f);
  const auto packed = StrassenMatrix::pack(context, b, memory.data(), factors.data());
  multiply_images(context, test.images, test.positions, PlainRows{run.a.data(), test.depth}, packed, c.data(),
                  run.stride);
  CHECK(same_bits(c, run.strassen(1, 0, test.images, false, {})));
}

TEST_CASE("strassen: a NaN is seen in its whole row, and nowhere but in its neighbour's") {
  const Case test{2, 7, 32, 96};
  for (const Index row : {0, 1, 6, 9}) {
    Run run{test};
    run.a[std::size_t(row * test.depth + 17)] = NAN;
    const Index pair = row % test.positions / 2, image = row / test.positions;
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      const auto c = run.strassen(2, 0, test.images, false, Epilogue{.relu = true});
      for (Index i = 0; i < run.rows; ++i) {
        const bool near = i / test.positions == image && i % test.positions / 2 == pair;
        for (Index j = 0; j < test.columns; ++j) {
          const bool is_nan = std::isnan(c[std::size_t(i * run.stride + j)]);
          if (i == row) CHECK(is_nan);
          if (!near) CHECK_FALSE(is_nan);
        }
      }
    }
  }
}

TEST_CASE("strassen: filters of very different sizes keep their own precision") {
  const Case test{2, 49, 64, 150};
  Run run{test};
  for (Index j = 0; j < test.columns; ++j) {
    const float size = std::pow(10.0f, float(j * 7 % 13) - 6);
    for (Index k = 0; k < test.depth; ++k) run.b[std::size_t(k * test.columns + j)] *= size;
  }
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    const auto c = run.strassen(2, 0, test.images, false, {});
    const auto scaled = run.strassen(2, 0, test.images, false, {run.scale.data(), run.shift.data()});
    for (Index j = 0; j < test.columns; ++j) {
      double worst = 0, largest = 0, worst_scaled = 0, shifted = std::abs(double(run.shift[std::size_t(j)]));
      for (Index i = 0; i < run.rows; ++i) {
        double sum = 0, magnitude = 0;
        for (Index k = 0; k < test.depth; ++k) {
          const double product = double(run.a[std::size_t(i * test.depth + k)]) *
                                 double(run.b[std::size_t(k * test.columns + j)]);
          sum += product, magnitude += std::abs(product);
        }
        const auto at = std::size_t(i * run.stride + j), column = std::size_t(j);
        largest = std::max(largest, magnitude);
        worst = std::max(worst, std::abs(sum - double(c[at])));
        const double expected = sum * double(run.scale[column]) + double(run.shift[column]);
        worst_scaled = std::max(worst_scaled, std::abs(expected - double(scaled[at])));
      }
      CAPTURE(kernels->name, j);
      CHECK(worst < 1e-6 * largest);
      CHECK(worst_scaled < 1e-6 * (largest + shifted));
    }
  }
}

TEST_CASE("strassen: a filter of nothing, or next to nothing, gives as much, whatever stands beside it") {
  const Case test{2, 49, 64, 130};
  for (const float size : {0.0f, 1e-30f, 1e-15f}) {
    for (const Index tiny : {3, 70}) {  // in either half, the first of a pair or its second
      const Index large = tiny < 64 ? tiny + 64 : tiny - 64;
      Run run{test};
      for (Index k = 0; k < test.depth; ++k) {
        run.b[std::size_t(k * test.columns + tiny)] *= size;
        run.b[std::size_t(k * test.columns + large)] *= 30.0f;
      }
      const auto c = run.strassen(2, 0, test.images, false, {});
      double worst = 0;
      for (Index i = 0; i < run.rows; ++i) {
        double sum = 0;
        for (Index k = 0; k < test.depth; ++k)
          sum += double(run.a[std::size_t(i * test.depth + k)]) *
                 double(run.b[std::size_t(k * test.columns + tiny)]);
        worst = std::max(worst, std::abs(sum - double(c[std::size_t(i * run.stride + tiny)])));
      }
      CAPTURE(size, tiny);
      CHECK(worst < 1e-17);
      CHECK(run.error(c, false, {}) < 1e-6);
    }
  }
}

TEST_CASE("strassen: no image, nothing to do") {
  const Case none{0, 49, 64, 128};
  CHECK(Run{none}.strassen(2, 0, 0, false, {}).empty());
}

TEST_CASE("strassen: a weight whose rows are of very different sizes is not taken") {
  const Index depth = 64, columns = 128;
  auto b = numbers(depth * columns, 1);
  Context<Cpu> context(1);
  StrassenWeight weight;
  const auto taken = [&] {
    weight.pack(context, dense(b.data(), depth, columns));
    std::vector<float> turned(b.size());
    for (Index i = 0; i < depth * columns; ++i)
      turned[std::size_t(i % columns * depth + i / columns)] = b[std::size_t(i)];
    CHECK(is_balanced(context, dense(turned.data(), columns, depth).transposed()) ==
          (weight.matrix.data != nullptr));
    return weight.matrix.data != nullptr;
  };
  CHECK(taken());
  std::fill_n(b.data(), columns, 0.0f);  // a channel that nothing comes of
  for (Index j = 0; j < columns; ++j) b[std::size_t(columns + j)] *= 1e-2f;
  CHECK_FALSE(taken());
  b = numbers(depth * columns, 1);
  for (Index j = 0; j < columns; ++j) b[std::size_t(columns + j)] *= 1e-2f;
  CHECK(taken());
  for (Index i = 0; i < depth / 2 * columns; ++i) b[std::size_t(i)] *= 1e-2f;
  CHECK_FALSE(taken());
  CHECK(weight.memory.size() == 0);

  for (const Index row : {3, 63}) {
    for (const float wrong : {1e-4f, NAN, INFINITY}) {  // one row of one half
      b = numbers(depth * columns, 1);
      for (Index j = 0; j < columns; ++j) b[std::size_t(row * columns + j)] *= wrong;
      CHECK_FALSE(taken());
    }
  }

  b = numbers(depth * columns, 1);
  std::vector<float> scale(std::size_t(depth), 1.0f);
  std::fill_n(scale.begin(), depth / 2, 100.0f);
  CHECK(is_balanced(context, dense(b.data(), depth, columns)));
  CHECK_FALSE(is_balanced(context, dense(b.data(), depth, columns), scale.data()));
}

TEST_CASE("strassen: large weights, read for many positions") {
  CHECK(fits_strassen(48, 256, 256));
  CHECK_FALSE(fits_strassen(47, 256, 256));
  CHECK_FALSE(fits_strassen(48, 255, 256));
  CHECK_FALSE(fits_strassen(48, 257, 256));
  CHECK_FALSE(fits_strassen(48, 256, 255));
}

}  // namespace test_strassen
