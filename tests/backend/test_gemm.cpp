#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>
#include <vector>

#include "tanuki/backend/eigen/gemm.hpp"
#include "tests/backend/products.hpp"

namespace test_gemm {

using namespace tanuki;
using namespace tanuki::eigen;
using test::all_kernels, test::numbers, test::same_bits;

namespace {

/// The largest difference from the float64 product of any two matrices, relative to what rounding may do.
double error(const Matrix& a, const Matrix& b, const float* c, Index c_row) {
  double largest = 0;
  for (Index i = 0; i < a.rows; ++i) {
    for (Index j = 0; j < b.columns; ++j) {
      double sum = 0, magnitude = 1e-30;
      for (Index k = 0; k < a.columns; ++k) {
        const double term =
            double(a.data[i * a.row + k * a.column]) * double(b.data[k * b.row + j * b.column]);
        sum += term, magnitude += std::fabs(term);
      }
      const double difference = std::fabs(double(c[i * c_row + j]) - sum);
      if (!(difference <= largest * magnitude))
        largest = std::isfinite(difference) ? difference / magnitude : INFINITY;
    }
  }
  return largest;
}

constexpr double rounding = 1e-6;

}  // namespace

TEST_CASE("gemm: multiply agrees with float64 at awkward sizes, on every instruction set") {
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    for (const Index m : {1, 2, 5, 6, 7, 11, 12, 13, 24, 25, 97, 193}) {
      for (const Index k : {1, 2, 31}) {
        for (const Index n : {1, 7, 8, 15, 16, 17, 31, 32, 33, 65, 127}) {
          const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
          for (const bool transposed : {false, true}) {
            const Matrix weight = transposed ? dense(b.data(), n, k).transposed() : dense(b.data(), k, n);
            std::vector<float> c(std::size_t(m * n), NAN);
            multiply(context, m, PlainRows{a.data(), k}, weight, c.data(), n);
            const double e = error(dense(a.data(), m, k), weight, c.data(), n);
            if (!(e < rounding)) FAIL(kernels->name << " " << m << "x" << k << "x" << n << ": error " << e);
          }
        }
      }
    }
  }
}

TEST_CASE("gemm: deep products") {
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    for (const Index k : {1023, 1024, 1025, 2049}) {
      const Index m = 37, n = 41;
      const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
      std::vector<float> c(std::size_t(m * n), NAN);
      multiply(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n);
      CAPTURE(kernels->name, k);
      CHECK(error(dense(a.data(), m, k), dense(b.data(), k, n), c.data(), n) < rounding);
    }
  }
}

TEST_CASE("gemm: a row's bits depend neither on the other rows, the threads, nor on AVX2 or AVX-512") {
  const Index m = 211, k = 1100, n = 83;
  const auto a = numbers(m * k, 1), b = numbers(k * n, 2);
  std::vector<float> before;
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    std::vector<float> whole(std::size_t(m * n));
    Context<Cpu> one(1);
    multiply(one, m, PlainRows{a.data(), k}, dense(b.data(), k, n), whole.data(), n);
    for (const Index rows : {1, 5, 12, 50, 211}) {  // a few rows read B in place, many have it packed
      for (const int threads : {1, 2, 5}) {
        Context<Cpu> context(threads);
        std::vector<float> c(std::size_t(m * n), NAN);
        for (Index i = 0; i < m; i += rows) {
          multiply(context, std::min(rows, m - i), PlainRows{a.data() + i * k, k}, dense(b.data(), k, n),
                   c.data() + i * n, n);
        }
        CAPTURE(kernels->name, rows, threads);
        CHECK(same_bits(c, whole));
      }
    }
    if (kernels->isa == Isa::portable) continue;
    if (!before.empty()) CHECK(same_bits(before, whole));
    before = whole;
  }
}

TEST_CASE("gemm: strided rows, a packed B that is kept, and nothing written beyond C") {
  const Index m = 29, k = 19, n = 37, a_row = 23, c_row = 44;
  const auto a = numbers(m * a_row, 1), b = numbers(k * n, 2);
  for (const Kernels* kernels : all_kernels()) {
    const ForcedKernels forced(*kernels);
    Context<Cpu> context(2);
    std::vector<float> memory(std::size_t(PackedMatrix::size(dense(b.data(), k, n))));
    const auto packed = PackedMatrix::pack(context, dense(b.data(), k, n), memory.data());
    for (int repeat = 0; repeat < 2; ++repeat) {
      std::vector<float> c(std::size_t(m * c_row), -7.0f);
      multiply(context, m, PlainRows{a.data(), a_row}, packed, c.data(), c_row);
      CHECK(error({a.data(), m, k, a_row}, dense(b.data(), k, n), c.data(), c_row) < rounding);
      for (Index i = 0; i < m; ++i) {
        for (Index j = n; j < c_row; ++j) CHECK(c[std::size_t(i * c_row + j)] == -7.0f);
      }
    }
  }
}

