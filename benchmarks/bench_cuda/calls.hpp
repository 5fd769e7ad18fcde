#pragma once

// Timing of calls that only queue work on the GPU.

#include "timing.hpp"

namespace tanuki::bench {

struct NamedPrecision {
  gpu::Precision precision;
  const char* name;
};
inline constexpr NamedPrecision precisions[] = {{gpu::Precision::float32, "float32"},
                                                {gpu::Precision::tf32, "TF32"},
                                                {gpu::Precision::bfloat16, "bfloat16"}};

/// Uniform in -1 … 1: products of zeros run faster than those of data.
inline Tensor<Cuda> filled(const Shape& shape) {
  static const std::vector<float> some = [] {
    std::vector<float> values(std::size_t{1} << 20);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = Random{1, 2}.uniform(i, -1.0f, 1.0f);
    return values;
  }();
  Tensor<Cuda> tensor = Tensor<Cuda>::uninitialized(shape);
  for (Index begin = 0; begin < tensor.size(); begin += Index(some.size())) {
    const Index count = std::min(tensor.size() - begin, Index(some.size()));
    Memory<Cuda>::from_host(tensor.data() + begin, some.data(), std::size_t(count));
  }
  return tensor;
}

/// The mean of `reps` calls in a row, until all that they queued is done; three before do not count.
inline double milliseconds_a_call(Context<Cuda>& context, int reps, const std::function<void()>& call) {
  gpu::Device& device = context.device();
  for (int i = 0; i < 3; ++i) call();
  device.synchronize(device.main_stream());
  const double all = milliseconds([&] {
    for (int i = 0; i < reps; ++i) call();
    device.synchronize(device.main_stream());
  });
  return all / reps;
}

inline double teraflops(const gpu::Product& product, double ms) {
  return 2e-9 * double(product.rows) * double(product.columns) * double(product.inner) / ms;
}

}  // namespace tanuki::bench
