#pragma once

// Products with a large weight by 7 products of half its size where the definition takes 8: one level of Strassen's
// algorithm in Winograd's form. Cut into quarters,
//   S1 = A21 + A22   S2 = S1 - A11    S3 = A11 - A21    S4 = A12 - S2
//   T1 = B12 - B11   T2 = B22 - T1    T3 = B22 - B12    T4 = T2 - B21
//   U1 = A11·B11     U2 = U1 + S2·T2  U4 = U2 + S1·T1
//   C11 = U1 + A12·B21   C12 = U4 + S4·B22   C21 = U2 + S3·T3 - A22·T4   C22 = U4 + S3·T3
// A's halves are the even and the odd positions of an image, so a row's bits depend on its own image alone; B's columns
// and the depth are cut in the middle. Columns beyond a multiple of two panels are multiplied as they are.
// Rounding is some 3 times that of the plain product where what is added is of one size, and is measured by a layer's largest numbers.
// So a column of B that is much smaller or larger than the one in the other half is brought to its size and back, by a power of two
// (column scaling: Ballard, Benson, Druinsky, Lipshitz, Schwartz, "Improving the numerical stability of fast matrix multiplication",
// 2016); and a B whose rows are not of one size is not taken (is_balanced): the sums would drown a small row, whose factors in A may be
// as much larger. What is left is measured by the larger of two neighbouring positions; an infinity or a NaN in one
// makes NaNs in the other. Source: Strassen, "Gaussian Elimination is not Optimal" (1969); Winograd's 15 sums: Higham, "Accuracy and
// Stability of Numerical Algorithms" (2002), 23.1.

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <vector>

#include "tanuki/backend/eigen/gemm.hpp"

namespace tanuki::eigen {

/// Whether B (depth, columns) is so large, and is read for so many positions, that the product which is saved takes more
/// time than the sums and reading them.
inline bool fits_strassen(Index positions, Index depth, Index columns) {
  constexpr Index smallest = 256, fewest = 48;
  return positions >= fewest && depth >= smallest && columns >= smallest && depth % 2 == 0;
}

/// Whether row k of B's upper half and of its lower one are of much the same size, for all k: on average 8 times at most, 1,024 times
/// for one of them. B or its transpose is dense. `scale`: a factor for each row, or null.
inline bool is_balanced(Context<Cpu>& context, const Matrix& b, const float* scale = nullptr) {
  constexpr double most_on_average = 8, most = 1024;
  std::vector<double> sizes(std::size_t(b.rows));
  context.parallel_blocks(b.rows, 64, [&](Index first, Index end) {
    Eigen::ArrayXf squares = Eigen::ArrayXf::Zero(end - first);
    const auto square = [&](const float* from, Index count) {
      return Eigen::Map<const Eigen::ArrayXf>(from, count).square();
    };
    if (b.column == 1) {
      for (Index k = first; k < end; ++k) squares[k - first] = square(b.data + k * b.row, b.columns).sum();
    } else {
      for (Index j = 0; j < b.columns; ++j) squares += square(b.data + j * b.column + first, end - first);
    }
    for (Index k = first; k < end; ++k)
      sizes[std::size_t(k)] =
          std::sqrt(double(squares[k - first])) * (scale ? std::abs(double(scale[k])) : 1);
  });
  double sum = 0;
  const std::size_t half = sizes.size() / 2;
  for (std::size_t k = 0; k < half; ++k) {
    const double large = std::max(sizes[k], sizes[k + half]), small = std::min(sizes[k], sizes[k + half]);
    if (!std::isfinite(sizes[k]) || !std::isfinite(sizes[k + half]) || large > most * small) return false;
    sum += large > 0 ? large / small : 1;
  }
  return sum <= most_on_average * double(half);
}

/// B with its sums, in somebody else's memory. For each pair of panels, one in each half of the columns, the seven factors in the
/// order in which they are read, each [depth / 2][32]; then the panels of the columns that are left; then for each pair what the
/// columns of its second panel are to be multiplied with, after the product, to have their size again.
struct StrassenMatrix {
  enum Factor : Index { b11, b21, t2, t3, minus_t4, t1, b22, factors };

  const float* data;
  Index depth, columns;

  static Index pairs_of(Index columns) { return columns / (2 * panel_columns); }
  Index pairs() const { return pairs_of(columns); }
  Index half() const { return depth / 2; }
  /// The first column of the second half, and the first that is in neither.
  Index second() const { return pairs() * panel_columns; }
  Index rest() const { return 2 * second(); }
  const float* factor(Index pair, Factor which) const {
    return data + (pair * factors + which) * half() * panel_columns;
  }
  const float* rest_data() const { return factor(pairs(), b11); }
  const float* column_scales(Index pair) const {
    return rest_data() + PackedMatrix::panels(columns - rest()) * panel_columns * depth +
           pair * panel_columns;
  }

