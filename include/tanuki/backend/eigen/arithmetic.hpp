#pragma once

// Elementwise arithmetic of two tensors on the CPU. The gradient of an operand that was broadcast is a sum, which is
// made example by example, so that it does not depend on the threads.

#include <algorithm>

#include "tanuki/backend/eigen/broadcast.hpp"
#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/arithmetic.hpp"

namespace tanuki::ops {

template <>
struct ArithmeticKernel<Cpu> {
  using View = ConstTensorView<Cpu>;

  static void forward(Context<Cpu>& context, Arithmetic kind, View a, View b, TensorView<Cpu> y) {
    const auto run = [&](auto f) { each(context, f, a, b, View{a.data, y.shape}, y.data); };
    switch (kind) {
      case Arithmetic::add:
        return run([](const float* p, const float* q, const float*) { return *p + *q; });
      case Arithmetic::subtract:
        return run([](const float* p, const float* q, const float*) { return *p - *q; });
      case Arithmetic::multiply:
        return run([](const float* p, const float* q, const float*) { return *p * *q; });
      case Arithmetic::divide:
        return run([](const float* p, const float* q, const float*) { return *p / *q; });
      case Arithmetic::maximum:
        return run([](const float* p, const float* q, const float*) {
          const float one = *p, other = *q;
          return one >= other ? one : other;
        });
      case Arithmetic::minimum:
        return run([](const float* p, const float* q, const float*) {
          const float one = *p, other = *q;
          return one <= other ? one : other;
        });
    }
  }

  static void backward(Context<Cpu>& context, Arithmetic kind, View a, View b, View dy, TensorView<Cpu> da,
                       TensorView<Cpu> db) {
    if (!a) a.data = b.data = dy.data;  // not read
    // b's first, as a's may be dy.
    const auto run = [&](auto of_a, auto of_b) {
      if (db) gradient<false>(context, of_b, a, b, dy, db);
      if (da) gradient<true>(context, of_a, a, b, dy, da);
    };
    switch (kind) {
      case Arithmetic::add:
        return run([](const float*, const float*, const float* d) { return *d; },
                   [](const float*, const float*, const float* d) { return *d; });
      case Arithmetic::subtract:
        return run([](const float*, const float*, const float* d) { return *d; },
                   [](const float*, const float*, const float* d) { return -*d; });
      case Arithmetic::multiply:
        return run([](const float*, const float* q, const float* d) { return *d * *q; },
                   [](const float* p, const float*, const float* d) { return *d * *p; });
      case Arithmetic::divide:
        return run([](const float*, const float* q, const float* d) { return *d / *q; },
                   [](const float* p, const float* q, const float* d) { return *d * (-*p / *q / *q); });
      case Arithmetic::maximum:
        return choose(run, [](float p, float q) { return p >= q; });
      case Arithmetic::minimum:
        return choose(run, [](float p, float q) { return p <= q; });
    }
  }

 private:
  /// The gradient goes to a where `first`(a, b), else to b.
  template <class Run, class First>
  static void choose(Run run, First first) {
    run(
        [first](const float* p, const float* q, const float* d) {
          const float gradient = *d;
          return first(*p, *q) ? gradient : 0.0f;
        },
        [first](const float* p, const float* q, const float* d) {
          const float gradient = *d;
          return first(*p, *q) ? 0.0f : gradient;
        });
  }

  /// to[i] = f of the i-th numbers.
  template <class F>
  static void row(F f, const float* a, Index step_a, const float* b, Index step_b, const float* d, float* to,
                  Index count) {
    if (step_a == 1 && step_b == 1) {
      eigen::vector_loop(0, count, [=](Index i) { to[i] = f(a + i, b + i, d + i); });
    } else {
      for (Index i = 0; i < count; ++i) to[i] = f(a + i * step_a, b + i * step_b, d + i);
    }
  }

  /// to = f(a, b, d), all of d's shape.
  template <class F>
  static void each(Context<Cpu>& context, F f, View a, View b, View d, float* to) {
    if (d.size() == 0) return;
    const eigen::Broadcast lies(d.shape, a.shape, b.shape);
    if (lies.rows() == 1) {
      context.parallel_blocks(lies.width(), 1 << 15, [&](Index first, Index last) {
        row(f, a.data + first * lies.step_a(), lies.step_a(), b.data + first * lies.step_b(), lies.step_b(),
            d.data + first, to + first, last - first);
      });
      return;
    }
    context.parallel_blocks(lies.rows(), eigen::row_grain(lies.width()), [&](Index first, Index last) {
      lies.each_row(first, last, [&](Index at, Index at_a, Index at_b) {
        row(f, a.data + at_a, lies.step_a(), b.data + at_b, lies.step_b(), d.data + at, to + at,
            lies.width());
      });
    });
  }

  template <bool of_a, class F>
  static void gradient(Context<Cpu>& context, F f, View a, View b, View dy, TensorView<Cpu> to) {
    if (to.size() == dy.size()) return each(context, f, a, b, dy, to.data);
    if (dy.size() == 0) return void(std::fill_n(to.data, to.size(), 0.0f));
    const eigen::Broadcast lies(dy.shape, a.shape, b.shape);
    const Index examples = dy.shape[0], size = to.size() / examples, rows = lies.rows() / examples;
    const Index step = of_a ? lies.step_a() : lies.step_b();
    context.parallel(examples, [&](Index example, int) {
      constexpr Index most = 1024;
      float part[most];
      std::vector<double> sums(std::size_t(size), 0.0);
      lies.each_row(example * rows, (example + 1) * rows, [&](Index at, Index at_a, Index at_b) {
        double* sum = sums.data() + (of_a ? at_a : at_b) - example * size;
        for (Index first = 0; first < lies.width(); first += most) {
          const Index count = std::min(most, lies.width() - first);
          row(f, a.data + at_a + first * lies.step_a(), lies.step_a(), b.data + at_b + first * lies.step_b(),
              lies.step_b(), dy.data + at + first, part, count);
          add(sum + first * step, step, part, count);
        }
      });
      for (Index i = 0; i < size; ++i) to.data[example * size + i] = float(sums[std::size_t(i)]);
    });
  }

  static void add(double* sum, Index step, const float* part, Index count) {
    if (step == 1) {
      eigen::vector_loop(0, count, [=](Index i) { sum[i] += double(part[i]); });
    } else {
      for (Index i = 0; i < count; ++i) *sum += double(part[i]);
    }
  }
};

}  // namespace tanuki::ops
