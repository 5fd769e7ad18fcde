#pragma once

// Matrix products and convolutions on the host, of factors that are rounded as a GPU rounds them.

#include <Eigen/Core>
#include <cstdint>
#include <cstring>
#include <vector>

#include "tanuki/backend/cuda/device/convolution.hpp"

namespace tanuki::test {

/// Rounded to so many bits behind the first, to nearest, ties to even.
inline float rounded(float x, int bits) {
  std::uint32_t word;
  std::memcpy(&word, &x, sizeof word);
  if ((word & 0x7F800000u) == 0x7F800000u) return x;
  const int dropped = 23 - bits;
  word += (1u << (dropped - 1)) - 1 + (word >> dropped & 1);
  word &= ~((1u << dropped) - 1);
  std::memcpy(&x, &word, sizeof x);
  return x;
}

/// As a factor of a product.
inline float factor(float x, gpu::Precision precision) {
  if (precision == gpu::Precision::float32) return x;
  return rounded(x, precision == gpu::Precision::tf32 ? 10 : 7);
}

inline void multiply(const gpu::Product& p) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using View = Eigen::Map<const Matrix>;
  const auto matrix = [&](const float* from, long long rows, long long columns, bool transposed) {
    const Matrix all =
        transposed ? Matrix(View(from, columns, rows).transpose()) : Matrix(View(from, rows, columns));
    return Matrix(all.unaryExpr([&](float x) { return factor(x, p.precision); }));
  };
  Matrix c = matrix(p.a, p.rows, p.inner, p.a_transposed) * matrix(p.b, p.inner, p.columns, p.b_transposed);
  if (p.addend) c += View(p.addend, p.rows, p.columns);
  if (p.bias) c.rowwise() += View(p.bias, 1, p.columns).row(0);
  if (p.relu) c = c.cwiseMax(0.0f);
  std::memcpy(p.c, c.data(), std::size_t(p.rows * p.columns) * sizeof(float));
}

/// The number of floats that a convolution reads as a and b, and that it writes.
struct ConvolutionSizes {
  long long a, b, c;

  explicit ConvolutionSizes(const gpu::ConvolutionForm& f) : a(0), b(0), c(0) {
    const long long x = f.input_size(), y = f.output_size(), kernel = f.kernel_size();
    if (f.result == gpu::ConvolutionResult::output) a = x, b = kernel, c = y;
    if (f.result == gpu::ConvolutionResult::input_gradient) a = y, b = kernel, c = x;
    if (f.result == gpu::ConvolutionResult::kernel_gradient) a = x, b = y, c = kernel;
  }
};

/// fn(position, number, tap) of an axis where the window lies on a number.
template <class Fn>
void each_tap(const gpu::ConvolutionAxis& axis, Fn fn) {
  for (long long out = 0; out < axis.out; ++out) {
    for (long long tap = 0; tap < axis.taps; ++tap) {
      const long long in = out * axis.stride - axis.before + tap * axis.dilation;
      if (in >= 0 && in < axis.in) fn(out, in, tap);
    }
  }
}

inline void convolve(const gpu::Convolution& convolution) {
  const gpu::ConvolutionForm& f = convolution.form;
  const auto &r = f.rows, &c = f.columns;
  const ConvolutionSizes sizes(f);
  std::vector<double> sums(std::size_t(sizes.c), 0.0);
  const auto add = [&](long long x, long long kernel, long long y) {
    const bool to_y = f.result == gpu::ConvolutionResult::output,
               to_x = f.result == gpu::ConvolutionResult::input_gradient;
    const long long a = to_x ? y : x, b = to_y || to_x ? kernel : y, to = to_y ? y : to_x ? x : kernel;
    sums[std::size_t(to)] +=
        double(factor(convolution.a[a], f.precision)) * factor(convolution.b[b], f.precision);
  };
  for (long long image = 0; image < f.images; ++image) {
    each_tap(r, [&](long long row_out, long long row_in, long long row_tap) {
      each_tap(c, [&](long long column_out, long long column_in, long long column_tap) {
        const long long x = ((image * r.in + row_in) * c.in + column_in) * f.channels,
                        y = ((image * r.out + row_out) * c.out + column_out) * f.outputs,
                        tap = row_tap * c.taps + column_tap;
        for (long long o = 0; o < f.outputs; ++o) {
          for (long long i = 0; i < f.channels; ++i)
            add(x + i, (o * r.taps * c.taps + tap) * f.channels + i, y + o);
        }
      });
    });
  }
  for (std::size_t i = 0; i < sums.size(); ++i) convolution.c[i] = float(sums[i]);
}

}  // namespace tanuki::test