  /// Floats that pack() needs.
  static Index size(const Matrix& b) {
    const StrassenMatrix packed{nullptr, b.rows, b.columns};
    return packed.column_scales(packed.pairs()) - packed.data;
  }

  /// `scale`: a factor for each row, or null.
  static StrassenMatrix pack(Context<Cpu>& context, const Matrix& b, float* memory,
                             const float* scale = nullptr) {
    const StrassenMatrix packed{memory, b.rows, b.columns};
    const Index half = packed.half(), floats = half * panel_columns;
    context.parallel(packed.pairs(), [&](Index pair, int) {
      float* const to = memory + pair * factors * floats;
      const auto quarter = [&](Index row, Index column, Factor which) {
        const Matrix part = b.part(row, column + pair * panel_columns, half, panel_columns);
        PackedMatrix::pack_panel(part, to + which * floats, scale ? scale + row : nullptr);
      };
      const auto subtract = [&](Factor y, Factor a, Factor less) {
        kernels().subtract(to + y * floats, to + a * floats, to + less * floats, floats);
      };
      quarter(0, 0, b11);
      quarter(half, 0, b21);
      quarter(0, packed.second(), b12);
      quarter(half, packed.second(), b22);
      packed.scale_columns(to, const_cast<float*>(packed.column_scales(pair)));
      subtract(t1, b12, b11);
      subtract(t2, b22, t1);
      subtract(t3, b22, b12);
      subtract(minus_t4, b21, t2);
    });
    const Matrix rest = b.part(0, packed.rest(), b.rows, b.columns - packed.rest());
    PackedMatrix::pack(context, rest, memory + packed.pairs() * factors * floats, scale);
    return packed;
  }

 private:
  static constexpr Factor b12 = minus_t4;  // lies there until the sums are made

  /// Brings the columns of the second panel to the size of those of the first, where they are not. One that is smaller than 1e-12
  /// counts as that: its products are off by some 1e-19.
  void scale_columns(float* panels, float* scales) const {
    constexpr float smallest = 1e-24f;  // a square, as all of these
    const Index floats = half() * panel_columns;
    float squares[4][panel_columns];
    const Factor of[] = {b11, b21, b12, b22};
    for (std::size_t i = 0; i < 4; ++i) {
      const float* panel = panels + of[i] * floats;
      kernels().column_products(panel, panel, half(), panel_columns, squares[i]);
    }
    for (Index j = 0; j < panel_columns; ++j) {
      const float first = std::max(squares[0][j] + squares[1][j], smallest),
                  second = std::max(squares[2][j] + squares[3][j], smallest);
      scales[j] = 1;
      if (!std::isfinite(first) || !std::isfinite(second)) continue;
      const int exponent = int(std::lround(0.5 * std::log2(double(second) / double(first))));
      if (std::abs(exponent) < 2) continue;
      scales[j] = std::ldexp(1.0f, exponent);
      for (const Factor factor : {b12, b22}) {
        for (Index k = 0; k < half(); ++k)
          panels[factor * floats + k * panel_columns + j] *= std::ldexp(1.0f, -exponent);
      }
    }
  }
};

/// One that is kept: for a weight's derived().
struct StrassenWeight {
  Buffer<Cpu> memory;
  StrassenMatrix matrix{};

  /// Nothing where B is not balanced.
  void pack(Context<Cpu>& context, const Matrix& b) {
    matrix = {};
    if (!is_balanced(context, b)) return void(memory = Buffer<Cpu>());
    const Index size = StrassenMatrix::size(b);
    if (memory.size() != size) memory = Buffer<Cpu>(), memory = Buffer<Cpu>(size);
    matrix = StrassenMatrix::pack(context, b, memory.data());
  }
};

namespace detail {

/// How the positions of each image are shared out: an even number at a time, about as many as fit into L2, and so that no
/// thread gets more than another. The result does not depend on it.
struct PositionParts {
  Index positions, count, size;  ///< parts of an image, positions of a part

