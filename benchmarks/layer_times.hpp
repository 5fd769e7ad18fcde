#pragma once

// Where a plan's time goes, step by step, against the multiply-adds that the processor can do.

#include <cstdio>
#include <map>
#include <mutex>
#include <tanuki/tanuki.hpp>

#include "peak.hpp"

namespace tanuki::bench {

/// Multiply-adds a second of one thread in registers, right now.
inline double peak_multiply_adds() {
  float c[32 * 32];
  double best = 0;
  for (int repeat = 0; repeat < 20; ++repeat) {
    const auto begin = std::chrono::steady_clock::now();
    const double work = run_peak_tile(eigen::kernels().gemm, c);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    best = std::max(best, work / seconds.count());
  }
  return best;
}

/// Multiply-adds of one image through a step's forward; 0 where it has no product.
inline double multiply_adds(const ops::Graph<Cpu>& graph, const ops::Graph<Cpu>::Step& step) {
  const auto* fused = dynamic_cast<const ops::FusedConv2D<Cpu>*>(step.op.get());
  if (!fused) return 0;
  const auto& parts = fused->parts();
  const Shape& y = graph.shape(step.output);
  const double positions = double(y.elements()) / double(y.back());
  double count = positions * double(parts.kernel.shape().elements());
  if (parts.depthwise) count += positions * double(parts.depthwise.shape().elements());
  return count;
}

class LayerTimes {
 public:
  /// Watches the plan from now on.
  explicit LayerTimes(Plan<Cpu>& plan) : plan_(plan) {
    plan.observe([this](const auto& step, bool backward, double seconds, int threads) {
      std::lock_guard lock(mutex_);
      auto& row = rows_[{backward, step.number}];
      row.step = &step;
      row.seconds += seconds * threads;
    });
  }
  ~LayerTimes() { plan_.observe({}); }

  /// Thread-milliseconds of one run of `batch` images, the mean of `runs`.
  void print(Index batch, int runs) const {
    const double peak = peak_multiply_adds();
    double all = 0;
    for (const auto& [key, row] : rows_) all += row.seconds;
    std::printf("\nThread time of a step; %% of %.0f GFLOP/s, the multiply-adds of one thread in registers\n",
                2e-9 * peak);
    std::printf("%9s %6s %7s %7s  %s\n", "ms", "share", "GFLOP", "% peak", "step");
    for (const auto& [key, row] : rows_) {
      const double seconds = row.seconds / runs;
      const double work = multiply_adds(plan_.graph(), *row.step) * double(batch) * (key.first ? 2 : 1);
      std::printf("%9.3f %5.1f%% %7.2f %7.1f  %s%s: %s\n", seconds * 1e3, 100 * row.seconds / all,
                  2e-9 * work, 100 * work / seconds / peak, key.first ? "backward " : "",
                  row.step->path.c_str(), row.step->op->describe().c_str());
    }
    std::printf("%9.3f 100%%\n", all / runs * 1e3);
  }

 private:
  struct Row {
    const ops::Graph<Cpu>::Step* step = nullptr;
    double seconds = 0;
  };
  Plan<Cpu>& plan_;
  std::mutex mutex_;
  std::map<std::pair<bool, std::size_t>, Row> rows_;
};

}  // namespace tanuki::bench
