#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "tanuki/backend/eigen/gemm_bf16.hpp"
#include "tests/backend/products.hpp"

namespace test_gemm_bf16 {

using namespace tanuki;
using namespace tanuki::eigen;
using test::all_kernels, test::numbers, test::same_bits;

namespace {

/// AMX adds in another order than all other sets, which agree to the bit.
bool in_pairs(const Kernels& kernels) { return kernels.isa != Isa::amx; }

/// The largest difference from the float64 product of the rounded matrices, relative to the sum of its terms'
/// magnitudes.
double error(const Matrix& a, const Matrix& b, const float* c, Index c_row) {
  const auto rounded = [](const Matrix& m, Index i, Index j) {
    return double(from_bf16(to_bf16(m.data[i * m.row + j * m.column])));
  };
  double largest = 0;
  for (Index i = 0; i < a.rows; ++i) {
    for (Index j = 0; j < b.columns; ++j) {
      double sum = 0, magnitude = 1e-30;
      for (Index k = 0; k < a.columns; ++k) {
        const double term = rounded(a, i, k) * rounded(b, k, j);
        sum += term, magnitude += std::fabs(term);
      }
      const double difference = std::fabs(double(c[i * c_row + j]) - sum);
      if (!(difference <= largest * magnitude))
        largest = std::isfinite(difference) ? difference / magnitude : INFINITY;
    }
  }
  return largest;
}

constexpr double rounding = 1e-6;  // of float32 sums; rounding the inputs twice or not at all gives 1e-3

/// Rows that are computed as they are asked for.
struct CopiedRows {
  static constexpr bool in_place = false;
  const float* data;
  Index columns;
  void copy(Index first, Index count, float* to, Index stride) const {
    for (Index i = 0; i < count; ++i) std::copy_n(data + (first + i) * columns, columns, to + i * stride);
  }
};

}  // namespace

TEST_CASE("bf16: conversion rounds to nearest, ties to even, and keeps what is special") {
  struct Case {
    std::uint32_t from;
    Bf16 to;
  };
  std::vector<Case> cases = {
      {0x00000000, 0x0000}, {0x80000000, 0x8000},  // zeros
      {0x3f800000, 0x3f80}, {0x3f807fff, 0x3f80}, {0x3f808000, 0x3f80}, {0x3f808001, 0x3f81},
      {0x3f817fff, 0x3f81}, {0x3f818000, 0x3f82}, {0xbf818000, 0xbf82}, {0x3fff8000, 0x4000},
      {0x7f7fffff, 0x7f80}, {0xff7fffff, 0xff80}, {0x7f7f7fff, 0x7f7f},                         // overflow
      {0x7f800000, 0x7f80}, {0xff800000, 0xff80},                                               // infinity
      {0x7fc00000, 0x7fc0}, {0x7f800001, 0x7fc0}, {0xff812345, 0xffc1}, {0x7fffffff, 0x7fff},   // NaN
      {0x00800000, 0x0080}, {0x007fffff, 0x0000}, {0x80000001, 0x8000}, {0x807fffff, 0x8000}};  // denormal
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto bits = std::uint32_t(Random{7, 1}.uniform(i, 0.0f, 16777216.0f)) * 256 + i % 256;
    cases.push_back({bits, to_bf16(std::bit_cast<float>(bits))});
  }
  std::vector<float> from;
  for (const Case& c : cases) {
    CAPTURE(c.from);
    CHECK(to_bf16(std::bit_cast<float>(c.from)) == c.to);
    from.push_back(std::bit_cast<float>(c.from));
  }
  CHECK(std::isnan(from_bf16(to_bf16(NAN))));
  CHECK(from_bf16(to_bf16(1.0f + 1.0f / 256)) == 1.0f);
  CHECK(from_bf16(to_bf16(1.0f + 3.0f / 256)) == 1.0f + 4.0f / 256);
  for (const Kernels* kernels : all_kernels()) {
    CAPTURE(kernels->name);
    for (const std::size_t first :
         {0u, 1u, 20u, 5000u}) {  // every value in every lane, and in the rest of a vector
      const std::size_t count = cases.size() - first;
      std::vector<Bf16> to(count + 1, 0x1234);
      kernels->to_bf16(to.data(), from.data() + first, Index(count));
      CHECK(to.back() == 0x1234);
      std::vector<Bf16Pair> pairs(count + 1, 0x12345678), alone(count + 1, 0x12345678);
      std::vector<float> other(from.rbegin(), from.rend());
      kernels->pair_bf16(pairs.data(), from.data() + first, other.data(), Index(count));
      kernels->pair_bf16(alone.data(), from.data() + first, nullptr, Index(count));
      CHECK((pairs.back() == 0x12345678 && alone.back() == 0x12345678));
      Index wrong = 0;
      for (std::size_t i = 0; i < count; ++i) {
        const Bf16Pair even = cases[first + i].to, odd = to_bf16(other[i]);
        wrong += to[i] != even || pairs[i] != (even | odd << 16) || alone[i] != even;
      }
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("gemm_bf16: multiply agrees with float64 at awkward sizes, on every instruction set") {
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    for (const Index m : {1, 2, 5, 6, 7, 11, 12, 13, 15, 16, 17, 25, 33, 97, 193}) {
      for (const Index k : {1, 2, 3, 31, 33, 66}) {
        for (const Index n : {1, 7, 8, 9, 15, 16, 17, 31, 32, 33, 65}) {
          const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
          for (const bool transposed : {false, true}) {
            const Matrix weight = transposed ? dense(b.data(), n, k).transposed() : dense(b.data(), k, n);
            std::vector<float> c(std::size_t(m * n), NAN);
            multiply_bf16(context, m, PlainRows{a.data(), k}, weight, c.data(), n);
            const double e = error(dense(a.data(), m, k), weight, c.data(), n);
            if (!(e < rounding)) FAIL(kernels->name << " " << m << "x" << k << "x" << n << ": error " << e);
          }
        }
      }
    }
  }
}

TEST_CASE("gemm_bf16: deep products") {
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    for (const Index k : {2047, 2048, 2049, 4099}) {
      const Index m = 37, n = 41;
      const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
      std::vector<float> c(std::size_t(m * n), NAN);
      multiply_bf16(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n);
      CAPTURE(kernels->name, k);
      CHECK(error(dense(a.data(), m, k), dense(b.data(), k, n), c.data(), n) < rounding);
    }
  }
}

TEST_CASE(
    "gemm_bf16: a row's bits depend neither on the other rows, the threads, nor (but for AMX) on the set") {
  const Index m = 211, k = 2301, n = 83;
  const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
  std::vector<float> before;
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    std::vector<float> whole(std::size_t(m * n));
    Context<Cpu> one(1);
    multiply_bf16(one, m, PlainRows{a.data(), k}, dense(b.data(), k, n), whole.data(), n);
    for (const Index rows : {1, 5, 12, 50, 211}) {
      for (const int threads : {1, 2, 5}) {
        Context<Cpu> context(threads);
        std::vector<float> plain(std::size_t(m * n), NAN), copied = plain;
        for (Index i = 0; i < m; i += rows) {
          multiply_bf16(context, std::min(rows, m - i), PlainRows{a.data() + i * k, k}, dense(b.data(), k, n),
                        plain.data() + i * n, n);
          multiply_bf16(context, std::min(rows, m - i), CopiedRows{a.data() + i * k, k},
                        dense(b.data(), k, n), copied.data() + i * n, n);
        }
        CAPTURE(kernels->name, rows, threads);
        CHECK(same_bits(plain, whole));
        CHECK(same_bits(copied, whole));
      }
    }
    if (!in_pairs(*kernels)) continue;
    if (!before.empty()) CHECK(same_bits(before, whole));
    before = whole;
  }
}

