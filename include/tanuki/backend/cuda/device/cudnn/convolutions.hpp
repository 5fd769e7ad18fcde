#pragma once

// Convolutions by cuDNN. Whoever includes this has them on a GPU where cuDNN is there, of any version from 9.8 on.

#include <map>

#include "tanuki/backend/cuda/device/convolutions.hpp"
#include "tanuki/backend/cuda/device/cudnn/convolution_plan.hpp"

namespace tanuki::gpu {

class CudnnConvolutions final : public Convolutions {
 public:
  /// Null where there is no cuDNN that can be used.
  static std::unique_ptr<Convolutions> make() {
    if (!cudnn_if_there()) return nullptr;
    try {
      return std::make_unique<CudnnConvolutions>();
    } catch (const Error&) {
      return nullptr;
    }
  }

  CudnnConvolutions() { check(cudnn().cudnnCreate(&handle_), "the GPU"); }
  CudnnConvolutions(const CudnnConvolutions&) = delete;
  CudnnConvolutions& operator=(const CudnnConvolutions&) = delete;
  ~CudnnConvolutions() override {
    plans_.clear();
    cudnn().cudnnDestroy(handle_);
  }

  std::optional<std::size_t> workspace_of(const ConvolutionForm& form) override {
    const ConvolutionPlan* const plan = plan_of(form);
    return plan ? std::optional(plan->workspace()) : std::nullopt;
  }
  void run(const Convolution& convolution, cudaStream_t stream) override {
    const ConvolutionPlan* const plan = plan_of(convolution.form);
    if (!plan) fail("[gpu] cuDNN is given a convolution that it does not do");
    check(cudnn().cudnnSetStream(handle_, stream), "a stream");
    plan->run(handle_, convolution);
  }

 private:
  /// Null where cuDNN has none.
  const ConvolutionPlan* plan_of(const ConvolutionForm& form) {
    const auto [place, is_new] = plans_.try_emplace(form);
    try {
      if (is_new) place->second = std::make_unique<const ConvolutionPlan>(PlannedGpu{handle_}, form);
    } catch (const std::exception&) {  // it is not asked again
    }
    return place->second.get();
  }

  cudnnHandle_t handle_ = nullptr;
  std::map<ConvolutionForm, std::unique_ptr<const ConvolutionPlan>> plans_;
};

inline const bool has_cudnn = make_convolutions_by(&CudnnConvolutions::make);

}  // namespace tanuki::gpu
