#pragma once

// A GPU: memory and streams by the CUDA runtime, kernels by NVRTC, products by cuBLASLt, convolutions by
// cuDNN where that is there. Everything it does gives the same bits each time.

#include <map>
#include <mutex>
#include <vector>

#include "tanuki/backend/cuda/device/convolutions.hpp"
#include "tanuki/backend/cuda/device/cuda_graph.hpp"
#include "tanuki/backend/cuda/device/current_device.hpp"
#include "tanuki/backend/cuda/device/functions.hpp"
#include "tanuki/backend/cuda/device/kernel_cache.hpp"
#include "tanuki/backend/cuda/device/product_plan.hpp"

#if __has_include(<cudnn_graph.h>)
#include <cudnn_version.h>
#if CUDNN_VERSION >= 90800
#include "tanuki/backend/cuda/device/cudnn/convolutions.hpp"
#endif
#endif

namespace tanuki::gpu {

class CudaDevice final : public Device {
 public:
  static std::unique_ptr<Device> make() { return std::make_unique<CudaDevice>(); }

  /// The current device of CUDA. Throws NoDevice where there is none.
  CudaDevice() {
    int count = 0;
    const cudaError_t found = cuda_.cudaGetDeviceCount(&count);
    if (found != cudaSuccess || count == 0) {
      cuda_.cudaGetLastError();
      throw NoDevice("no GPU can be used: CUDA finds none (" +
                     std::string(cuda_.cudaGetErrorString(found == cudaSuccess ? cudaErrorNoDevice : found)) +
                     "), expected an NVIDIA GPU with its driver");
    }
    check(cuda_.cudaGetDevice(&number_), "the current device");
    make_current(number_);
    check(cuda_.cudaGetDeviceProperties(&properties_, number_), "its properties");
    stream_ = new_stream();
    capture_on_.stream = new_stream();
    check(cuda_.cudaDeviceGetDefaultMemPool(&pool_, number_), "its memory");
    std::uint64_t keep = ~std::uint64_t{0};
    check(cuda_.cudaMemPoolSetAttribute(pool_, cudaMemPoolAttrReleaseThreshold, &keep), "its memory");
    check(blas_lt().cublasLtCreate(&blas_), "cuBLASLt");
    workspace_ = allocate(ProductPlan::workspace_size);
    if (!workspace_) fail("[gpu] there is no room for cuBLASLt's workspace");
  }
  CudaDevice(const CudaDevice&) = delete;
  CudaDevice& operator=(const CudaDevice&) = delete;
  ~CudaDevice() override {
    cuda_.cudaStreamSynchronize(stream_);
    release(workspace_);
    products_.clear();
    convolutions_.reset();
    blas_lt().cublasLtDestroy(blas_);
    for (const auto& [file, library] : libraries_) cuda_.cudaLibraryUnload(library);
    cuda_.cudaStreamDestroy(capture_on_.stream);
    cuda_.cudaStreamDestroy(stream_);
  }

  std::string name() const override { return properties_.name; }
  MemoryLeft memory() override {
    make_current(number_);
    MemoryLeft left{};
    check(cuda_.cudaMemGetInfo(&left.free, &left.total), "the free memory");
    std::uint64_t reserved = 0, used = 0;
    check(cuda_.cudaMemPoolGetAttribute(pool_, cudaMemPoolAttrReservedMemCurrent, &reserved), "its memory");
    check(cuda_.cudaMemPoolGetAttribute(pool_, cudaMemPoolAttrUsedMemCurrent, &used), "its memory");
    left.free += reserved - used;
    return left;
  }

  Stream main_stream() override { return stream_; }
  Stream create_stream() override { return new_stream(); }
  void destroy(Stream stream) noexcept override {
    cuda_.cudaStreamDestroy(static_cast<cudaStream_t>(stream));
  }

  Event create_event() override {
    make_current(number_);
    cudaEvent_t event = nullptr;
    check(cuda_.cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "an event");
    return event;
  }
  void destroy_event(Event event) noexcept override { cuda_.cudaEventDestroy(as_event(event)); }

  void* allocate(std::size_t bytes) override {
    make_current(number_);
    void* memory = nullptr;
    for (const bool again : {false, true}) {
      if (again) {  // with what the pool keeps in pieces
        cuda_.cudaStreamSynchronize(stream_);
        cuda_.cudaMemPoolTrimTo(pool_, 0);
      }
      const cudaError_t result = cuda_.cudaMallocAsync(&memory, bytes, stream_);
      if (result == cudaSuccess) return memory;
      if (result != cudaErrorMemoryAllocation) check(result, "memory");
      cuda_.cudaGetLastError();
    }
    return nullptr;
  }
  void* allocate_pinned(std::size_t bytes) override {
    make_current(number_);
    void* memory = nullptr;
    const cudaError_t result = cuda_.cudaMallocHost(&memory, bytes);
    if (result != cudaSuccess) cuda_.cudaGetLastError();
    check(result, "pinned memory");
    return memory;
  }

  std::optional<std::size_t> workspace_of(const ConvolutionForm& form) override {
    make_current(number_);
    std::lock_guard lock(mutex_);
    if (!std::exchange(looked_for_convolutions_, true)) convolutions_ = make_convolutions();
    return convolutions_ ? convolutions_->workspace_of(form) : std::nullopt;
  }

