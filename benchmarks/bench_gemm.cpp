// How fast the matrix products, convolutions and depthwise convolutions of Xception are, against the
// processor's peak.
//   build/bin/bench_gemm                        everything, 1 and 2 threads
//   build/bin/bench_gemm --benchmark_filter='product.*/2592/.*'
//   build/bin/bench_gemm --benchmark_filter='peak|bf16'
//   TANUKI_ISA=avx2 build/bin/bench_gemm        another instruction set
// Wall time. GFLOP/s of one run; `peak` is what this processor's multiply-adds give in registers at that
// moment. Expected of the products: more than 85 % of the peak a thread, e.g. 250 of 285 GFLOP/s on Zen 5,
// 105 of 117 on Zen 4.

#include <benchmark/benchmark.h>

#include <type_traits>
#include <vector>

#include "peak.hpp"
#include "tanuki/backend/eigen/conv2d.hpp"
#include "tanuki/backend/eigen/depthwise_conv2d.hpp"
#include "tanuki/backend/eigen/gemm_bf16.hpp"

using namespace tanuki;

namespace {

void report(benchmark::State& state, double flop) {
  state.counters["GFLOP/s"] = benchmark::Counter(flop / 1e9, benchmark::Counter::kIsIterationInvariantRate);
}

template <class T>
void peak_of(benchmark::State& state, void (*gemm)(const eigen::GemmBlockOf<T>&)) {
  const Index tasks = 4 * state.range(0);
  Context<Cpu> context(int(state.range(0)));
  float any[32 * 32];
  const double steps = bench::run_peak_tile(gemm, any);
  for (auto _ : state) {
    context.parallel(tasks, [&](Index, int) {
      float c[32 * 32];
      bench::run_peak_tile(gemm, c);
      benchmark::DoNotOptimize(c);
    });
  }
  report(state, 2.0 * (std::is_same_v<T, float> ? 1 : 2) * steps * double(tasks));
}

void peak(benchmark::State& state) { peak_of(state, eigen::kernels().gemm); }
void peak_bf16(benchmark::State& state) { peak_of(state, eigen::kernels().gemm_bf16); }

/// forward packs the weight every time; with kept_weight it was packed before.
enum class Product { forward, kept_weight, input, weight };

/// Floats in and out; with bf16 they are rounded on the way.
template <Product which, bool bf16 = false>
void product(benchmark::State& state) {
  const Index m = state.range(1), k = state.range(2), n = state.range(3);
  Context<Cpu> context(int(state.range(0)));
  const Tensor<> x{Shape{m, k}}, w{Shape{k, n}};
  Tensor<> y{Shape{m, n}}, dx{Shape{m, k}}, dw{Shape{k, n}};
  const eigen::PlainRows rows{x.data(), k}, dy{y.data(), n};
  const eigen::Matrix weight = eigen::dense(w.data(), k, n), gradient = eigen::dense(y.data(), m, n);
  std::conditional_t<bf16, eigen::PackedWeightBf16, eigen::PackedWeight> kept;
  kept.pack(context, weight);
  const auto multiply = [&](Index count, const eigen::PlainRows& a, const auto& b, float* c, Index columns) {
    if constexpr (bf16) {
      eigen::multiply_bf16(context, count, a, b, c, columns);
    } else {
      eigen::multiply(context, count, a, b, c, columns);
    }
  };
  for (auto _ : state) {
    if constexpr (which == Product::forward) multiply(m, rows, weight, y.data(), n);
    if constexpr (which == Product::kept_weight) multiply(m, rows, kept.matrix, y.data(), n);
    if constexpr (which == Product::input) multiply(m, dy, weight.transposed(), dx.data(), k);
    if constexpr (which == Product::weight && bf16) {
      eigen::multiply_transposed_bf16(context, rows, k, gradient, dw.data());
    } else if constexpr (which == Product::weight) {
      eigen::multiply_transposed(context, rows, k, gradient, dw.data());
    }
  }
  report(state, 2.0 * double(m * k * n));
}

void product_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"threads", "m", "k", "n"})->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const Index threads : {1, 2}) {
    benchmark->Args({threads, 2592, 728, 728})
        ->Args({threads, 10368, 728, 728})
        ->Args({threads, 41472, 256, 256});
    benchmark->Args({threads, 165888, 64, 128})
        ->Args({threads, 800, 1536, 2048})
        ->Args({threads, 25, 728, 728});
    benchmark->Args({threads, 32, 2048, 1000})->Args({threads, 1, 2048, 1000})->Args({threads, 32, 2048, 1});
  }
}

