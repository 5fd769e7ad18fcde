#pragma once

// Loops over the rows of AxisRows, each handed on as contiguous numbers, and sums along one. Blocks are fixed, so the
// bits do not depend on the number of threads.

#include <algorithm>
#include <cstring>

#include "tanuki/backend/eigen/vector_loop.hpp"
#include "tanuki/core/context.hpp"
#include "tanuki/ops/axis_rows.hpp"

namespace tanuki::eigen {

/// Rows in a block: some 32,768 numbers.
inline Index rows_per_task(Index size) {
  return std::max<Index>(1, (Index{1} << 15) / std::max<Index>(size, 1));
}

/// fn(x, dy, to) for the rows [first, last) of a batch. `dy` and `to` may be null, and then are; `to` may be either.
template <class Fn>
void each_row(const ops::AxisRows& rows, Index first, Index last, const float* x, const float* dy, float* to,
              Fn fn) {
  const Index size = rows.size;
  if (rows.contiguous()) {
    for (Index i = first * size; i < last * size; i += size)
      fn(x + i, dy ? dy + i : nullptr, to ? to + i : nullptr);
    return;
  }
  struct Gathered;
  float* own = Context<Cpu>::scratch<Gathered>(3 * size);
  const auto gather = [&](const float* from, Index start, float* place) {
    for (Index c = 0; c < size; ++c) place[c] = from[start + rows.steps[std::size_t(c)]];
  };
  for (Index row = first; row < last; ++row) {
    const Index start = row / rows.count * rows.count * size + rows.starts[std::size_t(row % rows.count)];
    gather(x, start, own);
    if (dy) gather(dy, start, own + size);
    fn(own, dy ? own + size : nullptr, to ? own + 2 * size : nullptr);
    for (Index c = 0; to && c < size; ++c) to[start + rows.steps[std::size_t(c)]] = own[2 * size + c];
  }
}

/// What a term of row_sum reads of a row from number c on: at(x) is four numbers, or one.
struct FourNumbers {
  typedef float Vector __attribute__((vector_size(16)));
  Index c;
  Vector operator()(const float* row) const {
    Vector value;
    std::memcpy(&value, row + c, sizeof value);
    return value;
  }
};
struct OneNumber {
  Index c;
  float operator()(const float* row) const { return row[c]; }
};

/// The sum of term(at) over a row of `count`, see FourNumbers: float in sixteen lanes, double from one thousand to
/// the next.
template <class Term>
[[gnu::flatten]] inline double row_sum(Index count, Term term) {
  constexpr Index width = 16, piece = 1024;
  double total = 0;
  for (Index start = 0; start < count; start += piece) {
    const Index end = std::min(count, start + piece);
    FourNumbers::Vector a{}, b{}, c{}, d{};
    Index i = start;
    for (; i + width <= end; i += width) {
      a += term(FourNumbers{i});
      b += term(FourNumbers{i + 4});
      c += term(FourNumbers{i + 8});
      d += term(FourNumbers{i + 12});
    }
    const FourNumbers::Vector sums = (a + b) + (c + d);
    float rest = 0;
    for (; i < end; ++i) rest += term(OneNumber{i});
    total += double((sums[0] + sums[2]) + (sums[1] + sums[3]) + rest);
  }
  return total;
}

}  // namespace tanuki::eigen
