#pragma once

// The seam between the backend and the hardware: memory, streams, events, kernels by name, matrix products and
// convolutions.
// CudaDevice (cuda_device.hpp) is a GPU; the tests have one that runs on the host. All work is in the order of its
// stream, and done by the time that synchronize() returns.

#include <memory>
#include <optional>
#include <string>

#include "tanuki/backend/cuda/device/recorder.hpp"
#include "tanuki/core/error.hpp"

namespace tanuki::gpu {

struct MemoryLeft {
  std::size_t free, total;
};

using Stream = void*;
using Event = void*;

/// Commands that a device is told beforehand, to be launched as one piece of work: on a GPU, a CUDA graph.
class Graph {
 public:
  virtual ~Graph() = default;

  /// Takes these commands, of which each was done before, in place of others. Throws Error where it cannot; then it has none.
  virtual void make(const CommandList& commands) = 0;
  /// `commands` are like those that it has, and `differing` says which have other arguments. False where it cannot take
  /// these: then it has none.
  virtual bool update(const CommandList& commands, std::span<const std::size_t> differing) = 0;
  /// False where it cannot be launched; nothing is done then.
  virtual bool launch(Stream stream) = 0;
};

/// While a thread has a Recorder, what it gives to the main stream is put down there. What cannot be put down flushes the
/// recording before it is done.
class Device {
 public:
  virtual ~Device() = default;

  virtual std::string name() const = 0;
  virtual MemoryLeft memory() = 0;

  /// The stream that ops work on. Null is never one.
  virtual Stream main_stream() = 0;
  virtual Stream create_stream() = 0;
  virtual void destroy(Stream stream) noexcept = 0;
  /// The host waits until all that is in the stream is done.
  void synchronize(Stream stream) { flush(), do_synchronize(stream); }

  virtual Event create_event() = 0;
  virtual void destroy_event(Event event) noexcept = 0;
  /// The event stands for all that is in the stream now.
  void record(Event event, Stream stream) { flush(), do_record(event, stream); }
  /// What comes into the stream later waits for the event.
  void wait(Stream stream, Event event) { flush(), do_wait(stream, event); }
  /// The host waits for the event.
  void synchronize_event(Event event) { flush(), do_synchronize_event(event); }

  /// To be used in the main stream, or where that was waited for; null where there is no room. Nothing that is recorded
  /// can use it yet, so that it is given at once.
  virtual void* allocate(std::size_t bytes) = 0;
  void release(void* memory) noexcept { flush_before_release(), do_release(memory); }
  /// Memory of the host that copies are quick from; throws Error where there is no room.
  virtual void* allocate_pinned(std::size_t bytes) = 0;
  void release_pinned(void* memory) noexcept { flush_before_release(), do_release_pinned(memory); }

  /// Between memory of the device and pinned memory, or of the device alone.
  void copy(Stream stream, void* to, const void* from, std::size_t bytes) {
    if (Recorder* const mine = recorder_of(stream)) return mine->commands.add(CopyCommand{to, from, bytes});
    do_copy(stream, to, from, bytes);
  }
  void zero(Stream stream, void* to, std::size_t bytes) {
    if (Recorder* const mine = recorder_of(stream)) return mine->commands.add(ZeroCommand{to, bytes});
    do_zero(stream, to, bytes);
  }
  /// From or to any memory of the host, which may be used at once when it returns.
  void copy_from_host(Stream stream, void* to, const void* from, std::size_t bytes) {
    flush(), do_copy_from_host(stream, to, from, bytes);
  }
  void copy_to_host(Stream stream, void* to, const void* from, std::size_t bytes) {
    flush(), do_copy_to_host(stream, to, from, bytes);
  }

  /// The kernel `name` of backend/cuda/kernels/`file`.inc; both are literals.
  void launch(Stream stream, std::string_view file, std::string_view name, Extent grid, Extent block,
              std::span<const Argument> arguments) {
    if (Recorder* const mine = recorder_of(stream))
      return mine->commands.launch(file, name, grid, block, arguments);
    do_launch(stream, file, name, grid, block, arguments);
  }
  void multiply(Stream stream, const Product& product) {
    if (Recorder* const mine = recorder_of(stream)) return mine->commands.add(product);
    do_multiply(stream, product);
  }

  /// The bytes that a convolution works in; nothing where the device does none of this form.
  virtual std::optional<std::size_t> workspace_of(const ConvolutionForm& form) = 0;
  /// Of a form that the device does.
  void convolve(Stream stream, const Convolution& convolution) {
    if (Recorder* const mine = recorder_of(stream)) return mine->commands.add(convolution);
    do_convolve(stream, convolution);
  }

  /// Does number i of the commands.
  void run(Stream stream, const CommandList& commands, std::size_t i) {
    const Command& command = commands[i];
    if (const auto* one = std::get_if<LaunchCommand>(&command))
      do_launch(stream, one->file, one->name, one->grid, one->block, commands.arguments(*one));
    else if (const auto* product = std::get_if<Product>(&command))
      do_multiply(stream, *product);
    else if (const auto* convolution = std::get_if<Convolution>(&command))
      do_convolve(stream, *convolution);
    else if (const auto* to_copy = std::get_if<CopyCommand>(&command))
      do_copy(stream, to_copy->to, to_copy->from, to_copy->bytes);
    else if (const auto* to_zero = std::get_if<ZeroCommand>(&command))
      do_zero(stream, to_zero->to, to_zero->bytes);
  }
  virtual std::unique_ptr<Graph> make_graph() = 0;

 private:
  Recorder* recorder() {
    Recorder* const current = Recorder::current();
    return current && &current->device == this ? current : nullptr;
  }
  void flush() {
    if (Recorder* const mine = recorder()) mine->flush();
  }
  void flush_before_release() noexcept {
    if (Recorder* const mine = recorder()) mine->flush_before_release();
  }
  /// Null where work for the stream is to be done now.
  Recorder* recorder_of(Stream stream) {
    Recorder* const mine = recorder();
    if (!mine || stream == main_stream()) return mine;
    return mine->flush(), nullptr;
  }

  // What is meant by the functions without do_.
  virtual void do_synchronize(Stream stream) = 0;
  virtual void do_record(Event event, Stream stream) = 0;
  virtual void do_wait(Stream stream, Event event) = 0;
  virtual void do_synchronize_event(Event event) = 0;
  virtual void do_release(void* memory) noexcept = 0;
  virtual void do_release_pinned(void* memory) noexcept = 0;
  virtual void do_copy(Stream stream, void* to, const void* from, std::size_t bytes) = 0;
  virtual void do_zero(Stream stream, void* to, std::size_t bytes) = 0;
  virtual void do_copy_from_host(Stream stream, void* to, const void* from, std::size_t bytes) = 0;
  virtual void do_copy_to_host(Stream stream, void* to, const void* from, std::size_t bytes) = 0;
  virtual void do_launch(Stream stream, std::string_view file, std::string_view name, Extent grid,
                         Extent block, std::span<const Argument> arguments) = 0;
  virtual void do_multiply(Stream stream, const Product& product) = 0;
  virtual void do_convolve(Stream stream, const Convolution& convolution) = 0;
};

}  // namespace tanuki::gpu