/// A square convolution: images of size² pixels, `in` to `out` channels (depthwise where out is 0), `same`
/// padding.
template <class Kernel, Product which>
void convolution(benchmark::State& state) {
  const Index images = state.range(1), size = state.range(2), in = state.range(3), out = state.range(4);
  const Index kernel = state.range(5), stride = state.range(6);
  Context<Cpu> context(int(state.range(0)));
  const auto g = ops::Window{kernel, stride, ops::Padding::same}.over({size, size, in}, "benchmark");
  Tensor<> x(Shape{images, size, size, in}),
      w(out ? Shape{kernel, kernel, in, out} : Shape{kernel, kernel, in, 1});
  Tensor<> y(Shape{images, g.rows.out, g.columns.out, out ? out : in});
  const ConstTensorView<Cpu> const_x = x.view(), const_w = w.view(), const_y = y.view();
  for (auto _ : state) {
    switch (which) {
      case Product::forward:
        Kernel::forward(context, g, const_x, const_w, y.view());
        break;
      case Product::input:
        Kernel::backward_input(context, g, const_y, const_w, x.view());
        break;
      case Product::weight:
        Kernel::backward_kernel(context, g, const_x, const_y, w.view());
        break;
    }
  }
  report(state, 2.0 * double(images * g.positions() * kernel * kernel * in * (out ? out : 1)));
}

void convolution_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"threads", "images", "size", "in", "out", "kernel", "stride"});
  benchmark->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const Index threads : {1, 2}) {
    benchmark->Args({threads, 32, 150, 3, 32, 3, 2})->Args({threads, 32, 74, 32, 64, 3, 1});
    benchmark->Args({threads, 32, 72, 64, 128, 1, 2})->Args({threads, 8, 28, 128, 128, 3, 1});
  }
}

void depthwise_shapes(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgNames({"threads", "images", "size", "in", "out", "kernel", "stride"});
  benchmark->UseRealTime()->Unit(benchmark::kMicrosecond);
  for (const Index threads : {1, 2}) {
    benchmark->Args({threads, 32, 72, 128, 0, 3, 1})->Args({threads, 32, 36, 256, 0, 3, 1});
    benchmark->Args({threads, 32, 9, 728, 0, 3, 1})->Args({threads, 32, 5, 1536, 0, 3, 1});
    benchmark->Args({threads, 1, 9, 728, 0, 3, 1})->Args({threads, 32, 36, 256, 0, 3, 2});
  }
}

using Conv2D = ops::Conv2DKernel<Cpu>;
using Depthwise = ops::DepthwiseConv2DKernel<Cpu>;

BENCHMARK(peak)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK(peak_bf16)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime();
BENCHMARK_TEMPLATE(product, Product::forward)->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::kept_weight)->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::input)->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::weight)->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::forward, true)->Name("product_bf16<forward>")->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::kept_weight, true)
    ->Name("product_bf16<kept_weight>")
    ->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::input, true)->Name("product_bf16<input>")->Apply(product_shapes);
BENCHMARK_TEMPLATE(product, Product::weight, true)->Name("product_bf16<weight>")->Apply(product_shapes);
BENCHMARK_TEMPLATE(convolution, Conv2D, Product::forward)->Apply(convolution_shapes);
BENCHMARK_TEMPLATE(convolution, Conv2D, Product::input)->Apply(convolution_shapes);
BENCHMARK_TEMPLATE(convolution, Conv2D, Product::weight)->Apply(convolution_shapes);
BENCHMARK_TEMPLATE(convolution, Depthwise, Product::forward)->Apply(depthwise_shapes);
BENCHMARK_TEMPLATE(convolution, Depthwise, Product::input)->Apply(depthwise_shapes);
BENCHMARK_TEMPLATE(convolution, Depthwise, Product::weight)->Apply(depthwise_shapes);

}  // namespace

BENCHMARK_MAIN();
