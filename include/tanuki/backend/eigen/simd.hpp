#pragma once

// The inner loops of the hot kernels, compiled for several instruction sets without any compiler flag and
// chosen once at run time: AVX-512, with or without its bfloat16 instructions or AMX, AVX2 with FMA, NEON, or
// portable (vectors of four, which any GCC or Clang target has). $TANUKI_ISA (portable, neon, avx2, avx512,
// avx512_bf16, amx) forces one. All but the portable set give the same bits in float32, as they round each multiply-add
// once; the portable set does so only where the target's own instructions do. Throws Error when the variable is
// none of these or names a set that this processor lacks.

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#include <atomic>
#include <cstdlib>
#include <iterator>
#include <limits>
#include <string_view>
#include <utility>

#include "tanuki/backend/eigen/bf16.hpp"
#include "tanuki/core/error.hpp"
#include "tanuki/core/shape.hpp"
#include "tanuki/ops/adam.hpp"

namespace tanuki::eigen {

enum class Isa { portable, neon, avx2, avx512, avx512_bf16, amx };

/// What happens to C on its way to memory: y = c * scale[column] + shift[column], then + shortcut[row][column],
/// then max(y, 0), then min(y, most). A null scale is 1, a null shift or shortcut is 0; scale needs shift.
struct Epilogue {
  const float* scale = nullptr;
  const float* shift = nullptr;
  const float* shortcut = nullptr;
  Index shortcut_row = 0;  ///< floats from one row to the next
  bool relu = false;
  float most = std::numeric_limits<float>::infinity();

