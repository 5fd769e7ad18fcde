#pragma once

// Sums over all numbers of a tensor, in double and in a fixed order.

#include "tanuki/backend/cuda/context.hpp"

namespace tanuki::gpu {

namespace detail {

/// The sum of `parts` partial sums, which is left at `to`.
inline double fetch_sum(Context<Cuda>& context, const double* partial, Index parts, double* to) {
  context.launch("sums", "sum_doubles", {1}, {256}, partial, parts, to);
  double sum = 0;
  context.device().copy_to_host(context.device().main_stream(), &sum, to, sizeof sum);
  return sum;
}

inline constexpr Index most_parts = 1 << 9;

}  // namespace detail

/// Of `count` doubles of the device.
inline double sum_of_doubles(Context<Cuda>& context, const double* values, Index count) {
  if (count == 0) return 0;
  struct Parts;
  const Index parts = std::min<Index>((count + 255) / 256, detail::most_parts);
  double* partial = Context<Cuda>::scratch_of_doubles<Parts>(detail::most_parts + 1);
  context.launch("sums", "sum_doubles", {unsigned(parts)}, {256}, values, count, partial);
  return detail::fetch_sum(context, partial, parts, partial + detail::most_parts);
}

/// What kernels/sums.inc sums up of each number.
enum class Sum { squares, penalties, products, numbers, not_finite };

inline double sum_of(Context<Cuda>& context, Sum what, const float* x, Index count, const float* y = nullptr,
                     float l1 = 0, float l2 = 0) {
  if (count == 0) return 0;
  struct Parts;
  const Index parts = std::min<Index>((count + 255) / 256, detail::most_parts);
  double* partial = Context<Cuda>::scratch_of_doubles<Parts>(detail::most_parts + 1);
  context.launch("sums", "sum_floats", {unsigned(parts)}, {256}, int(what), x, y, l1, l2, count, partial);
  return detail::fetch_sum(context, partial, parts, partial + detail::most_parts);
}

}  // namespace tanuki::gpu
