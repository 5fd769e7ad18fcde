#include "tests/cuda/host_device.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "tanuki/backend/cuda/device/arguments.hpp"
#include "tests/cuda/call_kernel.hpp"
#include "tests/cuda/host_arithmetic.hpp"
#include "tests/cuda/parity.hpp"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

namespace tanuki::emulator::kernels {
namespace {

using gpu::Axes;
using gpu::LossNumbers;
using gpu::Operands;
using gpu::TensorList;
using gpu::WeightList;
using gpu::Window;

// What CUDA has and C++ has not.
[[maybe_unused]] float rsqrtf(float x) { return 1.0f / std::sqrt(x); }
[[maybe_unused]] void atomicMax(long long* to, long long value) { *to = value > *to ? value : *to; }

}  // namespace
}  // namespace tanuki::emulator::kernels

#include "emulated_kernels.hpp"

namespace tanuki::test {
namespace {

constexpr std::size_t fence = 64;
constexpr unsigned char mark = 0xA5, poison = 0xFF;

const std::map<std::string, HostDevice::Call, std::less<>>& kernels() {
#define TANUKI_ROW(file, name)                                     \
  {#file "/" #name, [](std::span<const gpu::Argument> arguments) { \
     call_kernel(&emulator::kernels::file::name, arguments);       \
   }},
  static const std::map<std::string, HostDevice::Call, std::less<>> table{
      TANUKI_EMULATED_KERNELS(TANUKI_ROW)};
#undef TANUKI_ROW
  return table;
}

}  // namespace

void order_threads(std::uint64_t seed) { HostDevice::instance().seed(seed); }

HostDevice& HostDevice::instance() {
  static HostDevice& device = static_cast<HostDevice&>(gpu::install_device(std::make_unique<HostDevice>()));
  return device;
}

/// A program that this is linked into has it from the start.
[[maybe_unused]] const HostDevice& installed = HostDevice::instance();

void HostDevice::merge(Clock& clock, const Clock& other) {
  for (const auto& [lane, time] : other) clock[lane] = std::max(clock[lane], time);
}

gpu::Stream HostDevice::create_stream() {
  std::lock_guard lock(mutex_);
  auto* made = new Lane;
  made->done = done_before_;  // what was seen of one that had its address is not its work
  return made;
}
void HostDevice::destroy(gpu::Stream stream) noexcept {
  std::lock_guard lock(mutex_);
  done_before_ = std::max(done_before_, lane(stream).done);
  delete static_cast<Lane*>(stream);
}
void HostDevice::do_synchronize(gpu::Stream stream) {
  std::lock_guard lock(mutex_);
  Lane& from = lane(stream);
  merge(host_.seen, from.seen);
  host_.seen[&from] = from.done;
}
gpu::Event HostDevice::create_event() { return new Clock; }
void HostDevice::destroy_event(gpu::Event event) noexcept { delete static_cast<Clock*>(event); }
void HostDevice::do_record(gpu::Event event, gpu::Stream stream) {
  std::lock_guard lock(mutex_);
  Clock& clock = *static_cast<Clock*>(event);
  clock = lane(stream).seen;
  clock[stream] = lane(stream).done;
}
void HostDevice::do_wait(gpu::Stream stream, gpu::Event event) {
  std::lock_guard lock(mutex_);
  merge(lane(stream).seen, *static_cast<Clock*>(event));
}
void HostDevice::do_synchronize_event(gpu::Event event) {
  std::lock_guard lock(mutex_);
  merge(host_.seen, *static_cast<Clock*>(event));
}

void* HostDevice::give(std::size_t bytes) {
  std::lock_guard lock(mutex_);
  auto* whole = static_cast<unsigned char*>(::operator new (bytes + 2 * fence, std::align_val_t{64}));
  std::memset(whole, mark, bytes + 2 * fence);
  std::memset(whole + fence, poison, bytes);
#if defined(__SANITIZE_ADDRESS__)
  ASAN_POISON_MEMORY_REGION(whole, fence);
  ASAN_POISON_MEMORY_REGION(whole + fence + bytes, fence);
#endif
  blocks_[reinterpret_cast<std::uintptr_t>(whole + fence)].size = bytes;
  return whole + fence;
}