  bool is_limited() const { return most < std::numeric_limits<float>::infinity(); }
  Epilogue from(Index row, Index column) const {
    const auto moved = [](const float* data, Index by) { return data ? data + by : nullptr; };
    return {moved(scale, column),
            moved(shift, column),
            moved(shortcut, row * shortcut_row + column),
            shortcut_row,
            relu,
            most};
  }
};

/// Columns of B that lie together in a PackedMatrix.
inline constexpr Index panel_columns = 32;

/// One thread's part of a matrix product: c[i][j] = sum over k of a[i][k] * b[k][j]. T is float, or a pair of
/// bfloat16 for two neighbouring k.
template <class T>
struct GemmBlockOf {
  Index rows = 0, depth = 0, columns = 0;
  const T* a = nullptr;
  Index a_row = 0, a_step = 1;   ///< a[i][k] is a[i * a_row + k * a_step]; pairs see GemmBlockBf16
  const T* b = nullptr;          ///< in panels of 32 columns, all readable, also beyond the last
  Index b_panel = 0, b_row = 0;  ///< b[k][32 p + j] is b[p * b_panel + k * b_row + j]
  float* c = nullptr;
  Index c_row = 0;
  bool accumulate = false;       ///< goes on from what c holds
  const float* start = nullptr;  ///< goes on from this instead (float only)
  Index start_row = 0;
  const T* next = nullptr;  ///< what is read as b after this block, fetched meanwhile (float only)
  Epilogue epilogue = {};
};
using GemmBlock = GemmBlockOf<float>;

/// Pairs of a's row that lie side by side, as many as a cache line holds.
inline constexpr Index pair_block = 16;

/// a[i][k] is a[i * a_row + k / 16 * a_step + k % 16]. Beyond the depth a and b have zeros up to whole blocks.
using GemmBlockBf16 = GemmBlockOf<Bf16Pair>;

/// One row of positions of a depthwise window, at each the sum over `rows` x `taps` taps;
/// w and dw are (rows, taps, channels).
struct DepthwiseRow {
  Index channels = 0;
  Index out = 0, in = 0;         ///< positions and pixels
  Index rows = 0, taps = 0;      ///< of the window; only those of its rows that lie on the image
  Index stride = 1, pad = 0;     ///< position o has tap t on pixel o * stride + t - pad
  Index x_row = 0, x_pixel = 0;  ///< floats from one row or pixel to the next
  Index y_pixel = 0;             ///< floats from one position to the next
  bool relu = false;             ///< max(x, 0) is what counts as x
};

/// Where winograd_output writes a tile's 2x2 positions, and what happens to each on the way.
struct WinogradOutput {
  float* c[4] = {};  ///< null beyond the image's end
  Epilogue epilogues[4] = {};
};

/// The smooth activations that networks spend time in; gelu_tanh is gelu's approximation.
enum class Curve { sigmoid, silu, gelu, gelu_tanh };

/// One instruction set's functions.
struct Kernels {
  Isa isa;
  std::string_view name;
  Index tile_rows, tile_rows_bf16;
  void (*gemm)(const GemmBlock&);
  /// y[o][c] = sum over taps of x * w.
  void (*depthwise)(const DepthwiseRow&, const float* x, const float* w, float* y);
  /// dw += sum over positions of x * dy.
  void (*depthwise_kernel)(const DepthwiseRow&, const float* x, const float* dy, float* dw);
  /// y[i] = a[i] + b[i] for i in [0, count); y may be a or b.
  void (*add)(float* y, const float* a, const float* b, Index count);
  /// y[i] = a[i] - b[i]; the same.
  void (*subtract)(float* y, const float* a, const float* b, Index count);
  /// y[i] = max(x[i], 0), a NaN where x[i] is; y may be x.
  void (*relu)(float* y, const float* x, Index count);
  /// The same of min(max(x[i], 0), 6).
  void (*relu6)(float* y, const float* x, Index count);
  /// y[i] = x[i] where that is larger, or no number.
  void (*larger)(float* y, const float* x, Index count);
  /// y[i], taps[i] = x[i], tap where x[i] is larger than y[i], or no number.
  void (*larger_tap)(float* y, float* taps, const float* x, float tap, Index count);
  /// y[i] += x[i] where taps[i] is tap.
  void (*add_of_tap)(float* y, const float* x, const float* taps, float tap, Index count);
  /// sums[c] = the sum of x[row * stride + c] over the rows, in order, for c in [0, columns).
  void (*column_sums)(const float* x, Index rows, Index columns, Index stride, float* sums);
  /// sums[c] = the sum of x[row * columns + c] * y[row * columns + c] over the rows, in order.
  void (*column_products)(const float* x, const float* y, Index rows, Index columns, float* sums);
  /// dx[i] = x[i] > 0 ? dx[i] : 0.
  void (*relu_gradient)(float* dx, const float* x, Index count);
  /// y[i] = f(x[i]); y may be x.
  void (*curve)(Curve, float* y, const float* x, Index count);
  /// dx[i] = dy[i] * f'(x[i]); dx may be dy.
  void (*curve_gradient)(Curve, float* dx, const float* x, const float* dy, Index count);
  void (*gemm_bf16)(const GemmBlockBf16&);
  /// y[i] = x[i], rounded.
  void (*to_bf16)(Bf16* y, const float* x, Index count);
  /// y[i] = the pair of even[i] and odd[i], rounded; a null odd is zeros.
  void (*pair_bf16)(Bf16Pair* y, const float* even, const float* odd, Index count);
  /// y[16 c + p] = the pair of x[2p][c] and x[2p + 1][c], rounded, for c in [0, columns) and p in [0, 16); zeros
  /// beyond `rows`, of which there are 32 at the most. x's rows are x_row floats apart.
  void (*pair_rows_bf16)(Bf16Pair* y, const float* x, Index x_row, Index rows, Index columns);
  /// to[i * step + c]: the i-th of the 16 sums over a tile's 4x4 pixels, of max(pixel, 0) where `relu` (winograd.hpp).
  void (*winograd_input)(const float* const* pixels, Index channels, bool relu, float* to, Index step);
  /// From the 16 products, `step` floats apart, to the tile's 2x2 positions.
  void (*winograd_output)(const float* products, Index step, Index columns, const WinogradOutput&);
  /// to[i * step + c]: the i-th of the 16 sums over a tile's 2x2 positions (winograd_gradient.hpp).
  void (*winograd_gradient)(const float* const* positions, Index columns, float* to, Index step);
  /// From the 16 sums, `step` floats apart, to the gradients of the 3x3 taps, `tap` apart.
  void (*winograd_taps)(const float* products, Index step, Index columns, float* to, Index tap);
  /// A step of Adam, with its α, on `count` numbers: weights, gradients, momenta, velocities.
  void (*adam)(const ops::AdamStep&, float alpha, float* w, const float* g, float* m, float* v, Index count);
};

}  // namespace tanuki::eigen

#define TANUKI_SIMD_SET portable
#define TANUKI_SIMD_BYTES 16
#define TANUKI_SIMD_FMA 0
#define TANUKI_SIMD_TARGET
#include "tanuki/backend/eigen/simd_set.inc"

#if defined(__x86_64__)
#define TANUKI_SIMD_SET avx2
#define TANUKI_SIMD_BYTES 32
#define TANUKI_SIMD_FMA 1
#define TANUKI_SIMD_TARGET __attribute__((target("avx2,fma")))
#include "tanuki/backend/eigen/simd_set.inc"