TEST_CASE("gemm_bf16: each element is one chain, in each pair the odd k first") {
  const Index m = 5, k = 23, n = 3;
  const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
  const auto rounded = [](float x) { return from_bf16(to_bf16(x)); };
  std::vector<float> expected(std::size_t(m * n), 0.0f);
  for (Index i = 0; i < m; ++i) {
    for (Index q = 0; q < k; q += 2) {
      for (Index l : {q + 1, q}) {
        for (Index j = 0; l < k && j < n; ++j) {
          float& c = expected[std::size_t(i * n + j)];
          c = std::fma(rounded(a[std::size_t(i * k + l)]), rounded(b[std::size_t(l * n + j)]), c);
        }
      }
    }
  }
  for (const Kernels* kernels : all_kernels()) {
    if (!in_pairs(*kernels)) continue;
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(1);
    std::vector<float> c(std::size_t(m * n));
    multiply_bf16(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n);
    CAPTURE(kernels->name);
    CHECK(same_bits(c, expected));
  }
}

TEST_CASE("gemm_bf16: AMX sums the even and the odd k of 32 each in a chain") {
  const Kernels* amx = kernels_of(Isa::amx);
  if (!amx) {
    WARN("SKIP: this processor has no AMX, or the system keeps it from us");
    return;
  }
  const ForcedKernels forced(*amx);
  const Index m = 35, k = 75, n = 37;
  const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
  const auto rounded = [](float x) { return from_bf16(to_bf16(x)); };
  std::vector<float> expected(std::size_t(m * n), 0.0f), c(expected);
  for (Index i = 0; i < m * n; ++i) {
    for (Index block = 0; block < k; block += 32) {
      float sums[2] = {};
      for (Index l = block; l < std::min(k, block + 32); ++l) {
        const float x = a[std::size_t(i / n * k + l)], y = b[std::size_t(l * n + i % n)];
        sums[l % 2] = std::fma(rounded(x), rounded(y), sums[l % 2]);
      }
      expected[std::size_t(i)] += sums[0] + sums[1];
    }
  }
  Context<Cpu> context(1);
  multiply_bf16(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n);
  CHECK(same_bits(c, expected));
}