void HostDevice::take(void* memory) {
  std::lock_guard lock(mutex_);
  const auto found = blocks_.find(reinterpret_cast<std::uintptr_t>(memory));
  auto* whole = static_cast<unsigned char*>(memory) - fence;
#if defined(__SANITIZE_ADDRESS__)
  ASAN_UNPOISON_MEMORY_REGION(whole, found->second.size + 2 * fence);
#endif
  blocks_.erase(found);
  ::operator delete (whole, std::align_val_t{64});
}

void HostDevice::check_surroundings() const {
#if !defined(__SANITIZE_ADDRESS__)
  for (const auto& [address, block] : blocks_) {
    const auto* begin = reinterpret_cast<const unsigned char*>(address);
    for (std::size_t i = 0; i < fence; ++i) {
      if (begin[-1 - std::ptrdiff_t(i)] != mark || begin[block.size + i] != mark)
        fail("[emulator] a kernel wrote outside of the ", block.size, " bytes that it was given");
    }
  }
#endif
}

void* HostDevice::allocate(std::size_t bytes) {
  if (bytes > capacity_ - used_) return nullptr;
  used_ += bytes;
  void* memory = give(bytes);
  std::lock_guard lock(mutex_);  // it is there once the main stream has come to it
  Block& block = blocks_[reinterpret_cast<std::uintptr_t>(memory)];
  block.writer = &main_, block.written = ++main_.done;
  return memory;
}
void HostDevice::do_release(void* memory) noexcept {
  {
    std::lock_guard lock(mutex_);
    const Block& block = blocks_.at(reinterpret_cast<std::uintptr_t>(memory));
    used_ -= block.size;
    if (!waited_for_all(main_, block))
      wrong_ = "memory is released that another stream uses, with no event between";
  }
  take(memory);
}
void* HostDevice::allocate_pinned(std::size_t bytes) {
  void* memory = give(bytes);
  blocks_[reinterpret_cast<std::uintptr_t>(memory)].pinned = true;
  return memory;
}
void HostDevice::do_release_pinned(void* memory) noexcept {
  {
    std::lock_guard lock(mutex_);
    if (!waited_for_all(host_, blocks_.at(reinterpret_cast<std::uintptr_t>(memory))))
      wrong_ = "pinned memory is released that a copy uses, without waiting for it";
  }
  take(memory);
}

bool HostDevice::waited_for_all(Lane& lane, const Block& block) {
  const auto waited = [&](const void* other, std::uint64_t time) {
    return other == &lane || lane.seen[other] >= time;
  };
  if (block.writer && !waited(block.writer, block.written)) return false;
  return std::all_of(block.read.begin(), block.read.end(),
                     [&](const auto& read) { return waited(read.first, read.second); });
}

void HostDevice::check_releases() {
  if (!wrong_.empty()) fail("[emulator] ", std::exchange(wrong_, {}));
}

HostDevice::Block& HostDevice::block_of(const void* memory, std::size_t bytes) {
  const auto address = reinterpret_cast<std::uintptr_t>(memory);
  auto found = blocks_.upper_bound(address);
  if (found == blocks_.begin()) fail("[emulator] memory that the device did not give out is used");
  --found;
  if (address + bytes > found->first + found->second.size)
    fail("[emulator] ", bytes, " bytes are used where there are fewer");
  return found->second;
}

void HostDevice::use(Lane& lane, const void* memory, bool writes, std::size_t bytes) {
  Block& block = block_of(memory, bytes);
  const auto waited = [&](const void* other, std::uint64_t time) {
    return other == &lane || lane.seen[other] >= time;
  };
  if (block.writer && !waited(block.writer, block.written))
    fail("[emulator] memory is used that another stream wrote, with no event between");
  ++lane.done;
  if (!writes) {
    block.read[&lane] = lane.done;
    return;
  }
  for (const auto& [reader, time] : block.read) {
    if (!waited(reader, time))
      fail("[emulator] memory is written that another stream reads, with no event between");
  }
  block.read.clear();
  block.writer = &lane, block.written = lane.done;
}

