// A device's graphs: they are made, changed and launched, and do what their commands do.

#include <catch2/catch.hpp>

#include "tanuki/backend/cuda/context.hpp"
#include "tanuki/core/tensor.hpp"

namespace tanuki::test_replay {

/// One of every kind of command. y = 10 · ((factor · x + shift) + x) where shift is 2 at even places and 0 at odd ones.
struct Work {
  Context<Cuda> context;
  Index count = 300;
  Tensor<Cuda> x, y, z, shift, ten;
  gpu::Replay replay;

  Work()
      : x(Shape{count}, numbers()),
        y(Shape{count}),
        z(Shape{count}),
        shift(Shape{2}, std::vector<float>{2, 0}),
        ten(Shape{1}, std::vector<float>{10}) {}
  std::vector<float> numbers() const {
    std::vector<float> values;
    for (Index i = 0; i < count; ++i) values.push_back(float(i % 7));
    return values;
  }

  void run(float factor) {
    gpu::Device& device = context.device();
    replay.run(device, [&] {
      const float *from = x.data(), *other = y.data(), *by = ten.data(), *shifts = shift.data(),
                  *none = nullptr;
      context.launch_over(count, "elementwise", "scale", from, factor, 1.0f, y.data(), count);
      context.launch_over(count, "elementwise", "scale_shift", other, none, shifts, y.data(), 2, count);
      device.zero(device.main_stream(), z.data(), std::size_t(count) * sizeof(float));
      context.launch_over(count, "elementwise", "sum", from, other, z.data(), count);
      device.copy(device.main_stream(), y.data(), z.data(), std::size_t(count) * sizeof(float));
      context.multiply({.a = other, .b = by, .c = z.data(), .rows = count, .columns = 1, .inner = 1});
    });
  }
  bool is_right(float factor) const {
    std::vector<float> expected = numbers();
    for (std::size_t i = 0; i < expected.size(); ++i)
      expected[i] = 10 * (factor * expected[i] + (i % 2 == 0 ? 2.0f : 0.0f) + expected[i]);
    return z.to_vector() == expected;
  }
  std::vector<long long> counts() const {
    const auto now = replay.counts();
    return {now.made, now.updated, now.launched};
  }
};

using Counts = std::vector<long long>;

TEST_CASE("a graph does what its commands do, also with other arguments and other memory") {
  Work work;
  for (const float factor : {1.0f, 2.0f, 2.0f, 2.0f, 5.0f, 3.0f, 3.0f}) {
    work.run(factor);
    CHECK(work.is_right(factor));
  }
  CHECK(work.counts() == Counts{1, 2, 5});
  const auto old = std::exchange(work.z, Tensor<Cuda>(Shape{work.count}));
  for (const float factor : {3.0f, 4.0f, 4.0f, 4.0f}) {
    work.run(factor);
    CHECK(work.is_right(factor));
  }
  CHECK(work.counts() == Counts{2, 2, 8});
}

TEST_CASE("graphs that are launched one after another without waiting keep each its own arguments") {
  Work work;
  std::vector<Tensor<Cuda>> results;
  for (int i = 0; i < 12; ++i) {
    work.run(float(i));
    results.push_back(work.z);
  }
  for (int i = 0; i < 12; ++i) {
    work.z = results[std::size_t(i)];
    CHECK(work.is_right(float(i)));
  }
  CHECK(work.counts() == Counts{1, 9, 10});
}

TEST_CASE("a graph may go while it is under way") {
  Tensor<Cuda> z;
  {
    Work work;
    for (int i = 0; i < 4; ++i) work.run(6);
    z = work.z;
  }
  Work other;
  other.z = z;
  CHECK(other.is_right(6));
}

}  // namespace tanuki::test_replay