  PositionParts(Index images, Index all, Index depth, Index workers) : positions(all) {
    constexpr Index fewest = 32;
    const Index most = std::max<Index>(copied_rows(depth), fewest);
    count = std::max<Index>(1, (all + most / 2) / most);
    const Index rounds = (images * count + workers - 1) / workers;
    const Index even = (rounds * workers + images - 1) / images;
    if (all >= even * fewest) count = even;
    size = ((all + count - 1) / count + 1) / 2 * 2;
    count = (all + size - 1) / size;
  }
  /// The first of part `i` of all images' parts, counted over all images.
  Index first(Index i) const { return i / count * positions + i % count * size; }
  Index rows(Index i) const { return std::min(size, positions - i % count * size); }
};

/// Some rows of A, and the four sums of each two of them.
struct StrassenRows {
  const float* a;
  Index stride;  ///< from one row to the next
  Index rows, half;
  float* sums;  ///< S1 … S4, each (pairs, sum_stride)

  Index pairs() const { return (rows + 1) / 2; }
  Index odd_rows() const { return rows / 2; }
  Index sum_stride() const { return copied_stride(half); }
  const float* sum(Index which) const { return sums + (which - 1) * pairs() * sum_stride(); }
  static Index sums_size(Index rows, Index half) { return 4 * ((rows + 1) / 2) * copied_stride(half); }

