#pragma once

// How cuDNN does convolutions of one form: by the first engine, in the order of its heuristic, that gives the same bits each
// time, rounds as it may, and works in little memory.

#include <array>

#include "tanuki/backend/cuda/device/cudnn/convolution_graph.hpp"

namespace tanuki::gpu {

/// The GPU that a plan is for: that of a handle, or one that need not be there.
struct PlannedGpu {
  cudnnHandle_t handle = nullptr;
  const CudnnDescriptor* described = nullptr;  ///< CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR
};

class ConvolutionPlan {
 public:
  static constexpr std::int64_t most_workspace = std::int64_t{256} << 20;  // bytes

  /// What `gpu` refers to must stay. Throws Error where there is no such engine.
  ConvolutionPlan(PlannedGpu gpu, const ConvolutionForm& form) : graph_(form, gpu.handle) {
    CudnnDescriptor heuristic(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristic.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_.get());
    heuristic.set(CUDNN_ATTR_ENGINEHEUR_MODE, CUDNN_HEUR_MODE_A);
    if (!gpu.handle) heuristic.set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, *gpu.described);
    heuristic.finalize("its heuristic");
    for (auto& engine :
         heuristic.descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS, CUDNN_BACKEND_ENGINECFG_DESCRIPTOR)) {
      if (!is_allowed(notes(engine), form.precision)) continue;
      CudnnDescriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
      plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, engine);
      if (gpu.handle)
        plan.set(CUDNN_ATTR_EXECUTION_PLAN_HANDLE, gpu.handle);
      else
        plan.set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, *gpu.described);
      if (!plan.can_finalize()) continue;
      workspace_ = plan.value<std::int64_t>(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE);
      if (workspace_ > most_workspace) continue;
      engine_ = std::move(engine), plan_ = std::move(plan);
      return;
    }
    fail("[gpu] cuDNN has no engine for a convolution that gives the same bits each time");
  }

  using Notes = std::vector<cudnnBackendNumericalNote_t>;

  /// For float32 nothing may be noted: no tensor cores, which round factors to TF32, no transforms, and not strictness in NaN,
  /// which is of the engine that takes every form: products of rows do that, too. For TF32 tensor cores are what is asked for,
  /// and nothing else: an engine that converts what it is given may make halves of it, which end at 65,504.
  static bool is_allowed(const Notes& notes, Precision precision) {
    return precision == Precision::float32 ? notes.empty() : notes == Notes{CUDNN_NUMERICAL_NOTE_TENSOR_CORE};
  }
  /// Of its engine.
  Notes notes() const { return notes(engine_); }
  std::size_t workspace() const { return std::size_t(workspace_); }

  /// x, the kernel and y, of which one is written.
  static std::array<void*, 3> tensors(const Convolution& c) {
    void *const a = const_cast<float*>(c.a), *const b = const_cast<float*>(c.b), *const to = c.c;
    switch (c.form.result) {
      case ConvolutionResult::output:
        return {a, b, to};
      case ConvolutionResult::input_gradient:
        return {to, b, a};
      default:
        return {a, to, b};
    }
  }

  /// In the handle's stream.
  void run(cudnnHandle_t handle, const Convolution& c) const {
    CudnnDescriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
             {ConvolutionGraph::x_id, ConvolutionGraph::kernel_id, ConvolutionGraph::y_id});
    pack.set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, std::span<void* const>(tensors(c)));
    pack.set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, c.workspace);
    pack.finalize("the tensors of a convolution");
    check(cudnn().cudnnBackendExecute(handle, plan_.get(), pack.get()), "a convolution");
  }

 private:
  static Notes notes(const CudnnDescriptor& config) {
    const auto engine = config.descriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
    return engine.at(0).values<cudnnBackendNumericalNote_t>(CUDNN_ATTR_ENGINE_NUMERICAL_NOTE,
                                                            CUDNN_NUMERICAL_NOTE_TYPE_COUNT);
  }

  ConvolutionGraph graph_;
  CudnnDescriptor engine_{CUDNN_BACKEND_ENGINECFG_DESCRIPTOR}, plan_{CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR};
  std::int64_t workspace_ = 0;
};

}  // namespace tanuki::gpu
