#pragma once

// Commands as a CUDA graph: captured from a stream on which nothing is done, and instantiated. Arguments of kernels can be
// changed in it, one kernel at a time.

#include <functional>
#include <mutex>

#include "tanuki/backend/cuda/device/argument_values.hpp"
#include "tanuki/backend/cuda/device/device.hpp"
#include "tanuki/backend/cuda/device/functions.hpp"

namespace tanuki::gpu {

/// A device's stream for captures, one at a time. It stays, as cuDNN keeps the stream that it was given last.
struct CaptureStream {
  std::mutex mutex;
  cudaStream_t stream = nullptr;
};

/// While its work is captured. Relaxed: what other threads do meanwhile neither harms it nor is harmed.
class Capture {
 public:
  explicit Capture(CaptureStream& on) : lock_(on.mutex), stream_(on.stream) {
    check(cuda_.cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed), "capturing a graph");
  }
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  ~Capture() {
    if (ended_) return;
    cudaGraph_t dropped = nullptr;
    cuda_.cudaStreamEndCapture(stream_, &dropped);
    if (dropped) cuda_.cudaGraphDestroy(dropped);
    cuda_.cudaGetLastError();
  }

  cudaStream_t stream() const { return stream_; }
  /// The node that was captured last; null where that is not a single one.
  cudaGraphNode_t last_node() const {
    cudaStreamCaptureStatus status{};
    const cudaGraphNode_t* nodes = nullptr;
    const cudaGraphEdgeData* edges = nullptr;
    std::size_t count = 0;
    check(cuda_.cudaStreamGetCaptureInfo(stream_, &status, nullptr, nullptr, &nodes, &edges, &count),
          "capturing a graph");
    return count == 1 ? nodes[0] : nullptr;
  }
  cudaGraph_t end() {
    cudaGraph_t graph = nullptr;
    ended_ = true;
    check(cuda_.cudaStreamEndCapture(stream_, &graph), "capturing a graph");
    return graph;
  }

 private:
  const Runtime& cuda_ = runtime();
  std::lock_guard<std::mutex> lock_;
  cudaStream_t stream_;
  bool ended_ = false;
};

class CudaGraph final : public Graph {
 public:
  using KernelOf = std::function<const void*(std::string_view file, std::string_view name)>;

  CudaGraph(Device& device, int number, CaptureStream& capture_on, KernelOf kernel_of)
      : device_(device), number_(number), capture_on_(capture_on), kernel_of_(std::move(kernel_of)) {}
  CudaGraph(const CudaGraph&) = delete;
  CudaGraph& operator=(const CudaGraph&) = delete;
  ~CudaGraph() override { clear(); }

  void make(const CommandList& commands) override {
    clear();
    Capture capture(capture_on_);
    for (std::size_t i = 0; i < commands.size(); ++i) {
      device_.run(capture.stream(), commands, i);
      nodes_.push_back(std::holds_alternative<LaunchCommand>(commands[i]) ? capture.last_node() : nullptr);
    }
    graph_ = capture.end();
    check(cuda_.cudaGraphInstantiate(&executable_, graph_, 0), "a graph");
  }

  bool update(const CommandList& commands, std::span<const std::size_t> differing) override {
    for (const std::size_t i : differing) {
      if (set(nodes_[i], std::get<LaunchCommand>(commands[i]), commands)) continue;
      return clear(), false;
    }
    return true;
  }

  bool launch(Stream stream) override {
    make_current(number_);
    const bool done = cuda_.cudaGraphLaunch(executable_, static_cast<cudaStream_t>(stream)) == cudaSuccess;
    if (!done) cuda_.cudaGetLastError();
    return done;
  }

 private:
  /// For the launches that follow; those that are under way keep what they have.
  bool set(cudaGraphNode_t node, const LaunchCommand& launch, const CommandList& commands) {
    if (!node) return false;
    ArgumentValues values(launch.name, commands.arguments(launch));
    cudaKernelNodeParams all{};
    all.func = const_cast<void*>(kernel_of_(launch.file, launch.name));
    all.gridDim = {launch.grid.x, launch.grid.y, launch.grid.z};
    all.blockDim = {launch.block.x, launch.block.y, launch.block.z};
    all.kernelParams = values.data();
    const bool done = cuda_.cudaGraphExecKernelNodeSetParams(executable_, node, &all) == cudaSuccess;
    if (!done) cuda_.cudaGetLastError();
    return done;
  }

  /// What is under way is still done.
  void clear() {
    if (executable_) cuda_.cudaGraphExecDestroy(executable_);
    if (graph_) cuda_.cudaGraphDestroy(graph_);
    executable_ = nullptr, graph_ = nullptr;
    nodes_.clear();
  }

  const Runtime& cuda_ = runtime();
  Device& device_;
  int number_;  ///< of the GPU
  CaptureStream& capture_on_;
  KernelOf kernel_of_;
  cudaGraph_t graph_ = nullptr;  ///< stays, as its nodes name those of the executable
  cudaGraphExec_t executable_ = nullptr;
  std::vector<cudaGraphNode_t> nodes_;  ///< of each launch; else null
};

}  // namespace tanuki::gpu
