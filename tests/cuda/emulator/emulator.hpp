#pragma once

// Runs a CUDA kernel on the host: block after block, in each the threads in an order that the seed says, from one
// barrier to the next. Shared memory is poisoned at the start of a block. Throws Error where threads wait at different
// barriers, or some have ended while others wait.

#include <algorithm>
#include <cstring>
#include <deque>
#include <exception>
#include <map>
#include <vector>

#include "tanuki/core/random.hpp"
#include "tests/cuda/emulator/fiber.hpp"

namespace tanuki::emulator {

struct Dim {
  unsigned x = 1, y = 1, z = 1;

  unsigned volume() const { return x * y * z; }
};

/// A line of a kernel's source. (clang 14 has no std::source_location.)
struct Place {
  const char* file;
  unsigned line;

  static constexpr Place current(const char* file = __builtin_FILE(), unsigned line = __builtin_LINE()) {
    return {file, line};
  }
};

/// What a kernel reads.
inline Dim threadIdx, blockIdx, blockDim, gridDim;

class Emulator {
 public:
  /// The one that kernels run on.
  static Emulator& instance() {
    static Emulator emulator;
    return emulator;
  }

  void run(Dim grid, Dim block, const std::function<void()>& kernel, std::uint64_t seed) {
    gridDim = grid, blockDim = block;
    kernel_ = &kernel;
    const Random random{seed, hash("threads")};
    order_ = random.permutation(block.volume());
    for (unsigned z = 0; z < grid.z; ++z) {
      for (unsigned y = 0; y < grid.y; ++y) {
        for (unsigned x = 0; x < grid.x; ++x) run_block({x, y, z}, random);
      }
    }
  }

  /// Called by kernels.
  void barrier(Place where) {
    Worker& me = *running_;
    me.where = where.line;
    me.waits = true;
    const Dim thread = threadIdx;
    me.fiber.leave();
    threadIdx = thread;
  }

  /// Called by kernels: `bytes` that all threads of the block share, one for each place in the source.
  void* shared(std::size_t bytes, Place where) {
    auto& memory = shared_[{where.file, where.line}];
    if (!memory) {
      memory.reset(new char[bytes]);
      std::memset(memory.get(), 0xFF, bytes);  // NaN as a float and as a double
    }
    return memory.get();
  }

 private:
  /// Takes one thread after the other; at a barrier it waits with the thread that it has.
  struct Worker {
    explicit Worker(Emulator& emulator) : fiber([this, &emulator] { emulator.work(*this); }) {}

    Fiber fiber;
    bool waits = false;
    unsigned where = 0;
  };

  void run_block(Dim index, const Random& random) {
    blockIdx = index;
    shared_.clear();
    std::rotate(order_.begin(), order_.begin() + 1, order_.end());  // another order in each block
    threads_.assign(order_.begin(), order_.end());
    failure_ = nullptr;
    std::vector<Worker*> waiting;
    while (!threads_.empty()) {
      enter(idle_worker());
      if (running_->waits) waiting.push_back(running_);
    }
    const std::size_t all = blockDim.volume();
    for (std::uint64_t phase = 1; !waiting.empty() && !failure_; ++phase) {
      check_barrier(waiting, all);
      std::vector<Worker*> next;
      for (Index i : random.fork(phase).permutation(Index(waiting.size()))) {
        enter(*waiting[std::size_t(i)]);
        if (running_->waits) next.push_back(running_);
      }
      waiting = std::move(next);
    }
    if (!failure_) return;
    workers_.clear();  // with what they have on their stacks
    std::rethrow_exception(failure_);
  }

  void check_barrier(const std::vector<Worker*>& waiting, std::size_t all) {
    bool same = true;
    for (const Worker* worker : waiting) same = same && worker->where == waiting[0]->where;
    if (same && waiting.size() == all) return;
    const unsigned line = waiting[0]->where;
    const std::size_t count = waiting.size();
    workers_.clear();
    if (!same) fail("[emulator] threads of a block wait at different barriers, one at line ", line);
    fail("[emulator] ", count, " of ", all, " threads of a block wait at the barrier of line ", line,
         ", the others have ended");
  }

  Worker& idle_worker() {
    for (auto& worker : workers_) {
      if (!worker.waits) return worker;
    }
    return workers_.emplace_back(*this);
  }

  void enter(Worker& worker) {
    running_ = &worker;
    worker.waits = false;
    worker.fiber.enter();
  }

  /// What a worker does for ever.
  void work(Worker& worker) {
    for (;;) {
      while (!threads_.empty() && !failure_) {
        const auto thread = unsigned(threads_.back());
        threads_.pop_back();
        threadIdx = {thread % blockDim.x, thread / blockDim.x % blockDim.y,
                     thread / (blockDim.x * blockDim.y)};
        try {
          (*kernel_)();
        } catch (...) {
          failure_ = std::current_exception();
          threads_.clear();
        }
      }
      worker.fiber.leave();
    }
  }

  const std::function<void()>* kernel_ = nullptr;
  std::deque<Worker> workers_;
  Worker* running_ = nullptr;
  std::vector<Index> order_;
  std::vector<Index> threads_;  ///< of the block, that have not begun
  std::map<std::pair<std::string, unsigned>, std::unique_ptr<char[]>> shared_;
  std::exception_ptr failure_;
};

inline void __syncthreads(Place where = Place::current()) { Emulator::instance().barrier(where); }

template <class T>
T* shared(std::size_t count, Place where = Place::current()) {
  return static_cast<T*>(Emulator::instance().shared(count * sizeof(T), where));
}

}  // namespace tanuki::emulator

// What kernels are written with; the other meaning is in backend/cuda/device/kernel_source.hpp.
#define TANUKI_KERNEL [[maybe_unused]] inline void
#define TANUKI_DEVICE [[maybe_unused]] inline
#define TANUKI_SHARED(type, name, count) type* const name = ::tanuki::emulator::shared<type>(count)