  /// The sums of the pairs [first, end). A row that is missing is zeros.
  void add_up(Index first, Index end) const {
    const Kernels& simd = kernels();
    for (Index i = first; i < end; ++i) {
      const float *a11 = a + 2 * i * stride, *a12 = a11 + half, *a21 = a11 + stride, *a22 = a21 + half;
      const auto s = [&](Index which) { return sums + ((which - 1) * pairs() + i) * sum_stride(); };
      if (i < odd_rows()) {
        simd.add(s(1), a21, a22, half);
        simd.subtract(s(2), s(1), a11, half);
        simd.subtract(s(3), a11, a21, half);
      } else {
        std::fill_n(s(1), half, 0.0f);
        simd.subtract(s(2), s(1), a11, half);
        std::copy_n(a11, half, s(3));
      }
      simd.subtract(s(4), a12, s(2), half);
    }
  }
};

struct StrassenSumsScratch;
struct StrassenProductsScratch;

/// The columns of one pair of panels. `c` and the epilogue are of A's first row and column 0.
inline void multiply_pair(const StrassenRows& a, const StrassenMatrix& b, Index pair, float* c, Index c_row,
                          const Epilogue& epilogue) {
  using Factor = StrassenMatrix::Factor;
  const Index pairs = a.pairs(), floats = pairs * panel_columns;
  float* const u = Context<Cpu>::scratch<StrassenProductsScratch>(3 * floats);
  float *const p = u + floats, *const sum = p + floats;  // S3·T3, and what it is added to
  const auto product = [&](const float* rows, Index stride, Factor factor) {
    return GemmBlock{.rows = pairs,
                     .depth = a.half,
                     .columns = panel_columns,
                     .a = rows,
                     .a_row = stride,
                     .b = b.factor(pair, factor),
                     .b_row = panel_columns,
                     .next = b.factor(pair, factor) + b.half() * panel_columns};
  };
  const auto of_sums = [&](Index which, Factor factor) {
    return product(a.sum(which), a.sum_stride(), factor);
  };
  const auto into = [&](GemmBlock block, float* to, const float* start) {
    block.c = to, block.c_row = panel_columns;
    block.start = start, block.start_row = panel_columns;
    kernels().gemm(block);
  };
  // Those of the second panel, with its columns' sizes.
  float scale[panel_columns], shift[panel_columns];
  const Epilogue second = epilogue.from(0, b.second() + pair * panel_columns);
  for (Index j = 0; j < panel_columns; ++j) {
    scale[j] = b.column_scales(pair)[j] * (second.scale ? second.scale[j] : 1);
    shift[j] = second.shift ? second.shift[j] : 0;
  }
  const auto finish = [&](GemmBlock block, Index odd, Index column, const float* start) {
    column += pair * panel_columns;
    if (odd) block.rows = a.odd_rows();
    block.c = c + odd * c_row + column, block.c_row = 2 * c_row;
    block.start = start, block.start_row = panel_columns;
    block.epilogue = epilogue.from(odd, column);
    if (column >= b.second()) block.epilogue.scale = scale, block.epilogue.shift = shift;
    block.epilogue.shortcut_row *= 2;
    if (block.rows > 0) kernels().gemm(block);
  };
  into(product(a.a, 2 * a.stride, Factor::b11), u, nullptr);
  finish(product(a.a + a.half, 2 * a.stride, Factor::b21), 0, 0, u);
  into(of_sums(2, Factor::t2), u, u);
  into(of_sums(3, Factor::t3), p, nullptr);
  kernels().add(sum, u, p, floats);
  finish(product(a.a + a.stride + a.half, 2 * a.stride, Factor::minus_t4), 1, 0, sum);
  into(of_sums(1, Factor::t1), u, u);
  kernels().add(sum, u, p, floats);
  GemmBlock nothing_more = of_sums(1, Factor::t1);
  nothing_more.depth = 0;
  finish(nothing_more, 1, b.second(), sum);
  finish(of_sums(4, Factor::b22), 0, b.second(), u);
}

/// The columns that are in no pair.
inline void multiply_rest(const StrassenRows& a, const StrassenMatrix& b, float* c, Index c_row,
                          const Epilogue& epilogue) {
  if (b.rest() == b.columns) return;
  kernels().gemm({.rows = a.rows,
                  .depth = b.depth,
                  .columns = b.columns - b.rest(),
                  .a = a.a,
                  .a_row = a.stride,
                  .b = b.rest_data(),
                  .b_panel = panel_columns * b.depth,
                  .b_row = panel_columns,
                  .c = c + b.rest(),
                  .c_row = c_row,
                  .epilogue = epilogue.from(0, b.rest())});
}

}  // namespace detail

/// Floats that a thread takes for multiply_images().
inline Index strassen_scratch(Index positions, Index depth) {
  const Index rows = detail::PositionParts(1, positions, depth, 1).size;
  return rows * copied_stride(depth) + detail::StrassenRows::sums_size(rows, depth / 2) +
         3 * (rows + 1) / 2 * panel_columns;
}

/// C = A·B for `images` images of `positions` rows each, then the epilogue; C's rows are c_row floats apart.
template <class Rows>
void multiply_images(Context<Cpu>& context, Index images, Index positions, const Rows& a,
                     const StrassenMatrix& b, float* c, Index c_row, const Epilogue& epilogue = {}) {
  using detail::StrassenRows;
  if (images == 0 || positions == 0) return;
  const detail::PositionParts parts(images, positions, b.depth, context.workers());
  const Index count = images * parts.count, half = b.half(), stride = copied_stride(b.depth);
  const Index copy_size = Rows::in_place ? 0 : parts.size * stride;
  const Index part_size = copy_size + StrassenRows::sums_size(parts.size, half);
  // Copies of the rows and their sums lie at `memory`; fill(first, end) makes those of rows [first, end).
  const auto rows_of = [&](Index part, float* memory) {
    StrassenRows rows{memory, stride, parts.rows(part), half, memory + copy_size};
    if constexpr (Rows::in_place) rows.a = a.data + parts.first(part) * a.stride, rows.stride = a.stride;
    return rows;
  };
  const auto fill = [&](Index part, Index first, Index end, float* memory) {
    if (first >= end) return;
    if constexpr (!Rows::in_place)
      a.copy(parts.first(part) + first, end - first, memory + first * stride, stride);
    rows_of(part, memory).add_up(first / 2, (end + 1) / 2);
  };
  const Index columns = b.pairs() + (b.rest() < b.columns);
  const auto multiply = [&](Index part, Index pair, float* memory) {
    const StrassenRows rows = rows_of(part, memory);
    float* to = c + parts.first(part) * c_row;
    const Epilogue its = epilogue.from(parts.first(part), 0);
    if (pair < b.pairs()) {
      detail::multiply_pair(rows, b, pair, to, c_row, its);
    } else {
      detail::multiply_rest(rows, b, to, c_row, its);
    }
  };
  if (count >= context.workers()) {
    context.parallel(count, [&](Index part, int) {
      float* memory = Context<Cpu>::scratch<detail::StrassenSumsScratch>(part_size);
      fill(part, 0, parts.rows(part), memory);
      for (Index pair = 0; pair < columns; ++pair) multiply(part, pair, memory);
    });
    return;
  }
  // Few: the threads share each of them, first its rows, then its columns.
  float* memory = Context<Cpu>::scratch<detail::StrassenSumsScratch>(count * part_size);
  const Index piece = std::max<Index>(2, (parts.size / (2 * context.workers()) + 1) / 2 * 2);
  const Index pieces = (parts.size + piece - 1) / piece;
  context.parallel(count * pieces, [&](Index i, int) {
    const Index part = i / pieces, first = i % pieces * piece;
    fill(part, first, std::min(parts.rows(part), first + piece), memory + part * part_size);
  });
  context.parallel(count * columns, [&](Index i, int) {
    multiply(i / columns, i % columns, memory + i / columns * part_size);
  });
}

}  // namespace tanuki::eigen
