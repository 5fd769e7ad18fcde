#pragma once

// Sums down the channels of (rows, channels), in double, on the GPU.

#include "tanuki/backend/cuda/context.hpp"

namespace tanuki::gpu {

/// What is summed up, in a and b: see kernels/channels.inc.
enum class ChannelSum { gradients, distances, gradients_with_x, products, gradients_below_zero };

class ChannelSums {
 public:
  /// Valid until the next ones are made.
  ChannelSums(Context<Cuda>& context, ChannelSum what, const float* x, const float* dy, const float* mean,
              Index rows, Index channels)
      : channels_(channels) {
    struct Sums;
    // Some 512 rows a part, whatever the GPU.
    const Index parts = std::clamp<Index>(rows / 512, 1, 256);
    sums_ = Context<Cuda>::scratch_of_doubles<Sums>(2 * channels * (parts + 1));
    double* partial = sums_ + 2 * channels;
    context.launch("channels", "channel_sums", {unsigned(channels + 31) / 32, unsigned(parts)}, {32, 8},
                   int(what), x, dy, mean, rows, int(channels), partial);
    context.launch_over(2 * channels, "channels", "add_channel_parts", static_cast<const double*>(partial),
                        int(parts), sums_, int(2 * channels));
  }

  const double* a() const { return sums_; }
  const double* b() const { return sums_ + channels_; }

 private:
  Index channels_;
  double* sums_;
};

}  // namespace tanuki::gpu
