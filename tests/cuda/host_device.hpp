#pragma once

// A device that runs on the host: kernels by the emulator, products by Eigen, convolutions by plain loops. It is stricter than a GPU: memory is
// poisoned when it is given out, what lies around it is watched, a kernel's arguments must be its parameters, and what
// one stream left may be used by another, or by the host, only after an event or a wait between them. Where the host wrote
// pinned memory without having waited for the copy from it, the next copy says so.

#include <map>
#include <mutex>
#include <vector>

#include "tanuki/backend/cuda/device/current_device.hpp"
#include "tests/cuda/emulator/emulator.hpp"

namespace tanuki::test {

class HostDevice final : public gpu::Device {
 public:
  /// One for the process, installed when it is first asked for.
  static HostDevice& instance();

  /// Of the order of a block's threads.
  void seed(std::uint64_t seed) { seed_ = seed; }
  /// Bytes that can be had in all.
  void capacity(std::size_t bytes) { capacity_ = bytes; }
  std::size_t used() const { return used_; }
  /// "file/kernel" of all that were launched, "convolution" for those of the device, and how many times.
  const std::map<std::string, Index>& launched() const { return launched_; }
  /// How many times the host has waited for numbers.
  Index reads() const { return reads_; }
  /// Launches, products, copies on the device and zeroings that came one by one, in no graph.
  Index singles() const { return singles_; }

  /// How often a graph took commands anew, took other arguments, and was launched.
  struct Graphs {
    Index made = 0, updated = 0, launched = 0;
  };
  const Graphs& graphs() const { return graphs_; }
  /// Whether graphs can be made, updated and launched.
  void allow_graphs(bool made, bool updated, bool launched = true) {
    can_make_ = made, can_update_ = updated, can_launch_ = launched;
  }

  /// Whether it does convolutions itself.
  void allow_convolutions(bool all) { does_convolutions_ = all; }
  std::optional<std::size_t> workspace_of(const gpu::ConvolutionForm& form) override;

  std::string name() const override { return "the host"; }
  gpu::MemoryLeft memory() override { return {capacity_ - used_, capacity_}; }

  gpu::Stream main_stream() override { return &main_; }
  gpu::Stream create_stream() override;
  void destroy(gpu::Stream stream) noexcept override;
  gpu::Event create_event() override;
  void destroy_event(gpu::Event event) noexcept override;

  void* allocate(std::size_t bytes) override;
  void* allocate_pinned(std::size_t bytes) override;

  std::unique_ptr<gpu::Graph> make_graph() override;

  using gpu::Device::launch;
  /// The same for a kernel that is none of the backend's.
  using Call = std::function<void(std::span<const gpu::Argument>)>;
  void launch(gpu::Stream stream, const Call& kernel, gpu::Extent grid, gpu::Extent block,
              std::span<const gpu::Argument> arguments);

 private:
  void do_synchronize(gpu::Stream stream) override;
  void do_record(gpu::Event event, gpu::Stream stream) override;
  void do_wait(gpu::Stream stream, gpu::Event event) override;
  void do_synchronize_event(gpu::Event event) override;
  void do_release(void* memory) noexcept override;
  void do_release_pinned(void* memory) noexcept override;
  void do_copy(gpu::Stream stream, void* to, const void* from, std::size_t bytes) override;
  void do_zero(gpu::Stream stream, void* to, std::size_t bytes) override;
  void do_copy_from_host(gpu::Stream stream, void* to, const void* from, std::size_t bytes) override;
  void do_copy_to_host(gpu::Stream stream, void* to, const void* from, std::size_t bytes) override;
  void do_launch(gpu::Stream stream, std::string_view file, std::string_view name, gpu::Extent grid,
                 gpu::Extent block, std::span<const gpu::Argument> arguments) override;
  void do_multiply(gpu::Stream stream, const gpu::Product& product) override;
  void do_convolve(gpu::Stream stream, const gpu::Convolution& convolution) override;

  /// Keeps its commands as they were told, and does them one by one.
  class HostGraph;

  /// How far each stream's work has been waited for.
  using Clock = std::map<const void*, std::uint64_t>;
  struct Lane {
    Clock seen;
    std::uint64_t done = 0;  ///< pieces of work
  };
  struct Block {
    std::size_t size = 0;
    const void* writer = nullptr;
    std::uint64_t written = 0;
    Clock read;
    bool pinned = false;
    std::size_t copied = 0;  ///< a hash of what a copy took from pinned memory
  };

  static void merge(Clock& clock, const Clock& other);
  /// A piece of work on a stream, or on the host, uses memory. Throws Error where it did not wait for who had it.
  void use(Lane& lane, const void* memory, bool writes, std::size_t bytes);
  void check_pinned(const void* from, std::size_t bytes);
  static bool waited_for_all(Lane& lane, const Block& block);
  void check_releases();
  Block& block_of(const void* memory, std::size_t bytes);
  void* give(std::size_t bytes);
  void take(void* memory);
  void check_surroundings() const;
  Lane& lane(gpu::Stream stream) { return *static_cast<Lane*>(stream); }

  mutable std::mutex mutex_;
  std::uint64_t seed_ = 1;
  std::size_t capacity_ = std::size_t{8} << 30, used_ = 0;
  Lane main_, host_;
  std::uint64_t done_before_ = 0;           ///< the most pieces of work of a stream that is gone
  std::map<std::uintptr_t, Block> blocks_;  ///< by where they begin
  std::string wrong_;  ///< what a release did, which may not throw: said at the next copy or launch
  std::map<std::string, Index> launched_;
  Index reads_ = 0, singles_ = 0;
  Graphs graphs_;
  bool does_convolutions_ = true;
  bool can_make_ = true, can_update_ = true, can_launch_ = true;
};

}  // namespace tanuki::test