#define TANUKI_SIMD_SET avx512
#define TANUKI_SIMD_BYTES 64
#define TANUKI_SIMD_FMA 1
#define TANUKI_SIMD_TARGET __attribute__((target("avx512f,fma")))
#include "tanuki/backend/eigen/simd_set.inc"

#define TANUKI_SIMD_SET avx512_bf16
#define TANUKI_SIMD_BASE avx512
#define TANUKI_SIMD_BYTES 64
#define TANUKI_SIMD_FMA 1
#define TANUKI_SIMD_BF16 1
#define TANUKI_SIMD_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,fma")))
#include "tanuki/backend/eigen/simd_set.inc"

#define TANUKI_SIMD_SET amx
#define TANUKI_SIMD_BASE avx512_bf16
#define TANUKI_SIMD_BYTES 64
#define TANUKI_SIMD_FMA 1
#define TANUKI_SIMD_AMX 1
#define TANUKI_SIMD_TARGET \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16,fma")))
#include "tanuki/backend/eigen/simd_set.inc"
#elif defined(__aarch64__)
#define TANUKI_SIMD_SET neon
#define TANUKI_SIMD_BYTES 16
#define TANUKI_SIMD_FMA 1
#define TANUKI_SIMD_TARGET
#include "tanuki/backend/eigen/simd_set.inc"
#endif

namespace tanuki::eigen {

#if defined(__x86_64__)
namespace detail {

/// Whether there are tiles of bfloat16, and the system lets this process use them: Linux wants to be asked.
inline bool may_use_amx() {
#if defined(__linux__)
  constexpr unsigned amx_bf16 = 1u << 22, amx_tile = 1u << 24;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || !(d & amx_bf16) || !(d & amx_tile)) return false;
  constexpr long request_permission = 0x1023, tile_data = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  static const bool allowed = syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
  return allowed;
#else
  return false;
#endif
}

}  // namespace detail
#endif

/// The functions of one set; null where this processor lacks it. A template, so that others may have it compiled for them.
template <class = void>
const Kernels* kernels_of(Isa isa) {
  if (isa == Isa::portable) return &portable::kernels;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("fma")) return nullptr;
  if (isa == Isa::avx2 && __builtin_cpu_supports("avx2")) return &avx2::kernels;
  if (!__builtin_cpu_supports("avx512f")) return nullptr;
  if (isa == Isa::avx512) return &avx512::kernels;
  if (!__builtin_cpu_supports("avx512bw") || !__builtin_cpu_supports("avx512vl")) return nullptr;
  if (!__builtin_cpu_supports("avx512bf16")) return nullptr;
  if (isa == Isa::avx512_bf16) return &avx512_bf16::kernels;
  if (isa == Isa::amx && detail::may_use_amx()) return &amx::kernels;
#elif defined(__aarch64__)
  if (isa == Isa::neon) return &neon::kernels;
#endif
  return nullptr;
}

namespace detail {

inline const Kernels* choose_kernels() {
  constexpr Isa best_first[] = {Isa::amx, Isa::avx512_bf16, Isa::avx512, Isa::avx2, Isa::neon, Isa::portable};
  constexpr std::string_view names[] = {"amx", "avx512_bf16", "avx512", "avx2", "neon", "portable"};
  const char* forced = std::getenv("TANUKI_ISA");
  const bool any = !forced || !*forced;
  bool known = any;
  for (std::size_t i = 0; i < std::size(names); ++i) {
    if (!any && names[i] != forced) continue;
    known = true;
    if (const Kernels* found = kernels_of(best_first[i])) return found;
  }
  if (known) fail("TANUKI_ISA is '", forced, "', which this processor does not have");
  fail("TANUKI_ISA is '", forced, "', expected portable, neon, avx2, avx512, avx512_bf16 or amx");
}

inline std::atomic<const Kernels*>& active_kernels() {
  static std::atomic<const Kernels*> active = choose_kernels();
  return active;
}

}  // namespace detail

/// The functions to use.
inline const Kernels& kernels() { return *detail::active_kernels().load(std::memory_order_relaxed); }

/// For tests: another set than the chosen one, for the whole process, while this lives.
class ForcedKernels {
 public:
  explicit ForcedKernels(const Kernels& forced) : before_(detail::active_kernels().exchange(&forced)) {}
  ~ForcedKernels() { detail::active_kernels().store(before_); }
  ForcedKernels(const ForcedKernels&) = delete;
  ForcedKernels& operator=(const ForcedKernels&) = delete;

 private:
  const Kernels* before_;
};

}  // namespace tanuki::eigen
