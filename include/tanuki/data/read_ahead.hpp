#pragma once

// Threads that prepare elements before they are asked for: in order, and never more than a window ahead. They
// are the data's own, not the Context's, which works on the batch before.

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "tanuki/data/stage.hpp"

namespace tanuki {

class ReadAhead final : public Iterator {
 public:
  /// What comes at a place of the pass: an element, nothing (a bad one), or the end.
  struct Item {
    std::optional<Example> example;
    bool end = false;
  };

  /// read(0), read(1), … are called on the workers' threads, each number once, and not after an end.
  using Read = std::function<Item(Index)>;

  /// Goes past so many elements of what is read, and gives how many there were. Called before the first read.
  using Skip = std::function<Index(Index)>;

  /// The threads start when the first element is asked for.
  ReadAhead(Read read, int workers, Index window, Skip skip = nullptr)
      : read_(std::move(read)),
        skip_(std::move(skip)),
        workers_(std::max(workers, 1)),
        slots_(std::size_t(std::max<Index>(window, 1))) {}
  ~ReadAhead() override { join(); }

  Index skip(Index count) override {
    return skip_ && threads_.empty() ? skip_(count) : Iterator::skip(count);
  }

  std::optional<Example> next() override {
    if (threads_.empty() && !over_) start();
    std::unique_lock lock(mutex_);
    while (!over_) {
      Slot& slot = slots_[std::size_t(taken_) % slots_.size()];
      filled_.wait(lock, [&] { return slot.full; });
      Slot done = std::exchange(slot, Slot{});
      ++taken_;
      room_.notify_all();
      over_ = done.item.end || done.error;
      if (done.error) std::rethrow_exception(done.error);
      if (done.item.example && !over_) return std::move(done.item.example);
    }
    return std::nullopt;
  }

 private:
  struct Slot {
    Item item;
    std::exception_ptr error;
    bool full = false;
  };

  void start() {
    try {
      for (int i = 0; i < workers_; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      const std::size_t started = threads_.size();
      join();
      over_ = true;
      fail("[data] ", workers_, " threads were asked for, ", started, " could be had: ", error.what());
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      room_.wait(lock, [&] { return stop_ || claimed_ < taken_ + Index(slots_.size()); });
      if (stop_) return;
      const Index number = claimed_++;
      lock.unlock();
      Slot made;
      try {
        made.item = read_(number);
      } catch (...) {
        made.error = std::current_exception();
      }
      made.full = true;
      const bool last = made.item.end || made.error;
      lock.lock();
      slots_[std::size_t(number) % slots_.size()] = std::move(made);
      filled_.notify_one();
      if (last) return;
    }
  }

  void join() {
    {
      std::lock_guard lock(mutex_);
      stop_ = true;
    }
    room_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }

  Read read_;
  Skip skip_;
  int workers_;
  std::vector<Slot> slots_;  // number n is put into slot n % size
  std::mutex mutex_;
  std::condition_variable filled_, room_;
  Index claimed_ = 0, taken_ = 0;
  bool stop_ = false, over_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace tanuki
