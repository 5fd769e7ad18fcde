// The emulator itself: what it runs comes out right in any order of the threads, and three planted faults are caught:
// a removed barrier, an off-by-one, a missing check of bounds.

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <numeric>

#include "tests/cuda/call_kernel.hpp"
#include "tests/cuda/host_device.hpp"

namespace tanuki::test_emulator {

using emulator::__syncthreads;
using emulator::blockDim;
using emulator::blockIdx;
using emulator::gridDim;
using emulator::threadIdx;
using test::HostDevice;

enum class Fault { none, no_barrier, off_by_one, no_bounds };

/// y: each block's numbers in reverse order.
template <Fault fault>
TANUKI_KERNEL reverse(const float* x, float* y, int count) {
  TANUKI_SHARED(float, block, 8);
  const unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
  const bool inside = fault == Fault::no_bounds || int(i) < count;
  if (inside) block[threadIdx.x] = x[i];
  if (fault != Fault::no_barrier) __syncthreads();
  const unsigned from = blockDim.x - 1 - threadIdx.x + (fault == Fault::off_by_one ? 1 : 0);
  if (inside) y[i] = block[from];
}

TANUKI_KERNEL some_wait(float* y) {
  if (threadIdx.x % 2 == 0) __syncthreads();
  y[threadIdx.x] = 1;
}

TANUKI_KERNEL wait_apart(float* y) {
  if (threadIdx.x % 2 == 0) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  y[threadIdx.x] = 1;
}

class OnDevice {
 public:
  explicit OnDevice(std::size_t count)
      : data_(static_cast<float*>(device().allocate(count * sizeof(float)))) {}
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  ~OnDevice() { device().release(data_); }
  static HostDevice& device() { return HostDevice::instance(); }
  float* data() const { return data_; }

 private:
  float* data_;
};

/// What `reverse` makes of 0, 1 … in blocks of 8.
template <Fault fault>
std::vector<float> reversed(int count, std::uint64_t seed) {
  HostDevice& device = HostDevice::instance();
  device.seed(seed);
  std::vector<float> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0.0f);
  const OnDevice x(numbers.size()), y(numbers.size());
  device.copy_from_host(device.main_stream(), x.data(), numbers.data(), numbers.size() * sizeof(float));
  const float* from = x.data();
  float* to = y.data();
  const gpu::Argument arguments[] = {gpu::argument(from), gpu::argument(to), gpu::argument(count)};
  const auto call = [](std::span<const gpu::Argument> given) { test::call_kernel(&reverse<fault>, given); };
  device.launch(device.main_stream(), call, {unsigned(count + 7) / 8}, {8}, arguments);
  device.copy_to_host(device.main_stream(), numbers.data(), to, numbers.size() * sizeof(float));
  return numbers;
}

const std::vector<float> expected{7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8};