void HostDevice::check_pinned(const void* from, std::size_t bytes) {
  Block& block = block_of(from, bytes);
  if (!block.pinned) return;
  const std::size_t now = std::hash<std::string_view>()({static_cast<const char*>(from), bytes});
  for (const auto& [reader, time] : block.read) {
    if (now != block.copied && host_.seen[reader] < time)
      fail("[emulator] the host wrote pinned memory that a copy reads, without waiting for it");
  }
  block.copied = now;
}

void HostDevice::do_copy(gpu::Stream stream, void* to, const void* from, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  ++singles_;
  check_releases();
  check_pinned(from, bytes);
  use(lane(stream), from, false, bytes);
  use(lane(stream), to, true, bytes);
  std::memmove(to, from, bytes);
}
void HostDevice::do_zero(gpu::Stream stream, void* to, std::size_t bytes) {
  std::lock_guard lock(mutex_);
  ++singles_;
  use(lane(stream), to, true, bytes);
  std::memset(to, 0, bytes);
}
void HostDevice::do_copy_from_host(gpu::Stream stream, void* to, const void* from, std::size_t bytes) {
  {
    std::lock_guard lock(mutex_);
    use(lane(stream), to, true, bytes);
    std::memcpy(to, from, bytes);
  }
  do_synchronize(stream);
}
void HostDevice::do_copy_to_host(gpu::Stream stream, void* to, const void* from, std::size_t bytes) {
  ++reads_;
  do_synchronize(stream);
  std::lock_guard lock(mutex_);
  use(lane(stream), from, false, bytes);
  std::memcpy(to, from, bytes);
}

void HostDevice::do_launch(gpu::Stream stream, std::string_view file, std::string_view name, gpu::Extent grid,
                           gpu::Extent block, std::span<const gpu::Argument> arguments) {
  const std::string full = std::string(file) + "/" + std::string(name);
  const auto found = kernels().find(full);
  if (found == kernels().end()) fail("[emulator] there is no kernel ", full);
  ++launched_[full], ++singles_;
  launch(stream, found->second, grid, block, arguments);
}

void HostDevice::launch(gpu::Stream stream, const Call& kernel, gpu::Extent grid, gpu::Extent block,
                        std::span<const gpu::Argument> arguments) {
  std::lock_guard lock(mutex_);
  check_releases();
  const auto in_range = [](const gpu::Extent& extent, unsigned x, unsigned yz) {
    return extent.x >= 1 && extent.y >= 1 && extent.z >= 1 && extent.x <= x && extent.y <= yz &&
           extent.z <= yz;
  };
  if (!in_range(grid, 0x7FFFFFFFu, 65535) || !in_range(block, 1024, 1024) ||
      block.x * block.y * block.z > 1024)
    fail("[emulator] the grid or the block is larger than a GPU takes");
  const auto floats = [&](const float* from, long long count, bool writes) {
    if (from) use(lane(stream), from, writes, std::size_t(count) * sizeof(float));
  };
  for (const auto& argument : arguments) {
    if (argument.kind == gpu::ArgumentKind::structure && argument.size == sizeof(gpu::TensorList)) {
      const auto& list = *static_cast<const gpu::TensorList*>(argument.value);
      for (int t = 0; t < list.count; ++t) floats(list.data[t], list.size[t], false);
    }
    if (argument.kind == gpu::ArgumentKind::structure && argument.size == sizeof(gpu::WeightList)) {
      const auto& list = *static_cast<const gpu::WeightList*>(argument.value);
      for (int t = 0; t < list.count; ++t) {
        floats(list.gradient[t], list.size[t], false);
        for (float* written : {list.weight[t], list.first[t], list.second[t], list.third[t]})
          floats(written, list.size[t], true);
      }
    }
    if (argument.kind == gpu::ArgumentKind::floating || argument.kind == gpu::ArgumentKind::integer ||
        argument.kind == gpu::ArgumentKind::structure)
      continue;
    void* memory;
    std::memcpy(&memory, argument.value, sizeof memory);
    if (memory) use(lane(stream), memory, !argument.constant, 1);
  }
  emulator::Emulator::instance().run(
      {grid.x, grid.y, grid.z}, {block.x, block.y, block.z}, [&] { kernel(arguments); }, ++seed_);
  check_surroundings();
}

