#pragma once

// A fixed set of threads that share out numbered tasks. Which thread takes a task is not defined, so a task's
// result must depend on its number alone: that is what makes results independent of the number of threads.

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "tanuki/core/shape.hpp"

namespace tanuki {

class ThreadPool {
 public:
  /// `threads` counts the caller's own, which works along; at least 1. Throws Error where the system gives fewer.
  explicit ThreadPool(int threads) : size_(threads < 1 ? 1 : threads) {
    try {
      for (int i = 1; i < size_; ++i) workers_.emplace_back([this, i] { work(i); });
    } catch (const std::system_error& error) {
      const std::size_t started = workers_.size() + 1;
      stop();
      fail("[threads] ", size_, " threads were asked for, ", started, " could be had: ", error.what());
    }
  }
  ~ThreadPool() { stop(); }
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return size_; }

  /// True inside a task: a run() from here works in place.
  static bool in_task() { return inside(); }

  /// Calls task(i, worker) for every i in [0, count); worker is in [0, size()). Returns when all are done and
  /// rethrows the first exception. A call from inside a task, or while another thread is in here, runs in
  /// place.
  template <class Task>
  void run(Index count, Task&& task) {
    if (count <= 0) return;
    std::unique_lock busy(busy_, std::defer_lock);
    if (count == 1 || size_ == 1 || inside() || !busy.try_lock()) {
      for (Index i = 0; i < count; ++i) task(i, 0);
      return;
    }
    call_ = [](void* context, Index i, int worker) {
      (*static_cast<std::remove_reference_t<Task>*>(context))(i, worker);
    };
    context_ = &task;
    count_ = count;
    error_ = nullptr;
    next_.store(0, std::memory_order_relaxed);
    running_.store(size_ - 1, std::memory_order_relaxed);
    {
      std::lock_guard lock(mutex_);
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    take_tasks(0);
    for (int spin = 0; running_.load(std::memory_order_acquire) != 0; ++spin) {
      if (spin >= spins) std::this_thread::yield();
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  static constexpr int spins = 2000;  // some 10 µs before a thread goes to sleep

  void stop() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (auto& worker : workers_) worker.join();
  }

  static bool& inside() {
    thread_local bool value = false;
    return value;
  }

  void take_tasks(int worker) {
    inside() = true;
    for (Index i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count_;) {
      try {
        call_(context_, i, worker);
      } catch (...) {
        std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
    }
    inside() = false;
  }

  void work(int worker) {
    unsigned seen = 0;
    while (true) {
      for (int spin = 0; spin < spins && generation_.load(std::memory_order_acquire) == seen; ++spin) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#endif
      }
      if (generation_.load(std::memory_order_acquire) == seen) {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_acquire) != seen; });
      }
      ++seen;  // the caller waits for every worker, so no generation is missed
      if (stop_) return;
      take_tasks(worker);
      running_.fetch_sub(1, std::memory_order_release);
    }
  }

  int size_;
  std::vector<std::thread> workers_;
  std::mutex busy_, mutex_;
  std::condition_variable wake_;
  std::atomic<unsigned> generation_{0};
  std::atomic<Index> next_{0};
  std::atomic<int> running_{0};
  std::atomic<bool> stop_{false};
  void (*call_)(void*, Index, int) = nullptr;
  void* context_ = nullptr;
  Index count_ = 0;
  std::exception_ptr error_;
};

}  // namespace tanuki