/// In a process of its own, since the address sanitizer ends it: true where `work` throws or is ended.
template <class Work>
bool is_caught(Work work) {
  const pid_t child = fork();
  if (child == 0) {
    if (!std::freopen("/dev/null", "w", stderr)) _exit(0);
    try {
      work();
    } catch (const Error&) {
      _exit(1);
    }
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

TEST_CASE("a kernel with a barrier comes out right in any order of the threads") {
  for (std::uint64_t seed = 1; seed < 20; ++seed) CHECK(reversed<Fault::none>(16, seed) == expected);
}

TEST_CASE("a removed barrier is caught") {
  int wrong = 0;
  for (std::uint64_t seed = 1; seed < 20; ++seed) {
    const auto given = reversed<Fault::no_barrier>(16, seed);
    wrong += given != expected;
    CHECK(
        std::any_of(given.begin(), given.end(), [](float x) { return std::isnan(x); }));  // the poison shows
  }
  CHECK(wrong == 19);
}

TEST_CASE("an off-by-one is caught") {
  CHECK(is_caught([] {
    if (reversed<Fault::off_by_one>(16, 1) != expected) fail("wrong");
  }));
}

TEST_CASE("a missing check of bounds is caught") {
  CHECK_FALSE(is_caught([] { reversed<Fault::none>(13, 1); }));
  CHECK(is_caught([] { reversed<Fault::no_bounds>(13, 1); }));
}

TEST_CASE("threads of a block that part at a barrier are caught") {
  HostDevice& device = HostDevice::instance();
  const OnDevice y(8);
  float* to = y.data();
  const gpu::Argument arguments[] = {gpu::argument(to)};
  const auto run = [&](auto* kernel) {
    device.launch(
        device.main_stream(), [=](std::span<const gpu::Argument> given) { test::call_kernel(kernel, given); },
        {1}, {8}, arguments);
  };
  CHECK_THROWS_WITH(run(&some_wait), Catch::Contains("4 of 8 threads of a block wait at the barrier"));
  CHECK_THROWS_WITH(run(&wait_apart), Catch::Contains("wait at different barriers"));
}

TEST_CASE("arguments that are not the kernel's are caught") {
  HostDevice& device = HostDevice::instance();
  const OnDevice y(8);
  const float* to = y.data();  // the kernel writes there
  const gpu::Argument constant[] = {gpu::argument(to)};
  const auto call = [](std::span<const gpu::Argument> given) { test::call_kernel(&some_wait, given); };
  CHECK_THROWS_WITH(device.launch(device.main_stream(), call, {1}, {8}, constant),
                    "[emulator] argument 0 is not of the parameter's type");
  CHECK_THROWS_WITH(device.launch(device.main_stream(), call, {1}, {8}, {}),
                    "[emulator] 0 arguments for 1 parameters");
}

TEST_CASE("memory that another stream has is to be waited for") {
  HostDevice& device = HostDevice::instance();
  const OnDevice x(8), y(8);
  const std::size_t bytes = 8 * sizeof(float);
  const gpu::Stream main = device.main_stream(), other = device.create_stream();
  const gpu::Event event = device.create_event();
  device.zero(main, x.data(), bytes);
  CHECK_THROWS_WITH(device.copy(other, y.data(), x.data(), bytes), Catch::Contains("another stream wrote"));
  device.record(event, main);
  CHECK_THROWS_WITH(device.copy(other, y.data(), x.data(), bytes), Catch::Contains("another stream wrote"));
  device.wait(other, event);
  CHECK_NOTHROW(device.copy(other, y.data(), x.data(), bytes));
  CHECK_THROWS_WITH(device.zero(main, x.data(), bytes), Catch::Contains("another stream reads"));
  device.record(event, other);
  device.wait(main, event);
  CHECK_NOTHROW(device.zero(main, x.data(), bytes));
  device.destroy_event(event);
  device.destroy(other);
}

TEST_CASE("pinned memory is not to be written before the copy from it is done") {
  HostDevice& device = HostDevice::instance();
  const OnDevice y(8);
  const gpu::Stream stream = device.create_stream();
  const gpu::Event event = device.create_event();
  auto* pinned = static_cast<float*>(device.allocate_pinned(8 * sizeof(float)));
  const auto copy_of = [&](float value) {
    std::fill_n(pinned, 8, value);
    device.copy(stream, y.data(), pinned, 8 * sizeof(float));
  };
  device.record(event, device.main_stream());
  device.wait(stream, event);
  copy_of(1);
  CHECK_THROWS_WITH(copy_of(2), Catch::Contains("the host wrote pinned memory"));
  device.record(event, stream);
  device.synchronize_event(event);
  CHECK_NOTHROW(copy_of(3));
  device.synchronize(stream);
  device.record(event, stream);
  device.wait(device.main_stream(), event);  // before y is released there
  device.release_pinned(pinned);
  device.destroy_event(event);
  device.destroy(stream);
}

TEST_CASE("memory is there in the main stream's order, and is not to be released under a copy") {
  HostDevice& device = HostDevice::instance();
  const std::size_t bytes = 8 * sizeof(float);
  const gpu::Stream stream = device.create_stream();
  const gpu::Event event = device.create_event();
  const auto wait_for_main = [&] { device.record(event, device.main_stream()), device.wait(stream, event); };
  void *pinned = device.allocate_pinned(bytes), *y = device.allocate(bytes);
  CHECK_THROWS_WITH(device.copy(stream, y, pinned, bytes), Catch::Contains("another stream wrote"));
  wait_for_main();
  CHECK_NOTHROW(device.copy(stream, y, pinned, bytes));
  device.release(y);
  const OnDevice other(8);
  CHECK_THROWS_WITH(device.copy(device.main_stream(), other.data(), other.data(), bytes),
                    Catch::Contains("memory is released that another stream uses"));
  device.release_pinned(pinned);
  CHECK_THROWS_WITH(device.copy(device.main_stream(), other.data(), other.data(), bytes),
                    Catch::Contains("pinned memory is released"));
  pinned = device.allocate_pinned(bytes), y = device.allocate(bytes);
  wait_for_main();
  device.copy(stream, y, pinned, bytes);
  device.record(event, stream);
  device.wait(device.main_stream(), event);
  device.synchronize_event(event);
  device.release(y), device.release_pinned(pinned);
  CHECK_NOTHROW(device.copy(device.main_stream(), other.data(), other.data(), bytes));
  device.destroy_event(event);
  device.destroy(stream);
}

}  // namespace tanuki::test_emulator