TEST_CASE("gemm_bf16: columns become rows of pairs, and nothing is written beyond") {
  for (const Kernels* kernels : all_kernels()) {
    for (const Index rows : {1, 2, 15, 16, 31, 32}) {
      for (const Index columns : {1, 7, 8, 16, 37}) {
        const Index x_row = columns + 3;
        const auto x = numbers(rows * x_row, 1);
        std::vector<Bf16Pair> y(std::size_t(columns * pair_block + 1), 0x12345678);
        kernels->pair_rows_bf16(y.data(), x.data(), x_row, rows, columns);
        const auto at = [&](Index row, Index c) -> Bf16Pair {
          return row < rows ? to_bf16(x[std::size_t(row * x_row + c)]) : Bf16{};
        };
        Index wrong = 0;
        for (Index i = 0; i < columns * pair_block; ++i) {
          const Index c = i / pair_block, row = i % pair_block * 2;
          wrong += y[std::size_t(i)] != (at(row, c) | at(row + 1, c) << 16);
        }
        CAPTURE(kernels->name, rows, columns);
        CHECK(wrong == 0);
        CHECK(y.back() == 0x12345678);
      }
    }
  }
}

TEST_CASE("gemm_bf16: strided rows, a packed B that is kept, rounded rows, nothing written beyond C") {
  const Index m = 29, k = 19, n = 37, a_row = 23, c_row = 44, stride = 16;
  const auto a = numbers(m * a_row, 1), b = numbers(k * n, 2);
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    PackedWeightBf16 weight;
    weight.pack(context, dense(b.data(), k, n));
    std::vector<float> c(std::size_t(m * c_row), -7.0f), again = c;
    multiply_bf16(context, m, PlainRows{a.data(), a_row}, weight.matrix, c.data(), c_row);
    CHECK(error({a.data(), m, k, a_row}, dense(b.data(), k, n), c.data(), c_row) < rounding);
    for (Index i = 0; i < m; ++i) {
      for (Index j = n; j < c_row; ++j) CHECK(c[std::size_t(i * c_row + j)] == -7.0f);
    }
    std::vector<Bf16Pair> pairs(std::size_t(m * stride));
    for (Index i = 0; i < m; ++i) detail::to_pairs(a.data() + i * a_row, k, pairs.data() + i * stride);
    multiply_bf16(context, m, PlainRowsBf16{pairs.data(), stride}, weight.matrix, again.data(), c_row);
    CHECK(same_bits(c, again));
  }
}

