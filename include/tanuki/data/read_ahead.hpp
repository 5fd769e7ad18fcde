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

#include "tanuki/data/description.hpp"
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

  ReadAhead(Read read, int workers, Index window)
      : read_(std::move(read)), slots_(std::size_t(std::max<Index>(window, 1))) {
    try {
      for (int i = 0; i < std::max(workers, 1); ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      const std::size_t started = threads_.size();
      join();
      fail("[data] ", workers, " threads were asked for, ", started, " could be had: ", error.what());
    }
  }
  ~ReadAhead() override { join(); }

  std::optional<Example> next() override {
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
  }

  Read read_;
  std::vector<Slot> slots_;  // number n is put into slot n % size
  std::mutex mutex_;
  std::condition_variable filled_, room_;
  Index claimed_ = 0, taken_ = 0;
  bool stop_ = false, over_ = false;
  std::vector<std::thread> threads_;
};

/// The pass without threads of its own.
class ReadInPlace final : public Iterator {
 public:
  ReadInPlace(TablePtr table, Index epoch)
      : table_(std::move(table)), order_(table_->order(epoch)), epoch_(epoch) {}

  std::optional<Example> next() override {
    while (place_ < order_.size()) {
      if (auto example = table_->numbered(order_[place_++], epoch_)) return example;
    }
    return std::nullopt;
  }

 private:
  TablePtr table_;
  std::vector<Index> order_;
  Index epoch_;
  std::size_t place_ = 0;
};

inline std::unique_ptr<Iterator> Table::iterate(Index epoch) const {
  const auto table = std::static_pointer_cast<const Table>(shared_from_this());
  const int threads = workers();
  if (threads == 0) return std::make_unique<ReadInPlace>(table, epoch);
  const auto read = [table, epoch, entries = order(epoch)](Index place) -> ReadAhead::Item {
    if (place >= Index(entries.size())) return {.example = {}, .end = true};
    return {.example = table->numbered(entries[std::size_t(place)], epoch), .end = false};
  };
  return std::make_unique<ReadAhead>(read, threads, Index{4} * threads);
}

}  // namespace tanuki
