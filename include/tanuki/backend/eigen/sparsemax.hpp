#pragma once

// Sparsemax on the CPU, line by line.

#include <algorithm>
#include <numeric>

#include "tanuki/backend/eigen/channels.hpp"
#include "tanuki/ops/sparsemax.hpp"

namespace tanuki::ops {

template <>
struct SparsemaxKernel<Cpu> {
  static void forward(Context<Cpu>& context, ConstTensorView<Cpu> x, TensorView<Cpu> y) {
    each_line(context, x, [y = y.data](const Line& line) {
      for (Index c = 0; c < line.width(); ++c) y[line.first + c] = std::max(line.x[c] - line.threshold, 0.0f);
    });
  }

  static void backward(Context<Cpu>& context, ConstTensorView<Cpu> x, ConstTensorView<Cpu> dy,
                       TensorView<Cpu> dx) {
    each_line(context, x, [dy = dy.data, dx = dx.data](const Line& line) {
      const float *gradient = dy + line.first, k = float(line.support);
      float sum = 0;  // of what reaches the threshold
      for (Index c = 0; c < line.width(); ++c) {
        const bool passes = line.x[c] > line.threshold;
        dx[line.first + c] = passes ? gradient[c] : 0;
        if (passes) sum += gradient[c];
      }
      for (Index i = 0; i < line.support; ++i)  // the i-th largest is in k - i of the running sums
        dx[line.first + line.order[std::size_t(i)]] -= sum * (k - float(i)) / k;
    });
  }

 private:
  struct Line {
    Index first;
    const float* x;
    std::vector<Index> order;  ///< from the largest on
    Index support = 0;
    float threshold = 0;

    Index width() const { return Index(order.size()); }
  };

  template <class Fn>
  static void each_line(Context<Cpu>& context, ConstTensorView<Cpu> x, Fn fn) {
    if (x.size() == 0) return;
    const Index width = x.shape.back();
    context.parallel_blocks(x.size() / width, eigen::row_grain(width), [&](Index begin, Index end) {
      Line line;
      line.order.resize(std::size_t(width));
      for (Index row = begin; row < end; ++row) {
        line.first = row * width;
        line.x = x.data + line.first;
        find_threshold(line);
        fn(line);
      }
    });
  }

  static void find_threshold(Line& line) {
    std::iota(line.order.begin(), line.order.end(), Index(0));
    std::stable_sort(line.order.begin(), line.order.end(),
                     [&](Index a, Index b) { return line.x[a] > line.x[b]; });
    float running = 0, sum = 0;
    line.support = 0;
    for (Index i = 0; i < line.width(); ++i) {
      const float z = line.x[line.order[std::size_t(i)]];
      running += z;
      if (!(z - (running - 1) / float(i + 1) > 0)) continue;
      sum += running;
      ++line.support;
    }
    line.threshold = (sum - 1) / float(line.support);
  }
};

}  // namespace tanuki::ops