TEST_CASE("gemm: epilogue") {
  for (const Index m : {5, 100}) {
    const Index k = 1030, n = 45;
    const auto a = numbers(m * k, 1), b = numbers(k * n, 2), scale = numbers(n, 3), shift = numbers(n, 4);
    for (const Kernels* kernels : all_kernels()) {
      const ForcedKernels forced(*kernels);
      Context<Cpu> context(2);
      const auto product = [&](const Epilogue& epilogue) {
        std::vector<float> c(std::size_t(m * n));
        multiply(context, m, PlainRows{a.data(), k}, dense(b.data(), k, n), c.data(), n, epilogue);
        return c;
      };
      const auto plain = product({}), biased = product({.shift = shift.data()});
      const auto all = product({.scale = scale.data(), .shift = shift.data(), .relu = true});
      const auto limited =
          product({.scale = scale.data(), .shift = shift.data(), .relu = true, .most = 0.5f});
      for (Index i = 0; i < m * n; ++i) {
        const std::size_t at = std::size_t(i), column = std::size_t(i % n);
        CHECK(biased[at] == plain[at] + shift[column]);
        const double y = double(plain[at]) * double(scale[column]) + double(shift[column]);
        CHECK(double(all[at]) == Approx(y > 0 ? y : 0).margin(1e-5));
        CHECK(limited[at] == std::min(all[at], 0.5f));
      }
    }
  }
  Context<Cpu> context(1);
  const float x = NAN, one = 1.0f;
  float y = 0;
  multiply(context, 1, PlainRows{&x, 1}, dense(&one, 1, 1), &y, 1, {.relu = true, .most = 6});
  CHECK(std::isnan(y));  // as activation does it
}

TEST_CASE("gemm: multiply_transposed agrees with float64, whatever the number of threads") {
  struct Size {
    Index m, k, n;
  };
  // the last are summed in parts, 16 at the most
  for (const Size size : {Size{1, 1, 1},
                          {13, 5, 3},
                          {32, 100, 1},
                          {700, 27, 33},
                          {513, 97, 130},
                          {1025, 300, 257},
                          {150, 512, 768},  // rows that would fall into the same sets of the cache
                          {150, 768, 500},
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
        std::vector<float> c(std::size_t(k * n), NAN);
        multiply_transposed(context, PlainRows{a.data(), k}, k, dense(b.data(), m, n), c.data());
        if (first.empty()) {
          CHECK(error(dense(a.data(), m, k).transposed(), dense(b.data(), m, n), c.data(), n) < rounding);
          first = c;
        }
        CHECK(same_bits(first, c));
        if (n == 500) {  // part of a wider matrix
          std::vector<float> wide(std::size_t(m * 512), NAN);
          for (Index i = 0; i < m; ++i) std::copy_n(&b[std::size_t(i * n)], n, &wide[std::size_t(i * 512)]);
          std::fill(c.begin(), c.end(), NAN);
          multiply_transposed(context, PlainRows{a.data(), k}, k, Matrix{wide.data(), m, n, 512, 1},
                              c.data());
          CHECK(same_bits(first, c));
        }
      }
      if (kernels->isa == Isa::portable) continue;
      if (!before.empty()) CHECK(same_bits(before, first));
      before = first;
    }
  }
}

TEST_CASE("gemm: an instruction set can be forced, and a wrong one is refused") {
  const char* before = std::getenv("TANUKI_ISA");
  const std::string kept = before ? before : "";
  for (const Kernels* kernels : all_kernels()) {
    setenv("TANUKI_ISA", std::string(kernels->name).c_str(), 1);
    CHECK(detail::choose_kernels() == kernels);
  }
  setenv("TANUKI_ISA", "", 1);
  CHECK(detail::choose_kernels() == all_kernels().back());
  setenv("TANUKI_ISA", "sse9", 1);
  CHECK_THROWS_WITH(detail::choose_kernels(),
                    "TANUKI_ISA is 'sse9', expected portable, neon, avx2, avx512, avx512_bf16 or amx");
  setenv("TANUKI_ISA", kept.c_str(), 1);
}

}  // namespace test_gemm
