#pragma once

// Sums over all numbers of a tensor, in double and in a fixed order.

#include "tanuki/backend/cuda/readings.hpp"

namespace tanuki::gpu {

/// What kernels/sums.inc sums up of each number.
enum class Sum { squares, penalties, products, numbers };

/// So many parts of `count` numbers are summed up by a block each.
inline Index sum_parts(Index count) { return std::min<Index>((count + 255) / 256, 512); }

inline Later<double> sum_of(Context<Cuda>& context, Sum what, const float* x, Index count,
                            const float* y = nullptr, float l1 = 0, float l2 = 0) {
  if (count == 0) return 0.0;
  struct Parts;
  const Index parts = sum_parts(count);
  double* partial = Context<Cuda>::scratch_of_doubles<Parts>(sum_parts(Index{1} << 30));
  const ReadingPlace place(context);
  context.launch("sums", "sum_floats", {unsigned(parts)}, {256}, int(what), x, y, l1, l2, count, partial);
  context.launch("sums", "sum_doubles", {1}, {256}, static_cast<const double*>(partial), parts, place.sum());
  return [place] { return place.read().sum; };
}

}  // namespace tanuki::gpu
