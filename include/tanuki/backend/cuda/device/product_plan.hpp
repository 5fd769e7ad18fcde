#pragma once

// A matrix product by cuBLASLt: descriptors and the algorithm that its heuristic chose, for products of one form. cuBLASLt
// works on columns: it is given the transposes, cᵀ = bᵀ·aᵀ.

#include <cstdint>
#include <memory>
#include <tuple>

#include "tanuki/backend/cuda/device/device.hpp"
#include "tanuki/backend/cuda/device/functions.hpp"

namespace tanuki::gpu {

class ProductPlan {
 public:
  static constexpr std::size_t workspace_size = std::size_t{32} << 20;

  using Key =
      std::tuple<long long, long long, long long, bool, bool, bool, bool, bool, Precision, std::uint32_t>;
  static Key key(const Product& p) {
    return {p.rows,         p.columns,           p.inner,           p.a_transposed,
            p.b_transposed, p.addend != nullptr, p.bias != nullptr, p.relu,
            p.precision,    alignment(p)};
  }

  ProductPlan(cublasLtHandle_t blas, const Product& p) {
    const cublasComputeType_t compute = p.precision == Precision::float32 ? CUBLAS_COMPUTE_32F
                                        : p.precision == Precision::tf32  ? CUBLAS_COMPUTE_32F_FAST_TF32
                                                                          : CUBLAS_COMPUTE_32F_FAST_16BF;
    cublasLtMatmulDesc_t product = nullptr;
    check(blas_lt().cublasLtMatmulDescCreate(&product, compute, CUDA_R_32F));
    product_.reset(product);
    const cublasOperation_t turned = CUBLAS_OP_T;
    if (p.b_transposed) set(CUBLASLT_MATMUL_DESC_TRANSA, turned);
    if (p.a_transposed) set(CUBLASLT_MATMUL_DESC_TRANSB, turned);
    const cublasLtEpilogue_t epilogue = p.bias && p.relu ? CUBLASLT_EPILOGUE_RELU_BIAS
                                        : p.bias         ? CUBLASLT_EPILOGUE_BIAS
                                        : p.relu         ? CUBLASLT_EPILOGUE_RELU
                                                         : CUBLASLT_EPILOGUE_DEFAULT;
    set(CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue);
    if (p.bias) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias);
    b_ = layout(p.b_transposed ? p.inner : p.columns, p.b_transposed ? p.columns : p.inner);
    a_ = layout(p.a_transposed ? p.rows : p.inner, p.a_transposed ? p.inner : p.rows);
    c_ = layout(p.columns, p.rows);
    choose(blas, alignment(p));
  }

  void run(cublasLtHandle_t blas, const Product& p, void* workspace, cudaStream_t stream) {
    if (p.bias) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, p.bias);
    const float one = 1, with = p.addend ? 1.0f : 0.0f;
    check(blas_lt().cublasLtMatmul(blas, product_.get(), &one, p.b, b_.get(), p.a, a_.get(), &with,
                                   p.addend ? p.addend : p.c, c_.get(), p.c, c_.get(), &algorithm_, workspace,
                                   workspace_size, stream));
  }

 private:
  struct Destroy {
    void operator()(cublasLtMatmulDesc_t made) const { blas_lt().cublasLtMatmulDescDestroy(made); }
    void operator()(cublasLtMatrixLayout_t made) const { blas_lt().cublasLtMatrixLayoutDestroy(made); }
    void operator()(cublasLtMatmulPreference_t made) const {
      blas_lt().cublasLtMatmulPreferenceDestroy(made);
    }
  };
  template <class Pointer>
  using Owned = std::unique_ptr<std::remove_pointer_t<Pointer>, Destroy>;

  static void check(cublasStatus_t result) {
    if (result != CUBLAS_STATUS_SUCCESS) fail("[gpu] cuBLASLt: ", blas_lt().cublasLtGetStatusString(result));
  }

  template <class T>
  void set(cublasLtMatmulDescAttributes_t attribute, const T& value) {
    check(blas_lt().cublasLtMatmulDescSetAttribute(product_.get(), attribute, &value, sizeof value));
  }

  static Owned<cublasLtMatrixLayout_t> layout(long long rows, long long columns) {
    cublasLtMatrixLayout_t made = nullptr;
    check(blas_lt().cublasLtMatrixLayoutCreate(&made, CUDA_R_32F, std::uint64_t(rows), std::uint64_t(columns),
                                               rows));
    return Owned<cublasLtMatrixLayout_t>(made);
  }

  /// What all addresses are multiples of, at most 256.
  static std::uint32_t alignment(const Product& p) {
    std::uintptr_t bits = 256;
    for (const float* pointer : {p.a, p.b, static_cast<const float*>(p.c), p.addend, p.bias})
      bits |= reinterpret_cast<std::uintptr_t>(pointer);
    return std::uint32_t(bits & (~bits + 1));
  }

  void choose(cublasLtHandle_t blas, std::uint32_t aligned) {
    cublasLtMatmulPreference_t made = nullptr;
    check(blas_lt().cublasLtMatmulPreferenceCreate(&made));
    const Owned<cublasLtMatmulPreference_t> wishes(made);
    const auto wish = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
      check(blas_lt().cublasLtMatmulPreferenceSetAttribute(wishes.get(), attribute, &value, sizeof value));
    };
    wish(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, workspace_size);
    // No sums in place, whose order would depend on which block comes first.
    const std::uint32_t in_order = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
    wish(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, in_order);
    for (const auto which :
         {CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES,
          CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES})
      wish(which, aligned);
    cublasLtMatmulHeuristicResult_t best{};
    int found = 0;
    check(blas_lt().cublasLtMatmulAlgoGetHeuristic(blas, product_.get(), b_.get(), a_.get(), c_.get(),
                                                   c_.get(), wishes.get(), 1, &best, &found));
    if (found == 0) fail("[gpu] cuBLASLt has no algorithm for a product");
    algorithm_ = best.algo;
  }

  Owned<cublasLtMatmulDesc_t> product_;
  Owned<cublasLtMatrixLayout_t> a_, b_, c_;
  cublasLtMatmulAlgo_t algorithm_{};
};

}  // namespace tanuki::gpu
