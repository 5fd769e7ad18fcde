#pragma once

// What the work of the GPU backend runs on: the device's main stream, in the order in which it is given. And the
// shapes in which kernels are launched.

#include <algorithm>

#include "tanuki/backend/cuda/device/arguments.hpp"
#include "tanuki/backend/cuda/memory.hpp"
#include "tanuki/backend/cuda/replay.hpp"
#include "tanuki/core/context.hpp"

namespace tanuki {

template <>
class Context<Cuda> {
 public:
  /// Plans take whole batches.
  static constexpr bool depth_first = false;
  static constexpr bool asynchronous = true;

  /// Throws NoDevice where there is no GPU.
  Context() : device_(gpu::device()) {}

  gpu::Device& device() { return device_; }

  /// The GPU has threads of its own; work is given to it by one.
  int threads() const { return 1; }
  int workers() const { return 1; }
  template <class Task>
  void parallel(Index count, Task&& task) {
    for (Index i = 0; i < count; ++i) task(i, 0);
  }

  /// Products of float32 may round their factors to TF32's 10 bits, which is faster. Off unless it is asked for.
  void tf32(bool on) { tf32_ = on; }
  bool tf32() const { return tf32_; }

  /// Plans are launched as CUDA graphs from their third run of a batch size on, which takes the host less time and changes
  /// no bit. On unless it is turned off.
  void graphs(bool on) { graphs_ = on; }
  bool graphs() const { return graphs_; }

  /// Convolutions of windows of more than a pixel are done by cuDNN where it is there and has an engine for them that gives
  /// the same bits each time. On unless it is turned off; then they are products of rows that are copied together.
  void cudnn(bool on) { cudnn_ = on; }
  bool cudnn() const { return cudnn_; }

  /// Work of a plan, done again and again.
  using Replay = gpu::Replay;
  template <class Work>
  void replay(Replay& replay, Work&& work) {
    if (graphs_)
      replay.run(device_, work);
    else
      work();
  }

  /// As Context<Cpu>::scratch(): the next use of it comes later in the stream.
  template <class Owner>
  static float* scratch(Index count) {
    thread_local Buffer<Cuda> buffer;
    if (buffer.size() < count) buffer = Buffer<Cuda>(), buffer = Buffer<Cuda>(count);
    return buffer.data();
  }
  template <class Owner>
  static double* scratch_of_doubles(Index count) {
    return reinterpret_cast<double*>(scratch<Owner>(2 * count));
  }

  /// The kernel `name` of kernels/`file`.inc.
  template <class... Arguments>
  void launch(std::string_view file, std::string_view name, gpu::Extent grid, gpu::Extent block,
              const Arguments&... arguments) {
    const gpu::Argument all[] = {gpu::argument(arguments)...};
    device_.launch(device_.main_stream(), file, name, grid, block, all);
  }

  /// For kernels that take `count` numbers in turn; nothing where there are none.
  template <class... Arguments>
  void launch_over(Index count, std::string_view file, std::string_view name, const Arguments&... arguments) {
    if (count > 0) launch(file, name, {blocks_of(count)}, {256}, arguments...);
  }

  void multiply(const gpu::Product& product) {
    if (product.rows > 0 && product.columns > 0) device_.multiply(device_.main_stream(), product);
  }
  /// Of a form that the device does.
  void convolve(const gpu::Convolution& convolution) { device_.convolve(device_.main_stream(), convolution); }
  gpu::Precision precision(bool bfloat16) const {
    return bfloat16 ? gpu::Precision::bfloat16 : tf32_ ? gpu::Precision::tf32 : gpu::Precision::float32;
  }

  /// Of 256 threads each; the result of a sum follows from it, so it depends on the count alone.
  static unsigned blocks_of(Index count) {
    return unsigned(std::min<Index>((count + 255) / 256, Index{1} << 15));
  }

 private:
  gpu::Device& device_;
  bool tf32_ = false, graphs_ = true, cudnn_ = true;
};

}  // namespace tanuki
