// Times the GPU backend against its card: the ceilings (copying, bare products), then each op at the shapes of Xception at
// 150 px with its share of them, and convolutions by cuDNN beside those as products, as Markdown tables.
//
//   build/bin/bench_cuda [--batch 32] [--reps 50]
//
// An op's bytes are those that it must move, 4 a number: each tensor once, twice where sums over it come first (batch norm).
// Small tensors may stay in the card's L2, and then give more than the copy; time is of one call out of
// many in a row, so launches count where they do not keep up. Without a GPU it ends with 3 and one sentence.

#ifdef TANUKI_WITH_CUDA
#include <tanuki/cuda.hpp>
#endif

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>

#include "timing.hpp"

#ifdef TANUKI_WITH_CUDA
#include "bench_cuda/ceilings.hpp"
#include "bench_cuda/convolutions.hpp"
#include "bench_cuda/ops.hpp"
#include "bench_cuda/products.hpp"
#endif

int main(int argc, char** argv) try {
  tanuki::Index batch = 32;
  int reps = 50;
  CLI::App app{"Times the ops of the GPU backend against the card's ceilings"};
  app.add_option("--batch", batch, "images")->check(CLI::Range(1, 1024));
  app.add_option("--reps", reps, "calls in a row, of which the mean is taken")->check(CLI::Range(1, 10'000));
  CLI11_PARSE(app, argc, argv);
#ifdef TANUKI_WITH_CUDA
  using namespace tanuki::bench;
  tanuki::Context<tanuki::Cuda> context;
  std::cout << context.device().name() << ", batch " << batch << ", means of " << reps << " calls\n\n";
  const double gigabytes_a_second = time_ceilings(context, reps);
  time_ops(context, batch, reps, gigabytes_a_second);
  time_products(context, batch, reps);
  time_convolutions(context, batch, reps);
#else
  std::cerr << "bench_cuda: this program was built without the CUDA toolkit\n";
  return 3;
#endif
} catch (const tanuki::NoDevice& error) {
  std::cerr << "bench_cuda: " << error.what() << '\n';
  return 3;
} catch (const std::exception& error) {
  std::cerr << "bench_cuda: " << error.what() << '\n';
  return 1;
}