TEST_CASE("gemm_bf16: epilogue") {
  for (const Index m : {5, 100}) {
    const Index k = 2061, n = 45;
    const auto a = numbers(m * k, 1), b = numbers(k * n, 2), scale = numbers(n, 3), shift = numbers(n, 4);
    const auto shortcut = numbers(m * n, 5);
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      Context<Cpu> context(2);
      const auto product = [&](const Epilogue& epilogue) {
        std::vector<float> c(std::size_t(m * n));
        multiply_bf16(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n, epilogue);
        return c;
      };
      const auto plain = product({}), biased = product({.shift = shift.data()});
      const auto added = product({.shortcut = shortcut.data(), .shortcut_row = n});
      const auto all = product({.scale = scale.data(),
                                .shift = shift.data(),
                                .shortcut = shortcut.data(),
                                .shortcut_row = n,
                                .relu = true});
      const auto limited = product({.shortcut = shortcut.data(), .shortcut_row = n, .most = 0.25f});
      Index wrong = 0;
      for (Index i = 0; i < m * n; ++i) {
        const std::size_t at = std::size_t(i), column = std::size_t(i % n);
        wrong += limited[at] != std::min(added[at], 0.25f);
        wrong += biased[at] != plain[at] + shift[column] || added[at] != plain[at] + shortcut[at];
        const double y =
            double(plain[at]) * double(scale[column]) + double(shift[column]) + double(shortcut[at]);
        wrong += double(all[at]) != Approx(y > 0 ? y : 0).margin(1e-5);
      }
      CAPTURE(kernels->name, m);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("gemm_bf16: what is not finite stays so, on every set alike") {
  const float infinity = std::numeric_limits<float>::infinity(), largest = std::numeric_limits<float>::max();
  const std::vector<float> a = {NAN, 1, 2, infinity, 1, 1, infinity, -infinity, 1, largest, 0, 0, 1, 2, 3};
  const std::vector<float> b = {1, 1, 1};
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(1);
    std::vector<float> c(5);
    multiply_bf16(context, 5, PlainRows{a.data(), 3}, dense(b.data(), 3, 1), c.data(), 1, {.relu = true});
    CAPTURE(kernels->name);
    CHECK((std::isnan(c[0]) && std::isnan(c[2])));
    CHECK((c[1] == infinity && c[3] == infinity && c[4] == 6.0f));
  }
}

TEST_CASE("gemm_bf16: multiply_transposed agrees with float64, whatever the number of threads") {
  struct Size {
    Index m, k, n;
  };
  // the last are summed in parts, 16 at the most
  for (const Size size : {Size{1, 1, 1},
                          {13, 5, 3},
                          {32, 100, 1},
                          {700, 27, 33},
                          {1025, 97, 130},
                          {2051, 300, 257},
                          {5003, 27, 33},
                          {40001, 3, 5}}) {
    const auto [m, k, n] = size;
    const auto a = numbers(m * k, 1), b = numbers(m * n, 2);
    std::vector<float> before;
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      CAPTURE(kernels->name, m, k, n);
      std::vector<float> first;
      for (const int threads : {1, 2, 3}) {
        Context<Cpu> context(threads);
        std::vector<float> c(std::size_t(k * n), NAN), copied = c;
        multiply_transposed_bf16(context, PlainRows{a.data(), k}, k, dense(b.data(), m, n), c.data());
        multiply_transposed_bf16(context, CopiedRows{a.data(), k}, k, dense(b.data(), m, n), copied.data());
        if (first.empty()) {
          CHECK(error(dense(a.data(), m, k).transposed(), dense(b.data(), m, n), c.data(), n) < rounding);
          first = c;
        }
        CHECK(same_bits(first, c));
        CHECK(same_bits(first, copied));
      }
      if (!in_pairs(*kernels)) continue;
      if (!before.empty()) CHECK(same_bits(before, first));
      before = first;
    }
  }
}

}  // namespace test_gemm_bf16