void HostDevice::do_multiply(gpu::Stream stream, const gpu::Product& p) {
  std::lock_guard lock(mutex_);
  ++singles_;
  const auto bytes = [](long long count) { return std::size_t(count) * sizeof(float); };
  use(lane(stream), p.a, false, bytes(p.rows * p.inner));
  use(lane(stream), p.b, false, bytes(p.inner * p.columns));
  if (p.addend) use(lane(stream), p.addend, false, bytes(p.rows * p.columns));
  if (p.bias) use(lane(stream), p.bias, false, bytes(p.columns));
  use(lane(stream), p.c, true, bytes(p.rows * p.columns));
  test::multiply(p);
}

std::optional<std::size_t> HostDevice::workspace_of(const gpu::ConvolutionForm& form) {
  if (!does_convolutions_ || form.precision == gpu::Precision::bfloat16) return {};
  return std::size_t(form.kernel_size()) * sizeof(float) + 1;  // some number that no one else would take
}

void HostDevice::do_convolve(gpu::Stream stream, const gpu::Convolution& convolution) {
  std::lock_guard lock(mutex_);
  ++singles_;
  const gpu::ConvolutionForm& form = convolution.form;
  for (const auto& axis : {form.rows, form.columns}) {
    const long long left = axis.in + axis.before + axis.after - (axis.taps - 1) * axis.dilation - 1 -
                           (axis.out - 1) * axis.stride;
    if (axis.before < 0 || axis.after < 0 || left < 0 || left >= axis.stride)
      fail("[emulator] a convolution's output is not as large as its window says");
  }
  const ConvolutionSizes sizes(form);
  const auto take = [&](const void* memory, std::size_t bytes, bool writes) {
    if (reinterpret_cast<std::uintptr_t>(memory) % 16 != 0)
      fail("[emulator] a convolution's tensor is not aligned");
    use(lane(stream), memory, writes, bytes);
  };
  take(convolution.a, std::size_t(sizes.a) * sizeof(float), false);
  take(convolution.b, std::size_t(sizes.b) * sizeof(float), false);
  take(convolution.workspace, *workspace_of(form), true);
  take(convolution.c, std::size_t(sizes.c) * sizeof(float), true);
  std::memset(convolution.workspace, poison, *workspace_of(form));
  std::memset(convolution.c, poison, std::size_t(sizes.c) * sizeof(float));
  test::convolve(convolution);
  ++launched_["convolution"];
}

/// Each command is a list of its own, so that one that was not said to differ stays as it was.
class HostDevice::HostGraph final : public gpu::Graph {
 public:
  explicit HostGraph(HostDevice& device) : device_(device) {}

  void make(const gpu::CommandList& commands) override {
    commands_.clear();
    if (!device_.can_make_) fail("[emulator] a graph cannot be made");
    for (std::size_t i = 0; i < commands.size(); ++i) commands_.push_back(only(commands, i));
    ++device_.graphs_.made;
  }
  bool update(const gpu::CommandList& commands, std::span<const std::size_t> differing) override {
    if (!device_.can_update_) return commands_.clear(), false;
    for (const std::size_t i : differing) commands_.at(i) = only(commands, i);
    ++device_.graphs_.updated;
    return true;
  }
  bool launch(gpu::Stream stream) override {
    if (commands_.empty()) fail("[emulator] an empty graph is launched");
    if (!device_.can_launch_) return false;
    const Index singles = device_.singles_;
    for (const auto& command : commands_) device_.run(stream, command, 0);
    device_.singles_ = singles;
    ++device_.graphs_.launched;
    return true;
  }

 private:
  static gpu::CommandList only(const gpu::CommandList& commands, std::size_t i) {
    gpu::CommandList one;
    if (const auto* launch = std::get_if<gpu::LaunchCommand>(&commands[i]))
      one.launch(launch->file, launch->name, launch->grid, launch->block, commands.arguments(*launch));
    else
      one.add(commands[i]);
    return one;
  }

  HostDevice& device_;
  std::vector<gpu::CommandList> commands_;
};

std::unique_ptr<gpu::Graph> HostDevice::make_graph() { return std::make_unique<HostGraph>(*this); }

}  // namespace tanuki::test
