#pragma once

// What the work of one backend runs on: threads and scratch memory on a CPU (streams and handles on a GPU).
// default_context() is global state; session.hpp says what else is.

#include <cstdlib>
#include <memory>
#include <thread>
#include <utility>

#include "tanuki/core/memory.hpp"
#include "tanuki/core/thread_pool.hpp"

namespace tanuki {

template <class B>
class Context {
  static_assert(backend_missing<B>,
                "this backend is not there: include tanuki/tanuki.hpp (Cpu) or tanuki/cuda.hpp (Cuda)");
};

template <>
class Context<Cpu> {
 public:
  static constexpr int most_threads = 1024;
  /// Plans take a batch some images at a time, as many as a cache holds (models/segments.hpp).
  static constexpr bool depth_first = true;
  /// It works while the host does something else, until it is asked for a number (core/later.hpp).
  static constexpr bool asynchronous = false;

  /// `threads` 0: $TANUKI_NUM_THREADS, else one a core. Throws Error where it or the variable is no number up to
  /// most_threads, and where the system gives fewer; then those there were stay.
  explicit Context(int threads = 0) { this->threads(threads); }

  int threads() const { return pool_->size(); }
  /// The threads that a call to parallel() from here gets: 1 inside a task.
  int workers() const { return ThreadPool::in_task() ? 1 : threads(); }

  /// Not while work is running.
  void threads(int count) {
    if (count < 0 || count > most_threads)
      fail("[threads] ", count, " threads were asked for, expected 0 (as many as cores) to ", most_threads);
    pool_ = std::make_unique<ThreadPool>(count ? count : default_threads());
  }

  /// task(i, worker) for i in [0, count), shared out over the threads (see ThreadPool::run).
  template <class Task>
  void parallel(Index count, Task&& task) {
    pool_->run(count, std::forward<Task>(task));
  }

  /// fn(first, last) over fixed blocks of `grain` numbers of [0, count).
  template <class Fn>
  void parallel_blocks(Index count, Index grain, Fn&& fn) {
    parallel((count + grain - 1) / grain, [&](Index block, int) {
      fn(block * grain, block * grain + grain < count ? block * grain + grain : count);
    });
  }

  /// At least `count` floats that belong to the calling thread until it asks again with the same Owner (any
  /// type, usually a local struct). Uninitialised.
  template <class Owner>
  static float* scratch(Index count) {
    thread_local Buffer<Cpu> buffer;
    if (buffer.size() < count) buffer = Buffer<Cpu>(), buffer = Buffer<Cpu>(count);
    return buffer.data();
  }

 private:
  static int default_threads() {
    if (const char* text = std::getenv("TANUKI_NUM_THREADS"); text && *text) {
      char* end = nullptr;
      const long count = std::strtol(text, &end, 10);
      if (*end || count < 1 || count > most_threads)
        fail("TANUKI_NUM_THREADS is '", text, "', expected a number from 1 to ", most_threads);
      return int(count);
    }
    const unsigned cores = std::thread::hardware_concurrency();
    return cores ? int(cores) : 1;
  }

  std::unique_ptr<ThreadPool> pool_;
};

/// The context that everything uses unless told otherwise.
template <class B>
Context<B>& default_context() {
  static Context<B> context;
  return context;
}

}  // namespace tanuki
