#pragma once

// A pass that several threads share: one after the other they take the element of their number.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "tanuki/data/stage.hpp"

namespace tanuki::stages {

class InTurn {
 public:
  explicit InTurn(std::unique_ptr<Iterator> source) : source_(std::move(source)) {}

  /// Element `number`, which waits for those before it: each number, from 0 on, has to be asked for once. Nothing at the end and
  /// behind it. What the source throws ends it.
  std::optional<Example> take(Index number) {
    std::unique_lock lock(mutex_);
    turn_.wait(lock, [&] { return number == next_; });
    const Next after{*this};
    std::optional<Example> example;
    if (!std::exchange(over_, true)) example = source_->next();
    over_ = !example;
    return example;
  }

  /// As Iterator::skip(), before the first take().
  Index skip(Index count) { return source_->skip(count); }

 private:
  struct Next {
    InTurn& all;
    ~Next() {
      ++all.next_;
      all.turn_.notify_all();
    }
  };

  std::unique_ptr<Iterator> source_;
  std::mutex mutex_;
  std::condition_variable turn_;
  Index next_ = 0;
  bool over_ = false;
};

}  // namespace tanuki::stages
