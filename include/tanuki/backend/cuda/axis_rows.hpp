#pragma once

// Rows along some axes as the kernels take them.

#include "tanuki/backend/cuda/upload.hpp"
#include "tanuki/ops/axis_rows.hpp"

namespace tanuki::gpu {

/// Where the numbers of a row lie, on the device, see AxisRows; null where rows are contiguous. Valid until the next one
/// is made.
class RowPlaces {
  struct Starts;
  struct Steps;

 public:
  RowPlaces(Context<Cuda>& context, const ops::AxisRows& rows)
      : starts(upload<Starts>(context, rows.starts)), steps(upload<Steps>(context, rows.steps)) {}

  const Index *const starts, *const steps;
};

/// The block that works on a row of `size` numbers.
inline Extent row_block(Index size) {
  unsigned threads = 32;
  while (threads < 256 && threads < size) threads *= 2;
  return {threads};
}

}  // namespace tanuki::gpu