  std::unique_ptr<Graph> make_graph() override {
    return std::make_unique<CudaGraph>(
        *this, number_, capture_on_,
        [this](std::string_view file, std::string_view name) { return kernel(file, name); });
  }

 private:
  void do_synchronize(Stream stream) override {
    check(cuda_.cudaStreamSynchronize(as_stream(stream)), "waiting");
  }

  void do_record(Event event, Stream stream) override {
    check(cuda_.cudaEventRecord(as_event(event), as_stream(stream)), "recording an event");
  }
  void do_wait(Stream stream, Event event) override {
    check(cuda_.cudaStreamWaitEvent(as_stream(stream), as_event(event), 0), "waiting for an event");
  }
  void do_synchronize_event(Event event) override {
    check(cuda_.cudaEventSynchronize(as_event(event)), "waiting for an event");
  }

  void do_release(void* memory) noexcept override { cuda_.cudaFreeAsync(memory, stream_); }
  void do_release_pinned(void* memory) noexcept override { cuda_.cudaFreeHost(memory); }

  void do_copy(Stream stream, void* to, const void* from, std::size_t bytes) override {
    check(cuda_.cudaMemcpyAsync(to, from, bytes, cudaMemcpyDefault, as_stream(stream)), "a copy");
  }
  void do_zero(Stream stream, void* to, std::size_t bytes) override {
    check(cuda_.cudaMemsetAsync(to, 0, bytes, as_stream(stream)), "zeroing");
  }
  void do_copy_from_host(Stream stream, void* to, const void* from, std::size_t bytes) override {
    check(cuda_.cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, as_stream(stream)),
          "a copy to the GPU");
    do_synchronize(stream);
  }
  void do_copy_to_host(Stream stream, void* to, const void* from, std::size_t bytes) override {
    check(cuda_.cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, as_stream(stream)),
          "a copy from the GPU");
    do_synchronize(stream);
  }

  void do_launch(Stream stream, std::string_view file, std::string_view name, Extent grid, Extent block,
                 std::span<const Argument> arguments) override {
    ArgumentValues values(name, arguments);
    check(cuda_.cudaLaunchKernel(kernel(file, name), {grid.x, grid.y, grid.z}, {block.x, block.y, block.z},
                                 values.data(), 0, as_stream(stream)),
          name);
  }
  void do_multiply(Stream stream, const Product& product) override {
    std::lock_guard lock(mutex_);
    auto& plan = products_[ProductPlan::key(product)];
    if (!plan) plan = std::make_unique<ProductPlan>(blas_, product);
    plan->run(blas_, product, workspace_, as_stream(stream));
  }

  void do_convolve(Stream stream, const Convolution& convolution) override {
    std::lock_guard lock(mutex_);
    if (!convolutions_) fail("[gpu] a convolution is asked for, and there is no cuDNN");
    convolutions_->run(convolution, as_stream(stream));
  }

  cudaStream_t new_stream() {
    make_current(number_);
    cudaStream_t stream = nullptr;
    check(cuda_.cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "a stream");
    return stream;
  }
  /// For work that is given to it now.
  cudaStream_t as_stream(Stream stream) const {
    make_current(number_);
    return static_cast<cudaStream_t>(stream);
  }
  static cudaEvent_t as_event(Event event) { return static_cast<cudaEvent_t>(event); }
  static void check(cudaError_t result, std::string_view what) { gpu::check(result, what); }
  static void check(cublasStatus_t result, std::string_view what) {
    if (result != CUBLAS_STATUS_SUCCESS)
      fail("[gpu] ", what, ": ", blas_lt().cublasLtGetStatusString(result));
  }

  const void* kernel(std::string_view file, std::string_view name) {
    std::lock_guard lock(mutex_);
    auto& kernel = kernels_[{std::string(file), std::string(name)}];
    if (!kernel) check(cuda_.cudaLibraryGetKernel(&kernel, library(file), std::string(name).c_str()), name);
    return reinterpret_cast<const void*>(kernel);
  }
  cudaLibrary_t library(std::string_view file) {
    auto& library = libraries_[std::string(file)];
    if (library) return library;
    const std::string code = cache_.code(kernel_file(file), properties_.major * 10 + properties_.minor);
    check(cuda_.cudaLibraryLoadData(&library, code.data(), nullptr, nullptr, 0, nullptr, nullptr, 0), file);
    return library;
  }

  const Runtime& cuda_ = runtime();
  int number_ = 0;
  cudaDeviceProp properties_{};
  cudaStream_t stream_ = nullptr;
  CaptureStream capture_on_;
  cudaMemPool_t pool_ = nullptr;
  cublasLtHandle_t blas_ = nullptr;
  void* workspace_ = nullptr;
  KernelCache cache_;
  std::mutex mutex_;  ///< of the maps
  std::map<std::string, cudaLibrary_t> libraries_;
  std::map<std::pair<std::string, std::string>, cudaKernel_t> kernels_;
  std::map<ProductPlan::Key, std::unique_ptr<ProductPlan>> products_;
  std::unique_ptr<Convolutions> convolutions_;
  bool looked_for_convolutions_ = false;
};

/// Whoever includes this has the GPU for a device.
inline const bool has_cuda_device = make_device_by(&CudaDevice::make);

}  // namespace tanuki::gpu
