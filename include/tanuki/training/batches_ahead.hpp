#pragma once

// The batches of a pass, for a loop of steps. Where the backend works beside the host, the next one is read while a step
// runs, and is on its way there when the step ends.

#include <exception>
#include <memory>
#include <optional>

#include "tanuki/core/context.hpp"
#include "tanuki/training/device_batch.hpp"

namespace tanuki {

template <class B>
class BatchesAhead {
 public:
  /// Without `ahead` each is read when it is asked for.
  explicit BatchesAhead(std::unique_ptr<BatchPass> pass, bool ahead = true)
      : pass_(std::move(pass)), ahead_(ahead && Context<B>::asynchronous) {}

  Index skip(Index count) { return pass_->skip(count); }

  /// As BatchPass::next(); what it gives is good until meanwhile(), too.
  const Batch* next() {
    if (!read_) return pass_->next();
    const Read now = *std::exchange(read_, std::nullopt);
    if (now.error) std::rethrow_exception(now.error);
    return now.batch;
  }

  /// The batch that next() gave, where the backend can read it. For parts see DeviceBatch.
  DeviceBatch<B> there(const Batch& batch, Index part_size = 0) {
    auto there = std::exchange(there_, std::nullopt);
    return there ? std::move(*there) : DeviceBatch<B>(batch, part_size);
  }

  /// For the time in which a step runs.
  void meanwhile() {
    if (!ahead_) return;
    read_.emplace();
    try {
      read_->batch = pass_->next();
    } catch (...) {
      read_->error = std::current_exception();
    }
    if (!read_->batch) return;
    try {
      there_.emplace(*read_->batch);
    } catch (const Error&) {  // there() tries again, and says what is wrong; there may be room then
    }
  }

 private:
  struct Read {
    const Batch* batch = nullptr;
    std::exception_ptr error = {};
  };

  std::unique_ptr<BatchPass> pass_;
  bool ahead_;
  std::optional<Read> read_;
  std::optional<DeviceBatch<B>> there_;
};

}  // namespace tanuki
